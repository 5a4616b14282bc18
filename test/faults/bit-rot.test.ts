import {
  closeSync,
  copyFileSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { VerifyPart } from '../../src/store/faults.ts';
import { LogDamaged, openLedger, restoreLedger, verifyFile } from '../../src/store/index.ts';
import { openDatabase } from '../../src/store/open.ts';
import { verifyPart } from '../../src/store/verify-parts.ts';
import { walIsDamaged } from '../../src/store/wal-check.ts';
import { reportProof } from '../proof/report.ts';
import { SCALE, scaled } from '../proof/scale.ts';
import { countingIds, ManualClock } from '../support/manual-clock.ts';
import { contentsOf, readingsOf } from './bit-rot/contents.ts';
import { type Filled, filledLedger } from './bit-rot/filled.ts';
import { livedLedger } from './tampering/lived.ts';
import { chance } from './town/chance.ts';

const IN_FILE = scaled({ short: 60, quick: 400, full: 4_000 });
const IN_LOG = scaled({ short: 20, quick: 100, full: 1_000 });

const random = chance();
const folder = mkdtempSync(join(tmpdir(), 'meshline-bit-rot-'));
let ledger: Filled;
let readings: string[];

beforeAll(async () => {
  process.stdout.write(`Bits flip with seed ${random.seed}.\n`);
  const lived = SCALE === 'short' ? null : await livedLedger(folder, { seed: 8, days: 1 });
  ledger = await filledLedger(folder, lived?.file ?? null);
  readings = readingsOf(ledger.whole);
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The same as `verify`, without its threads, with the head that was noted elsewhere. */
function finds(file: string): boolean {
  const { seq, hash } = ledger.head;
  const noted = file === ledger.whole ? [] : [{ seq, begins: hash.toString('hex') }];
  const parts: VerifyPart[] = [
    { part: 'file' },
    { part: 'chain', noted, after: null, until: null },
    { part: 'replay', from: null, below: null },
    { part: 'others' },
  ];
  try {
    return parts.some((part) => verifyPart(file, part).faults.length > 0);
  } catch (error) {
    // Then "verify" ends with what SQLite says.
    return (error as { code?: string }).code?.startsWith('SQLITE_') === true;
  }
}

function flip(bytes: Buffer, bit: number): Buffer {
  const flipped = Buffer.from(bytes);
  flipped.writeUInt8(flipped.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
  return flipped;
}

type Counts = { tries: number; harmless: number; found: number; missed: string[] };

/** What a flip came to, with what was read afterwards. */
function judge(counts: Counts, where: string, before: string, after: string, found: () => boolean): void {
  counts.tries += 1;
  if (after === before) counts.harmless += 1;
  else if (found()) counts.found += 1;
  else counts.missed.push(`${where}: ${after}`);
}

function report({ tries, harmless, found, missed }: Counts): void {
  process.stdout.write(`${tries} bits flipped: ${found} found, ${harmless} in bytes that nobody reads\n`);
  reportProof('bit_rot', { tries, lost: 0, doubled: 0, wrong: missed.length });
  expect(missed.slice(0, 5)).toEqual([]);
}

it('finds every bit of the file that changes anything read', { timeout: 900_000 }, () => {
  const file = ledger.whole;
  const before = contentsOf(file, readings);
  expect(finds(file)).toBe(false);
  const bits = statSync(file).size * 8;
  const counts: Counts = { tries: 0, harmless: 0, found: 0, missed: [] };
  const bytes = readFileSync(file);
  const descriptor = openSync(file, 'r+');
  try {
    for (let n = 0; n < IN_FILE; n += 1) {
      const bit = random.between(0, bits - 1);
      const at = bit >> 3;
      writeSync(descriptor, flip(bytes.subarray(at, at + 1), bit & 7), 0, 1, at);
      judge(counts, `bit ${bit & 7} of byte ${at}`, before, contentsOf(file, readings), () => finds(file));
      writeSync(descriptor, bytes, at, 1, at);
    }
  } finally {
    closeSync(descriptor);
  }
  report(counts);
});

it('finds every bit of the write-ahead log that loses a transaction or changes one', {
  timeout: 900_000,
}, () => {
  const file = join(folder, 'log.db');
  const [main, log] = [readFileSync(ledger.crashed), readFileSync(`${ledger.crashed}-wal`)];
  /** As Meshline opens it: SQLite takes in as much of the log as holds. */
  const openedWith = (wal: Buffer): string => {
    for (const end of ['', '-wal', '-shm']) rmSync(`${file}${end}`, { force: true });
    writeFileSync(file, main);
    writeFileSync(`${file}-wal`, wal);
    if (walIsDamaged(`${file}-wal`)) return 'refused';
    try {
      openDatabase(file).close();
    } catch (error) {
      return `refused: ${(error as Error).message}`;
    }
    return contentsOf(file, readings);
  };
  const before = openedWith(log);
  const counts: Counts = { tries: 0, harmless: 0, found: 0, missed: [] };
  for (let n = 0; n < IN_LOG; n += 1) {
    const bit = random.between(0, log.length * 8 - 1);
    const after = openedWith(flip(log, bit));
    judge(counts, `bit ${bit & 7} of byte ${bit >> 3} of the log`, before, after, () =>
      after.startsWith('refused') ? true : finds(file),
    );
  }
  report(counts);
});

it('does not start on a log that is damaged in its middle, and starts again once a backup is restored', async () => {
  const file = join(folder, 'start.db');
  copyFileSync(ledger.crashed, file);
  writeFileSync(`${file}-wal`, flip(readFileSync(`${ledger.crashed}-wal`), 8 * 5_000));
  const open = () => openLedger({ file, clock: new ManualClock(), ids: countingIds() });
  await expect(open()).rejects.toThrow(LogDamaged);
  await restoreLedger(ledger.whole, file, 'T');
  await (await open()).close();
  expect((await verifyFile(file)).faults).toEqual([]);
});

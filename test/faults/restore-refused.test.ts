import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { openLedger, restoreLedger } from '../../src/store/index.ts';
import { reportProof } from '../proof/report.ts';
import { scaled } from '../proof/scale.ts';
import { delivering } from '../support/events.ts';
import { countingIds, ManualClock, T0 } from '../support/manual-clock.ts';
import { take } from '../unit/store/ledger.ts';
import { contentsOf } from './migrating/future.ts';
import { breakIn, changeOne } from './tampering/attacker.ts';
import { type Chance, chance } from './town/chance.ts';
import { mountSmallDisk } from './town/small-disk.ts';

const random = chance();
const clock = new ManualClock();
const EXPORTS = 60;
let folder = '';
let backup = '';

beforeAll(async () => {
  process.stdout.write(`Restoring with seed ${random.seed}.\n`);
  folder = mkdtempSync(join(tmpdir(), 'meshline-restoring-'));
  backup = join(folder, 'backup.db');
  const { ledger } = await worked(join(folder, 'source.db'), EXPORTS);
  await ledger.backup(backup);
  await ledger.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function worked(file: string, count: number) {
  const ids = countingIds();
  const ledger = await openLedger({ file, clock, ids });
  for (let n = 0; n < count; n += 1) {
    const id = ids.uuid();
    await take(ledger, id);
    await ledger.update(id, T0, () => ({ events: delivering(id) }));
  }
  return { ledger, ids };
}

type Bad = { name: string; make(file: string, random: Chance): void; says: RegExp };

/** What is no whole backup, made of a whole one. */
const BAD: readonly Bad[] = [
  { name: 'missing', make: (file) => rmSync(file), says: /does not exist/ },
  { name: 'empty', make: (file) => truncateSync(file, 0), says: /cannot be read|does not verify/ },
  {
    name: 'torn',
    make: (file, chosen) => truncateSync(file, chosen.between(1, statSync(file).size - 1)),
    says: /cannot be read|does not verify/,
  },
  {
    name: 'text',
    make: (file) => writeFileSync(file, 'not a database'.repeat(900)),
    says: /cannot be read|does not verify/,
  },
  {
    name: 'another database',
    make(file) {
      rmSync(file);
      const db = new Database(file);
      db.exec('CREATE TABLE cats (name TEXT)');
      db.close();
    },
    says: /cannot be read|does not verify/,
  },
  {
    name: 'a folder',
    make(file) {
      rmSync(file);
      mkdirSync(file);
    },
    says: /cannot be read/,
  },
  {
    name: 'a page overwritten',
    make(file, chosen) {
      const pages = statSync(file).size / 8192;
      const descriptor = openSync(file, 'r+');
      writeSync(descriptor, Buffer.alloc(8192, 0xa5), 0, 8192, chosen.between(1, pages - 1) * 8192);
      closeSync(descriptor);
    },
    says: /cannot be read|does not verify/,
  },
  {
    name: 'an event edited',
    make: (file, chosen) =>
      breakIn(file, (db) => {
        const seq = chosen.between(1, EXPORTS);
        const data =
          db.prepare<[number], string>('SELECT data FROM events WHERE seq = ?').pluck().get(seq) ?? '';
        db.prepare('UPDATE events SET data = ? WHERE seq = ?').run(changeOne(data, chosen.pick), seq);
      }),
    says: /does not verify .+ Take an older backup/,
  },
  {
    name: 'of a newer version that breaks with this one',
    make: (file) =>
      breakIn(file, (db) =>
        db.exec("INSERT INTO migrations VALUES (9001, '9001_next.sql', 'x', 1, 1); DROP TABLE messages"),
      ),
    says: /newer version|cannot be read|does not verify/,
  },
];

const ROUNDS = scaled({ short: 1, quick: 4, full: 15 });

it('changes nothing when the backup is not whole, and says why', { timeout: 300_000 }, async () => {
  const file = join(folder, 'here', 'meshline.db');
  const { ledger } = await worked(file, 3);
  await ledger.close();
  const before = contentsOf(file);
  const [wrong, names] = [[] as string[], readdirSync(dirname(file)).toSorted()];
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [n, { name, make, says }] of BAD.entries()) {
      const bad = join(folder, 'bad.db');
      rmSync(bad, { recursive: true, force: true });
      copyFileSync(backup, bad);
      make(bad, chance(round * BAD.length + n));
      const said = await restoreLedger(bad, file, 'test').then(
        () => 'it was restored',
        (error: Error) => error.message,
      );
      if (!says.test(said)) wrong.push(`${name}: ${said}`);
      if (contentsOf(file) !== before) wrong.push(`${name}: the ledger was changed`);
      const left = readdirSync(dirname(file)).filter((each) => !names.includes(each));
      if (left.some((each) => !/-(wal|shm)$/.test(each))) wrong.push(`${name}: it left ${left.join(', ')}`);
    }
  }
  reportProof('restore', { tries: ROUNDS * BAD.length, lost: 0, doubled: 0, wrong: wrong.length });
  expect(wrong).toEqual([]);
});

it('is refused while the ledger is open, and works once it is not', { timeout: 60_000 }, async () => {
  const file = join(folder, 'open', 'meshline.db');
  const { ledger, ids } = await worked(file, 3);
  onTestFinished(() => ledger.close());
  const refused = await restoreLedger(backup, file, 'one').then(
    () => 'it was restored',
    (error: Error) => error.message,
  );
  await take(ledger, ids.uuid());
  const { events } = await ledger.verify(ledger.head());
  await ledger.close();
  const { report } = await restoreLedger(backup, file, 'two');
  const kept = existsSync(`${file}.before-restore-two`);
  const wrong = [
    /in use by/.test(refused),
    events === 10,
    report.exports === EXPORTS && report.faults.length === 0,
    kept,
  ].filter((right) => !right).length;
  reportProof('restore', { tries: 2, lost: 0, doubled: 0, wrong });
  expect({ refused, events, exports: report.exports, kept }).toMatchObject({
    refused: expect.stringMatching(/in use by .+ stop that one first/),
    events: 10,
    exports: EXPORTS,
    kept: true,
  });
});

const disk = mountSmallDisk(2);
afterAll(() => disk?.remove());

it.skipIf(disk === null)(
  'keeps the ledger that is there when the disk has no room for two',
  { timeout: 60_000 },
  async () => {
    const file = join(disk?.folder ?? '', 'meshline.db');
    const { ledger } = await worked(file, 3);
    await ledger.close();
    const before = contentsOf(file);
    writeFileSync(join(disk?.folder ?? '', 'ballast'), Buffer.alloc(1024 * 1024));
    const said = await restoreLedger(backup, file, 'test').then(
      () => 'it was restored',
      (error: Error) => error.message,
    );
    rmSync(join(disk?.folder ?? '', 'ballast'));
    const wrong = contentsOf(file) === before && !existsSync(`${file}.before-restore-test`) ? 0 : 1;
    reportProof('restore', { tries: 1, lost: wrong, doubled: 0, wrong: 0 });
    expect(said).toMatch(/full/);
    expect(wrong).toBe(0);
    expect((await restoreLedger(backup, file, 'again')).report.exports).toBe(EXPORTS);
  },
);

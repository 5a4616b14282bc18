import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { walIsDamaged } from '../../../src/store/wal-check.ts';
import { folder } from './ledger.ts';

const PAGE_BYTES = 4096;
const FRAME_BYTES = PAGE_BYTES + 24;

/** A log of ten transactions, of one frame each. */
function tenTransactions(): { file: string; log: Buffer } {
  const main = join(folder(), 'a.db');
  const db = new Database(main);
  db.pragma(`page_size = ${PAGE_BYTES}`);
  db.pragma('journal_mode = WAL');
  db.exec('CREATE TABLE t (n INTEGER PRIMARY KEY)');
  db.pragma('wal_checkpoint(TRUNCATE)');
  for (let n = 0; n < 10; n += 1) db.exec(`INSERT INTO t VALUES (${n})`);
  const log = readFileSync(`${main}-wal`);
  db.close();
  return { file: `${main}-wal`, log };
}

function changed(log: Buffer, at: number, length = 1): Buffer {
  const bytes = Buffer.from(log);
  for (let n = at; n < at + length; n += 1) bytes.writeUInt8(bytes.readUInt8(n) ^ 0xff, n);
  return bytes;
}

const frame = (n: number) => 32 + n * FRAME_BYTES;

test.each<[string, boolean, (log: Buffer) => Buffer]>([
  ['whole', false, (log) => log],
  ['empty', false, () => Buffer.alloc(0)],
  ['nothing but zeros', false, (log) => Buffer.alloc(log.length)],
  ['cut off within a frame', false, (log) => log.subarray(0, frame(6) + 100)],
  ['torn in its last transaction', false, (log) => changed(log, frame(9) + 500, 1_000)],
  ['torn in the header of its last frame', false, (log) => changed(log, frame(9) + 8, 8)],
  ['broken in its header', true, (log) => changed(log, 13)],
  ['broken in the first page', true, (log) => changed(log, frame(0) + 3_000)],
  ['broken in a page number', true, (log) => changed(log, frame(4) + 3)],
  ['broken in a salt', true, (log) => changed(log, frame(4) + 9)],
  ['broken in a checksum', true, (log) => changed(log, frame(4) + 17)],
  ['broken in the last transaction but one', true, (log) => changed(log, frame(8) + 1_234)],
])('a log that is %s is damaged: %s', (_, damaged, change) => {
  const { file, log } = tenTransactions();
  expect(log.length).toBe(frame(10));
  writeFileSync(file, change(log));
  expect(walIsDamaged(file)).toBe(damaged);
});

test('what an earlier round left behind is no damage', () => {
  const { file, log } = tenTransactions();
  const { log: newer } = tenTransactions();
  writeFileSync(file, Buffer.concat([newer.subarray(0, frame(3)), log.subarray(frame(3))]));
  expect(walIsDamaged(file)).toBe(false);
  expect(walIsDamaged(join(folder(), 'none'))).toBe(false);
});

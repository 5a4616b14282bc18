import { writeSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { systemClock, systemIds } from '../../../src/clock.ts';
import { type Maintenance, openLedger } from '../../../src/store/index.ts';
import type { Ledger } from '../../../src/store/port.ts';
import { delivering, received } from '../../support/events.ts';

/**
 * Works on the ledger `FOLDER/data/meshline.db` and prints each thing only once its promise resolved:
 * `FOLDER full|normal WAVES`. Half of the work is done after opening it anew.
 */
const [folder = '', level = 'full', waves = '8'] = process.argv.slice(2);
const AT_ONCE = 6;
const LEASE_MS = 60_000;

const ids = systemIds(systemClock);
const say = (line: string) => writeSync(1, `${line}\n`);
const file = join(folder, 'data', 'meshline.db');
const open = () =>
  openLedger({
    file,
    clock: systemClock,
    ids,
    synchronous: level === 'normal' ? 'normal' : 'full',
  });

/** `stages` of 4: received, accepted, claimed, delivered; the others stay as they are. */
async function live(ledger: Ledger, stages: number): Promise<void> {
  const now = systemClock.now();
  const id = ids.uuid();
  const key = { source: 'pim', key: id, body_hash: 'b' };
  await ledger.intake(now, key, () => ({
    export_id: id,
    events: [received({ idempotency_key: id })],
    remember: { ...key, answer: (after) => ({ export_id: after.id }) },
  }));
  say(`received ${id}`);
  if (stages < 2) return;
  await ledger.update(id, now, () => ({ events: delivering(id) }));
  say(`accepted ${id}`);
  if (stages < 3) return;
  const [row] = await ledger.claim([`push:${id}:shop`], now, LEASE_MS);
  if (!row) throw new Error('The push of an accepted export cannot be claimed.');
  say(`claimed ${id}`);
  if (stages < 4) return;
  const settled = { key: row.key, token: row.token, result: { done: true } } as const;
  await ledger.update(
    id,
    now,
    () => ({
      events: [{ type: 'push_delivered', key: row.key, reference: 'R-1' }, { type: 'delivered' }],
    }),
    settled,
  );
  say(`delivered ${id}`);
}

/** What SQLite does by itself after thousands of pages: the log stays, and is written over from its start. */
function checkpointInPlace(): void {
  const db = new Database(file);
  db.pragma('wal_checkpoint(PASSIVE)');
  db.close();
}

async function work(ledger: Ledger & Maintenance, from: number, to: number): Promise<void> {
  for (let wave = from; wave < to; wave += 1) {
    await Promise.all(Array.from({ length: AT_ONCE }, (_, n) => live(ledger, 1 + ((wave + n) % 4))));
    if (wave % 3 === 1) ledger.checkpoint();
    if (wave % 3 === 2) checkpointInPlace();
  }
}

const half = Math.ceil(Number(waves) / 2);
const first = await open();
await work(first, 0, half);
await first.close();
const second = await open();
const copied = second.backup(join(folder, 'data', 'copy.db'));
await work(second, half, Number(waves));
say(`copied ${(await copied).report.head.seq}`);
await second.close();

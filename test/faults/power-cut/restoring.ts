import { writeSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { systemClock, systemIds } from '../../../src/clock.ts';
import { openLedger, restoreLedger } from '../../../src/store/index.ts';
import type { Ledger } from '../../../src/store/port.ts';
import { received } from '../../support/events.ts';

/**
 * Restores a backup of two exports over the ledger `FOLDER/data/meshline.db`, which has four by then
 * and a write-ahead log, and prints how far it is.
 */
const [folder = ''] = process.argv.slice(2);
const file = join(folder, 'data', 'meshline.db');
const backup = join(folder, 'data', 'backup.db');
const ids = systemIds(systemClock);

async function take(ledger: Ledger): Promise<void> {
  const id = ids.uuid();
  const key = { source: 'pim', key: id, body_hash: 'b' };
  await ledger.intake(systemClock.now(), key, () => ({
    export_id: id,
    events: [received({ idempotency_key: id })],
    remember: { ...key, answer: (after) => ({ export_id: after.id }) },
  }));
}

const ledger = await openLedger({ file, clock: systemClock, ids });
for (let n = 0; n < 2; n += 1) await take(ledger);
await ledger.backup(backup);
for (let n = 0; n < 2; n += 1) await take(ledger);
// A reader keeps the log from being folded into the file at the end.
const reader = new Database(file, { readonly: true });
reader.prepare('SELECT count(*) FROM events').get();
await ledger.close();
reader.close();
writeSync(1, 'begun\n');
await restoreLedger(backup, file, 'T');
writeSync(1, 'restored\n');

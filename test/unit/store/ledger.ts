import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type Database from 'better-sqlite3';
import { onTestFinished } from 'vitest';
import type { Clock, Ids } from '../../../src/clock.ts';
import type { Event } from '../../../src/exports/events.ts';
import { ledgerOver, type Maintenance, openLedger } from '../../../src/store/index.ts';
import { MIGRATIONS, migrate } from '../../../src/store/migrate.ts';
import { openDatabase } from '../../../src/store/open.ts';
import type { IntakeResult, Ledger } from '../../../src/store/port.ts';
import { received } from '../../support/events.ts';
import { countingIds, ManualClock, T0 } from '../../support/manual-clock.ts';

export type TestLedger = Ledger & Maintenance;

/** A folder of this test's own, gone afterwards. */
export function folder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'meshline-store-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

export type Fresh = { file: string; ledger: TestLedger; clock: ManualClock; ids: Ids };

/** A new ledger in a real file. */
export async function freshLedger(): Promise<Fresh> {
  const file = join(folder(), 'meshline.db');
  const clock = new ManualClock();
  const ids = countingIds();
  const ledger = await openLedger({ file, clock, ids });
  onTestFinished(() => ledger.close());
  return { file, ledger, clock, ids };
}

/** A ledger over a connection that the test holds too, to limit it or to count what it runs. */
export function ledgerWithDatabase(clock: Clock = new ManualClock()) {
  const file = join(folder(), 'meshline.db');
  const db = openDatabase(file);
  migrate(db, MIGRATIONS, clock);
  const ids = countingIds();
  const commits = countCommits(db);
  const ledger = ledgerOver(db, { clock, ids });
  onTestFinished(() => (db.open ? ledger.close() : undefined));
  return { file, db, ledger, ids, commits };
}

function countCommits(db: Database.Database): () => number {
  let commits = 0;
  const prepare = db.prepare.bind(db);
  db.prepare = ((sql: string) => {
    const statement = prepare(sql);
    if (sql === 'COMMIT') {
      const run = statement.run.bind(statement);
      statement.run = (...params) => {
        commits += 1;
        return run(...params);
      };
    }
    return statement;
  }) as typeof db.prepare;
  return () => commits;
}

let keys = 0;

/** Takes in one export under a key of its own. */
export async function take(
  ledger: Ledger,
  id: string,
  event: Event = received(),
  now = T0,
): Promise<Extract<IntakeResult, { kind: 'stored' }>> {
  const key = { source: 'pim', key: `key-${(keys += 1)}`, body_hash: 'b1' };
  const result = await ledger.intake(now, key, () => ({
    export_id: id,
    events: [event],
    remember: { ...key, answer: (after) => ({ export_id: after.id, state: after.status }) },
  }));
  if (result.kind !== 'stored') throw new Error('The export was not stored.');
  return result;
}

import Database from 'better-sqlite3';
import type { Export } from '../../../src/exports/state.ts';

/** Looks into a ledger that another process writes to. */
function looking<T>(file: string, look: (db: Database.Database) => T): T {
  const db = new Database(file, { readonly: true, timeout: 5_000 });
  try {
    return look(db);
  } finally {
    db.close();
  }
}

export function statesOf(file: string): Export[] {
  return looking(file, (db) =>
    db
      .prepare<[], { state: string }>('SELECT state FROM exports')
      .all()
      .map(({ state }) => JSON.parse(state) as Export),
  );
}

/** How many exports are in each state. */
export function tally(file: string): Record<string, number> {
  return looking(file, (db) =>
    Object.fromEntries(
      db
        .prepare<[], { status: string; n: number }>(
          'SELECT status, count(*) AS n FROM exports GROUP BY status',
        )
        .all()
        .map(({ status, n }) => [status, n]),
    ),
  );
}

/** Outbox rows by kind. */
export function outboxOf(file: string): Record<string, number> {
  return looking(file, (db) =>
    Object.fromEntries(
      db
        .prepare<[], { kind: string; n: number }>('SELECT kind, count(*) AS n FROM outbox GROUP BY kind')
        .all()
        .map(({ kind, n }) => [kind, n]),
    ),
  );
}

/** What the last process had begun outside and not written down when it ended: outbox rows by kind, with their keys. */
export function cutOff(file: string): { kind: string; key: string }[] {
  return looking(file, (db) =>
    db
      .prepare<[], { kind: string; key: string }>(
        `SELECT kind, key FROM outbox WHERE lease_until IS NOT NULL
          AND token > (SELECT value FROM counters WHERE name = 'epoch') * 4294967296`,
      )
      .all(),
  );
}

import type { Connection } from './connection.ts';
import { type Found, RESTORE } from './faults.ts';

/** What a table's `seal` was made of when its row was written. */
const SEAL = /\bseal TEXT NOT NULL AS \((.+)\) STORED/;

/** Rows that no event makes again hold a second copy of themselves; both must be the same. */
export function verifySeals(connection: Connection, found: Found): void {
  const tables = connection.all<{ name: string; sql: string }>(
    "SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND sql IS NOT NULL ORDER BY name",
  );
  for (const { name, sql } of tables()) {
    const [, written] = SEAL.exec(sql) ?? [];
    if (written === undefined) continue;
    const broken = connection.one<{ n: number }>(
      `SELECT count(*) AS n FROM ${name} WHERE seal IS NOT (${written})`,
    );
    const n = broken()?.n ?? 0;
    if (n > 0) found(`${n} rows are not what was written`, name, RESTORE);
  }
}

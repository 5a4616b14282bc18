import Database from 'better-sqlite3';
import { type Connection, connect } from './connection.ts';
import { type Found, RESTORE } from './faults.ts';
import { checkMigrations, MIGRATIONS, runMigration } from './migrate.ts';

type Part = { type: string; name: string; tbl_name: string; sql: string | null };

const PARTS =
  "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_stat%' ORDER BY type, name";

/** Tables and indexes must be what the migrations that ran make. Nothing is said of a newer Meshline's. */
export function verifySchema(connection: Connection, found: Found): void {
  const ran = connection.all<{ version: number }>('SELECT version FROM migrations')();
  const made = new Database(':memory:');
  try {
    const known = checkMigrations(made, MIGRATIONS);
    if (ran.some(({ version }) => known.every((each) => each.version !== version))) return;
    for (const each of known)
      if (ran.some(({ version }) => version === each.version)) runMigration(made, each, 0);
    const expected = connect(made).all<Part>(PARTS)();
    if (JSON.stringify(connection.all<Part>(PARTS)()) !== JSON.stringify(expected))
      found('Its tables and indexes are not what its migrations make', 'the file', RESTORE);
  } finally {
    made.close();
  }
}

import { hash } from 'node:crypto';
import type Database from 'better-sqlite3';
import { openForReading } from '../../../src/store/open.ts';

type Named = { name: string; sql: string };

const SCHEMA =
  "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY type, name";

/** Everything that Meshline could ever read of a ledger: each table in its order, and again by each index. */
export function readingsOf(file: string): string[] {
  return opened(file, (db) => {
    const tables = db.prepare<[], Named>("SELECT name, sql FROM sqlite_schema WHERE type = 'table'").all();
    const indexes = db
      .prepare<[], Named & { tbl_name: string }>(
        "SELECT name, tbl_name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL",
      )
      .all();
    return [
      SCHEMA,
      ...tables.map(({ name }) => `SELECT ${columnsOf(db, name).join(', ')} FROM ${name}`),
      ...indexes.map(({ name, tbl_name, sql }) => {
        const [, columns = '', where = ''] = /\(([^)]+)\)( WHERE .+)?$/.exec(sql) ?? [];
        return `SELECT ${columns} FROM ${tbl_name} INDEXED BY ${name}${where} ORDER BY ${columns}`;
      }),
    ];
  });
}

/** The second copy of a row is no content of its own. */
function columnsOf(db: Database.Database, table: string): string[] {
  return db
    .prepare<[], { name: string }>(`SELECT name FROM pragma_table_info('${table}')`)
    .all()
    .map(({ name }) => name);
}

/** Stands for all that is read; another text says that it could not be read. */
export function contentsOf(file: string, readings: readonly string[]): string {
  try {
    return opened(file, (db) => {
      const read = readings.map((sql) => JSON.stringify(db.prepare(sql).raw().all()));
      return hash('sha1', read.join('\n'), 'hex');
    });
  } catch (error) {
    return `unreadable: ${(error as Error).message}`;
  }
}

function opened<T>(file: string, read: (db: Database.Database) => T): T {
  const db = openForReading(file);
  try {
    return read(db);
  } finally {
    db.close();
  }
}

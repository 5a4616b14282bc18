import { join } from 'node:path';
import Database from 'better-sqlite3';
import { systemClock, systemIds } from '../src/clock.ts';
import { MIGRATIONS, migrate } from '../src/store/migrate.ts';
import { openDatabase, type Synchronous } from '../src/store/open.ts';
import { folder } from './house.ts';
import { openFlow, take } from './ledger.ts';
import type { Kind } from './wire.ts';

type Value = string | number | Buffer | null;
/** The rows that one export leaves, by table, with the names of their columns. */
export type Rows = { table: string; columns: string[]; values: Value[] }[];

const TABLES = ['exports', 'events', 'idempotency', 'subject_heads', 'outbox'];

/** Takes one export in and reads back what it left in each table. */
export async function rowsOf(kind: Kind): Promise<{ id: string; rows: Rows }> {
  const flow = await openFlow();
  const id = await take(flow, kind, 'sample');
  await flow.ledger.close();
  const db = new Database(flow.file, { readonly: true });
  const rows = TABLES.flatMap((table) =>
    db
      .prepare<[], Record<string, Value>>(`SELECT * FROM ${table}`)
      .all()
      .map((row) => {
        // A generated column is made by SQLite itself.
        const columns = Object.keys(row).filter((column) => column !== 'seal');
        return { table, columns, values: columns.map((column) => row[column] ?? null) };
      }),
  );
  db.close();
  return { id, rows };
}

/** Writes copies of one export's rows under ids of their own: what SQLite alone could do. */
export function bareWriter(
  db: Database.Database,
  sample: { id: string; rows: Rows },
  change = (text: string, _n: number) => text,
) {
  const ids = systemIds(systemClock);
  const begin = db.prepare('BEGIN IMMEDIATE');
  const commit = db.prepare('COMMIT');
  const writes = sample.rows.map(({ table, columns, values }) => ({
    insert: db.prepare(
      `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
    ),
    columns,
    values,
  }));
  let seq = 0;
  let n = 0;
  const one = () => {
    const id = ids.uuid();
    n += 1;
    for (const { insert, columns, values } of writes) {
      insert.run(
        values.map((value, at) => {
          const column = columns[at];
          if (column === 'seq') return (seq += 1);
          if (column === 'open_key' && value !== null) return Buffer.from(id);
          if (typeof value !== 'string') return value;
          return change(value.replaceAll(sample.id, id).replaceAll('sample', id), n);
        }),
      );
    }
  };
  return (count: number, batch: number) => {
    for (let written = 0; written < count; written += batch) {
      begin.run();
      for (let each = 0; each < batch; each += 1) one();
      commit.run();
    }
  };
}

/** A fresh file with the project's own schema. */
export function bareDatabase(
  synchronous: Synchronous = 'full',
  file = join(folder(), 'bare.db'),
): Database.Database {
  const db = openDatabase(file, synchronous);
  migrate(db, MIGRATIONS, systemClock);
  return db;
}

import Database from 'better-sqlite3';
import { chained, GENESIS } from '../../../src/store/chain.ts';
import type { Head } from '../../../src/store/connection.ts';
import { subjectKey } from '../../../src/store/rows.ts';

type Value = string | number | Buffer | null;
type Row = Record<string, Value>;
/** What a value is in the copy with this number. */
type Copied = (copy: number) => Value;

const UUID = /[0-9a-f]{8}(?=-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})/g;
const WHOLE = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const SUBJECTS = /"subjects":\[([^\]]+)\]/g;
const MARK = '\u0000';

/** Rows that belong to one export; what belongs to the whole ledger stands there once. */
const TABLES = [
  'exports',
  'idempotency',
  'parties',
  'skus',
  'digests',
  'promos',
  'previews',
  'messages',
  'tasks',
] as const;

const prefix = (copy: number) => (2 ** 28 + copy).toString(16);

/**
 * Appends copies of every export of the ledger, under ids and subjects of their own and in the same chain,
 * until it holds `events`. As written by Meshline, but for the fsyncs.
 */
export function fillUp(file: string, events: number): Head {
  const db = new Database(file);
  db.pragma('journal_mode = OFF');
  db.pragma('synchronous = OFF');
  db.pragma('locking_mode = EXCLUSIVE');
  db.pragma('cache_size = -262144');
  const own = new Set(db.prepare<[], string>('SELECT id FROM exports').pluck().all());
  for (const id of db.prepare<[], string>('SELECT id FROM tasks').pluck().all()) own.add(id);

  /** Marks where a copy differs, once; then a copy is a join. */
  function copied(text: string): Copied {
    const marked = text
      .replace(WHOLE, (id) => (own.has(id) ? id.replace(UUID, `${MARK}p`) : id))
      .replace(SUBJECTS, (_, inner: string) => `"subjects":[${inner.replace(/"(,|$)/g, `${MARK}s"$1`)}]`);
    const parts = marked.split(MARK);
    if (parts.length === 1) return () => text;
    const [first = '', ...rest] = parts.map((part, at) => (at === 0 ? part : part));
    return (copy) => {
      let made = first;
      for (const part of rest) made += (part[0] === 'p' ? prefix(copy) : `~${copy}`) + part.slice(1);
      return made;
    };
  }

  function template(table: string, row: Row): { insert: Database.Statement; values: Copied[] } {
    const columns = Object.keys(row).filter((column) => column !== 'seal');
    const values = columns.map((column): Copied => {
      const value = row[column] ?? null;
      if (column === 'open_key' && value !== null) {
        const { subjects } = (JSON.parse(String(row['state'])) as { revision: { subjects: string[] } })
          .revision;
        return (copy) => subjectKey(subjects.map((each) => `${each}~${copy}`));
      }
      if (column === 'subject') return (copy) => `${String(value)}~${copy}`;
      if (table === 'idempotency' && column === 'key') return (copy) => `${String(value)}~${copy}`;
      return typeof value === 'string' ? copied(value) : () => value;
    });
    const sql = `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`;
    return { insert: db.prepare(sql), values };
  }

  const rows = [...TABLES, 'subject_heads', 'subject_outs'].flatMap((table) =>
    db
      .prepare<[], Row>(`SELECT * FROM ${table}`)
      .all()
      .filter((row) => table === 'exports' || own.has(String(row['export_id'])))
      .map((row) => template(table, row)),
  );
  const history = db
    .prepare<[], { export_id: string; n: number; at: number; type: string; data: string }>(
      'SELECT export_id, n, at, type, data FROM events ORDER BY seq',
    )
    .all()
    .filter((row) => own.has(row.export_id))
    .map((row) => ({ ...row, id: copied(row.export_id), text: copied(row.data) }));
  const insert = db.prepare(
    'INSERT INTO events (seq, export_id, n, at, type, data, hash) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  let head = db.prepare<[], Head>('SELECT seq, hash FROM events ORDER BY seq DESC LIMIT 1').get() ?? GENESIS;
  const oneCopy = db.transaction((copy: number) => {
    for (const { n, at, type, ...row } of history) {
      const seq = head.seq + 1;
      const [export_id, data] = [String(row.id(copy)), String(row.text(copy))];
      head = { seq, hash: chained(head.hash, { seq, export_id, n, at, data }) };
      insert.run(seq, export_id, n, at, type, data, head.hash);
    }
    for (const row of rows) row.insert.run(row.values.map((value) => value(copy)));
  });
  for (let copy = 1; head.seq < events; copy += 1) oneCopy(copy);

  db.close();
  return head;
}

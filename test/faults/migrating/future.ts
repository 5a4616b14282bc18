import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { dumpSchema, MIGRATIONS } from '../../../src/store/migrate.ts';

export type Migration = { name: string; statements: readonly string[] };

const released = readdirSync(MIGRATIONS)
  .filter((name) => /^\d{4}_/.test(name))
  .sort()
  .map(
    (name): Migration => ({
      name,
      statements: readFileSync(join(MIGRATIONS, name), 'utf8').split(/(?<=;\n)/),
    }),
  );

/** What a later version might do: new columns and tables, a table built anew, data moved, a long one. */
const made: readonly Migration[] = [
  {
    name: '9001_notes.sql',
    statements: [
      'ALTER TABLE tasks ADD COLUMN note TEXT;\n',
      'CREATE TABLE labels (export_id TEXT NOT NULL, label TEXT NOT NULL, PRIMARY KEY (export_id, label)) STRICT, WITHOUT ROWID;\n',
      "INSERT INTO labels SELECT id, 'from ' || source FROM exports;\n",
      'CREATE INDEX labels_by_label ON labels (label);\n',
      "UPDATE tasks SET note = 'opened before';\n",
    ],
  },
  {
    name: '9002_messages_anew.sql',
    statements: [
      'CREATE TABLE messages_new (post_id TEXT PRIMARY KEY NOT NULL, export_id TEXT NOT NULL, place TEXT NOT NULL, body_hash TEXT NOT NULL) STRICT, WITHOUT ROWID;\n',
      "INSERT INTO messages_new SELECT post_id, export_id, channel || ' ' || ts, body_hash FROM messages;\n",
      'DROP TABLE messages;\n',
      'ALTER TABLE messages_new RENAME TO messages;\n',
      'CREATE INDEX messages_by_place ON messages (place);\n',
    ],
  },
  {
    name: '9003_long.sql',
    statements: [
      'CREATE TABLE days (day INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;\n',
      "INSERT INTO days WITH RECURSIVE d (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM d WHERE n < 40000) SELECT n, printf('%064d', n) FROM d;\n",
      'CREATE INDEX days_by_text ON days (text);\n',
      "UPDATE exports SET source = source || '';\n",
      'DELETE FROM days WHERE day % 2 = 0;\n',
      'DROP INDEX exports_by_status;\n',
    ],
  },
];

/** The project's own migrations, and those made up on top of them. */
export const ALL: readonly Migration[] = [...released, ...made];
export const RELEASED = released.length;

/** Schema and rows of all tables, but for when the migrations ran; null of a file that has no table. */
export function contentsOf(file: string): string {
  const db = new Database(file);
  try {
    const sum = createHash('sha256').update(dumpSchema(db));
    const tables = db
      .prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
      .pluck()
      .all();
    for (const table of tables) {
      const columns = table === 'migrations' ? 'version, name, sha256, breaking' : '*';
      sum.update(JSON.stringify(db.prepare(`SELECT ${columns} FROM ${table}`).raw().all()));
    }
    return sum.digest('hex');
  } finally {
    db.close();
  }
}

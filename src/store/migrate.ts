import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type BetterSqlite3 from 'better-sqlite3';
import type { Clock } from '../clock.ts';
import { LedgerTooNew, MigrationMismatch } from './errors.ts';

/** The migrations that come with this version. */
export const MIGRATIONS = fileURLToPath(new URL('../../migrations', import.meta.url));

type Migration = { version: number; name: string; sha256: string; breaking: boolean; sql: string };
type Applied = { version: number; name: string; sha256: string; breaking: number };

/**
 * Brings the database up to the migrations in `dir`, each in one transaction with its bookkeeping
 * row first, and gives the names of those it ran. Throws as {@link checkMigrations} does.
 */
export function migrate(db: BetterSqlite3.Database, dir: string, clock: Clock): string[] {
  const pending = checkMigrations(db, dir);
  for (const each of pending) runMigration(db, each, clock.now());
  return pending.map((each) => each.name);
}

/**
 * Gives the migrations that the database still lacks. A newer database is accepted unless one of its
 * migrations is marked `-- breaking`. Throws {@link LedgerTooNew} or {@link MigrationMismatch}.
 */
export function checkMigrations(db: BetterSqlite3.Database, dir: string): readonly Migration[] {
  const known = readMigrations(dir);
  const applied = readApplied(db);
  const newest = known.at(-1)?.version ?? 0;
  for (const row of applied) {
    if (row.version > newest) {
      if (row.breaking === 1) throw new LedgerTooNew(row.name);
      continue;
    }
    const file = known.find((each) => each.version === row.version);
    if (file?.sha256 !== row.sha256) throw new MigrationMismatch(changed(row.name, file?.name));
  }
  const reached = applied.at(-1)?.version ?? 0;
  const pending = known.filter((each) => !applied.some((row) => row.version === each.version));
  const late = pending.find((each) => each.version < reached);
  if (late) {
    throw new MigrationMismatch(
      `The migration ${late.name} was never run, but later ones were. Give it a number after all others.`,
    );
  }
  return pending;
}

/** Runs one in a transaction of its own, as of `at`, UTC ms. */
export function runMigration(db: BetterSqlite3.Database, migration: Migration, at: number): void {
  db.exec('BEGIN IMMEDIATE');
  try {
    db.exec(`CREATE TABLE IF NOT EXISTS migrations (
  version INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  applied_at INTEGER NOT NULL,
  breaking INTEGER NOT NULL,
  seal TEXT NOT NULL AS (quote(version) || quote(name) || quote(sha256) || quote(applied_at) || quote(breaking)) STORED
) STRICT`);
    db.prepare(
      'INSERT INTO migrations (version, name, sha256, applied_at, breaking) VALUES (?, ?, ?, ?, ?)',
    ).run(migration.version, migration.name, migration.sha256, at, migration.breaking ? 1 : 0);
    db.exec(migration.sql);
    db.exec('COMMIT');
  } catch (error) {
    if (db.inTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

function readMigrations(dir: string): Migration[] {
  return readdirSync(dir)
    .filter((name) => /^\d{4}_[a-z0-9_]+\.sql$/.test(name))
    .sort()
    .map((name) => {
      const sql = readFileSync(join(dir, name), 'utf8');
      return {
        version: Number(name.slice(0, 4)),
        name,
        sha256: createHash('sha256').update(sql).digest('hex'),
        breaking: /^-- breaking\b/m.test(sql),
        sql,
      };
    });
}

function readApplied(db: BetterSqlite3.Database): Applied[] {
  const exists = db.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'migrations'").get();
  if (!exists) return [];
  return db
    .prepare<[], Applied>('SELECT version, name, sha256, breaking FROM migrations ORDER BY version')
    .all();
}

function changed(name: string, file: string | undefined): string {
  return file === undefined
    ? `The ledger has run the migration ${name}, which is missing here. Restore the file from the release that wrote it.`
    : `The migration ${file} was changed after the ledger ran it. Restore the released file; put changes into a new migration.`;
}

/** The schema as the database holds it, in an order that does not depend on when things were made. */
export function dumpSchema(db: BetterSqlite3.Database): string {
  const rows = db
    .prepare<[], { sql: string }>(
      'SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY tbl_name, type DESC, name',
    )
    .all();
  return rows.map(({ sql }) => `${sql};\n`).join('\n');
}

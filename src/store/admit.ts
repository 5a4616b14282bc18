import { existsSync, statSync } from 'node:fs';
import type BetterSqlite3 from 'better-sqlite3';
import Database from 'better-sqlite3';
import { LedgerPlaceUnusable } from './errors.ts';
import { codeOf } from './failures.ts';

/** What the ledger says of itself before anything is written to it. */
export type Found = {
  /** Its last event, UTC ms; null when it has none. */
  newest: { seq: number; at: number } | null;
  /** The hash of an event; null when there is no such event. */
  hashAt(seq: number): Buffer | null;
};

const NOTHING: Found = { newest: null, hashAt: () => null };

/**
 * Hands what stands in the file to `admit`, before it is opened for writing. Throws what `admit` throws, or
 * {@link LedgerPlaceUnusable} when it is no ledger.
 */
export function lookBefore(file: string, admit: (found: Found) => void): void {
  if (!existsSync(file) || statSync(file).size === 0) return admit(NOTHING);
  look(file, admit, true);
}

/** After a power cut in its first moments a ledger has to be rolled back before anything can be read. */
function look(file: string, admit: (found: Found) => void, readonly: boolean): void {
  const db = new Database(file, { readonly, timeout: 1_000 });
  try {
    admit(lookInto(db, file));
  } catch (error) {
    if (!readonly || !codeOf(error).startsWith('SQLITE_READONLY')) throw error;
    look(file, admit, false);
  } finally {
    db.close();
  }
}

function lookInto(db: BetterSqlite3.Database, file: string): Found {
  const tables = db
    .prepare<[], { name: string }>("SELECT name FROM sqlite_schema WHERE type = 'table'")
    .all()
    .map(({ name }) => name);
  if (tables.length === 0) return NOTHING;
  if (!tables.includes('migrations') || !tables.includes('events'))
    throw new LedgerPlaceUnusable(file, 'it is a database of something else', '');
  const newest = db
    .prepare<[], { seq: number; at: number }>('SELECT seq, at FROM events ORDER BY seq DESC LIMIT 1')
    .get();
  const hash = db.prepare<[number], { hash: Buffer }>('SELECT hash FROM events WHERE seq = ?');
  return { newest: newest ?? null, hashAt: (seq) => hash.get(seq)?.hash ?? null };
}

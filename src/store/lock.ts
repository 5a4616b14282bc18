import { readlinkSync, realpathSync, statSync } from 'node:fs';
import { hostname } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import Database from 'better-sqlite3';
import { LedgerHasTwoNames, LedgerLocked } from './errors.ts';

export type Lock = { release(): void };

type Holder = { pid: number; host: string };

const TRIES = 5;

/**
 * Makes this process the only writer of `file`, or throws {@link LedgerLocked}; a file with several names
 * is refused with {@link LedgerHasTwoNames}. It is SQLite's own
 * lock on `FILE-lock`, so the operating system gives it back however the process ends. A held write
 * lock still lets others read who holds it.
 */
export function lockLedger(file: string): Lock {
  const real = realName(file);
  if ((statSync(real, { throwIfNoEntry: false })?.nlink ?? 1) > 1) throw new LedgerHasTwoNames(file);
  const db = new Database(`${real}-lock`, { timeout: 0 });
  try {
    for (let tried = 0; tried < TRIES; tried += 1) {
      db.exec(
        'BEGIN IMMEDIATE; CREATE TABLE IF NOT EXISTS holder (only INTEGER PRIMARY KEY CHECK (only = 1), pid INTEGER, host TEXT)',
      );
      db.prepare('INSERT OR REPLACE INTO holder (only, pid, host) VALUES (1, ?, ?)').run(
        process.pid,
        hostname(),
      );
      db.exec('COMMIT; BEGIN IMMEDIATE');
      // @NOTE Somebody may have come and gone between COMMIT and BEGIN; then their name is written there.
      const holder = holderOf(db);
      if (holder?.pid === process.pid && holder.host === hostname()) return { release: () => db.close() };
      db.exec('ROLLBACK');
    }
    throw new LedgerLocked(file, 'another process that is starting at this moment');
  } catch (error) {
    const busy = error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY');
    const name = busy ? nameOf(db) : null;
    db.close();
    throw busy ? new LedgerLocked(file, name ?? 'another process') : error;
  }
}

/** A link to the ledger is the same ledger, also when there is none yet at its end. */
function realName(file: string): string {
  try {
    return realpathSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    const name = join(realpathSync(dirname(file)), basename(file));
    const target = linkAt(name);
    return target === null ? name : realName(target);
  }
}

function linkAt(name: string): string | null {
  try {
    return resolve(dirname(name), readlinkSync(name));
  } catch {
    return null;
  }
}

function holderOf(db: Database.Database): Holder | undefined {
  return db.prepare<[], Holder>('SELECT pid, host FROM holder').get();
}

function nameOf(db: Database.Database): string | null {
  try {
    const holder = holderOf(db);
    if (!holder) return null;
    if (holder.pid === process.pid && holder.host === hostname()) return 'this same process';
    return `process ${holder.pid} on ${holder.host}`;
  } catch {
    return null;
  }
}

import Database from 'better-sqlite3';
import { LedgerCorrupt, StorageBusy, StorageFailed, StorageFull } from './errors.ts';

/** SQLite's extended code, such as `SQLITE_BUSY`; empty for any other error. */
export function codeOf(error: unknown): string {
  return error instanceof Database.SqliteError ? error.code : '';
}

/** True when the file or the machine failed, and not the statement. */
export function isMachineFailure(error: unknown): boolean {
  return /^SQLITE_(FULL|IOERR|BUSY|CORRUPT|NOTADB|NOMEM|READONLY|CANTOPEN|PROTOCOL|LOCKED)/.test(
    codeOf(error),
  );
}

/** The named error that tells what to do; errors of any other kind as they are. */
export function named(error: Error, file: string): Error {
  const code = codeOf(error);
  if (code === 'SQLITE_FULL') return new StorageFull(error);
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB') return new LedgerCorrupt(file, error);
  if (code.startsWith('SQLITE_BUSY')) return new StorageBusy(error);
  return isMachineFailure(error) ? new StorageFailed(error) : error;
}

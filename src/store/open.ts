import Database from 'better-sqlite3';
import { NotDurable } from './errors.ts';

/** Waiting longer inside SQLite would freeze the event loop; the writer tries again instead. */
export const BUSY_MS = 20;
/** Nothing runs yet while the ledger is opened, so it may wait for a tool that looks at it. */
const OPENING_MS = 5000;
/** An export and its first event take about 2.5 kB each: of 4 kB pages a third would stay empty. */
const PAGE_BYTES = 8192;
const CACHE_KIB = 32_768;
const WAL_LIMIT_BYTES = 64 * 1024 * 1024;
/** Pages; the default of 1000 puts a checkpoint into every few commits. */
const CHECKPOINT_PAGES = 8000;

const LEVELS = { normal: 1, full: 2 } as const;
export type Synchronous = keyof typeof LEVELS;

/** Opens the file for writing, durably. Throws {@link NotDurable} when the file system does not allow it. */
export function openDatabase(file: string, synchronous: Synchronous = 'full'): Database.Database {
  const db = new Database(file, { timeout: OPENING_MS });
  try {
    db.pragma(`page_size = ${PAGE_BYTES}`);
    db.pragma('journal_mode = WAL');
    db.pragma(`synchronous = ${LEVELS[synchronous]}`);
    db.pragma('fullfsync = ON');
    db.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
    db.pragma(`journal_size_limit = ${WAL_LIMIT_BYTES}`);
    db.pragma(`cache_size = -${CACHE_KIB}`);
    db.pragma('trusted_schema = OFF');
    db.pragma('cell_size_check = ON');
    assertDurable(db, synchronous);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** SQLite reports what it could not set by leaving it; only a look tells. */
export function assertDurable(db: Database.Database, synchronous: Synchronous): void {
  const mode = db.pragma('journal_mode', { simple: true });
  const level = db.pragma('synchronous', { simple: true });
  if (mode !== 'wal' || level !== LEVELS[synchronous]) {
    throw new NotDurable(db.name, `journal_mode ${String(mode)}, synchronous ${String(level)}`);
  }
}

/** Opens an existing file for reading alone, beside whoever writes to it. */
export function openForReading(file: string): Database.Database {
  const db = new Database(file, { readonly: true, fileMustExist: true, timeout: 1000 });
  db.pragma(`cache_size = -${CACHE_KIB}`);
  db.pragma('cell_size_check = ON');
  return db;
}

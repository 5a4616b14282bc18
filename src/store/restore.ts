import { existsSync, lstatSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { backupFile } from './backup.ts';
import { makeFolder, syncToDisk } from './durable-files.ts';
import { RestoreRefused, RestoreUnfinished } from './errors.ts';
import { lockLedger } from './lock.ts';
import { checkMigrations, MIGRATIONS } from './migrate.ts';
import { openForReading } from './open.ts';
import { type Report, verifyFile } from './verify.ts';

export type Restored = {
  report: Report;
  /** UTC ms of the last event; null when there is none. */
  last_event_at: number | null;
  /** Rows that are tried again after the next start. */
  outbox: number;
  /** Where the ledger that was there is kept; null when there was none. */
  kept: string | null;
};

/** What belongs to a ledger besides its file. */
const BESIDE = ['-wal', '-shm', '-journal'] as const;

/** Its name while a restore is under way; no ledger is opened beside it. */
export const restoringName = (file: string) => `${file}.restoring`;

/** What to tell whoever would open `file` after its restore was cut short; null when none was. */
export function unfinishedRestore(file: string): RestoreUnfinished | null {
  const copy = restoringName(file);
  return existsSync(copy) ? new RestoreUnfinished(file, copy) : null;
}

/**
 * Puts the verified backup `from` in the place of the ledger `file`, and keeps what was there beside it
 * as `FILE.before-restore-STAMP`. Throws {@link RestoreRefused}, LedgerLocked or LedgerTooNew before
 * anything was moved. A power cut within leaves the old ledger, the new one, or a refusal to start that
 * says to restore again.
 */
export async function restoreLedger(from: string, file: string, stamp: string): Promise<Restored> {
  makeFolder(dirname(file));
  const lock = lockLedger(file);
  try {
    if (lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink()) {
      throw new RestoreRefused(
        `${file} is a link. Set MESHLINE_DB to the ledger itself. Nothing was changed.`,
      );
    }
    await assertWhole(from);
    const facts = look(from);
    const restoring = restoringName(file);
    rmSync(restoring, { force: true });
    const { report } = await backupFile(from, restoring);
    const kept = putAside(file, `${file}.before-restore-${stamp}`);
    renameSync(restoring, file);
    syncToDisk(dirname(file));
    return { report, kept, ...facts };
  } finally {
    lock.release();
  }
}

async function assertWhole(backup: string): Promise<void> {
  if (!existsSync(backup)) throw new RestoreRefused(`${backup} does not exist. Nothing was changed.`);
  const { faults } = await verifyFile(backup).catch((error: Error) => {
    throw new RestoreRefused(`${backup} cannot be read (${error.message}). Nothing was changed.`);
  });
  const [first] = faults;
  if (!first) return;
  throw new RestoreRefused(
    `${backup} does not verify (${first.where}: ${first.what}). Nothing was changed. Take an older backup.`,
  );
}

function look(file: string): Pick<Restored, 'last_event_at' | 'outbox'> {
  const db = openForReading(file);
  try {
    checkMigrations(db, MIGRATIONS);
    const last = db.prepare<[], { at: number }>('SELECT at FROM events ORDER BY seq DESC LIMIT 1').get();
    const rows = db.prepare<[], { n: number }>('SELECT count(*) AS n FROM outbox').get();
    return { last_event_at: last?.at ?? null, outbox: rows?.n ?? 0 };
  } finally {
    db.close();
  }
}

/**
 * One after the other, each on the disk before the next: as long as the ledger has its name, its
 * write-ahead log stands beside it, and it never meets that of another.
 */
function putAside(file: string, aside: string): string | null {
  let kept: string | null = null;
  for (const end of ['', ...BESIDE]) {
    if (!existsSync(`${file}${end}`)) continue;
    renameSync(`${file}${end}`, `${aside}${end}`);
    syncToDisk(dirname(file));
    kept = aside;
  }
  return kept;
}

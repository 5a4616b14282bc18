import { closeSync, fsyncSync, openSync, rmSync } from 'node:fs';
import { link, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import type { Head } from './connection.ts';
import { BackupFailed } from './errors.ts';
import { openForReading } from './open.ts';
import { type Report, verifyFile } from './verify.ts';

export type Backup = { file: string; bytes: number; report: Report };

/** Pages copied between two turns of the event loop: 4 MiB. */
const PAGES_PER_STEP = 1024;
const ALL_PAGES = 2 ** 31 - 1;

/**
 * Copies the open ledger while it is written to, verifies the copy, and only then gives it its name.
 * Never a copy of the file itself: closing such a copy would drop SQLite's locks. Throws
 * {@link BackupFailed} when `to` exists, or when the copy does not verify or lacks the head.
 */
export async function backupFrom(db: Database.Database, to: string, least: Head): Promise<Backup> {
  return await copyTo(db, to, PAGES_PER_STEP, least);
}

/** The same beside a running Meshline, from another process. A write would begin it anew, so it goes in one step. */
export async function backupFile(file: string, to: string): Promise<Backup> {
  const db = openForReading(file);
  try {
    return await copyTo(db, to, ALL_PAGES);
  } finally {
    db.close();
  }
}

async function copyTo(db: Database.Database, to: string, pages: number, least?: Head): Promise<Backup> {
  if (await stat(to).catch(() => null)) {
    throw new BackupFailed(`${to} exists already. Give the backup another name; nothing was copied.`);
  }
  const partial = `${to}.partial`;
  rmSync(partial, { force: true });
  try {
    await db.backup(partial, { progress: () => pages });
    const copy = new Database(partial);
    // @NOTE One file, without a write-ahead log beside it, is what people move about.
    copy.pragma('journal_mode = DELETE');
    copy.close();
    const report = await verifyFile(partial, least);
    const [first] = report.faults;
    if (first) {
      throw new BackupFailed(
        `The copy does not verify (${first.where}: ${first.what}). It was removed. Run "meshline verify" on the ledger itself.`,
      );
    }
    sync(partial);
    await link(partial, to);
    rmSync(partial);
    sync(dirname(to));
    return { file: to, bytes: (await stat(to)).size, report };
  } catch (error) {
    rmSync(partial, { force: true });
    throw error;
  }
}

function sync(path: string): void {
  const descriptor = openSync(path, 'r');
  fsyncSync(descriptor);
  closeSync(descriptor);
}

import { rmSync } from 'node:fs';
import { link, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Worker } from 'node:worker_threads';
import Database from 'better-sqlite3';
import type { Head } from './connection.ts';
import { syncToDisk } from './durable-files.ts';
import { BackupFailed } from './errors.ts';
import { openForReading } from './open.ts';
import { type Report, verifyFile } from './verify.ts';

export type Backup = { file: string; bytes: number; report: Report };

export type BackupTask = { file: string; to: string; least: Head };
/** What its thread gives back: an error loses its class on the way, and a Buffer arrives as plain bytes. */
export type BackupAnswer =
  | { ok: true; backup: Backup & { report: { head: { hash: Uint8Array } } } }
  | { ok: false; message: string };

const ALL_PAGES = 2 ** 31 - 1;

/**
 * Copies a ledger that is written to, in a thread of its own, because copying and syncing would hold
 * up the event loop. Throws {@link BackupFailed} as {@link backupFile} does.
 */
export async function backupInThread(task: BackupTask): Promise<Backup> {
  const answer = await new Promise<BackupAnswer>((resolve, reject) => {
    const worker = new Worker(new URL('./backup-worker.ts', import.meta.url), { workerData: task });
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`The thread that copies the ledger ended with ${code}.`)));
  });
  if (!answer.ok) throw new BackupFailed(answer.message);
  const { report, ...copy } = answer.backup;
  return { ...copy, report: { ...report, head: { ...report.head, hash: Buffer.from(report.head.hash) } } };
}

/**
 * Copies the ledger beside a running Meshline, verifies the copy, and only then gives it its name.
 * Never a copy of the file itself: closing such a copy would drop SQLite's locks. A write would begin
 * it anew, so it goes in one step. Throws {@link BackupFailed} when `to` exists, or when the copy does
 * not verify or lacks the head `least`.
 */
export async function backupFile(file: string, to: string, least?: Head): Promise<Backup> {
  const db = openForReading(file);
  try {
    return await copyTo(db, to, least);
  } finally {
    db.close();
  }
}

async function copyTo(db: Database.Database, to: string, least?: Head): Promise<Backup> {
  if (await stat(to).catch(() => null)) {
    throw new BackupFailed(`${to} exists already. Give the backup another name; nothing was copied.`);
  }
  const partial = `${to}.partial`;
  rmSync(partial, { force: true });
  try {
    await db.backup(partial, { progress: () => ALL_PAGES });
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
    syncToDisk(partial);
    await link(partial, to);
    rmSync(partial);
    syncToDisk(dirname(to));
    return { file: to, bytes: (await stat(to)).size, report };
  } catch (error) {
    rmSync(partial, { force: true });
    throw error;
  }
}

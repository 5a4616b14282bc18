import { stat, statfs } from 'node:fs/promises';

/** Bytes that this user may still write on the disk of `path`; null when the folder is not there or does not say. */
export async function freeBytes(path: string): Promise<number | null> {
  try {
    const { bavail, bsize } = await statfs(path);
    return bavail * bsize;
  } catch {
    return null;
  }
}

/** Size of the ledger's write-ahead log, which grows while somebody reads for long; 0 when there is none. */
export async function walBytes(file: string): Promise<number> {
  try {
    return (await stat(`${file}-wal`)).size;
  } catch {
    return 0;
  }
}

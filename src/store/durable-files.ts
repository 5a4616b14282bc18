import { closeSync, fsyncSync, mkdirSync, openSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** Puts a file, or the names in a folder, on the disk. */
export function syncToDisk(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Makes the folder and those above it that are missing. A folder whose name is not on the disk takes
 * everything in it along in a power cut, however well that was synced.
 */
export function makeFolder(path: string): void {
  const made = mkdirSync(path, { recursive: true });
  if (made === undefined) return;
  const first = dirname(resolve(made));
  for (let folder = dirname(resolve(path)); folder.length > first.length; folder = dirname(folder)) {
    syncToDisk(folder);
  }
  syncToDisk(first);
}

import {
  closeSync,
  constants,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Image } from './disk.ts';

const WRITE_OVER = constants.O_CREAT | constants.O_WRONLY;

/** Makes `folder` hold exactly the image. What is there already is written over, which is far cheaper. */
export function place(image: Image, folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name).slice(folder.length + 1);
    const known = entry.isFile() ? image.files.has(path) : image.folders.includes(path);
    if (!known) rmSync(join(folder, path), { recursive: true, force: true });
  }
  for (const path of image.folders) mkdirSync(join(folder, path), { recursive: true });
  for (const [path, bytes] of image.files) write(join(folder, path), bytes);
}

function write(file: string, bytes: Buffer): void {
  const descriptor = openSync(file, WRITE_OVER);
  try {
    if (bytes.length > 0) writeSync(descriptor, bytes, 0, bytes.length, 0);
    ftruncateSync(descriptor, bytes.length);
  } finally {
    closeSync(descriptor);
  }
}

import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const READ_BYTES = 64 * 1024;

/**
 * A body that must be kept until its signature has been checked: in memory at first, then in a
 * temporary file that has no name any more, so that even a crash leaves nothing behind.
 */
export class Spool {
  readonly #memoryBytes: number;
  #chunks: Buffer[] = [];
  #file: FileHandle | null = null;
  #length = 0;

  constructor(memoryBytes: number) {
    this.#memoryBytes = memoryBytes;
  }

  get length(): number {
    return this.#length;
  }

  /** @throws an error with the code ENOSPC when the disk is full. */
  async write(chunk: Buffer): Promise<void> {
    this.#length += chunk.length;
    if (this.#file === null && this.#length <= this.#memoryBytes) {
      this.#chunks.push(chunk);
      return;
    }
    if (this.#file === null) {
      this.#file = await nameless();
      for (const kept of this.#chunks) await this.#file.appendFile(kept);
      this.#chunks = [];
    }
    await this.#file.appendFile(chunk);
  }

  /** What was written, from the start. */
  async *read(): AsyncGenerator<Buffer> {
    if (this.#file === null) {
      yield* this.#chunks;
      return;
    }
    let position = 0;
    while (position < this.#length) {
      const buffer = Buffer.allocUnsafe(READ_BYTES);
      const { bytesRead } = await this.#file.read(buffer, 0, READ_BYTES, position);
      if (bytesRead === 0) return;
      position += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  }

  async discard(): Promise<void> {
    this.#chunks = [];
    const file = this.#file;
    this.#file = null;
    await file?.close();
  }
}

async function nameless(): Promise<FileHandle> {
  const folder = await mkdtemp(join(tmpdir(), 'meshline-'));
  try {
    return await open(join(folder, 'body'), 'wx+', 0o600);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A line of NDJSON, counted from 1; null when it is longer than allowed. Blank lines are left out. */
export type Line = { number: number; bytes: Buffer | null };

const NEWLINE = 0x0a;

/** Cuts chunks into lines, holding at most one line of `limit` bytes. */
export async function* linesOf(chunks: AsyncIterable<Buffer>, limit: number): AsyncGenerator<Line> {
  let number = 0;
  let parts: Buffer[] = [];
  let length = 0;
  const take = (): Line | null => {
    number += 1;
    const bytes = length > limit ? null : Buffer.concat(parts);
    const blank = length === 0 || (bytes !== null && /^\s*$/.test(bytes.toString('latin1')));
    parts = [];
    length = 0;
    return blank ? null : { number, bytes };
  };
  for await (const chunk of chunks) {
    let start = 0;
    while (start < chunk.length) {
      const end = chunk.indexOf(NEWLINE, start);
      const part = chunk.subarray(start, end === -1 ? chunk.length : end);
      length += part.length;
      if (length <= limit) parts.push(part);
      else parts = [];
      if (end === -1) break;
      start = end + 1;
      const line = take();
      if (line) yield line;
    }
  }
  const last = length > 0 ? take() : null;
  if (last) yield last;
}

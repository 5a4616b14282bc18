import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { endianness } from 'node:os';

/**
 * The write-ahead log by https://sqlite.org/fileformat2.html#the_write_ahead_log. SQLite takes it as far as
 * its checksums hold and forgets the rest without a word: right after a power cut, where only what was never
 * synced can be torn, and that is the last transaction. Damage before that has cost transactions.
 */
const HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;
const MAGIC = 0x377f0682;
const FRAMES_AT_ONCE = 64;

type Sums = readonly [number, number];

/** Whether what stands in the log cannot be what a power cut leaves. False when there is no log. */
export function walIsDamaged(file: string): boolean {
  let descriptor: number;
  try {
    descriptor = openSync(file, 'r');
  } catch {
    return false;
  }
  try {
    return isDamaged(descriptor, fstatSync(descriptor).size);
  } finally {
    closeSync(descriptor);
  }
}

function isDamaged(descriptor: number, bytes: number): boolean {
  const header = Buffer.alloc(HEADER_BYTES);
  if (readSync(descriptor, header, 0, HEADER_BYTES, 0) < HEADER_BYTES) return false;
  if (header.every((byte) => byte === 0)) return false;
  const magic = header.readUInt32BE(0);
  const bigEndian = magic === MAGIC + 1;
  const [one, two] = sumsOf(header.subarray(0, 24), [0, 0], bigEndian);
  // A header is smaller than a sector, so a power cut leaves the old one or the new one.
  if ((magic !== MAGIC && !bigEndian) || header.readUInt32BE(24) !== one || header.readUInt32BE(28) !== two)
    return true;
  return hasGap(descriptor, bytes, header, bigEndian, [one, two]);
}

type Seen = { stored: Sums; computed: Sums; commits: boolean };

/**
 * Each frame's checksum goes on from the one before, so frames behind a broken one still show whether they
 * followed it. The next transaction begins only once the last is synced: one that follows another is proof
 * that what is broken before them was on the disk. Frames of earlier rounds follow nothing of this one.
 */
function hasGap(descriptor: number, bytes: number, header: Buffer, bigEndian: boolean, from: Sums): boolean {
  const salts = header.subarray(16, 24);
  const frameBytes = FRAME_HEADER_BYTES + header.readUInt32BE(8);
  const piece = Buffer.alloc(Math.min(bytes, frameBytes * FRAMES_AT_ONCE));
  let broken = false;
  let last: Seen = { stored: from, computed: from, commits: false };
  const follows = (frame: Buffer, stored: Sums, before: Sums) =>
    same(after(frame, before, bigEndian), stored);
  for (let at = HEADER_BYTES; at + frameBytes <= bytes; ) {
    const frames = Math.floor(readSync(descriptor, piece, 0, piece.length, at) / frameBytes);
    if (frames === 0) return false;
    for (let n = 0; n < frames; n += 1) {
      const frame = piece.subarray(n * frameBytes, (n + 1) * frameBytes);
      const stored: Sums = [frame.readUInt32BE(16), frame.readUInt32BE(20)];
      const computed = after(frame, last.stored, bigEndian);
      const holds = same(computed, stored);
      const ours = frame.subarray(8, 16).equals(salts);
      if (broken && ours && last.commits && (holds || follows(frame, stored, last.computed))) return true;
      if (!holds || !ours) broken = true;
      last = { stored, computed, commits: frame.readUInt32BE(4) !== 0 };
    }
    at += frames * frameBytes;
  }
  return false;
}

const same = (one: Sums, other: Sums) => one[0] === other[0] && one[1] === other[1];

/** What a frame's checksum has to be after `before`. */
function after(frame: Buffer, before: Sums, bigEndian: boolean): Sums {
  return sumsOf(
    frame.subarray(FRAME_HEADER_BYTES),
    sumsOf(frame.subarray(0, 8), before, bigEndian),
    bigEndian,
  );
}

/** The checksum of SQLite's log, over a multiple of eight bytes, going on from `from`. */
function sumsOf(bytes: Buffer, from: Sums, bigEndian: boolean): Sums {
  const words = wordsOf(bytes, bigEndian);
  let [one, two]: [number, number] = [from[0] | 0, from[1] | 0];
  for (let n = 0; n + 1 < words.length; n += 2) {
    one = (one + (words[n] ?? 0) + two) | 0;
    two = (two + (words[n + 1] ?? 0) + one) | 0;
  }
  return [one >>> 0, two >>> 0];
}

/** As SQLite on the machine that wrote it saw them; nearly always this one, whose words need no copy. */
function wordsOf(bytes: Buffer, bigEndian: boolean): Int32Array {
  const native = (endianness() === 'BE') === bigEndian;
  const aligned = native && bytes.byteOffset % 4 === 0;
  if (aligned) return new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  const copy = Buffer.alloc(bytes.length, bytes);
  if (!native) copy.swap32();
  return new Int32Array(copy.buffer, copy.byteOffset, copy.length / 4);
}

import { toIso } from './clock.ts';

/** The end of the hash chain, as it is noted outside the database. */
type Head = { seq: number; hash: Buffer };

const LINE = /^\d{4}-\d{2}-\d{2}T[\d:.]+Z (\d{1,15}) ([0-9a-f]{64})$/;

/** One line of a head file, with its end: when, the number of the last event, its hash. */
export function headLine(at: number, { seq, hash }: Head): string {
  return `${toIso(at)} ${seq} ${hash.toString('hex')}\n`;
}

/**
 * The heads of a head file in its order, and the numbers of the lines that are none. A power cut may
 * leave a piece of a line.
 */
export function readHeadLines(text: string): { heads: Head[]; unread: number[] } {
  const heads: Head[] = [];
  const unread: number[] = [];
  for (const [n, line] of text.split('\n').entries()) {
    const [, seq, hash] = LINE.exec(line.trim()) ?? [];
    if (seq !== undefined && hash !== undefined)
      heads.push({ seq: Number(seq), hash: Buffer.from(hash, 'hex') });
    else if (line.trim() !== '') unread.push(n + 1);
  }
  return { heads, unread };
}

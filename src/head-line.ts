import { toIso } from './clock.ts';

/** The end of the hash chain, as it is noted outside the database. */
type Head = { seq: number; hash: Buffer };

/** An event's number and the first hex digits of its hash, all 64 or fewer. */
type Noted = { seq: number; hash: string };

const LINE = /^\d{4}-\d{2}-\d{2}T[\d:.]+Z (\d{1,15}) ([0-9a-f]{64})$/;
/** As a finished card shows it, whatever was copied along with it. */
const RECORD = /\bRecord ([\d,]{1,19}) · ([0-9a-f]{12,64})\b/;
/** Of the hash on a card: enough that nobody finds another history that begins so. */
const SHOWN_DIGITS = 12;

/** One line of a head file, with its end: when, the number of the last event, its hash. */
export function headLine(at: number, { seq, hash }: Head): string {
  return `${toIso(at)} ${seq} ${hash.toString('hex')}\n`;
}

/** "Record 1,234 · 3f2a91c0d4e1": an event of the chain as a card shows it, for `verify --against`. */
export function recordWords({ seq, hash }: Noted): string {
  return `Record ${seq.toLocaleString('en')} · ${hash.slice(0, SHOWN_DIGITS)}`;
}

/**
 * The heads of a head file in its order, and the numbers of the lines that are none. A power cut may
 * leave a piece of a line.
 */
export function readHeadLines(text: string): { heads: Head[]; unread: number[] } {
  const { noted, unread } = readLines(text, (line) => LINE.exec(line.trim()));
  return { heads: noted.map(({ seq, hash }) => ({ seq, hash: Buffer.from(hash, 'hex') })), unread };
}

/** The same of a text that may also hold records copied from cards. */
export function readNotedLines(text: string): { noted: Noted[]; unread: number[] } {
  return readLines(text, (line) => LINE.exec(line.trim()) ?? RECORD.exec(line));
}

function readLines(text: string, read: (line: string) => RegExpExecArray | null) {
  const noted: Noted[] = [];
  const unread: number[] = [];
  for (const [n, line] of text.split('\n').entries()) {
    const [, seq, hash] = read(line) ?? [];
    if (seq !== undefined && hash !== undefined) noted.push({ seq: Number(seq.replaceAll(',', '')), hash });
    else if (line.trim() !== '') unread.push(n + 1);
  }
  return { noted, unread };
}

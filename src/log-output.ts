import { fstatSync, writeSync } from 'node:fs';
import { type Cancel, type Clock, toIso } from './clock.ts';

/** What may wait for a log that takes nothing; beyond that, new lines are lost and counted. */
const MOST_BYTES = 1024 * 1024;
/** As much as a pipe usually holds. */
const PIECE_BYTES = 64 * 1024;
const RETRY_MS = 250;

export type LogOutput = {
  /** Takes a line with its line break. Never throws and never waits. */
  write(line: string): void;
  /** Lines that are lost so far. */
  lost(): number;
  /** Tries once more what waits. */
  flush(): void;
};

/**
 * The log goes to `descriptor` at once, so that a crash takes none of it along. When that takes nothing
 * (the reader of a pipe stopped or went away, a disk is full), lines wait in bounded memory and are tried
 * again; what does not fit is lost, and a line says how many were once it heals.
 */
export function openLogOutput(descriptor: number, clock: Clock): LogOutput {
  const stat = fstatSync(descriptor);
  // @NOTE Node makes a pipe non-blocking when its stream is first asked for; a full one would block everything.
  if (stat.isFIFO() || stat.isSocket()) void (descriptor === 1 ? process.stdout : process.stderr);
  const output = logOutputOver((bytes) => writeSync(descriptor, bytes), clock);
  process.once('exit', () => output.flush());
  return output;
}

/** The same over `write`, which gives how many bytes it took and throws when it took none. */
export function logOutputOver(write: (bytes: Buffer) => number, clock: Clock): LogOutput {
  let waiting: Buffer[] = [];
  let bytes = 0;
  let lost = 0;
  let told = 0;
  let retry: Cancel | null = null;

  const flush = () => {
    try {
      while (waiting.length > 0) {
        const piece = firstOf(waiting);
        const taken = write(piece);
        bytes -= taken;
        waiting = without(waiting, taken);
      }
    } catch {
      // What is wrong with the log cannot be logged: it is tried again, and counted if it is lost.
    }
  };
  const settle = () => {
    flush();
    if (waiting.length === 0 && lost > told) {
      const line = Buffer.from(lossOf(lost - told, clock));
      told = lost;
      waiting = [line];
      bytes = line.length;
      flush();
    }
    if (waiting.length > 0)
      retry ??= clock.after(RETRY_MS, () => {
        retry = null;
        settle();
      });
  };

  return {
    write(line) {
      const own = Buffer.from(line);
      if (bytes + own.length > MOST_BYTES) {
        lost += 1;
        return;
      }
      waiting.push(own);
      bytes += own.length;
      if (retry === null) settle();
    },
    lost: () => lost,
    flush,
  };
}

function lossOf(lines: number, clock: Clock): string {
  const fact = { level: 'warn', time: toIso(clock.now()), lines };
  return `${JSON.stringify({ ...fact, msg: 'Log lines were lost: the log could not be written' })}\n`;
}

/** Whole lines, about as many as fit at once. */
function firstOf(lines: readonly Buffer[]): Buffer {
  let length = 0;
  const end = lines.findIndex((line, n) => (length += line.length) > PIECE_BYTES && n > 0);
  const piece = end === -1 ? lines : lines.slice(0, end);
  return piece.length === 1 && piece[0] ? piece[0] : Buffer.concat(piece);
}

/** What is left of the lines after their first `taken` bytes, which may end within one. */
function without(lines: readonly Buffer[], taken: number): Buffer[] {
  let left = taken;
  const from = lines.findIndex((line) => {
    if (line.length > left) return true;
    left -= line.length;
    return false;
  });
  if (from === -1) return [];
  const [first, ...rest] = lines.slice(from);
  return first ? [first.subarray(left), ...rest] : [];
}

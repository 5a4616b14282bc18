import { isMainThread, Worker } from 'node:worker_threads';
import { GENESIS } from './chain.ts';
import type { Head } from './connection.ts';
import { codeOf } from './failures.ts';
import type { Fault, IdRange, NotedHash, PartDone, Stretch, VerifyPart } from './faults.ts';
import { openForReading } from './open.ts';
import { verifyPart } from './verify-parts.ts';

/** An event that was noted elsewhere with its hash, or with the first hex digits of it. */
export type Noted = { seq: number; hash: Uint8Array | string };

export type Report = { events: number; exports: number; head: Head; faults: Fault[] };

/** Below this many events the start of a second thread takes longer than it saves. */
const MANY_EVENTS = 20_000;
/** Threads that verify many; as with two of them, Meshline goes on beside. */
const THREADS = 2;
/** Of the chain, so that whichever thread is free takes the next. */
const STRETCHES = 8;

/**
 * Re-walks the hash chain, replays every export, and compares with what is stored, on snapshots of
 * its own beside whoever writes; threads do it, so that the event loop goes on. `noted` are
 * heads noted earlier outside the database: without one, an end that was cut off cleanly, projections
 * and all, cannot be told from a ledger that never had it. Rejects when there is no such file.
 */
export async function verifyFile(file: string, noted: Noted | readonly Noted[] = []): Promise<Report> {
  const { events, middle } = sizeOf(file);
  const parts = partsOf(events, middle, [noted].flat().map(begins));
  const done = await inThreads(file, parts, events < MANY_EVENTS ? 1 : THREADS);
  const sum = (of: 'events' | 'exports') => done.reduce((all, each) => all + each[of], 0);
  const head = done.findLast((each) => each.head !== null)?.head ?? GENESIS;
  return {
    events: sum('events'),
    exports: sum('exports'),
    head: { seq: head.seq, hash: Buffer.from(head.hash) },
    faults: done.flatMap(({ faults }) => faults),
  };
}

function begins({ seq, hash }: Noted): NotedHash {
  return { seq, begins: typeof hash === 'string' ? hash.toLowerCase() : Buffer.from(hash).toString('hex') };
}

/** How many events there are, about, and an export in the middle of them. */
function sizeOf(file: string): { events: number; middle: string | null } {
  const db = openForReading(file);
  try {
    const last = db.prepare<[], { seq: number | null }>('SELECT max(seq) AS seq FROM events').get()?.seq ?? 0;
    const half = db
      .prepare<[number], { export_id: string }>('SELECT export_id FROM events WHERE seq >= ? LIMIT 1')
      .get(Math.floor(last / 2));
    return { events: last, middle: half?.export_id ?? null };
  } catch (error) {
    // A part says what is wrong with it.
    if (codeOf(error).startsWith('SQLITE_')) return { events: 0, middle: null };
    throw error;
  } finally {
    db.close();
  }
}

function partsOf(events: number, middle: string | null, noted: readonly NotedHash[]): VerifyPart[] {
  const halves: IdRange[] =
    events < MANY_EVENTS || middle === null
      ? [{ from: null, below: null }]
      : [
          { from: null, below: middle },
          { from: middle, below: null },
        ];
  const count = events < MANY_EVENTS ? 1 : STRETCHES;
  const size = Math.ceil(events / count);
  const stretches = Array.from({ length: count }, (_, n): VerifyPart => {
    const stretch: Stretch = {
      after: n === 0 ? null : n * size,
      until: n === count - 1 ? null : (n + 1) * size,
    };
    return { part: 'chain', noted: noted.filter(({ seq }) => isIn(seq, stretch)), ...stretch };
  });
  return [
    ...halves.map((half): VerifyPart => ({ part: 'replay', ...half })),
    { part: 'file' },
    { part: 'others' },
    ...stretches,
  ];
}

function isIn(seq: number, { after, until }: Stretch): boolean {
  return (after === null || seq > after) && (until === null || seq <= until);
}

/** What became of each part, in their order. Whichever thread is free takes the next. */
async function inThreads(file: string, parts: readonly VerifyPart[], threads: number): Promise<PartDone[]> {
  // Nobody waits for the event loop of a thread that was begun to work.
  if (threads === 1 && !isMainThread) return parts.map((part) => verifyPart(file, part));
  const done: PartDone[] = [];
  let next = 0;
  const work = async () => {
    const worker = new Worker(new URL('./verify-worker.ts', import.meta.url), { workerData: { file } });
    try {
      for (let n = next++; n < parts.length; n = next++) done[n] = await answerOf(worker, file, parts[n]);
    } finally {
      await worker.terminate();
    }
  };
  await Promise.all(Array.from({ length: threads }, work));
  return done;
}

function answerOf(worker: Worker, file: string, part: VerifyPart | undefined): Promise<PartDone> {
  return new Promise((resolve, reject) => {
    const ended = (code: number) => reject(new Error(`The thread that verifies ${file} ended with ${code}.`));
    worker.once('error', reject);
    worker.once('exit', ended);
    worker.once('message', (answer: PartDone) => {
      worker.off('error', reject);
      worker.off('exit', ended);
      resolve(answer);
    });
    worker.postMessage(part);
  });
}

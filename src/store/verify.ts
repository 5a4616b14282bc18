import { Worker } from 'node:worker_threads';
import type { Head } from './connection.ts';
import type { ChainPart, Fault, ReplayPart, VerifyTask } from './faults.ts';

export type Report = { events: number; exports: number; head: Head; faults: Fault[] };

/**
 * Re-walks the hash chain, replays every export, and compares with what is stored, on snapshots of
 * its own beside whoever writes; two threads do it, so that the event loop goes on. `noted` are
 * heads noted earlier outside the database: without one, an end that was cut off cleanly, projections
 * and all, cannot be told from a ledger that never had it. Rejects when there is no such file.
 */
export async function verifyFile(file: string, noted: Head | readonly Head[] = []): Promise<Report> {
  const [chain, replay] = await Promise.all([
    inThread<ChainPart>({ part: 'chain', file, noted: [noted].flat() }),
    inThread<ReplayPart>({ part: 'replay', file }),
  ]);
  return {
    events: chain.events,
    exports: replay.exports,
    head: { seq: chain.head.seq, hash: Buffer.from(chain.head.hash) },
    faults: [...chain.faults, ...replay.faults],
  };
}

function inThread<Part>(task: VerifyTask): Promise<Part & { faults: Fault[] }> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./verify-worker.ts', import.meta.url), { workerData: task });
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (code) =>
      reject(new Error(`The thread that verifies ${task.file} ended with ${code}.`)),
    );
  });
}

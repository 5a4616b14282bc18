import type Database from 'better-sqlite3';
import type { Cancel, Clock } from '../clock.ts';
import type { Announced, Head, Tally, Tx } from './connection.ts';
import { LedgerClosed, LedgerTaken } from './errors.ts';
import { codeOf, isMachineFailure, named } from './failures.ts';

/** More jobs than this wait for the next transaction, so that the event loop gets its turn. */
const MAX_BATCH = 256;
/** A batch that takes longer ends early, for the same reason. */
const MAX_BATCH_MS = 10;
const BUSY_GIVE_UP_MS = 10_000;
const BUSY_FIRST_RETRY_MS = 20;
const BUSY_MAX_RETRY_MS = 250;

type Job = {
  run(tx: Tx): unknown;
  resolve(value: unknown): void;
  reject(error: Error): void;
};

/** How one job of a batch ended, to be told after COMMIT. */
type Outcome = { job: Job; value: unknown } | { job: Job; error: Error };

type Done = { tx: Tx; outcomes: readonly Outcome[] };

export type Written = {
  announced: readonly Announced[];
  exports: readonly string[];
  desks: readonly string[];
};

export type Writer = {
  /**
   * Runs `job` in the next group transaction, and resolves after COMMIT and its fsync. What it throws
   * undoes its own writes and rejects its promise alone. It may run again: it must be pure apart
   * from its writes. Rejects with StorageUnavailable when nothing could be stored.
   */
  submit<T>(job: (tx: Tx) => T): Promise<T>;
  head(): Head;
  tally(): Readonly<Tally>;
  /** Resolves when everything submitted so far has ended; later calls are refused. */
  close(): Promise<void>;
};

/**
 * Group commit: jobs that wait at the same moment share one transaction and one fsync. `isOurs` is asked
 * within each transaction; once it says no, every job is rejected with LedgerTaken.
 */
export function createWriter(
  db: Database.Database,
  clock: Clock,
  start: { head: Head; tally: Tally },
  isOurs: () => boolean,
  onWritten: (written: Written) => void,
): Writer {
  const begin = db.prepare('BEGIN IMMEDIATE');
  const commit = db.prepare('COMMIT');
  const rollback = db.prepare('ROLLBACK');
  const save = db.prepare('SAVEPOINT job');
  const release = db.prepare('RELEASE job');
  const undo = db.prepare('ROLLBACK TO job');

  let queue: Job[] = [];
  let { head, tally } = start;
  let closed = false;
  let scheduled = false;
  let retry: { cancel: Cancel; since: number; waitMs: number } | null = null;
  let onIdle: (() => void)[] = [];

  function schedule() {
    if (scheduled || retry || queue.length === 0) return;
    scheduled = true;
    setImmediate(flush);
  }

  function flush() {
    scheduled = false;
    const jobs = queue.slice(0, MAX_BATCH);
    let done: Done;
    try {
      done = transactTogether(jobs);
    } catch (error) {
      failed(error as Error, jobs.length);
      return;
    }
    const { tx, outcomes } = done;
    queue = queue.slice(outcomes.length);
    head = tx.head;
    tally = tx.tally;
    retry = null;
    for (const outcome of outcomes) {
      if ('error' in outcome) outcome.job.reject(outcome.error);
      else outcome.job.resolve(outcome.value);
    }
    next();
    if (tx.announced.length > 0 || tx.exports.length > 0) onWritten(tx);
  }

  /**
   * @NOTE A savepoint for each job costs about as much as its writes, and jobs hardly ever throw: so
   * only when one has, all run again, each in a savepoint of its own.
   */
  function transactTogether(jobs: readonly Job[]): Done {
    try {
      return transact(jobs, (tx, job) => ({ job, value: job.run(tx) }));
    } catch (error) {
      if (isMachineFailure(error) || error instanceof LedgerTaken) throw error;
      return transact(jobs, runApart);
    }
  }

  function transact(jobs: readonly Job[], run: (tx: Tx, job: Job) => Outcome): Done {
    const tx = { head, announced: [], exports: [], desks: [], tally: { ...tally } } as unknown as Tx;
    const outcomes: Outcome[] = [];
    try {
      begin.run();
      if (!isOurs()) throw new LedgerTaken(db.name);
      const startedAt = clock.monotonic();
      for (const job of jobs) {
        outcomes.push(run(tx, job));
        if (clock.monotonic() - startedAt > MAX_BATCH_MS) break;
      }
      commit.run();
      return { tx, outcomes };
    } catch (error) {
      if (db.inTransaction) rollback.run();
      throw error;
    }
  }

  function runApart(tx: Tx, job: Job): Outcome {
    const headBefore = tx.head;
    const tallyBefore = { ...tx.tally };
    const announced = tx.announced.length;
    const exports = tx.exports.length;
    const desks = tx.desks.length;
    save.run();
    try {
      const value = job.run(tx);
      release.run();
      return { job, value };
    } catch (error) {
      // @NOTE A machine's failure is the whole batch's; SQLite may have rolled it back already.
      if (!db.inTransaction || isMachineFailure(error)) throw error;
      undo.run();
      release.run();
      tx.head = headBefore;
      tx.tally = tallyBefore;
      tx.announced.length = announced;
      tx.exports.length = exports;
      tx.desks.length = desks;
      return { job, error: error as Error };
    }
  }

  function failed(error: Error, count: number) {
    if (codeOf(error).startsWith('SQLITE_BUSY')) {
      const now = clock.monotonic();
      const since: number = retry?.since ?? now;
      if (now - since < BUSY_GIVE_UP_MS) {
        const waitMs: number = Math.min((retry?.waitMs ?? BUSY_FIRST_RETRY_MS / 2) * 2, BUSY_MAX_RETRY_MS);
        const cancel = clock.after(waitMs, flush);
        retry = { cancel, since, waitMs };
        return;
      }
      retry = null;
      rejectFirst(queue.length, named(error, db.name));
      return;
    }
    retry = null;
    rejectFirst(count, named(error, db.name));
  }

  function rejectFirst(count: number, error: Error) {
    const jobs = queue.slice(0, count);
    queue = queue.slice(count);
    for (const job of jobs) job.reject(error);
    next();
  }

  function next() {
    if (queue.length > 0) {
      schedule();
      return;
    }
    for (const idle of onIdle) idle();
    onIdle = [];
  }

  return {
    submit<T>(run: (tx: Tx) => T) {
      if (closed) return Promise.reject(new LedgerClosed());
      return new Promise<T>((resolve, reject) => {
        queue.push({ run, resolve, reject });
        schedule();
      });
    },
    head: () => head,
    tally: () => tally,
    close() {
      closed = true;
      if (queue.length === 0) return Promise.resolve();
      return new Promise((resolve) => {
        onIdle.push(resolve);
      });
    },
  };
}

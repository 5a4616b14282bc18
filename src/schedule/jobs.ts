import type { Clock } from '../clock.ts';
import { MINUTE_MS } from '../exports/words.ts';
import { every } from '../flow/sweep.ts';
import type { Log } from '../log.ts';

/** Something that is done again and again, beside everything else. */
export type Job = {
  name: string;
  every_ms: number;
  /** When it was last done by an earlier process, UTC ms; null when that is not known. */
  last(): Promise<number | null>;
  run(): Promise<void>;
  /** What the log says when it fails. */
  failed: string;
};

export type JobState = {
  name: string;
  every_ms: number;
  /** How long ago it was last done, ms; null when it never was. */
  age_ms: number | null;
  /** Failures since this process began. */
  failures: number;
  /** Why the last try failed; null when it did not. */
  trouble: string | null;
};

export type Jobs = {
  states(): readonly JobState[];
  /** Begins nothing more; resolves when what is under way has ended. */
  stop(): Promise<void>;
};

const TICK_MS = 1_000;
const RETRY_MS = 5 * MINUTE_MS;

/**
 * Runs each job when its time has come by the monotonic clock, so that a wall clock that is set neither
 * skips nor floods it; never twice at once. A job that failed is tried again after five minutes.
 */
export function startJobs(clock: Clock, log: Log, jobs: readonly Job[]): Jobs {
  const running = jobs.map((job) => runJob(clock, log, job));
  return {
    states: () => running.map((each) => each.state()),
    async stop() {
      for (const each of running) each.cancel();
      await Promise.all(running.map((each) => each.settled()));
    },
  };
}

function runJob(clock: Clock, log: Log, job: Job) {
  /** Monotonic; null until it is known what an earlier process did. */
  let dueAt: number | null = null;
  let doneAt: number | null = null;
  let failures = 0;
  let trouble: string | null = null;
  let underWay: Promise<void> | null = null;

  const learn = async () => {
    if (dueAt !== null) return;
    const last = await job.last();
    if (last === null) {
      dueAt = clock.monotonic();
      return;
    }
    doneAt = clock.monotonic() - Math.max(0, clock.now() - last);
    dueAt = doneAt + job.every_ms;
  };
  const tick = async () => {
    try {
      await learn();
      if (dueAt === null || clock.monotonic() < dueAt) return;
      await job.run();
      doneAt = clock.monotonic();
      dueAt = doneAt + job.every_ms;
      trouble = null;
    } catch (err) {
      failures += 1;
      trouble = err instanceof Error ? err.message : String(err);
      dueAt = clock.monotonic() + Math.min(RETRY_MS, job.every_ms);
      log.error({ err, job: job.name }, job.failed);
    }
  };
  const begin = () => {
    underWay ??= tick().finally(() => {
      underWay = null;
    });
  };
  begin();
  const cancel = every({ clock }, TICK_MS, begin);
  return {
    cancel,
    settled: async () => {
      await underWay;
    },
    state: (): JobState => ({
      name: job.name,
      every_ms: job.every_ms,
      age_ms: doneAt === null ? null : clock.monotonic() - doneAt,
      failures,
      trouble,
    }),
  };
}

import type { Clock } from '../clock.ts';
import type { SinkOutcome } from './port.ts';

/** Less than the lease of a claim: an attempt that never ends gives its place in the lane back. */
const LONGEST_ATTEMPT_MS = 115_000;

const unknown = (cause: string): SinkOutcome => ({ kind: 'unknown', cause });

/** Ends attempts that take too long, without ever beginning another one of the same key beside them. */
export interface Patience {
  /** What became of an earlier attempt that was given up, or that it still goes on; null when there is none. */
  earlier(key: string): SinkOutcome | null;
  /** When the attempt that was given up ends after all; null when none goes on. */
  ends(key: string): Promise<void> | null;
  /** The end of this attempt, or `unknown` when it takes too long. `work` must not reject. */
  await(key: string, work: Promise<SinkOutcome>): Promise<SinkOutcome>;
}

export function createPatience(clock: Clock): Patience {
  const givenUp = new Map<string, { outcome: SinkOutcome | null; ended: Promise<void> }>();
  return {
    earlier(key) {
      const one = givenUp.get(key);
      if (!one) return null;
      if (one.outcome === null) return unknown('An earlier attempt has not ended yet.');
      givenUp.delete(key);
      return one.outcome;
    },
    ends(key) {
      const one = givenUp.get(key);
      return one?.outcome === null ? one.ended : null;
    },
    async await(key, work) {
      const late = Promise.withResolvers<null>();
      const cancel = clock.after(LONGEST_ATTEMPT_MS, () => late.resolve(null));
      const ended = await Promise.race([work, late.promise]);
      cancel();
      if (ended !== null) return ended;
      const note = async () => {
        one.outcome = await work;
      };
      const one = { outcome: null as SinkOutcome | null, ended: Promise.resolve() };
      one.ended = note();
      givenUp.set(key, one);
      return unknown('The attempt took too long and was given up.');
    },
  };
}

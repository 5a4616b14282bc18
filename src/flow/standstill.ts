import type { Clock } from '../clock.ts';

/** A lane whose far side has not taken anything for a while, and what it said last. */
export type Standstill = { lane: string; for_ms: number; cause: string };

export type Standstills = {
  /** After each row: why the far side wants to be left alone, or null when it took the row. */
  note(lane: string, cause: string | null): void;
  list(): readonly Standstill[];
};

/**
 * Since when each lane has got nothing through. Rows in trouble are put off again and again, so that how
 * late they are does not tell it.
 */
export function createStandstills(clock: Clock): Standstills {
  const lanes = new Map<string, { since: number; cause: string }>();
  return {
    note(lane, cause) {
      if (cause === null) lanes.delete(lane);
      else lanes.set(lane, { since: lanes.get(lane)?.since ?? clock.monotonic(), cause });
    },
    list: () =>
      [...lanes].map(([lane, { since, cause }]) => ({ lane, for_ms: clock.monotonic() - since, cause })),
  };
}

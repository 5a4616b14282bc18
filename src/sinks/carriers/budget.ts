import type { Clock } from '../../clock.ts';

export interface Budget {
  /** Takes `calls` at once, or none: then how long until they are there, ms. */
  take(calls: number): number | null;
  /** The far side says that it is used up for this long. */
  spent(ms: number): void;
}

/** Calls in a sliding window, counted on the monotonic clock, so that the far side never has to refuse one. */
export function createBudget(clock: Clock, limit: { calls: number; window_ms: number }): Budget {
  let taken: { at: number; calls: number }[] = [];
  let closedUntil = 0;
  return {
    take(calls) {
      const now = clock.monotonic();
      if (now < closedUntil) return closedUntil - now;
      taken = taken.filter(({ at }) => at + limit.window_ms > now);
      // More than a whole window holds is taken when the window is empty.
      const wanted = Math.min(calls, limit.calls);
      let used = taken.reduce((sum, one) => sum + one.calls, 0);
      for (const one of taken) {
        if (used + wanted <= limit.calls) break;
        used -= one.calls;
        if (used + wanted <= limit.calls) return one.at + limit.window_ms - now;
      }
      taken.push({ at: now, calls });
      return null;
    },
    spent(ms) {
      closedUntil = Math.max(closedUntil, clock.monotonic() + ms);
    },
  };
}

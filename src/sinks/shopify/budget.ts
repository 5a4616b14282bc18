import { type Clock, sleep } from '../../clock.ts';

/** The state of the cost budget as an answer tells it, in points. */
export type ThrottleStatus = { maximumAvailable: number; currentlyAvailable: number; restoreRate: number };

export interface Budget {
  /** Waits until the call can be paid for; false when that would take longer than `longest_ms`. */
  spend(cost: number, longest_ms: number): Promise<boolean>;
  /** What an answer told of the budget. */
  told(status: ThrottleStatus): void;
  /** How long until this cost can be paid for, ms. */
  wait(cost: number): number;
}

/** Of the smallest plan, until the first answer tells. */
const START: ThrottleStatus = { maximumAvailable: 2_000, currentlyAvailable: 2_000, restoreRate: 100 };

/**
 * Shopify refuses calls whose cost is above what is left, and gives back points by the second. What is
 * left is followed here, so that a call waits its turn instead of being refused.
 */
export function createBudget(clock: Clock): Budget {
  let { maximumAvailable: most, currentlyAvailable: left, restoreRate: rate } = START;
  let at = clock.monotonic();

  const restore = () => {
    const now = clock.monotonic();
    left = Math.min(most, left + ((now - at) / 1000) * rate);
    at = now;
  };
  const wait = (cost: number) => {
    restore();
    // A cost above the whole budget never fits; Shopify then says so itself.
    const missing = Math.min(cost, most) - left;
    return missing <= 0 ? 0 : Math.ceil((missing / rate) * 1000);
  };

  return {
    wait,
    async spend(cost, longest_ms) {
      const until = clock.monotonic() + longest_ms;
      for (let ms = wait(cost); ms > 0; ms = wait(cost)) {
        if (clock.monotonic() + ms > until) return false;
        await sleep(clock, ms);
      }
      left -= cost;
      return true;
    },
    told(status) {
      most = Math.max(1, status.maximumAvailable);
      rate = Math.max(1, status.restoreRate);
      left = status.currentlyAvailable;
      at = clock.monotonic();
    },
  };
}

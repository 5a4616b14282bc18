import type { Clock } from '../../clock.ts';
import type { AnswerHeaders } from '../http-client.ts';

/** Calls left to other apps of the same store: the window is shared by all of them. */
const RESERVE = 3;

/** A window is 30 s; a longer wait than this is a mistake over there. */
const LONGEST_WINDOW_MS = 60_000;

/** A whole number at least 0 in a header, or null. */
export function count(headers: AnswerHeaders, name: string): number | null {
  const value = headers[name];
  return typeof value === 'string' && /^\d{1,9}$/u.test(value.trim()) ? Number(value) : null;
}

/** Milliseconds until the window begins anew, or null when the answer does not say. */
export function resetMs(headers: AnswerHeaders): number | null {
  const reset = count(headers, 'x-rate-limit-time-reset-ms');
  return reset === null ? null : Math.min(reset, LONGEST_WINDOW_MS);
}

/**
 * The store's window of calls as its answers tell it (`X-Rate-Limit-Requests-Left` and
 * `-Time-Reset-Ms`), kept ahead: calls under way are taken off what was told to be left.
 */
export interface Window {
  /** How long the next call has to wait, ms. */
  wait(): number;
  begin(): void;
  end(headers: AnswerHeaders | null): void;
}

export function createWindow(clock: Clock): Window {
  let left: number | null = null;
  let resetAt = 0;
  let flying = 0;
  return {
    wait() {
      if (left === null) return 0;
      const until = resetAt - clock.monotonic();
      if (until <= 0) {
        left = null;
        return 0;
      }
      return left - flying > RESERVE ? 0 : until;
    },
    begin() {
      flying += 1;
    },
    end(headers) {
      flying -= 1;
      const told = headers && count(headers, 'x-rate-limit-requests-left');
      const reset = headers && resetMs(headers);
      if (told === null || reset === null) {
        if (left !== null) left -= 1;
        return;
      }
      left = told;
      resetAt = clock.monotonic() + reset;
    },
  };
}

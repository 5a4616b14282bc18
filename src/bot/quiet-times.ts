import type { Clock } from '../clock.ts';

/** Waited when Slack says "too many" without saying for how long. */
export const UNTOLD_WAIT_MS = 10_000;
const PER_CHANNEL = 'chat.postMessage';

/** When Slack asked for quiet: for each method, and for posts for each channel. */
export type QuietTimes = {
  /** Milliseconds until the next call; 0 when there may be one. */
  wait(method: string, channel: string): number;
  /** Slack answered "too many", naming the seconds or not. */
  asked(method: string, channel: string, retryAfter: string | null): void;
};

/** One memory for every client, because Slack counts the app's calls together. */
export function createQuietTimes(clock: Pick<Clock, 'monotonic'>): QuietTimes {
  const until = new Map<string, number>();
  const keyOf = (method: string, channel: string) =>
    method === PER_CHANNEL ? `${method} ${channel}` : method;
  return {
    wait(method, channel) {
      const key = keyOf(method, channel);
      const end = until.get(key);
      if (end === undefined) return 0;
      const left = end - clock.monotonic();
      if (left <= 0) until.delete(key);
      return Math.max(0, left);
    },
    asked(method, channel, retryAfter) {
      const seconds = Number(retryAfter ?? '');
      const ms = seconds > 0 ? seconds * 1000 : UNTOLD_WAIT_MS;
      const key = keyOf(method, channel);
      until.set(key, Math.max(until.get(key) ?? 0, clock.monotonic() + ms));
    },
  };
}

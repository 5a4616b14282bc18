import type { WebClient } from '@slack/web-api';
import type { Clock } from '../clock.ts';
import { answer } from './slack-answer.ts';

/** Lost answers in a row after which Slack counts as down. */
const DOWN_AFTER = 3;
/** How often one question asks whether Slack is back. */
export const ASK_EVERY_MS = 5_000;

/** Whether Slack answers, as all lanes together have seen it. */
export type Pulse = {
  /** An answer came, whatever it said. */
  heard(): void;
  /** No answer came, or none that can be read. */
  lost(): void;
  /** Whole milliseconds to leave Slack alone; 0 when the next message may go. While it is down, asks it now and then. */
  wait(): Promise<number>;
};

/**
 * While Slack is down, one harmless question goes out every five seconds in the place of every lane's
 * messages: they stay untried, so that nothing has to be looked for when it is back.
 */
export function createPulse(client: WebClient, clock: Clock): Pulse {
  let lostInARow = 0;
  let nextAt = Number.NEGATIVE_INFINITY;
  return {
    heard() {
      lostInARow = 0;
    },
    lost() {
      lostInARow += 1;
    },
    async wait() {
      if (lostInARow < DOWN_AFTER) return 0;
      const left = nextAt - clock.monotonic();
      if (left > 0) return Math.ceil(left);
      nextAt = clock.monotonic() + ASK_EVERY_MS;
      const asked = await answer(() => client.auth.test());
      return asked.kind === 'unknown' || asked.kind === 'limited' ? ASK_EVERY_MS : 0;
    },
  };
}

import { schedule } from 'node-cron';
import type { Log } from '../log.ts';

/**
 * Runs `fn` at the times of a cron expression, in the machine's time zone. For hours and days only: when the
 * clock is set forward, node-cron goes through every tick that it missed at once, and a tick a second would
 * hold up everything for minutes.
 */
export function atTimes(expression: string, name: string, log: Log, fn: () => void): () => void {
  const task = schedule(expression, fn, {
    name,
    noOverlap: true,
    suppressMissedWarning: true,
    logger: {
      info: () => undefined,
      debug: () => undefined,
      warn: (notice: string) => log.warn({ notice }, 'node-cron warns'),
      error: (err: string | Error) => log.error({ err }, 'node-cron failed'),
    },
  });
  return () => void task.destroy();
}

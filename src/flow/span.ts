import { DAY_MS, HOUR_MS, MINUTE_MS } from '../exports/words.ts';

/** "1 minute", "2 minutes". */
export function counted(n: number, unit: string): string {
  return `${n} ${unit}${n === 1 ? '' : 's'}`;
}

/** A time span as a person says it, in its largest unit, rounded down: seconds below a minute, days above two. */
export function spanOf(ms: number): string {
  if (ms < MINUTE_MS) return counted(Math.max(0, Math.floor(ms / 1_000)), 'second');
  if (ms < HOUR_MS) return counted(Math.floor(ms / MINUTE_MS), 'minute');
  if (ms < 2 * DAY_MS) return counted(Math.floor(ms / HOUR_MS), 'hour');
  return counted(Math.floor(ms / DAY_MS), 'day');
}

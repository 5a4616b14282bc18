import type { Chance } from '../town/chance.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const YEAR = 365 * DAY;

/** Clocks are set by seconds when they are corrected, by an hour by who mistakes a zone, by years by an empty battery. */
const SIZES: readonly (readonly [least: number, most: number])[] = [
  [SECOND, 50 * SECOND],
  [61 * SECOND, 10 * MINUTE],
  [HOUR, HOUR],
  [HOUR, DAY],
  [DAY, 90 * DAY],
  [YEAR, 5 * YEAR],
];

/** By how much the wall clock is set, ms: anywhere, back to what it should be, or next to a deadline. */
export function jumpOf(luck: Chance, wrong: number, toDeadline: number | null): number {
  const kind = luck.next();
  if (wrong !== 0 && kind < 0.4) return -wrong;
  if (toDeadline !== null && kind < 0.55) return toDeadline + luck.pick([-SECOND, -1, 0, 1, SECOND]);
  const [least, most] = SIZES[luck.between(0, SIZES.length - 1)] ?? [HOUR, HOUR];
  return luck.between(least, most) * luck.pick([-1, 1]);
}

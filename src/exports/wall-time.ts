import { fromIso, toIso } from '../clock.ts';
import { DAY_MS } from './words.ts';
import { evenTimeAt } from './zones.ts';

/** What the clocks of a zone show: `2026-11-24` and `09:00`. */
export type WallTime = { date: string; time: string };

/** Seconds are left out. @throws RangeError when there is no such zone. */
export function wallTime(at: number, zone: string): WallTime {
  const shown = toIso(at + evenTimeAt(zone, at).offset);
  return { date: shown.slice(0, 10), time: shown.slice(11, 16) };
}

/**
 * The instant (ms UTC) at which the clocks of a zone show this. A time that comes twice, when they are
 * put back, is the first; null for one that they skip, and for what is no date or time.
 */
export function instantAt({ date, time }: WallTime, zone: string): number | null {
  const wall = fromIso(`${date}T${time}:00Z`);
  if (!Number.isFinite(wall) || toIso(wall).slice(0, 16) !== `${date}T${time}`) return null;
  const offsets = [wall - DAY_MS, wall + DAY_MS].map((near) => evenTimeAt(zone, near).offset);
  const fitting = offsets
    .map((offset) => wall - offset)
    .filter((at) => at + evenTimeAt(zone, at).offset === wall);
  return fitting.length === 0 ? null : Math.min(...fitting);
}

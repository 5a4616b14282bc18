import { fromIso, toIso } from '../clock.ts';
import { DAY_MS } from '../exports/words.ts';
import { evenTimeAt } from '../exports/zones.ts';

const LONGEST_MS = 30 * DAY_MS;

/** The instant at which the clocks of a zone show this wall time, given as if it were UTC. */
function instant(wall: number, zone: string): number {
  const first = wall - evenTimeAt(zone, wall).offset;
  return wall - evenTimeAt(zone, first).offset;
}

/**
 * "18:00", "2026-12-24" (the whole day) or "2026-12-24 18:00" in somebody's own zone, as UTC ms. A time
 * that has passed today means tomorrow. Null for anything else, what is over, and more than 30 days.
 */
export function untilOf(text: string, zone: string, now: number): number | null {
  const [, day, time] =
    /^(?:(\d{4}-\d\d-\d\d))?\s*(?:((?:[01]?\d|2[0-3]):[0-5]\d))?$/.exec(text.trim()) ?? [];
  if (day === undefined && time === undefined) return null;
  const today = toIso(now + evenTimeAt(zone, now).offset).slice(0, 10);
  const midnight = fromIso(`${day ?? today}T00:00:00Z`);
  if (!Number.isFinite(midnight) || toIso(midnight).slice(0, 10) !== (day ?? today)) return null;
  const [hours = '24', minutes = '0'] = time?.split(':') ?? [];
  const wall = midnight + (Number(hours) * 60 + Number(minutes)) * 60_000;
  const at = instant(wall, zone);
  const until = day === undefined && at <= now ? instant(wall + DAY_MS, zone) : at;
  return until > now && until - now <= LONGEST_MS ? until : null;
}

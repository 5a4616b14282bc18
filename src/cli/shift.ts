import { fromIso, toIso } from '../clock.ts';
import type { Json } from '../exports/envelope.ts';
import { DAY_MS } from '../exports/words.ts';

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** The instant that sample exports are written around. */
export const SAMPLE_T0 = fromIso('2026-11-24T09:00:00Z');

/** Every instant moved as if `SAMPLE_T0` were `now`, and calendar days by whole days; nothing else. */
export function shifted(value: Json, now: number): Json {
  if (typeof value === 'string') {
    if (INSTANT.test(value)) return toIso(fromIso(value) + now - SAMPLE_T0);
    if (!DAY.test(value)) return value;
    const days = Math.floor(now / DAY_MS) - Math.floor(SAMPLE_T0 / DAY_MS);
    return toIso(fromIso(`${value}T00:00:00Z`) + days * DAY_MS).slice(0, 10);
  }
  if (Array.isArray(value)) return value.map((each) => shifted(each, now));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, shifted(each, now)]));
}

import { fromIso, toIso } from '../clock.ts';
import type { Json } from '../exports/envelope.ts';
import { DAY_MS } from '../exports/words.ts';

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** The instant that sample exports are written around. */
export const SAMPLE_T0 = fromIso('2026-11-24T09:00:00Z');

/**
 * Every ISO instant moved by `to - from` ms, and every calendar day by the whole days in it, so that
 * samples never grow old. All other values stay.
 */
export function shiftInstants(value: Json, from: number, to: number): Json {
  if (typeof value === 'string') {
    if (INSTANT.test(value)) return to === from ? value : toIso(fromIso(value) + to - from);
    if (!DAY.test(value)) return value;
    const days = Math.floor(to / DAY_MS) - Math.floor(from / DAY_MS);
    return toIso(fromIso(`${value}T00:00:00Z`) + days * DAY_MS).slice(0, 10);
  }
  if (Array.isArray(value)) return value.map((each) => shiftInstants(each, from, to));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, shiftInstants(each, from, to)]));
}

/** A sample as if it had been written now, under a key of its own, so that it may be sent again and again. */
export function renewed(sample: Json, now: number): Json {
  const shifted = shiftInstants(sample, SAMPLE_T0, now);
  if (shifted === null || typeof shifted !== 'object' || Array.isArray(shifted)) return shifted;
  const key = shifted['idempotency_key'];
  return typeof key === 'string'
    ? { ...shifted, idempotency_key: `${key.slice(0, 160)}@${toIso(now)}` }
    : shifted;
}

import { toIso } from '../clock.ts';
import { DAY_MS, MINUTE_MS } from './words.ts';
import { evenTimeAt } from './zones.ts';

/** Minutes of a local day: 0 <= from < to <= 1440. */
export type Span = { from: number; to: number };

/**
 * When a person works. Stamped on exports, so plain JSON. An instant is working time when the clocks
 * of the zone show a minute of one of the day's spans and the day is no holiday. So an hour that the
 * clocks repeat counts twice, and one that they skip does not count.
 */
export type Calendar = {
  /** IANA zone. */
  time_zone: string;
  /** Seven days, Monday first. Spans in order, without overlap; a shift past midnight is two of them. */
  week: readonly (readonly Span[])[];
  /** Local days, YYYY-MM-DD, from midnight to midnight. */
  holidays: readonly string[];
};

/** A search for working time gives up here, so that a calendar without any ends it too. */
const HORIZON_MS = 3660 * DAY_MS;

/** The day of 1970-01-01 in a week that begins on Monday. */
const THURSDAY = 3;

/** `day` counts local days from 1970-01-01. */
function spansOf(calendar: Calendar, day: number): readonly Span[] {
  const weekday = (((day + THURSDAY) % 7) + 7) % 7;
  const spans = calendar.week[weekday] ?? [];
  if (spans.length === 0 || calendar.holidays.length === 0) return spans;
  return calendar.holidays.includes(toIso(day * DAY_MS).slice(0, 10)) ? [] : spans;
}

/** The first working time from `at` on, and before `until`; what follows may go on without a break. */
function nextStretch(calendar: Calendar, at: number, until: number): Span | null {
  let now = at;
  while (now < until) {
    const even = evenTimeAt(calendar.time_zone, now);
    const end = Math.min(even.to, until);
    let day = Math.floor((now + even.offset) / DAY_MS);
    for (let midnight = day * DAY_MS - even.offset; midnight < end; midnight += DAY_MS) {
      for (const span of spansOf(calendar, day)) {
        const from = Math.max(now, midnight + span.from * MINUTE_MS);
        const to = Math.min(end, midnight + span.to * MINUTE_MS);
        if (from < to) return { from, to };
      }
      day += 1;
    }
    now = end;
  }
  return null;
}

/** Instants are ms UTC, here and below. */
export function isWorking(calendar: Calendar, at: number): boolean {
  return nextStretch(calendar, at, at + 1) !== null;
}

/** The first working instant from `at` on, `at` itself included; null when there is none in ten years. */
export function nextWorking(calendar: Calendar, at: number): number | null {
  return nextStretch(calendar, at, at + HORIZON_MS)?.from ?? null;
}

/**
 * The first instant at which `ms` of working time have passed since `from`: the end of a working day
 * rather than the start of the next. Null when they have not passed in ten years.
 */
export function addWorking(calendar: Calendar, from: number, ms: number): number | null {
  if (ms <= 0) return from;
  let left = ms;
  let now = from;
  for (;;) {
    const stretch = nextStretch(calendar, now, from + HORIZON_MS);
    if (!stretch) return null;
    if (stretch.to - stretch.from >= left) return stretch.from + left;
    left -= stretch.to - stretch.from;
    now = stretch.to;
  }
}

/** Ms of working time from `from` until `to`; 0 when `to` is not later. */
export function workingBetween(calendar: Calendar, from: number, to: number): number {
  let sum = 0;
  let stretch = nextStretch(calendar, from, to);
  while (stretch) {
    sum += stretch.to - stretch.from;
    stretch = nextStretch(calendar, stretch.to, to);
  }
  return sum;
}

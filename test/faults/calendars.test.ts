import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addWorking,
  type Calendar,
  isWorking,
  nextWorking,
  workingBetween,
} from '../../src/exports/calendar.ts';
import { reportProof } from '../proof/report.ts';
import { scaled } from '../proof/scale.ts';
import { chance } from './town/chance.ts';

const MIN = 60_000;
const QUARTER = 15 * MIN;
const DAY = 24 * 60 * MIN;
const WEEK = 7 * DAY;
const WEEKS = 53;
/** Of each zone's year; the rest of it is left to longer runs. */
const WEEKS_TRIED = scaled({ short: 0, quick: 4, full: WEEKS });
const ANY_CALENDARS = scaled({ short: 50, quick: 1_000, full: 5_000 });
const TIMEOUT_MS = 60 * MIN;
const ZONES = Intl.supportedValuesOf('timeZone');
const YEAR = Date.UTC(2026, 0, 1);
const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const luck = chance(61);

/** Zones and years whose clocks did something rare. */
const RARE: [zone: string, year: number, what: string][] = [
  ['Pacific/Apia', 2011, 'skips a whole day'],
  ['Pacific/Kwajalein', 1993, 'skips a whole day the other way round the date line'],
  ['Australia/Lord_Howe', 2026, 'shifts by half an hour'],
  ['Antarctica/Troll', 2026, 'shifts by two hours'],
  ['America/Havana', 2026, 'skips and repeats midnight'],
  ['America/Sao_Paulo', 2018, 'skips midnight, and repeats the hour before it'],
  ['America/Asuncion', 2023, 'skips midnight'],
  ['Asia/Beirut', 2025, 'skips midnight'],
  ['Africa/Cairo', 2014, 'stops its summer time for a month and ends it twice'],
  ['Africa/Casablanca', 2026, 'goes back in spring'],
  ['Europe/Dublin', 2026, 'has its standard time in summer'],
  ['Asia/Pyongyang', 2018, 'goes on by half an hour for good'],
  ['Asia/Kathmandu', 1985, 'ends with a step of a quarter of an hour'],
  ['America/Caracas', 2016, 'goes on by half an hour at half past two'],
  ['Asia/Gaza', 2026, 'changes on the days of a moon calendar'],
  ['America/Scoresbysund', 2024, 'changes zone and summer time in one night'],
  ['Europe/Istanbul', 2016, 'stays on summer time'],
];

type Reading = { day: string; weekday: number; minute: number };

const formats = new Map<string, Intl.DateTimeFormat>();

/** What a calendar and a clock on the wall show. */
function wall(zone: string, at: number): Reading {
  const format =
    formats.get(zone) ??
    new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      weekday: 'short',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
    });
  formats.set(zone, format);
  const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, value]));
  return {
    day: `${parts.get('year')}-${parts.get('month')}-${parts.get('day')}`,
    weekday: WEEKDAYS.indexOf(parts.get('weekday') ?? ''),
    minute: Number(parts.get('hour')) * 60 + Number(parts.get('minute')),
  };
}

function works({ time_zone, week, holidays }: Calendar, at: number): boolean {
  const { day, weekday, minute } = wall(time_zone, at);
  if (holidays.includes(day)) return false;
  return week[weekday]?.some(({ from, to }) => from <= minute && minute < to) ?? false;
}

/** How far the wall is ahead of UTC, in minutes. */
function lead(zone: string, at: number): number {
  const { day, minute } = wall(zone, at);
  return (Date.parse(`${day}T00:00:00Z`) - at) / MIN + minute;
}

/** The days of a year (ms UTC) in which the wall is moved against UTC. */
function changes(zone: string, year: number): number[] {
  const days = Array.from({ length: 366 }, (_, n) => year + n * DAY);
  return days.filter((day) => lead(zone, day) !== lead(zone, day + DAY));
}

const office = [{ from: 9 * 60, to: 17 * 60 + 30 }];
const night = [
  { from: 0, to: 135 },
  { from: 165, to: 480 },
  { from: 1365, to: 1440 },
];

/** Works in just the hours in which clocks are changed. */
function nightWatch(zone: string, holidays: readonly string[] = []): Calendar {
  return { time_zone: zone, week: [night, office, night, [], night, night, night], holidays };
}

type Compared = { steps: number; wrong: readonly string[] };

/** Steps through a time and compares every question with what the wall says. */
function compare(calendar: Calendar, from: number, to: number, step: number): Compared {
  let [sum, last, steps] = [0, from, 0];
  const wrong: string[] = [];
  for (let at = from; at < to; at += step) {
    const working = works(calendar, at);
    if (working) [sum, last] = [sum + step, at + step];
    const right =
      isWorking(calendar, at) === working &&
      (nextWorking(calendar, at) === at) === working &&
      workingBetween(calendar, from, at + step) === sum &&
      addWorking(calendar, from, sum) === last;
    if (!right) wrong.push(`${calendar.time_zone} ${new Date(at).toISOString()} ${sum / MIN} min`);
    steps += 1;
  }
  return { steps, wrong };
}

function judge(found: readonly Compared[]): number {
  const tries = found.reduce((sum, { steps }) => sum + steps, 0);
  const wrong = found.flatMap((each) => each.wrong);
  reportProof('calendars', { tries, lost: 0, doubled: 0, wrong: wrong.length });
  expect(wrong, `seed ${luck.seed}`).toEqual([]);
  return tries;
}

const spans = fc
  .uniqueArray(fc.integer({ min: 0, max: 1440 }), { maxLength: 6 })
  .map((minutes) => minutes.sort((a, b) => a - b))
  .map((minutes) =>
    Array.from({ length: Math.floor(minutes.length / 2) }, (_, n) => ({
      from: minutes[2 * n] ?? 0,
      to: minutes[2 * n + 1] ?? 0,
    })),
  );
const instant = fc.integer({ min: Date.UTC(2024, 0, 1), max: Date.UTC(2028, 0, 1) });
const calendars: fc.Arbitrary<Calendar> = fc.record({
  time_zone: fc.constantFrom(...ZONES),
  week: fc.array(spans, { minLength: 7, maxLength: 7 }),
  holidays: fc.uniqueArray(
    instant.map((at) => new Date(at).toISOString().slice(0, 10)),
    { maxLength: 40 },
  ),
});

describe('working time agrees with the clock on the wall', { timeout: TIMEOUT_MS }, () => {
  it('around every change of clocks of every zone, and on days of each', () => {
    const found = ZONES.flatMap((zone) => {
      const turns = changes(zone, YEAR).map((day) => {
        const holiday = wall(zone, day + 1.5 * DAY).day;
        return compare(nightWatch(zone, [holiday]), day - DAY, day + 2 * DAY, QUARTER);
      });
      const start = YEAR + luck.between(0, 363) * DAY;
      const days = nightWatch(zone, [wall(zone, start + DAY).day]);
      return [...turns, compare(days, start, start + 3 * DAY, QUARTER)];
    });
    expect(ZONES.length).toBeGreaterThan(400);
    expect(judge(found)).toBeGreaterThan(400 * 288);
  });

  it.each(RARE)('in %s, which in %i %s', (zone, year) => {
    const days = changes(zone, Date.UTC(year, 0, 1));
    expect(days.length).toBeGreaterThan(0);
    const found = days.flatMap((day) => {
      const around = [-1, 0, 1, 2].map((n) => [wall(zone, day + n * DAY).day]);
      return [[], ...around].map((holidays) =>
        compare(nightWatch(zone, holidays), day - DAY, day + 2.5 * DAY, QUARTER),
      );
    });
    judge(found);
  });

  it.runIf(WEEKS_TRIED > 0)('in the quarters of an hour of a year in every zone, holidays too', () => {
    const found = ZONES.flatMap((zone) => {
      const holidays = [45, 120, 210, 300, 358].map((n) => wall(zone, YEAR + n * DAY).day);
      const calendar = nightWatch(zone, holidays);
      const first = luck.between(0, WEEKS - WEEKS_TRIED);
      return Array.from({ length: WEEKS_TRIED }, (_, n) => {
        const from = YEAR + (first + n) * WEEK;
        return compare(calendar, from, from + WEEK, QUARTER);
      });
    });
    expect(judge(found)).toBe(ZONES.length * WEEKS_TRIED * 672);
  });

  it('to the minute, whatever the week and the holidays', () => {
    const drawn = fc.sample(fc.tuple(calendars, instant), { numRuns: ANY_CALENDARS, seed: luck.seed });
    const found = drawn.map(([calendar, at]) => {
      const from = Math.floor(at / MIN) * MIN;
      return compare(calendar, from, from + 6 * 60 * MIN, MIN);
    });
    judge(found);
  });
});

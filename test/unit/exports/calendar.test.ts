import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addWorking,
  type Calendar,
  isWorking,
  nextWorking,
  workingBetween,
} from '../../../src/exports/calendar.ts';

const MIN = 60_000;
const QUARTER = 15 * MIN;
const HOUR = 60 * MIN;
const DAY = 24 * HOUR;
const FULL = process.env['MESHLINE_FULL'] === '1';
const ZONES = Intl.supportedValuesOf('timeZone');
const YEAR = Date.UTC(2026, 0, 1);
const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

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

/** Steps through a time and compares every question with what the wall says; gives the steps taken. */
function compare(calendar: Calendar, from: number, to: number, step: number): number {
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
  expect(wrong).toEqual([]);
  return steps;
}

describe('working time agrees with the clock on the wall', () => {
  it('around every change of clocks of every zone, and on days of each', () => {
    let steps = 0;
    for (const [n, zone] of ZONES.entries()) {
      for (const day of changes(zone, YEAR)) {
        const holiday = wall(zone, day + 1.5 * DAY).day;
        steps += compare(nightWatch(zone, [holiday]), day - DAY, day + 2 * DAY, QUARTER);
      }
      const start = YEAR + ((n * 37) % 364) * DAY;
      steps += compare(nightWatch(zone, [wall(zone, start + DAY).day]), start, start + 3 * DAY, QUARTER);
    }
    expect(ZONES.length).toBeGreaterThan(400);
    expect(steps).toBeGreaterThan(400 * 288);
  }, 60_000);

  it.each(RARE)('in %s, which in %i %s', (zone, year) => {
    const days = changes(zone, Date.UTC(year, 0, 1));
    expect(days.length).toBeGreaterThan(0);
    for (const day of days) {
      const around = [-1, 0, 1, 2].map((n) => wall(zone, day + n * DAY).day);
      for (const holidays of [[], ...around.map((each) => [each])]) {
        compare(nightWatch(zone, holidays), day - DAY, day + 2.5 * DAY, QUARTER);
      }
    }
  });

  it.runIf(FULL)(
    'in every quarter of an hour of a year in every zone',
    () => {
      let steps = 0;
      for (const zone of ZONES) {
        const holidays = [45, 120, 210, 300, 358].map((n) => wall(zone, YEAR + n * DAY).day);
        const calendar = nightWatch(zone, holidays);
        for (let at = YEAR; at < YEAR + 371 * DAY; at += 7 * DAY) {
          steps += compare(calendar, at, at + 7 * DAY, QUARTER);
        }
      }
      expect(steps).toBe(ZONES.length * 53 * 672);
    },
    60 * 60_000,
  );
});

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
const day = instant.map((at) => new Date(at).toISOString().slice(0, 10));
const calendars: fc.Arbitrary<Calendar> = fc.record({
  time_zone: fc.constantFrom(...ZONES),
  week: fc.array(spans, { minLength: 7, maxLength: 7 }),
  holidays: fc.uniqueArray(day, { maxLength: 40 }),
});
const length = fc.oneof(fc.integer({ min: 0, max: HOUR }), fc.integer({ min: 0, max: 5 * DAY }));
const RUNS = FULL ? 20_000 : 1_000;

/** The instant, for calendars that have one. */
function add(calendar: Calendar, from: number, ms: number): number {
  const at = addWorking(calendar, from, ms);
  fc.pre(at !== null);
  return at ?? 0;
}

describe('working time', () => {
  it('is counted to the minute, whatever the week', () => {
    const some = fc.property(calendars, instant, (calendar, at) => {
      const from = Math.floor(at / MIN) * MIN;
      compare(calendar, from, from + 6 * HOUR, MIN);
    });
    fc.assert(some, { numRuns: RUNS / 10, seed: 16 });
  }, 600_000);

  it('that is added is what has passed, and not an instant more', () => {
    fc.assert(
      fc.property(calendars, instant, length, (calendar, from, ms) => {
        const at = add(calendar, from, ms);
        expect(workingBetween(calendar, from, at)).toBe(ms);
        if (ms > 0) expect(isWorking(calendar, at - 1)).toBe(true);
      }),
      { numRuns: RUNS, seed: 16 },
    );
  }, 600_000);

  it('adds up', () => {
    fc.assert(
      fc.property(calendars, instant, length, length, (calendar, from, one, two) => {
        const [first, both] = [add(calendar, from, one), add(calendar, from, one + two)];
        expect(add(calendar, first, two)).toBe(both);
        const parts = workingBetween(calendar, from, first) + workingBetween(calendar, first, both);
        expect(workingBetween(calendar, from, both)).toBe(parts);
      }),
      { numRuns: RUNS, seed: 16 },
    );
  }, 600_000);

  it('never runs backwards', () => {
    fc.assert(
      fc.property(calendars, instant, length, length, length, (calendar, from, later, ms, more) => {
        const at = add(calendar, from, ms);
        expect(add(calendar, from, ms + more)).toBeGreaterThanOrEqual(at);
        expect(add(calendar, from + later, ms)).toBeGreaterThanOrEqual(at);
        expect(workingBetween(calendar, from, from + later)).toBeLessThanOrEqual(later);
      }),
      { numRuns: RUNS, seed: 16 },
    );
  }, 600_000);

  it('begins again at the next working instant', () => {
    fc.assert(
      fc.property(calendars, instant, (calendar, at) => {
        const next = nextWorking(calendar, at);
        fc.pre(next !== null);
        expect(isWorking(calendar, next ?? 0)).toBe(true);
        expect(workingBetween(calendar, at, next ?? 0)).toBe(0);
      }),
      { numRuns: RUNS, seed: 16 },
    );
  }, 600_000);

  it('never comes in a week without hours, and the search for it ends', () => {
    const empty = { time_zone: 'Europe/Berlin', week: [[], [], [], [], [], [], []], holidays: [] };
    expect(isWorking(empty, YEAR)).toBe(false);
    expect(nextWorking(empty, YEAR)).toBeNull();
    expect(addWorking(empty, YEAR, 1)).toBeNull();
    expect(addWorking(empty, YEAR, 0)).toBe(YEAR);
    expect(workingBetween(empty, YEAR, YEAR + 400 * DAY)).toBe(0);
    const minute = { ...empty, week: [[{ from: 0, to: 1 }], [], [], [], [], [], []] };
    expect(addWorking(minute, YEAR, 9000 * DAY)).toBeNull();
  });

  it('of nothing, or backwards, is nothing', () => {
    const calendar = nightWatch('Europe/Berlin');
    expect(workingBetween(calendar, YEAR, YEAR)).toBe(0);
    expect(workingBetween(calendar, YEAR + DAY, YEAR)).toBe(0);
  });
});

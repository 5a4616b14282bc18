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
const HOUR = 60 * MIN;
const DAY = 24 * HOUR;
const ZONES = Intl.supportedValuesOf('timeZone');
const YEAR = Date.UTC(2026, 0, 1);

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
const RUNS = 1_000;

/** The instant, for calendars that have one. */
function add(calendar: Calendar, from: number, ms: number): number {
  const at = addWorking(calendar, from, ms);
  fc.pre(at !== null);
  return at ?? 0;
}

describe('working time', () => {
  it('that is added is what has passed, and not an instant more', () => {
    fc.assert(
      fc.property(calendars, instant, length, (calendar, from, ms) => {
        const at = add(calendar, from, ms);
        expect(workingBetween(calendar, from, at)).toBe(ms);
        if (ms > 0) expect(isWorking(calendar, at - 1)).toBe(true);
      }),
      { numRuns: RUNS, seed: 16 },
    );
  });

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
  });

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
  });

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
  });

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
    const office = [{ from: 9 * 60, to: 17 * 60 }];
    const calendar = {
      time_zone: 'Europe/Berlin',
      week: Array.from({ length: 7 }, () => office),
      holidays: [],
    };
    expect(workingBetween(calendar, YEAR, YEAR)).toBe(0);
    expect(workingBetween(calendar, YEAR + DAY, YEAR)).toBe(0);
  });
});

import { describe, expect, it } from 'vitest';
import type { Calendar } from '../../../src/exports/calendar.ts';
import { nextDeadline, nextRung } from '../../../src/exports/deadlines.ts';
import { read } from '../../../src/exports/receive.ts';
import type { Export } from '../../../src/exports/state.ts';
import { ALICE, directory, rawProbe, reading, received } from '../../support/core.ts';

const MIN = 60_000;
const HOUR = 60 * MIN;
const office = [{ from: 9 * 60, to: 17 * 60 }];

/** Nine to five in Berlin. */
const berlin: Calendar = {
  time_zone: 'Europe/Berlin',
  week: [office, office, office, office, office, [], []],
  holidays: ['2026-12-25'],
};
const nights: Calendar = {
  ...berlin,
  week: Array.from({ length: 7 }, () => [{ from: 0, to: 6 * 60 }]),
};

/** A probe with an SLA of four hours that began to wait at a local instant, and may have fired rungs. */
function waits(since: string, calendar: Calendar | null, over: Partial<Export> = {}): Export {
  const state = received({}, {}, { sla_ms: 4 * HOUR });
  const { revision } = state;
  if (!revision) throw new Error('The probe is valid.');
  const policy = { ...revision.policy, calendar };
  return { ...state, waiting_since: Date.parse(since), revision: { ...revision, policy }, ...over };
}

const next = (state: Export) => {
  const rung = nextRung(state);
  return rung && `${rung.rung.do} ${new Date(rung.at).toISOString()}`;
};

describe('a ladder on working hours', () => {
  it('stands still over a weekend', () => {
    const friday = '2026-03-13T16:00:00+01:00';
    expect(next(waits(friday, berlin))).toBe('remind 2026-03-16T09:00:00.000Z');
    expect(next(waits(friday, berlin, { rungs_fired: 1 }))).toBe('escalate 2026-03-16T11:00:00.000Z');
    expect(next(waits(friday, null))).toBe('remind 2026-03-13T17:00:00.000Z');
  });

  it('stands still over a holiday', () => {
    const eve = '2026-12-24T16:30:00+01:00';
    expect(next(waits(eve, berlin))).toBe('remind 2026-12-28T09:30:00.000Z');
  });

  it('begins at the next working hour when it arrives at night', () => {
    expect(next(waits('2026-03-11T02:00:00+01:00', berlin))).toBe('remind 2026-03-11T10:00:00.000Z');
  });

  it('counts the hours that really pass in a night in which clocks change', () => {
    expect(next(waits('2026-03-29T01:00:00+01:00', nights))).toBe('remind 2026-03-29T02:00:00.000Z');
    const all = { rungs_fired: 1 };
    expect(next(waits('2026-03-29T01:00:00+01:00', nights, all))).toBe('escalate 2026-03-29T04:00:00.000Z');
    expect(next(waits('2026-10-25T00:00:00+02:00', nights, { rungs_fired: 2 }))).toBe(
      'page 2026-10-25T04:00:00.000Z',
    );
    expect(next(waits('2026-03-27T16:00:00+01:00', berlin))).toBe('remind 2026-03-30T08:00:00.000Z');
  });

  it('leaves people their working hours before it expires', () => {
    const late = Date.parse('2026-03-20T16:00:00+01:00');
    const state = waits('2026-03-02T09:00:00+01:00', berlin, { rungs_fired: 3, last_rung_at: late });
    expect(next(state)).toBe('expire 2026-03-23T11:00:00.000Z');
  });

  it('runs on the wall clock in quarantine and in trouble, which belong to others', () => {
    for (const status of ['quarantined', 'paused', 'failed'] as const) {
      const state = waits('2026-03-13T16:00:00+01:00', berlin, { status });
      expect(next(state)).toBe('remind 2026-03-13T17:00:00.000Z');
    }
  });

  it('is not silenced by a calendar without any hours', () => {
    const never = { ...berlin, week: [[], [], [], [], [], [], []] };
    expect(next(waits('2026-03-13T16:00:00+01:00', never))).toBe('remind 2026-03-13T17:00:00.000Z');
  });

  it('is what the sweep is told', () => {
    const state = waits('2026-03-13T16:00:00+01:00', berlin);
    expect(nextDeadline(state)).toBe(Date.parse('2026-03-16T09:00:00Z'));
  });
});

describe('the calendar of an export', () => {
  const alice = directory.people.get(ALICE);
  if (!alice) throw new Error('Alice owns probes.');
  const people = new Map(directory.people).set(ALICE, { ...alice, calendar: berlin });
  const stamped = (clock?: 'always' | 'working_hours', payload = {}) =>
    read(
      rawProbe(payload),
      { ...reading(undefined, clock ? { clock } : {}), directory: { ...directory, people } },
      1,
    ).revision?.policy.calendar;

  it("is its owner's when policy runs on working hours", () => {
    expect(stamped('working_hours')).toEqual(berlin);
  });

  it('is none when policy runs around the clock, which is the default', () => {
    expect(stamped('always')).toBeNull();
    expect(stamped()).toBeNull();
  });

  it('is none when its owner has none', () => {
    const working = reading(undefined, { clock: 'working_hours' });
    expect(read(rawProbe(), working, 1).revision?.policy.calendar).toBeNull();
  });

  it('lives through storage', () => {
    const state = waits('2026-03-13T16:00:00+01:00', berlin);
    expect(nextRung(JSON.parse(JSON.stringify(state)) as Export)).toEqual(nextRung(state));
  });
});

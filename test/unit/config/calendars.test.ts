import { describe, expect, test } from 'vitest';
import { edited, faultsOf, load, placeOf, WHOLE } from '../../support/config.ts';

const OFFICE = `calendars:
  office:
    hours:
      mon: ['09:00-12:30', '13:00-17:30']
      fri: ["09:00-15:00"]
    holidays: [2026-12-25, '2026-12-26']
`;

/** The whole configuration with calendars, and priya on one of them. */
function withCalendars(calendars: string, calendar = 'office'): string {
  const person = edited('    backup: daniel\n', `    backup: daniel\n    calendar: ${calendar}\n`);
  return `${person}${calendars}`;
}

function priyaOf(text: string) {
  const loaded = load(text);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.faults));
  return [...loaded.config.directory.people.values()].find(({ name }) => name === 'Priya Raman');
}

const hours = (text: string) => withCalendars(`calendars: { office: { hours: ${text} } }\n`);

describe('the calendar of a person', () => {
  test('has the hours of the calendar in the zone of the person', () => {
    expect(priyaOf(withCalendars(OFFICE))?.calendar).toEqual({
      time_zone: 'America/New_York',
      week: [
        [
          { from: 540, to: 750 },
          { from: 780, to: 1050 },
        ],
        [],
        [],
        [],
        [{ from: 540, to: 900 }],
        [],
        [],
      ],
      holidays: ['2026-12-25', '2026-12-26'],
    });
  });

  test('is null when none is named', () => {
    expect(priyaOf(`${WHOLE}${OFFICE}`)?.calendar).toBeNull();
  });

  test('goes on past midnight, also from Sunday to Monday, and up to it', () => {
    const week = priyaOf(hours("{ sun: ['22:00-06:00'], mon: ['06:00-14:00', '20:00-24:00'] }"))?.calendar
      ?.week;
    expect(week?.[6]).toEqual([{ from: 1320, to: 1440 }]);
    expect(week?.[0]).toEqual([
      { from: 0, to: 360 },
      { from: 360, to: 840 },
      { from: 1200, to: 1440 },
    ]);
    expect(priyaOf(hours("{ tue: ['18:00-00:00'] }"))?.calendar?.week[1]).toEqual([{ from: 1080, to: 1440 }]);
    expect(priyaOf(hours("{ tue: ['18:00-00:00'] }"))?.calendar?.week[2]).toEqual([]);
  });
});

describe('a faulty calendar', () => {
  test.each([
    [
      'a name that does not exist',
      withCalendars(OFFICE, 'ofice'),
      'calendar: ofice',
      /"ofice" is not among the calendars\. Did you mean "office"\?/,
    ],
    ['no hours', hours('{ mon: [] }'), 'hours:', /office has no working hours/],
    ['an unknown day', hours("{ mon: ['09:00-17:00'], mun: [] }"), 'mun', /Did you mean "mon"\?/],
    [
      'hours that cannot be read',
      hours("{ mon: ['9-17'] }"),
      "'9-17'",
      /calendars\.office\.hours\.mon\.0: Hours are written from-to/,
    ],
    [
      'an hour that does not exist',
      hours("{ mon: ['09:00-25:00'] }"),
      "'09:00-25",
      /Hours are written from-to/,
    ],
    ['hours of no length', hours("{ mon: ['09:00-09:00'] }"), "'09:00-09", /A whole day is "00:00-24:00"/],
    [
      'hours that overlap',
      hours("{ mon: ['09:00-17:00', '08:00-09:01'] }"),
      "'09:00-17",
      /overlap with others of mon/,
    ],
    [
      'a night that overlaps with the next morning',
      hours("{ sun: ['22:00-06:00'], mon: ['05:00-14:00'] }"),
      "'05:00",
      /overlap with others of sun/,
    ],
    [
      'a holiday that does not exist',
      withCalendars(OFFICE.replace('2026-12-25', '2026-02-30')),
      '2026-02-30',
      /A holiday is a day such as/,
    ],
  ])('with %s is reported where it stands', (_name, text, at, says) => {
    const place = `meshline.yml:${placeOf(text, at)} `;
    const faults = faultsOf(text);
    const here = faults.filter((fault) => fault.startsWith(place));
    expect(here.join('\n') || `elsewhere: ${faults.join('\n')}`).toMatch(says);
  });
});

describe('a policy on working hours', () => {
  const working = (text: string) => text.replace('    undo_ms: 20000\n', '    clock: working_hours\n');

  test('is kept with its type', () => {
    const loaded = load(working(withCalendars(OFFICE)));
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.faults));
    expect(loaded.config.policies.get('promo_activation')?.clock).toBe('working_hours');
    expect(loaded.warnings).toEqual([]);
  });

  test('whose owner has no calendar is pointed out', () => {
    const loaded = load(working(`${WHOLE}${OFFICE}`));
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.faults));
    expect(loaded.warnings).toMatchObject([
      {
        path: 'policies.promo_activation.clock',
        message: expect.stringContaining('priya owns promo_activation'),
      },
    ]);
  });

  test('takes no other clock', () => {
    expect(faultsOf(edited('    undo_ms: 20000\n', '    clock: working_hour\n'))).toEqual([
      expect.stringMatching(/"working_hour" is not one of the known words\. Did you mean "working_hours"\?/),
    ]);
  });
});

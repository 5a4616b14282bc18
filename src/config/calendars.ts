import type { Calendar, Span } from '../exports/calendar.ts';
import type { Catalog } from '../exports/define.ts';
import type { TypePolicy } from '../exports/policy.ts';
import type { Finding } from './faults.ts';
import type { CalendarEntry, PersonEntry, RoleFileEntry } from './schema.ts';
import { dangling, type Section } from './sections.ts';

const WEEK = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
const DAY_MIN = 1440;

type Placed = Span & { path: readonly string[] };

/** Every span by day and with its place in the file, in order; a shift past midnight is split in two. */
function weekOf({ hours }: CalendarEntry): readonly (readonly Placed[])[] {
  const week = WEEK.map((): Placed[] => []);
  for (const [n, day] of WEEK.entries()) {
    for (const [item, text] of (hours[day] ?? []).entries()) {
      const path = ['hours', day, String(item)];
      const [from = 0, to = 0] = text.split('-').map(minuteOf);
      week[n]?.push({ from, to: to > from ? to : DAY_MIN, path });
      if (to < from && to > 0) week[(n + 1) % 7]?.push({ from: 0, to, path });
    }
  }
  return week.map((spans) => spans.sort((a, b) => a.from - b.from));
}

function minuteOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
}

/** The calendar of a person who lives in this zone. */
export function calendarOf(entry: CalendarEntry, time_zone: string): Calendar {
  const week = weekOf(entry).map((spans) => spans.map(({ from, to }) => ({ from, to })));
  return { time_zone, week, holidays: [...new Set(entry.holidays)].sort() };
}

/** Hours are there and never overlap, and people name calendars that exist. */
export function checkCalendars(calendars: Section<CalendarEntry>, people: Section<PersonEntry>): Finding[] {
  const faults: Finding[] = [];
  for (const [name, entry] of calendars.entries) {
    const at = ['calendars', name];
    const week = weekOf(entry);
    if (week.every((spans) => spans.length === 0)) {
      const message = `${name} has no working hours, so nothing would ever come due.`;
      faults.push({ path: [...at, 'hours'], message, advice: 'Give at least one day its hours.' });
    }
    for (const spans of week) {
      for (const [n, span] of spans.entries()) {
        const before = spans[n - 1];
        if (!before || before.to <= span.from) continue;
        const message = `These hours overlap with others of ${before.path[1] ?? ''}.`;
        faults.push({ path: [...at, ...span.path], message, advice: 'Write them as one.' });
      }
    }
  }
  for (const [key, { calendar }] of people.entries) {
    if (calendar === undefined) continue;
    faults.push(...dangling(calendar, calendars.names, 'calendars', ['people', key, 'calendar']));
  }
  return faults;
}

/** Warns of policies on working hours whose usual owner has none. */
export function checkClocks(
  { people, roles }: { people: Section<PersonEntry>; roles: Section<RoleFileEntry> },
  policies: ReadonlyMap<string, TypePolicy>,
  catalog: Catalog,
): Finding[] {
  return [...policies].flatMap(([name, { clock }]) => {
    const role = catalog.get(name)?.policy.owner_role;
    const owner = role && roles.entries.get(role)?.default_owner;
    if (clock !== 'working_hours' || !owner) return [];
    const person = people.entries.get(owner);
    if (!person || person.calendar !== undefined) return [];
    return [
      {
        path: ['policies', name, 'clock'],
        message: `${owner} owns ${name} by default but has no calendar, so its clock never stops.`,
        advice: `Set people.${owner}.calendar.`,
      },
    ];
  });
}

import { dayOf } from './days.ts';
import type { Directory, Person, PersonId, RoleEntry, SlackAccount } from './ownership.ts';
import type { Role } from './words.ts';

/** The stream of the ledger under which changes of the directory are kept; no export has this id. */
export const DIRECTORY = 'directory';

/** Who changed it; null for Slack itself, the clock, or an operator at the machine. */
type By = { by: PersonId | null };

/** What has changed in the directory since meshline.yml was written. Stored for good. */
export type DirectoryEvent =
  | ({ type: 'person_went_out'; person: PersonId; note: string | null } & Period & By)
  /** A time away that was announced has begun. */
  | { type: 'absence_began'; person: PersonId }
  | ({ type: 'person_came_back'; person: PersonId } & By)
  | ({ type: 'cover_set'; for: PersonId; by_person: PersonId; from: number; until: number } & By)
  | { type: 'cover_began'; for: PersonId }
  | ({ type: 'cover_ended'; for: PersonId } & By)
  | ({ type: 'backup_set'; person: PersonId; backup: PersonId | null } & By)
  | ({ type: 'default_owner_set'; role: Role; person: PersonId } & By)
  | ({ type: 'member_added' | 'member_removed'; role: Role; person: PersonId } & By)
  | ({ type: 'on_call_set'; people: readonly PersonId[] } & By)
  /** Until then `to` is paged in the place of `by`, or of everybody when `by` is not on call. */
  | { type: 'on_call_handed_over'; by: PersonId; to: PersonId; until: number }
  | { type: 'slack_linked'; person: PersonId; account: SlackAccount }
  | ({ type: 'person_deactivated' | 'person_reactivated'; person: PersonId } & By)
  /** The file now says all of it: backups, roles and on-call follow the file again. */
  | ({ type: 'directory_imported' } & By);

/** Instants are UTC ms; `until` is null for a time away without an end. */
export type Period = { from: number; until: number | null };

export type RecordedChange = { export_id: typeof DIRECTORY; n: number; at: number; event: DirectoryEvent };

/** `began` once the beginning has been acted on. */
type Absence = Period & { note: string | null; began: boolean };
type Cover = { by: PersonId; from: number; until: number; began: boolean };

/** What lies over the configuration's directory. Plain JSON: stored, replayed and compared as such. */
export type Overlay = {
  /** How many events made it. */
  version: number;
  away: Readonly<Record<PersonId, Absence>>;
  covers: Readonly<Record<PersonId, Cover>>;
  backups: Readonly<Record<PersonId, PersonId | null>>;
  default_owners: Readonly<Partial<Record<Role, PersonId>>>;
  /** By role: true for who joined it, false for who left. */
  members: Readonly<Partial<Record<Role, Readonly<Record<PersonId, boolean>>>>>;
  on_call: readonly PersonId[] | null;
  hand_over: { by: PersonId; to: PersonId; until: number } | null;
  links: Readonly<Record<PersonId, SlackAccount>>;
  deactivated: readonly PersonId[];
};

export const EMPTY_OVERLAY: Overlay = {
  version: 0,
  away: {},
  covers: {},
  backups: {},
  default_owners: {},
  members: {},
  on_call: null,
  hand_over: null,
  links: {},
  deactivated: [],
};

/** The overlay after one event. Total and pure. */
export function evolveDirectory(before: Overlay, event: DirectoryEvent, at: number): Overlay {
  return { ...before, ...changed(before, event, at), version: before.version + 1 };
}

function changed(before: Overlay, event: DirectoryEvent, at: number): Partial<Overlay> {
  switch (event.type) {
    case 'person_went_out': {
      const { from, until, note } = event;
      return { away: { ...before.away, [event.person]: { from, until, note, began: from <= at } } };
    }
    case 'absence_began':
      return { away: begun(before.away, event.person) };
    case 'person_came_back':
      return { away: without(before.away, event.person) };
    case 'cover_set': {
      const { by_person, from, until } = event;
      return { covers: { ...before.covers, [event.for]: { by: by_person, from, until, began: from <= at } } };
    }
    case 'cover_began':
      return { covers: begun(before.covers, event.for) };
    case 'cover_ended':
      return { covers: without(before.covers, event.for) };
    case 'backup_set':
      return { backups: { ...before.backups, [event.person]: event.backup } };
    case 'default_owner_set':
      return { default_owners: { ...before.default_owners, [event.role]: event.person } };
    case 'member_added':
    case 'member_removed': {
      const role = { ...before.members[event.role], [event.person]: event.type === 'member_added' };
      return { members: { ...before.members, [event.role]: role } };
    }
    case 'on_call_set':
      return { on_call: event.people, hand_over: null };
    case 'on_call_handed_over':
      return { hand_over: { by: event.by, to: event.to, until: event.until } };
    case 'slack_linked': {
      const { team, user } = event.account;
      const others = Object.entries(before.links).filter(
        ([, account]) => account.team !== team || account.user !== user,
      );
      return { links: { ...Object.fromEntries(others), [event.person]: event.account } };
    }
    case 'person_deactivated':
      return { deactivated: [...before.deactivated.filter((id) => id !== event.person), event.person] };
    case 'person_reactivated':
      return { deactivated: before.deactivated.filter((id) => id !== event.person) };
    case 'directory_imported':
      return { backups: {}, default_owners: {}, members: {}, on_call: null };
  }
}

function begun<Kept extends { began: boolean }>(all: Readonly<Record<string, Kept>>, key: string) {
  const one = all[key];
  return one ? { ...all, [key]: { ...one, began: true } } : all;
}

function without<Kept>(all: Readonly<Record<string, Kept>>, key: string): Record<string, Kept> {
  return Object.fromEntries(Object.entries(all).filter(([each]) => each !== key));
}

/** The overlay that a list of events makes. */
export function replayDirectory(events: readonly { at: number; event: DirectoryEvent }[]): Overlay {
  return events.reduce((overlay, { at, event }) => evolveDirectory(overlay, event, at), EMPTY_OVERLAY);
}

const holds = (period: Period, now: number) =>
  period.from <= now && (period.until === null || now < period.until);

/** The directory as it stands at an instant: the configuration's with everything that changed since. */
export function directoryAt(configured: Directory, overlay: Overlay, now: number): Directory {
  const known = (id: PersonId) => configured.people.has(id);
  const people = new Map<PersonId, Person>();
  const away = new Map<PersonId, { until: number | null; reason: string; note: string | null }>();
  for (const person of configured.people.values()) {
    const { id } = person;
    const backup = overlay.backups[id];
    const active = person.active && !overlay.deactivated.includes(id);
    const absence = overlay.away[id];
    const kept = backup === undefined || (backup !== null && !known(backup)) ? person.backup : backup;
    people.set(id, { ...person, backup: kept, active, slack: overlay.links[id] ?? person.slack });
    if (!active) away.set(id, { until: null, reason: 'is deactivated', note: null });
    else if (absence && holds(absence, now)) {
      const { until, note } = absence;
      const reason = until === null ? 'is out' : `is out until ${dayOf(until, person.time_zone)}`;
      away.set(id, { until, reason, note });
    }
  }
  const roles = new Map<Role, RoleEntry>();
  for (const [role, entry] of configured.roles) {
    const changes = overlay.members[role] ?? {};
    const joined = Object.keys(changes).filter((id) => changes[id] && known(id));
    const stayed = entry.members.filter((id) => changes[id] !== false && !joined.includes(id));
    const members = [...stayed, ...joined];
    const wanted = overlay.default_owners[role] ?? entry.default_owner;
    const owner = wanted !== null && members.includes(wanted) ? wanted : entry.default_owner;
    roles.set(role, { ...entry, members, default_owner: owner });
  }
  const covers = new Map<PersonId, { by: PersonId; until: number }>();
  for (const [id, { by, from, until }] of Object.entries(overlay.covers)) {
    if (known(id) && known(by) && holds({ from, until }, now)) covers.set(id, { by, until });
  }
  const kept = overlay.on_call?.filter(known) ?? [];
  const rota = kept.length > 0 ? kept : configured.on_call.people;
  const on_call = handedOver(rota, overlay.hand_over, now).filter(known);
  return { ...configured, people, roles, away, covers, on_call: { ...configured.on_call, people: on_call } };
}

function handedOver(rota: readonly PersonId[], over: Overlay['hand_over'], now: number): readonly PersonId[] {
  if (!over || now >= over.until) return rota;
  return rota.includes(over.by) ? [...new Set(rota.map((id) => (id === over.by ? over.to : id)))] : [over.to];
}

/** The first instant after `now` at which the directory changes by itself; Infinity when it never does. */
export function nextBoundary(overlay: Overlay, now: number): number {
  const periods = [...Object.values(overlay.away), ...Object.values(overlay.covers)];
  const instants = periods.flatMap(({ from, until }) => [from, until ?? Number.POSITIVE_INFINITY]);
  instants.push(overlay.hand_over?.until ?? Number.POSITIVE_INFINITY);
  return Math.min(Number.POSITIVE_INFINITY, ...instants.filter((at) => at > now));
}

/** When `tick` next has something to do; null when it has not. */
export function directoryDue(overlay: Overlay): number | null {
  const instants = [...Object.values(overlay.away), ...Object.values(overlay.covers)].map((each) =>
    each.began ? each.until : each.from,
  );
  const known = instants.filter((at) => at !== null);
  return known.length > 0 ? Math.min(...known) : null;
}

import { type Calendar, isWorking } from './calendar.ts';
import { dayOf } from './days.ts';
import type { Envelope } from './envelope.ts';
import { spoken } from './phrases.ts';
import type { OffHours, Role } from './words.ts';

/** A GUID from the directory: the identity that every decision is recorded under. */
export type PersonId = string;

export type SlackAccount = { team: string; user: string };

export type Person = {
  id: PersonId;
  name: string;
  email: string;
  /** The Slack account; null until it has been linked. Team and user id together are the identity. */
  slack: SlackAccount | null;
  /** IANA zone. */
  time_zone: string;
  /** When they work, in their own zone; null when nobody has said. */
  calendar: Calendar | null;
  backup: PersonId | null;
  active: boolean;
};

export type RoleEntry = { members: readonly PersonId[]; channel: string; default_owner: PersonId | null };

/** A snapshot of who is who; decisions take it as data and never look anything up. */
export type Directory = {
  people: ReadonlyMap<PersonId, Person>;
  roles: ReadonlyMap<Role, RoleEntry>;
  on_call: { channel: string; people: readonly PersonId[]; user_group: string | null };
  /** Who cannot be reached now: out of office or deactivated. `reason` goes on after a name: "is out until 3 Dec". */
  away: ReadonlyMap<PersonId, { until: number | null; reason: string; note: string | null }>;
  /** Whom somebody stands in for now, by the person who is covered. */
  covers: ReadonlyMap<PersonId, { by: PersonId; until: number }>;
  /** Until when somebody asked not to be disturbed, UTC ms; only urgent exports care. */
  dnd?: ReadonlyMap<PersonId, number>;
};

/** What else routing goes by: the instant, and what the policy says about hours. */
export type Hours = {
  now: number;
  /** `backup` passes on what comes in outside the owner's working hours; `wait` leaves it to them. */
  off_hours: OffHours;
  /** An urgent one also passes over whoever asked not to be disturbed. */
  urgent: boolean;
};

/** Where an export goes and why; stamped on it when it is received. */
export type Route = {
  owner: PersonId;
  role: Role;
  /** Joins when the ladder escalates; null when the owner has none. */
  backup: PersonId | null;
  /** Slack channel id. */
  channel: string;
  /** A sentence for the card and the record. */
  reason: string;
  /** Whom the owner stands in for, when it was meant for somebody who is away. */
  for?: PersonId;
};

/** `nobody_left`: there is an owner, but neither they nor anybody behind them can be reached. */
export type Unroutable = { code: 'no_owner'; reason: string; nobody_left: boolean };

export function hasRole(directory: Directory, person: PersonId, role: Role): boolean {
  return directory.roles.get(role)?.members.includes(person) ?? false;
}

/** The person of the directory behind a Slack account. */
export function personBehind(directory: Directory, { team, user }: SlackAccount): Person | null {
  for (const person of directory.people.values()) {
    if (person.slack?.user === user && person.slack.team === team) return person;
  }
  return null;
}

function isThere(directory: Directory, person: PersonId): boolean {
  return directory.people.get(person)?.active === true && !directory.away.has(person);
}

/** Who covers for somebody now, and may do so for this role. */
function coverOf(directory: Directory, person: PersonId, role: Role): PersonId | null {
  const by = directory.covers.get(person)?.by;
  return by !== undefined && hasRole(directory, by, role) ? by : null;
}

/** Everyone active behind the owner, nearest first, without cycles; the owner is not among them. */
export function backupsOf(directory: Directory, owner: PersonId): readonly PersonId[] {
  const seen = new Set([owner]);
  for (let next = directory.people.get(owner)?.backup ?? null; next !== null && !seen.has(next); ) {
    seen.add(next);
    next = directory.people.get(next)?.backup ?? null;
  }
  return [...seen].slice(1).filter((id) => directory.people.get(id)?.active);
}

/** The nearest backup who is there; one who is away rather than none; null when nobody is active. */
export function backupOf(directory: Directory, owner: PersonId): PersonId | null {
  const backups = backupsOf(directory, owner);
  return backups.find((id) => isThere(directory, id)) ?? backups[0] ?? null;
}

/**
 * Whoever decides in the owner's place now, besides the owner: their cover, and while the owner is
 * away the first who is there behind them. `except` is passed over: nobody decides on their own request.
 */
export function standIns(
  directory: Directory,
  owner: PersonId,
  role: Role,
  except: PersonId | null = null,
): readonly PersonId[] {
  if (isThere(directory, owner) && !coverOf(directory, owner, role)) return [];
  const there = behind(directory, owner, role).filter((id) => id !== except && isThere(directory, id));
  return there.slice(0, 1);
}

/** The owner's cover and backup, then theirs, depth first; each once. A cover must hold the role. */
function behind(directory: Directory, owner: PersonId, role: Role): readonly PersonId[] {
  const seen = new Set<PersonId>();
  const visit = (id: PersonId) => {
    if (seen.has(id) || !directory.people.has(id)) return;
    seen.add(id);
    const cover = coverOf(directory, id, role);
    if (cover !== null) visit(cover);
    const backup = directory.people.get(id)?.backup ?? null;
    if (backup !== null) visit(backup);
  };
  visit(owner);
  return [...seen].filter((id) => id !== owner);
}

/** Why somebody is passed over at routing, as the end of a sentence that begins with their name; null when they are not. */
function passedOver(directory: Directory, person: Person, role: Role, hours: Hours | null): string | null {
  const away = directory.away.get(person.id);
  if (!person.active) return 'is deactivated';
  if (away) return away.reason;
  const cover = directory.covers.get(person.id);
  if (cover && coverOf(directory, person.id, role) !== null) {
    return `is covered until ${dayOf(cover.until, person.time_zone)}`;
  }
  if (hours === null) return null;
  const { now } = hours;
  if (hours.off_hours === 'backup' && person.calendar && !isWorking(person.calendar, now)) {
    return 'is outside working hours';
  }
  const quiet = hours.urgent ? directory.dnd?.get(person.id) : undefined;
  return quiet !== undefined && quiet > now ? 'does not want to be disturbed' : null;
}

/**
 * R7: the export's own owner where it names one, else the default owner of its role. A named owner
 * who is unknown, or does not hold the role, is never replaced by a guess: that is `no_owner`.
 * R8: an owner who cannot be reached is passed over for their cover, then along the backups; hours
 * count only when `hours` is given, and rather the owner off hours than nobody.
 */
export function routeFor(
  directory: Directory,
  wanted: Pick<Envelope, 'owner_id' | 'owner_role'>,
  defaultRole: Role,
  hours: Hours | null = null,
): Route | Unroutable {
  const role = wanted.owner_role ?? defaultRole;
  const entry = directory.roles.get(role);
  const nobody = (reason: string, nobody_left = false): Unroutable => ({
    code: 'no_owner',
    reason,
    nobody_left,
  });
  if (!entry) return nobody(`Nobody is set up for the role ${spoken(role)}.`);
  const named = wanted.owner_id ?? entry.default_owner;
  if (named === null) return nobody(`The role ${spoken(role)} has no default owner.`);
  const person = directory.people.get(named);
  if (!person) return nobody(`Nobody in the directory has the id ${named}.`);
  if (!entry.members.includes(named)) {
    return nobody(`${person.name} does not hold the role ${spoken(role)}.`);
  }
  const to = (owner: PersonId, reason: string, instead: { for?: PersonId }): Route => {
    return { owner, role, backup: backupOf(directory, owner), channel: entry.channel, reason, ...instead };
  };
  const why = passedOver(directory, person, role, hours);
  if (why === null) {
    const chosen = wanted.owner_id ? 'named in the export' : `the default owner for ${spoken(role)}`;
    return to(named, `${person.name} is ${chosen}.`, {});
  }
  const reasons = [`${person.name} ${why}`];
  for (const id of behind(directory, named, role)) {
    const stand = directory.people.get(id);
    const no = stand ? passedOver(directory, stand, role, hours) : null;
    if (stand && no === null) {
      return to(id, `${reasons.join(', ')}, so it goes to ${as(directory, named, stand)}.`, { for: named });
    }
    if (stand) reasons.push(`${stand.name} ${no}`);
  }
  if (isThere(directory, named)) {
    return to(named, `${reasons.join(', ')}; nobody else is there, so it waits for ${person.name}.`, {});
  }
  return nobody(`${reasons.join(', ')}, and nobody is left behind them.`, true);
}

/** "the backup, Bob Brown", or how else they come to it. */
function as(directory: Directory, owner: PersonId, stand: Person): string {
  if (directory.covers.get(owner)?.by === stand.id) return `the cover, ${stand.name}`;
  if (directory.people.get(owner)?.backup === stand.id) return `the backup, ${stand.name}`;
  return `the next in line, ${stand.name}`;
}

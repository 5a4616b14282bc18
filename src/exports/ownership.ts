import type { Envelope } from './envelope.ts';
import { spoken } from './phrases.ts';
import type { Role } from './words.ts';

/** A GUID from the directory: the identity that every decision is recorded under. */
export type PersonId = string;

export type Person = {
  id: PersonId;
  name: string;
  email: string;
  /** The Slack account; null until it has been linked. Team and user id together are the identity. */
  slack: { team: string; user: string } | null;
  /** IANA zone. */
  time_zone: string;
  backup: PersonId | null;
  active: boolean;
};

export type RoleEntry = { members: readonly PersonId[]; channel: string; default_owner: PersonId | null };

/** A snapshot of who is who; decisions take it as data and never look anything up. */
export type Directory = {
  people: ReadonlyMap<PersonId, Person>;
  roles: ReadonlyMap<Role, RoleEntry>;
  on_call: { channel: string; people: readonly PersonId[]; user_group: string | null };
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
};

export type Unroutable = { code: 'no_owner'; reason: string };

export function hasRole(directory: Directory, person: PersonId, role: Role): boolean {
  return directory.roles.get(role)?.members.includes(person) ?? false;
}

/** An active backup other than the owner, or null. */
export function backupOf(directory: Directory, owner: PersonId): PersonId | null {
  const backup = directory.people.get(owner)?.backup ?? null;
  if (backup === null || backup === owner) return null;
  return directory.people.get(backup)?.active ? backup : null;
}

/**
 * R7: the export's own owner where it names one, else the default owner of its role. A named owner
 * who is unknown, or does not hold the role, is never replaced by a guess: that is `no_owner`.
 */
export function routeFor(
  directory: Directory,
  wanted: Pick<Envelope, 'owner_id' | 'owner_role'>,
  defaultRole: Role,
): Route | Unroutable {
  const role = wanted.owner_role ?? defaultRole;
  const entry = directory.roles.get(role);
  if (!entry) return { code: 'no_owner', reason: `Nobody is set up for the role ${spoken(role)}.` };
  const named = wanted.owner_id ?? entry.default_owner;
  if (named === null) return { code: 'no_owner', reason: `The role ${spoken(role)} has no default owner.` };
  const person = directory.people.get(named);
  if (!person) return { code: 'no_owner', reason: `Nobody in the directory has the id ${named}.` };
  if (!entry.members.includes(named)) {
    return { code: 'no_owner', reason: `${person.name} does not hold the role ${spoken(role)}.` };
  }
  const chosen = wanted.owner_id ? 'named in the export' : `the default owner for ${spoken(role)}`;
  const backup = backupOf(directory, named);
  if (person.active) {
    return { owner: named, role, backup, channel: entry.channel, reason: `${person.name} is ${chosen}.` };
  }
  if (backup === null) {
    return { code: 'no_owner', reason: `${person.name} is deactivated and has no active backup.` };
  }
  const stand = directory.people.get(backup);
  return {
    owner: backup,
    role,
    backup: backupOf(directory, backup),
    channel: entry.channel,
    reason: `${person.name} is ${chosen} but deactivated, so it goes to the backup, ${stand?.name ?? backup}.`,
  };
}

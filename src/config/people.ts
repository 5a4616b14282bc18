import type { Catalog } from '../exports/define.ts';
import { EXCEPTIONS } from '../exports/exceptions.ts';
import type { Directory, Person, PersonId, RoleEntry } from '../exports/ownership.ts';
import { Role } from '../exports/words.ts';
import { calendarOf } from './calendars.ts';
import type { Finding } from './faults.ts';
import type { CalendarEntry, OnCall, PersonEntry, RoleFileEntry } from './schema.ts';
import { dangling, type Section } from './sections.ts';

/** Who is who, as the file says it; `on_call` is null when that section is faulty. */
export type Team = {
  people: Section<PersonEntry>;
  roles: Section<RoleFileEntry>;
  calendars: Section<CalendarEntry>;
  on_call: OnCall | null;
};

type Checked = { faults: Finding[]; warnings: Finding[] };

/** Identities are unique, and a backup is somebody else who is there. */
export function checkPeople(people: Section<PersonEntry>): Checked {
  const faults: Finding[] = [];
  const seen = new Map<string, string>();
  for (const [key, person] of people.entries) {
    for (const field of ['id', 'email', 'slack'] as const) {
      const value = person[field];
      if (value === undefined) continue;
      const identity = `${field} ${value.toLowerCase()}`;
      const other = seen.get(identity);
      if (other) {
        const message = `${other} has the same ${field}.`;
        faults.push({ path: ['people', key, field], message, advice: 'Every person has their own.' });
      }
      seen.set(identity, key);
    }
    if (person.backup !== undefined) faults.push(...checkBackup(key, person.backup, people));
  }
  return { faults, warnings: [] };
}

function checkBackup(key: string, backup: string, people: Section<PersonEntry>): Finding[] {
  const path = ['people', key, 'backup'];
  if (backup === key) {
    return [{ path, message: `${key} cannot be their own backup.`, advice: 'Name somebody else.' }];
  }
  if (people.entries.get(backup)?.active === false) {
    return [{ path, message: `${backup} is deactivated.`, advice: 'Name somebody who is active.' }];
  }
  return dangling(backup, people.names, 'people', path);
}

/** Every role that can come to own something exists, and whoever it names is there to answer. */
export function checkRoles({ people, roles, on_call }: Team, catalog: Catalog): Checked {
  const faults: Finding[] = [];
  const warnings: Finding[] = [];
  for (const [role, use] of usesOfRoles(catalog)) {
    if (roles.names.has(role)) continue;
    const advice = `Add ${role} with members, a channel and a default_owner; they may be those of another role.`;
    faults.push({ path: ['roles', role], message: `The role ${role} is missing: ${use}.`, advice });
  }
  for (const [role, entry] of roles.entries) {
    const at = ['roles', role];
    faults.push(...checkList(entry.members, [...at, 'members'], people));
    if (entry.default_owner === undefined) {
      const message = `${role} has no default owner, so an export that names none is quarantined.`;
      const finding = { path: at, message, advice: 'Set default_owner to one of the members.' };
      (role === 'remediation' ? faults : warnings).push(finding);
      continue;
    }
    const path = [...at, 'default_owner'];
    const unknown = dangling(entry.default_owner, people.names, 'people', path);
    faults.push(...unknown);
    if (unknown.length === 0 && !entry.members.includes(entry.default_owner)) {
      const message = `"${entry.default_owner}" is not a member of ${role}.`;
      faults.push({ path, message, advice: `Add them to roles.${role}.members, or name a member.` });
    }
    const owner = people.entries.get(entry.default_owner);
    if (owner && owner.backup === undefined) {
      const message = `${entry.default_owner} owns by default but has no backup, so escalation reaches nobody.`;
      warnings.push({ path, message, advice: `Set people.${entry.default_owner}.backup.` });
    }
  }
  if (on_call) faults.push(...checkList(on_call.people, ['on_call', 'people'], people));
  return { faults, warnings };
}

function checkList(
  names: readonly string[],
  path: readonly string[],
  people: Section<PersonEntry>,
): Finding[] {
  return names.flatMap((name, n) => {
    const at = [...path, String(n)];
    if (names.indexOf(name) !== n) {
      return [{ path: at, message: `"${name}" stands here twice.`, advice: 'Name each person once.' }];
    }
    if (people.entries.get(name)?.active === false) {
      const advice = 'Take them out of this list, or set active: true.';
      return [{ path: at, message: `${name} is deactivated.`, advice }];
    }
    return dangling(name, people.names, 'people', at);
  });
}

function usesOfRoles(catalog: Catalog): Map<Role, string> {
  const uses = new Map<Role, string>([['remediation', 'what cannot be read or has no owner waits there']]);
  const use = (role: Role, why: string) => {
    if (!uses.has(role)) uses.set(role, why);
  };
  for (const type of catalog.all()) use(type.policy.owner_role, `it owns ${type.name}`);
  for (const type of catalog.all()) {
    for (const [code, rule] of Object.entries(type.exceptions))
      use(rule.role, `it owns ${code} of ${type.name}`);
  }
  for (const [code, rule] of Object.entries(EXCEPTIONS)) use(rule.role, `it owns the exception ${code}`);
  return uses;
}

/** The directory with keys replaced by ids. Names that are not there are left out; they are faults already. */
export function resolveDirectory({ people, roles, calendars, on_call }: Team): {
  directory: Directory;
  slack_users: Map<PersonId, string>;
} {
  const idOf = (key: string) => people.entries.get(key)?.id;
  const ids = (keys: readonly string[]) => keys.flatMap((key) => idOf(key) ?? []);
  const persons = new Map<PersonId, Person>();
  const slack_users = new Map<PersonId, string>();
  for (const { id, name, email, slack, time_zone, calendar, backup, active } of people.entries.values()) {
    const stand = backup === undefined ? null : (idOf(backup) ?? null);
    const hours = calendar === undefined ? undefined : calendars.entries.get(calendar);
    persons.set(id, {
      id,
      name,
      email,
      slack: null,
      time_zone,
      calendar: hours ? calendarOf(hours, time_zone) : null,
      backup: stand,
      active,
    });
    if (slack !== undefined) slack_users.set(id, slack);
  }
  const entries = new Map<Role, RoleEntry>();
  for (const [name, { members, channel, default_owner }] of roles.entries) {
    const role = Role.safeParse(name);
    if (!role.success) continue;
    const owner = default_owner === undefined ? null : (idOf(default_owner) ?? null);
    entries.set(role.data, { members: ids(members), channel, default_owner: owner });
  }
  return {
    directory: {
      people: persons,
      roles: entries,
      on_call: {
        channel: on_call?.channel ?? '',
        people: ids(on_call?.people ?? []),
        user_group: on_call?.user_group ?? null,
      },
      away: new Map(),
      covers: new Map(),
    },
    slack_users,
  };
}

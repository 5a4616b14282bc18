import { type DirectoryEvent, directoryAt, type Overlay } from './directory.ts';
import { activeOf, mayChangePerson, mayChangeRole, operators } from './directory-authority.ts';
import { names } from './gates.ts';
import { type Directory, hasRole, type PersonId, type SlackAccount } from './ownership.ts';
import { spoken } from './phrases.ts';
import { type Refusal, refuse } from './refusals.ts';
import { DAY_MS, type Role } from './words.ts';

/** What somebody wants changed in the directory, in the imperative. `by` is checked; instants are UTC ms. */
export type DirectoryCommand =
  | { do: 'go_out'; by: PersonId; person: PersonId; from: number; until: number | null; note: string | null }
  | { do: 'come_back'; by: PersonId; person: PersonId }
  | { do: 'set_cover'; by: PersonId; for: PersonId; cover: PersonId; from: number; until: number }
  | { do: 'end_cover'; by: PersonId; for: PersonId }
  | { do: 'set_backup'; by: PersonId; person: PersonId; backup: PersonId | null }
  | { do: 'set_default_owner'; by: PersonId; role: Role; person: PersonId }
  | { do: 'add_member' | 'remove_member'; by: PersonId; role: Role; person: PersonId }
  /** Those who are not named leave the role, all at once or not at all. */
  | { do: 'set_members'; by: PersonId; role: Role; people: readonly PersonId[] }
  | { do: 'set_on_call'; by: PersonId; people: readonly PersonId[] }
  | { do: 'hand_over_on_call'; by: PersonId; to: PersonId; until: number }
  | { do: 'link_slack'; person: PersonId; account: SlackAccount }
  /** What Slack says about somebody's account. */
  | { do: 'notice_account'; person: PersonId; usable: boolean }
  | { do: 'import' }
  | { do: 'tick' };

export type DirectoryDecision = { events: readonly DirectoryEvent[] } | Refusal;

/** Nobody is away or covered for longer without saying so again. */
const LONGEST_MS = 400 * DAY_MS;
const NOTE_MOST = 200;

/** The one place where a change of the directory is decided. Pure: it may run again and gives the same. */
export function decideDirectory(
  overlay: Overlay,
  command: DirectoryCommand,
  configured: Directory,
  now: number,
): DirectoryDecision {
  const directory = directoryAt(configured, overlay, now);
  if ('by' in command) {
    const person = directory.people.get(command.by);
    if (!person) return refuse('unknown_person');
    if (!person.active) return refuse('inactive_person');
  }
  switch (command.do) {
    case 'go_out': {
      const { by, person, from, until } = command;
      const no = notAllowed(mayChangePerson(directory, person), by, 'say when they are out', directory);
      const bad = no ?? unsound(from, until, now);
      if (bad) return bad;
      const note = command.note?.trim().slice(0, NOTE_MOST) || null;
      return { events: [{ type: 'person_went_out', by, person, from: Math.max(from, now), until, note }] };
    }
    case 'come_back': {
      const { by, person } = command;
      const no = notAllowed(mayChangePerson(directory, person), by, 'say that they are back', directory);
      if (no) return no;
      if (!overlay.away[person]) return refuse('nothing_to_change', { why: 'They are not out of office' });
      return { events: [{ type: 'person_came_back', by, person }] };
    }
    case 'set_cover':
      return setCover(overlay, command, directory, now);
    case 'end_cover': {
      const { by } = command;
      const no = notAllowed(mayChangePerson(directory, command.for), by, 'end this cover', directory);
      if (no) return no;
      if (!overlay.covers[command.for]) return refuse('nothing_to_change', { why: 'Nobody covers for them' });
      return { events: [{ type: 'cover_ended', by, for: command.for }] };
    }
    case 'set_backup':
      return setBackup(command, directory);
    case 'set_default_owner':
    case 'add_member':
    case 'remove_member':
      return changeRole(command, directory);
    case 'set_members':
      return setMembers(command, directory);
    case 'set_on_call':
      return setOnCall(command, directory);
    case 'hand_over_on_call':
      return handOverOnCall(command, directory, now);
    case 'link_slack': {
      const { person, account } = command;
      const known = overlay.links[person];
      const same = known?.team === account.team && known.user === account.user;
      return { events: same ? [] : [{ type: 'slack_linked', person, account }] };
    }
    case 'notice_account': {
      const { person, usable } = command;
      if (overlay.deactivated.includes(person) !== usable) return { events: [] };
      return { events: [{ type: usable ? 'person_reactivated' : 'person_deactivated', by: null, person }] };
    }
    case 'import':
      return { events: [{ type: 'directory_imported', by: null }] };
    case 'tick':
      return { events: passed(overlay, now) };
  }
}

function notAllowed(
  allowed: readonly PersonId[],
  by: PersonId,
  what: string,
  directory: Directory,
): Refusal | null {
  return allowed.includes(by)
    ? null
    : refuse('not_yours_to_change', { what, allowed: names(allowed, directory) });
}

function unsound(from: number, until: number | null, now: number): Refusal | null {
  const why =
    until === null
      ? null
      : until <= now
        ? 'it is over already'
        : until <= from
          ? 'it ends before it begins'
          : until - from > LONGEST_MS || from - now > LONGEST_MS
            ? 'it is longer than 400 days'
            : null;
  return why === null ? null : refuse('bad_period', { why });
}

const rolesOf = (directory: Directory, person: PersonId): readonly Role[] =>
  [...directory.roles].filter(([, entry]) => entry.members.includes(person)).map(([role]) => role);

function setCover(
  overlay: Overlay,
  command: Extract<DirectoryCommand, { do: 'set_cover' }>,
  directory: Directory,
  now: number,
): DirectoryDecision {
  const { by, cover, until } = command;
  const from = Math.max(command.from, now);
  const no = notAllowed(mayChangePerson(directory, command.for), by, 'set this cover', directory);
  const bad = no ?? unsound(from, until, now);
  if (bad) return bad;
  const why = cannotCover(overlay, { ...command, from }, directory);
  if (why !== null) {
    const name = (id: PersonId) => directory.people.get(id)?.name ?? 'This person';
    return refuse('cannot_cover', { who: name(cover), whom: name(command.for), why });
  }
  return { events: [{ type: 'cover_set', by, for: command.for, by_person: cover, from, until }] };
}

function cannotCover(
  overlay: Overlay,
  { for: whom, cover, from, until }: Extract<DirectoryCommand, { do: 'set_cover' }>,
  directory: Directory,
): string | null {
  const person = directory.people.get(cover);
  if (!person) return 'they are not in the directory.';
  if (!person.active) return 'their account is deactivated.';
  if (cover === whom) return 'nobody covers for themselves.';
  const missing = rolesOf(directory, whom).filter((role) => !hasRole(directory, cover, role));
  if (missing.length > 0) return `they do not hold the role ${missing.map(spoken).join(' or ')}.`;
  const absence = overlay.away[cover];
  if (absence && overlaps(absence, { from, until })) return 'they are out themselves in that time.';
  const seen = new Set<PersonId>([whom]);
  for (let next: PersonId | undefined = cover; next !== undefined; ) {
    if (seen.has(next)) return 'they are covered by that person in that time, so it would go in a circle.';
    seen.add(next);
    const further: Overlay['covers'][string] | undefined = overlay.covers[next];
    next = further && overlaps(further, { from, until }) ? further.by : undefined;
  }
  return null;
}

function overlaps(a: { from: number; until: number | null }, b: { from: number; until: number }): boolean {
  return a.from < b.until && (a.until === null || b.from < a.until);
}

function setBackup(
  { by, person, backup }: Extract<DirectoryCommand, { do: 'set_backup' }>,
  directory: Directory,
): DirectoryDecision {
  const no = notAllowed(mayChangePerson(directory, person), by, 'change this backup', directory);
  if (no) return no;
  const stand = backup === null ? undefined : directory.people.get(backup);
  const why =
    backup === person
      ? 'nobody is their own backup.'
      : backup !== null && !stand
        ? 'they are not in the directory.'
        : stand?.active === false
          ? 'their account is deactivated.'
          : null;
  if (why !== null) return refuse('cannot_back_up', { who: stand?.name ?? 'This person', why });
  if (directory.people.get(person)?.backup === backup) {
    return refuse('nothing_to_change', { why: 'That is their backup already' });
  }
  return { events: [{ type: 'backup_set', by, person, backup }] };
}

function changeRole(
  command: Extract<DirectoryCommand, { do: 'set_default_owner' | 'add_member' | 'remove_member' }>,
  directory: Directory,
): DirectoryDecision {
  const { by, role, person } = command;
  const entry = directory.roles.get(role);
  const allowed = mayChangeRole(directory, role);
  const no = notAllowed(allowed, by, `change the role ${spoken(role)}`, directory);
  if (no) return no;
  const who = directory.people.get(person)?.name ?? 'This person';
  const refused = (why: string) => refuse('cannot_hold', { who, role: spoken(role), why });
  if (!entry) return refused('nobody set this role up in meshline.yml.');
  const known = directory.people.get(person);
  if (!known) return refused('they are not in the directory.');
  const member = entry.members.includes(person);
  switch (command.do) {
    case 'set_default_owner':
      if (!known.active) return refused('their account is deactivated.');
      if (!member) return refused('they are no member of it.');
      if (entry.default_owner === person)
        return refuse('nothing_to_change', { why: 'They own it by default already' });
      return { events: [{ type: 'default_owner_set', by, role, person }] };
    case 'add_member':
      if (!known.active) return refused('their account is deactivated.');
      if (member) return refuse('nothing_to_change', { why: 'They hold this role already' });
      return { events: [{ type: 'member_added', by, role, person }] };
    case 'remove_member':
      if (!member) return refuse('nothing_to_change', { why: 'They do not hold this role' });
      if (entry.default_owner === person) return refused('they own it by default; name another owner first.');
      return { events: [{ type: 'member_removed', by, role, person }] };
  }
}

function setMembers(
  { by, role, people }: Extract<DirectoryCommand, { do: 'set_members' }>,
  directory: Directory,
): DirectoryDecision {
  const members = directory.roles.get(role)?.members ?? [];
  const change = (what: 'add_member' | 'remove_member') => (person: PersonId) =>
    changeRole({ do: what, by, role, person }, directory);
  const decisions = [
    ...people.filter((id) => !members.includes(id)).map(change('add_member')),
    ...members.filter((id) => !people.includes(id)).map(change('remove_member')),
  ];
  const events: DirectoryEvent[] = [];
  for (const decision of decisions) {
    if ('refused' in decision) return decision;
    events.push(...decision.events);
  }
  return events.length > 0
    ? { events }
    : refuse('nothing_to_change', { why: 'These are its members already' });
}

function setOnCall(
  { by, people }: Extract<DirectoryCommand, { do: 'set_on_call' }>,
  directory: Directory,
): DirectoryDecision {
  const allowed = activeOf(directory, [...directory.on_call.people, ...operators(directory)]);
  const no = notAllowed(allowed, by, 'change who is on call', directory);
  if (no) return no;
  const missing = people.find((id) => directory.people.get(id)?.active !== true);
  if (people.length === 0) return refuse('cannot_be_on_call', { why: 'Somebody has to be on call.' });
  if (missing !== undefined) {
    const who = directory.people.get(missing)?.name ?? 'This person';
    return refuse('cannot_be_on_call', { why: `${who} is not active in the directory.` });
  }
  return { events: [{ type: 'on_call_set', by, people: [...new Set(people)] }] };
}

function handOverOnCall(
  { by, to, until }: Extract<DirectoryCommand, { do: 'hand_over_on_call' }>,
  directory: Directory,
  now: number,
): DirectoryDecision {
  const allowed = activeOf(directory, [...directory.on_call.people, ...operators(directory)]);
  const no = notAllowed(allowed, by, 'hand over on-call', directory);
  if (no) return no;
  const person = directory.people.get(to);
  if (!person?.active || directory.away.has(to)) {
    return refuse('cannot_be_on_call', { why: `${person?.name ?? 'This person'} is not there.` });
  }
  if (until <= now) return refuse('cannot_be_on_call', { why: 'That time is over already.' });
  return { events: [{ type: 'on_call_handed_over', by, to, until }] };
}

/** What time alone has begun and ended since it was last looked at. */
function passed(overlay: Overlay, now: number): DirectoryEvent[] {
  const events: DirectoryEvent[] = [];
  for (const [person, { from, until, began }] of Object.entries(overlay.away)) {
    if (until !== null && until <= now) events.push({ type: 'person_came_back', by: null, person });
    else if (!began && from <= now) events.push({ type: 'absence_began', person });
  }
  for (const [person, { from, until, began }] of Object.entries(overlay.covers)) {
    if (until <= now) events.push({ type: 'cover_ended', by: null, for: person });
    else if (!began && from <= now) events.push({ type: 'cover_began', for: person });
  }
  return events;
}

import type { Company, Employee } from '../company.ts';
import type { Person } from '../ui-contract.ts';

export type StoredPerson = Person & {
  email: string | null;
  role: string;
  /** Milliseconds; `users.info` answers it in seconds. */
  updated: number;
  /** Do not disturb until then, ms; 0 when it is off. */
  dnd_until: number;
};

export type UserGroup = Company['usergroups'][number];

export function personOf(e: Employee, now: number): StoredPerson {
  return {
    id: e.id,
    name: e.name,
    real_name: e.real_name,
    title: e.title,
    tz: e.tz,
    color: e.color,
    is_bot: false,
    deleted: e.deactivated ?? false,
    is_restricted: e.guest ?? false,
    presence: e.presence,
    email: e.email,
    role: e.role,
    updated: now,
    dnd_until: 0,
  };
}

export function botPerson(id: string, name: string, now: number): StoredPerson {
  return {
    id,
    name: name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '_'),
    real_name: name,
    title: 'App',
    tz: 'America/Los_Angeles',
    color: '#1d7a8c',
    is_bot: true,
    deleted: false,
    is_restricted: false,
    presence: 'active',
    email: null,
    role: 'app',
    updated: now,
    dnd_until: 0,
  };
}

/** What the page shows of a person: the e-mail address and what the sandbox keeps for itself stay out. */
export function uiPerson(p: StoredPerson): Person {
  const { email: _email, role: _role, updated: _updated, dnd_until: _dnd, ...shown } = p;
  return shown;
}

/** Seconds east of UTC in `tz` at `now`. */
function offsetSeconds(tz: string, now: number): number {
  const parts = new Intl.DateTimeFormat('en-US', { timeZone: tz, timeZoneName: 'longOffset' }).formatToParts(
    now,
  );
  const name = parts.find((p) => p.type === 'timeZoneName')?.value ?? 'GMT';
  const match = /GMT([+-])(\d\d):(\d\d)/.exec(name);
  if (!match) return 0;
  const size = Number(match[2]) * 3600 + Number(match[3]) * 60;
  return match[1] === '-' ? -size : size;
}

/** A user object as `users.info` answers it. `withEmail` follows the scope `users:read.email`. */
export function apiUser(
  p: StoredPerson,
  team: string,
  now: number,
  withEmail: boolean,
): Record<string, unknown> {
  const tz = p.deleted ? {} : { tz: p.tz, tz_label: p.tz, tz_offset: offsetSeconds(p.tz, now) };
  const email = withEmail && p.email !== null ? { email: p.email } : {};
  return {
    id: p.id,
    team_id: team,
    name: p.name,
    deleted: p.deleted,
    color: p.color.slice(1),
    real_name: p.real_name,
    ...tz,
    profile: {
      title: p.title,
      real_name: p.real_name,
      real_name_normalized: p.real_name,
      display_name: p.name,
      display_name_normalized: p.name,
      status_text: '',
      status_emoji: '',
      team,
      ...email,
    },
    is_admin: false,
    is_owner: false,
    is_primary_owner: false,
    is_restricted: p.is_restricted,
    is_ultra_restricted: false,
    is_bot: p.is_bot,
    is_app_user: false,
    updated: Math.floor(p.updated / 1000),
  };
}

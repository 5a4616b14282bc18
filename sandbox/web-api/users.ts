import { SlackError } from '../slack-error.ts';
import { apiUser, type StoredPerson } from '../state/people.ts';
import type { World } from '../world.ts';
import { type Args, flag, limit, page, required, text } from './args.ts';
import type { Methods } from './define.ts';

function shown(world: World, person: StoredPerson): Record<string, unknown> {
  const { scopes } = world.manifest;
  const withEmail = scopes === null || scopes.has('users:read.email');
  return apiUser(person, world.state.team.id, world.clock.now(), withEmail);
}

function personNamed(world: World, args: Args): StoredPerson {
  const person = world.state.people.get(required(args, 'user'));
  if (!person) throw new SlackError('user_not_found');
  return person;
}

/** The next day's usual do-not-disturb hours are not modelled: only a snooze that is on. */
function dndOf(person: StoredPerson, now: number): Record<string, unknown> {
  const on = person.dnd_until > now;
  return {
    dnd_enabled: on,
    next_dnd_start_ts: on ? Math.floor(now / 1000) : 1,
    next_dnd_end_ts: on ? Math.floor(person.dnd_until / 1000) : 1,
  };
}

export const users: Methods = {
  'users.info': {
    tier: 4,
    scopes: ['users:read'],
    run: (world, args) => ({ user: shown(world, personNamed(world, args)) }),
  },
  'users.list': {
    tier: 2,
    scopes: ['users:read'],
    run(world, args) {
      const everyone = [...world.state.people.values()];
      const { items, next } = page(args, everyone, limit(args, 1000, 1000));
      return {
        members: items.map((p) => shown(world, p)),
        cache_ts: Math.floor(world.clock.now() / 1000),
        response_metadata: { next_cursor: next },
      };
    },
  },
  'users.lookupByEmail': {
    tier: 3,
    scopes: ['users:read.email'],
    run(world, args) {
      const email = required(args, 'email').toLowerCase();
      const person = [...world.state.people.values()].find((p) => p.email === email && !p.deleted);
      if (!person) throw new SlackError('users_not_found');
      return { user: shown(world, person) };
    },
  },
  'users.getPresence': {
    tier: 3,
    scopes: ['users:read'],
    run: (world, args) => ({ presence: personNamed(world, args).presence }),
  },
  'dnd.info': {
    tier: 3,
    scopes: ['dnd:read'],
    run(world, args) {
      const person = personNamed(world, args);
      return { ...dndOf(person, world.clock.now()), snooze_enabled: person.dnd_until > world.clock.now() };
    },
  },
  'dnd.teamInfo': {
    tier: 2,
    scopes: ['dnd:read'],
    run(world, args) {
      const ids = (text(args, 'users') ?? '').split(',').filter((id) => id !== '');
      if (ids.length === 0) throw new SlackError('no_users_provided');
      const found = ids.flatMap((id) => world.state.people.get(id) ?? []);
      return { users: Object.fromEntries(found.map((p) => [p.id, dndOf(p, world.clock.now())])) };
    },
  },
  'usergroups.list': {
    tier: 2,
    scopes: ['usergroups:read'],
    run(world, args) {
      const usergroups = world.state.usergroups.map((g) => ({
        id: g.id,
        team_id: world.state.team.id,
        is_usergroup: true,
        name: g.name,
        handle: g.handle,
        description: '',
        is_external: false,
        date_delete: 0,
        ...(flag(args, 'include_users') ? { users: g.users } : {}),
        ...(flag(args, 'include_count') ? { user_count: g.users.length } : {}),
      }));
      return { usergroups };
    },
  },
  'usergroups.users.list': {
    tier: 2,
    scopes: ['usergroups:read'],
    run(world, args) {
      const group = world.state.usergroups.find((g) => g.id === required(args, 'usergroup'));
      if (!group) throw new SlackError('no_such_subteam');
      return { users: group.users };
    },
  },
};

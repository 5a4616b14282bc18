import { emitEvent, eventTs } from '../events.ts';
import { apiMessage } from '../payloads.ts';
import { SlackError } from '../slack-error.ts';
import type { ChannelState, StoredMessage } from '../state/channel.ts';
import type { World } from '../world.ts';
import { type Args, flag, limit, page, required, text } from './args.ts';
import { channelById, kindScope, type Methods, needMembership, needScope } from './define.ts';

const TYPES = ['public_channel', 'private_channel', 'im', 'mpim'];
const anyRead = ['channels:read', 'groups:read', 'im:read'];
const anyHistory = ['channels:history', 'groups:history', 'im:history'];

/** A conversation as Slack answers it. */
export function apiChannel(world: World, c: ChannelState): Record<string, unknown> {
  const { info } = c;
  const bot = world.state.app.bot_user_id;
  const created = Math.floor(c.created / 1000);
  if (info.kind === 'im') {
    const user = info.members.find((m) => m !== bot) ?? bot;
    return { id: info.id, created, is_im: true, is_archived: info.archived, user, is_open: true };
  }
  return {
    id: info.id,
    name: info.name,
    name_normalized: info.name,
    is_channel: info.kind === 'public',
    is_group: info.kind === 'private',
    is_im: false,
    is_mpim: false,
    is_private: info.kind === 'private',
    is_archived: info.archived,
    is_general: info.name === 'general',
    is_shared: false,
    is_ext_shared: false,
    is_member: c.has(bot),
    created,
    creator: info.members[0] ?? bot,
    topic: { value: info.topic, creator: '', last_set: 0 },
    purpose: { value: '', creator: '', last_set: 0 },
    num_members: info.members.length,
  };
}

/** A ts bound as given, comparable as text of equal length. @throws SlackError with `code`. */
function bound(args: Args, name: string, code: string): number | undefined {
  const value = text(args, name);
  if (value === undefined || value === '' || value === '0') return undefined;
  if (!/^\d{1,11}(\.\d{1,6})?$/.test(value)) throw new SlackError(code);
  return micros(value);
}

/** A ts in whole microseconds: exact, where seconds with a fraction would round. */
function micros(ts: string): number {
  const [seconds = '0', fraction = ''] = ts.split('.');
  return Number(seconds) * 1_000_000 + Number(fraction.padEnd(6, '0'));
}

function within(args: Args): (m: StoredMessage) => boolean {
  const oldest = bound(args, 'oldest', 'invalid_ts_oldest');
  const latest = bound(args, 'latest', 'invalid_ts_latest');
  const inclusive = flag(args, 'inclusive');
  return (m) => {
    const at = micros(m.ts);
    if (oldest !== undefined && (inclusive ? at < oldest : at <= oldest)) return false;
    return latest === undefined || (inclusive ? at <= latest : at < latest);
  };
}

function answerPage(world: World, args: Args, found: StoredMessage[], size: number): Record<string, unknown> {
  const { items, next } = page(args, found, size);
  const withMetadata = flag(args, 'include_all_metadata');
  return {
    messages: items.map((m) => apiMessage(world, m, withMetadata)),
    has_more: next !== '',
    ...(next === '' ? {} : { response_metadata: { next_cursor: next } }),
  };
}

function readable(world: World, args: Args): ChannelState {
  const channel = channelById(world, required(args, 'channel'));
  needScope(world, kindScope(channel, 'history'));
  needMembership(world, channel);
  return channel;
}

function history(world: World, args: Args): Record<string, unknown> {
  const channel = readable(world, args);
  const size = limit(args, 100, 999);
  const fits = within(args);
  const found = channel.messages.filter((m) => (m.thread_ts === null || m.broadcast) && fits(m)).reverse();
  return { ...answerPage(world, args, found, size), pin_count: 0 };
}

function replies(world: World, args: Args): Record<string, unknown> {
  const channel = readable(world, args);
  const parent = channel.find(required(args, 'ts'));
  if (!parent) throw new SlackError('thread_not_found');
  const root = parent.thread_ts === null ? parent : (channel.find(parent.thread_ts) ?? parent);
  const found = [root, ...channel.replies(root.ts).filter(within(args))];
  return answerPage(world, args, found, limit(args, 1000, 1000));
}

function openDm(world: World, args: Args): Record<string, unknown> {
  const known = text(args, 'channel');
  if (known !== undefined && known !== '') return { channel: { id: channelById(world, known).info.id } };
  const users = (text(args, 'users') ?? '').split(',').filter((u) => u !== '');
  const [user] = users;
  if (user === undefined) throw new SlackError('users_list_not_supplied');
  if (users.length > 1) throw new SlackError('invalid_user_combination');
  const person = world.state.people.get(user);
  if (!person) throw new SlackError('user_not_found');
  if (person.deleted) throw new SlackError('user_disabled');
  const bot = world.state.app.bot_user_id;
  if (user === bot) throw new SlackError('invalid_user_combination');
  const { channel, opened } = world.state.directMessage(bot, user, world.clock.now());
  if (opened) world.changes.tell({ kind: 'channels' }, channel.info.members);
  const shown = flag(args, 'return_im') ? apiChannel(world, channel) : { id: channel.info.id };
  return { no_op: !opened, already_open: !opened, channel: shown };
}

function listed(world: World, args: Args, member: string | null): Record<string, unknown> {
  const types = (text(args, 'types') ?? 'public_channel').split(',');
  if (types.some((t) => !TYPES.includes(t))) throw new SlackError('invalid_types');
  const kinds = types.map((t) => t.replace('_channel', ''));
  const bot = world.state.app.bot_user_id;
  const found = [...world.state.channels.values()].filter((c) => {
    if (!kinds.includes(c.info.kind) || (flag(args, 'exclude_archived') && c.info.archived)) return false;
    return (c.info.kind === 'public' || c.has(bot)) && (member === null || c.has(member));
  });
  const { items, next } = page(args, found, limit(args, 100, 999));
  return { channels: items.map((c) => apiChannel(world, c)), response_metadata: { next_cursor: next } };
}

function join(world: World, args: Args): Record<string, unknown> {
  const channel = channelById(world, required(args, 'channel'));
  if (channel.info.archived) throw new SlackError('is_archived');
  if (channel.info.kind !== 'public') throw new SlackError('method_not_supported_for_channel_type');
  addMember(world, channel, world.state.app.bot_user_id);
  return { channel: apiChannel(world, channel) };
}

/** Puts a person in a channel, with the event Slack sends; nothing happens when they are in it. */
export function addMember(world: World, channel: ChannelState, user: string): void {
  if (channel.has(user)) return;
  channel.info.members.push(user);
  world.changes.tell({ kind: 'channels' });
  const { team } = world.state;
  const channel_type = channel.info.kind === 'private' ? 'G' : 'C';
  const event = {
    type: 'member_joined_channel',
    user,
    channel: channel.info.id,
    channel_type,
    team: team.id,
  };
  void emitEvent(world, { ...event, event_ts: eventTs(world) });
}

export const conversations: Methods = {
  'conversations.open': { tier: 3, scopes: ['im:write'], run: openDm },
  'conversations.info': {
    tier: 3,
    scopes: anyRead,
    run(world, args) {
      const channel = channelById(world, required(args, 'channel'));
      needScope(world, kindScope(channel, 'read'));
      return { channel: apiChannel(world, channel) };
    },
  },
  'conversations.list': { tier: 2, scopes: anyRead, run: (world, args) => listed(world, args, null) },
  'conversations.members': {
    tier: 4,
    scopes: anyRead,
    run(world, args) {
      const channel = channelById(world, required(args, 'channel'));
      needScope(world, kindScope(channel, 'read'));
      const { items, next } = page(args, channel.info.members, limit(args, 100, 999));
      return { members: items, response_metadata: { next_cursor: next } };
    },
  },
  'conversations.history': { tier: 3, scopes: anyHistory, run: history },
  'conversations.replies': { tier: 3, scopes: anyHistory, run: replies },
  'conversations.join': { tier: 3, scopes: ['channels:join'], run: join },
  'users.conversations': {
    tier: 3,
    scopes: anyRead,
    run: (world, args) => listed(world, args, text(args, 'user') ?? world.state.app.bot_user_id),
  },
};

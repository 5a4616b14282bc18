import type { Tier } from '../rate-limits.ts';
import { SlackError } from '../slack-error.ts';
import type { ChannelState } from '../state/channel.ts';
import type { World } from '../world.ts';
import type { Args } from './args.ts';

export type Method = {
  tier: Tier;
  /** Any one of these will do; none means none is needed. */
  scopes: string[];
  /** Which token may call it: the bot's unless told. */
  token?: 'bot' | 'app' | 'any';
  run: (world: World, args: Args) => Record<string, unknown>;
};

export type Methods = Record<string, Method>;

/** @throws SlackError `missing_scope` when a manifest was given and grants none of `scopes`. */
export function needScope(world: World, ...scopes: string[]): void {
  const granted = world.manifest.scopes;
  if (!granted || scopes.length === 0 || scopes.some((s) => granted.has(s))) return;
  throw new SlackError('missing_scope', {
    extra: { needed: scopes.join(','), provided: [...granted].join(',') },
  });
}

/** The scope for reading a conversation depends on its kind, e.g. `channels:history`, `im:read`. */
export function kindScope(channel: ChannelState, what: 'history' | 'read'): string {
  const prefix = { public: 'channels', private: 'groups', im: 'im' }[channel.info.kind];
  return `${prefix}:${what}`;
}

/** A conversation by id. Private ones the bot is not in do not exist for it. */
export function channelById(world: World, id: string): ChannelState {
  const channel = world.state.channels.get(id);
  if (!channel || (channel.info.kind !== 'public' && !channel.has(world.state.app.bot_user_id))) {
    throw new SlackError('channel_not_found');
  }
  return channel;
}

export function needMembership(world: World, channel: ChannelState): void {
  if (!channel.has(world.state.app.bot_user_id)) throw new SlackError('not_in_channel');
}

import { emitEvent, eventTs } from './events.ts';
import type { ChannelState } from './state/channel.ts';
import type { World } from './world.ts';

/** The event's name for a public channel, or for a private one. */
function named(channel: ChannelState, what: 'archive' | 'unarchive' | 'deleted' | 'left' | 'rename'): string {
  return `${channel.info.kind === 'private' ? 'group' : 'channel'}_${what}`;
}

/** Slack tells the app of conversations that it is in. */
function tell(world: World, channel: ChannelState, type: string, more: Record<string, unknown> = {}): void {
  world.changes.tell({ kind: 'channels' });
  if (!channel.has(world.state.app.bot_user_id)) return;
  const event = { type, channel: channel.info.id, ...more };
  void emitEvent(world, { ...event, event_ts: eventTs(world) });
}

export function archiveChannel(world: World, channel: ChannelState, archived: boolean): void {
  if (channel.info.archived === archived) return;
  channel.info.archived = archived;
  const [admin = ''] = channel.info.members;
  tell(world, channel, named(channel, archived ? 'archive' : 'unarchive'), { user: admin });
}

export function deleteChannel(world: World, channel: ChannelState): void {
  world.state.channels.delete(channel.info.id);
  tell(world, channel, named(channel, 'deleted'));
}

export function renameChannel(world: World, channel: ChannelState, name: string): void {
  channel.info.name = name;
  const { id } = channel.info;
  tell(world, channel, named(channel, 'rename'), { channel: { id, name, created: 0 } });
}

/** Slack tells those who stay, and the app when it was removed itself; of that it sometimes says nothing (`heard`). */
export function removeMember(world: World, channel: ChannelState, user: string, heard: boolean): void {
  const { info } = channel;
  if (!channel.has(user)) return;
  const bot = world.state.app.bot_user_id;
  if (user === bot && heard)
    tell(world, channel, named(channel, 'left'), { actor_id: info.members[0] ?? '' });
  info.members = info.members.filter((m) => m !== user);
  if (user === bot) {
    world.changes.tell({ kind: 'channels' });
    return;
  }
  const channel_type = info.kind === 'private' ? 'G' : 'C';
  tell(world, channel, 'member_left_channel', { user, channel_type, team: world.state.team.id });
}

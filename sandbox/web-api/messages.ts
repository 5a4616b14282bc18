import { SlackError } from '../slack-error.ts';
import type { ChannelState } from '../state/channel.ts';
import type { World } from '../world.ts';
import { channelById } from './define.ts';

/** Where `chat.postMessage` posts: a conversation id, a channel's name, or a person (a direct message). */
export function target(world: World, named: string): ChannelState {
  const { state } = world;
  const person = state.people.get(named);
  if (person && !person.is_bot) {
    const { channel, opened } = state.directMessage(state.app.bot_user_id, person.id, world.clock.now());
    if (opened) world.changes.tell({ kind: 'channels' }, channel.info.members);
    return channel;
  }
  const byName = state.channelNamed(named.replace(/^#/, ''));
  return channelById(world, byName ? byName.info.id : named);
}

/** The thread a reply belongs to. A reply's own ts is refused: Slack would start a stray thread. */
export function threadOf(channel: ChannelState, ts: string | undefined): string | null {
  if (ts === undefined || ts === '') return null;
  const parent = channel.find(ts);
  if (!parent) throw new SlackError('thread_not_found');
  if (parent.thread_ts !== null) throw new SlackError('cannot_reply_to_message');
  return ts;
}

import { checkMessage } from '../blocks/index.ts';
import { apiMessage } from '../payloads.ts';
import { edit, post, remove } from '../posting.ts';
import { SlackError } from '../slack-error.ts';
import type { ChannelState, StoredMessage } from '../state/channel.ts';
import type { World } from '../world.ts';
import { type Args, flag, json, metadata, required, text } from './args.ts';
import { channelById, type Methods, needMembership } from './define.ts';
import { target, threadOf } from './messages.ts';

function content(world: World, args: Args) {
  for (const unsupported of ['attachments', 'markdown_text']) {
    if (args[unsupported] === undefined) continue;
    const messages = [`[ERROR] the sandbox does not carry ${unsupported}: use blocks`];
    throw new SlackError('invalid_arguments', { messages });
  }
  const blocks = json(args, 'blocks', 'invalid_blocks_format');
  return checkMessage(text(args, 'text'), blocks, world.state.files);
}

function open(world: World, channel: ChannelState): void {
  if (channel.info.archived) throw new SlackError('is_archived');
  needMembership(world, channel);
}

/** The app's own message at `ts`. @throws SlackError `message_not_found`, or `foreign` for someone else's. */
function ownMessage(channel: ChannelState, ts: string, foreign: string): StoredMessage {
  const message = channel.find(ts);
  if (!message) throw new SlackError('message_not_found');
  if (!message.by_app) throw new SlackError(foreign);
  return message;
}

function postMessage(world: World, args: Args): Record<string, unknown> {
  const channel = target(world, required(args, 'channel'));
  open(world, channel);
  const body = content(world, args);
  const meta = metadata(args);
  const thread_ts = threadOf(channel, text(args, 'thread_ts'));
  const message = post(world, channel, {
    user: world.state.app.bot_user_id,
    by_app: true,
    ...body,
    metadata: meta ?? null,
    thread_ts,
    broadcast: thread_ts !== null && flag(args, 'reply_broadcast'),
  });
  return { channel: channel.info.id, ts: message.ts, message: apiMessage(world, message, true) };
}

function update(world: World, args: Args): Record<string, unknown> {
  const channel = channelById(world, required(args, 'channel'));
  const ts = required(args, 'ts');
  if (channel.info.archived) throw new SlackError('is_inactive');
  needMembership(world, channel);
  const message = ownMessage(channel, ts, 'cant_update_message');
  const body = content(world, args);
  const meta = metadata(args);
  edit(world, channel, message, { ...body, ...(meta ? { metadata: meta } : {}) });
  const shown = apiMessage(world, message, true);
  return { channel: channel.info.id, ts, text: message.text, message: shown };
}

function postEphemeral(world: World, args: Args): Record<string, unknown> {
  const channel = channelById(world, required(args, 'channel'));
  const user = required(args, 'user');
  open(world, channel);
  if (!channel.has(user)) throw new SlackError('user_not_in_channel');
  const body = content(world, args);
  const thread_ts = threadOf(channel, text(args, 'thread_ts'));
  const bot = world.state.app.bot_user_id;
  const message = post(world, channel, { user: bot, by_app: true, ...body, thread_ts, ephemeral_to: user });
  return { message_ts: message.ts };
}

export const chat: Methods = {
  'chat.postMessage': { tier: 'post', scopes: ['chat:write'], run: postMessage },
  'chat.update': { tier: 3, scopes: ['chat:write'], run: update },
  'chat.postEphemeral': { tier: 4, scopes: ['chat:write'], run: postEphemeral },
  'chat.delete': {
    tier: 3,
    scopes: ['chat:write'],
    run(world, args) {
      const channel = channelById(world, required(args, 'channel'));
      const ts = required(args, 'ts');
      remove(world, channel, ownMessage(channel, ts, 'cant_delete_message'));
      return { channel: channel.info.id, ts };
    },
  },
  'chat.getPermalink': {
    tier: 'none',
    scopes: [],
    run(world, args) {
      const channel = channelById(world, required(args, 'channel'));
      const ts = required(args, 'message_ts');
      if (!channel.find(ts)) throw new SlackError('message_not_found');
      const permalink = `${world.origin()}/archives/${channel.info.id}/p${ts.replace('.', '')}`;
      return { channel: channel.info.id, permalink };
    },
  },
};

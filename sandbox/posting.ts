import { isRecord } from './blocks/issues.ts';
import { emitEvent } from './events.ts';
import { apiMessage } from './payloads.ts';
import type { ChannelState, Metadata, StoredFile, StoredMessage } from './state/channel.ts';
import type { Block } from './ui-contract.ts';
import type { World } from './world.ts';

export type Draft = {
  user: string;
  by_app: boolean;
  text: string;
  blocks: Block[] | null;
  metadata?: Metadata | null;
  thread_ts?: string | null;
  broadcast?: boolean;
  ephemeral_to?: string | null;
  files?: StoredFile[];
};

/** Stores a message, tells open pages, and sends the app its `message` event where it subscribed. */
export function post(world: World, channel: ChannelState, draft: Draft): StoredMessage {
  const message: StoredMessage = {
    ts: world.state.nextTs(world.clock.now()),
    channel: channel.info.id,
    user: draft.user,
    by_app: draft.by_app,
    text: draft.text,
    blocks: draft.blocks ? withBlockIds(world, draft.blocks) : null,
    metadata: draft.metadata ?? null,
    thread_ts: draft.thread_ts ?? null,
    broadcast: draft.broadcast ?? false,
    edited: null,
    ephemeral_to: draft.ephemeral_to ?? null,
    reactions: [],
    files: draft.files ?? [],
  };
  world.state.add(message);
  tellMessage(world, channel, message);
  messageEvent(world, channel, message, { ...apiMessage(world, message, true), event_ts: message.ts });
  return message;
}

export function edit(
  world: World,
  channel: ChannelState,
  message: StoredMessage,
  next: { text: string; blocks: Block[] | null; metadata?: Metadata; files?: StoredFile[] },
): void {
  const previous_message = apiMessage(world, message, true);
  message.text = next.text;
  message.blocks = next.blocks ? withBlockIds(world, next.blocks) : null;
  if (next.metadata) message.metadata = next.metadata;
  if (next.files) message.files = next.files;
  const now = world.clock.now();
  message.edited = { user: message.user, ts: `${Math.floor(now / 1000)}.000000` };
  tellMessage(world, channel, message);
  const changed = { message: apiMessage(world, message, true), previous_message };
  messageEvent(world, channel, message, { subtype: 'message_changed', hidden: true, ...changed });
}

/** What has replies leaves a stone, so that its thread stays; Slack tells the app so as a change. */
export function remove(world: World, channel: ChannelState, message: StoredMessage): void {
  if (channel.replies(message.ts).length > 0 && !message.stone) {
    const previous_message = apiMessage(world, message, true);
    const text = 'This message was deleted.';
    const nothing = { blocks: null, metadata: null, files: [], reactions: [] };
    Object.assign(message, { stone: true, text, user: 'USLACKBOT', by_app: false, ...nothing });
    tellMessage(world, channel, message);
    const changed = { message: apiMessage(world, message, true), previous_message };
    messageEvent(world, channel, message, { subtype: 'message_changed', hidden: true, ...changed });
    return;
  }
  const deleted = { deleted_ts: message.ts, previous_message: apiMessage(world, message, true) };
  channel.remove(message);
  tellMessage(world, channel, message);
  messageEvent(world, channel, message, { subtype: 'message_deleted', hidden: true, ...deleted });
}

/** Nobody but its reader hears of an ephemeral, and the app hears only of conversations it is in. */
function messageEvent(
  world: World,
  channel: ChannelState,
  message: StoredMessage,
  event: Record<string, unknown>,
): void {
  if (message.ephemeral_to !== null || !channel.has(world.state.app.bot_user_id)) return;
  const ts = world.state.nextTs(world.clock.now());
  const place = { channel: message.channel, channel_type: eventChannelType(channel) };
  void emitEvent(world, { type: 'message', ts, event_ts: ts, ...event, ...place });
}

/** Slack makes up the ids of blocks and elements that came without one. */
export function withBlockIds(world: World, blocks: Block[]): Block[] {
  const { ids } = world.state;
  const named = (element: unknown): unknown =>
    isRecord(element) && typeof element.type === 'string' && takesActionId(element.type)
      ? { ...element, action_id: element.action_id ?? ids.blockId() }
      : element;
  return blocks.map((b) => ({
    ...b,
    block_id: b.block_id ?? ids.blockId(),
    ...(Array.isArray(b.elements) && b.type !== 'rich_text' ? { elements: b.elements.map(named) } : {}),
    ...(b.element === undefined ? {} : { element: named(b.element) }),
    ...(b.accessory === undefined ? {} : { accessory: named(b.accessory) }),
  }));
}

function takesActionId(type: string): boolean {
  return type !== 'image' && type !== 'mrkdwn' && type !== 'plain_text';
}

export function tellMessage(world: World, channel: ChannelState, message: StoredMessage): void {
  const thread = message.thread_ts === null ? {} : { thread_ts: message.thread_ts };
  const change = { kind: 'channel', channel: channel.info.id, ...thread } as const;
  const everyone = channel.info.kind === 'public' ? undefined : channel.info.members;
  world.changes.tell(change, message.ephemeral_to === null ? everyone : [message.ephemeral_to]);
}

function eventChannelType(channel: ChannelState): string {
  switch (channel.info.kind) {
    case 'public':
      return 'channel';
    case 'private':
      return 'group';
    case 'im':
      return 'im';
  }
}

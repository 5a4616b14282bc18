import type { Block, Channel, Message } from '../ui-contract.ts';

export type Metadata = { event_type: string; event_payload: Record<string, unknown> };

export type StoredFile = {
  id: string;
  name: string;
  title: string;
  mimetype: string;
  length: number;
  user: string;
  created: number;
  content: Buffer | null;
  complete: boolean;
};

export type StoredMessage = {
  ts: string;
  channel: string;
  user: string;
  /** True for what the app posted: only that can it update or delete. */
  by_app: boolean;
  text: string;
  blocks: Block[] | null;
  metadata: Metadata | null;
  thread_ts: string | null;
  broadcast: boolean;
  edited: { user: string; ts: string } | null;
  ephemeral_to: string | null;
  reactions: { name: string; users: string[] }[];
  files: StoredFile[];
  /** It was deleted and had replies: a stone stands in its place. */
  stone?: true;
};

/** One conversation: its messages in order, found by ts, and its threads. */
export class ChannelState {
  readonly info: Channel;
  readonly created: number;
  /** Messages and replies, oldest first; ephemerals are kept apart because history never shows them. */
  messages: StoredMessage[] = [];
  ephemerals: StoredMessage[] = [];
  #byTs = new Map<string, StoredMessage>();
  #threads = new Map<string, StoredMessage[]>();

  constructor(info: Channel, created: number) {
    this.info = info;
    this.created = created;
  }

  has(user: string): boolean {
    return this.info.members.includes(user);
  }

  /** Public channels can be looked at by anyone but guests; others by their members. */
  visibleTo(user: string, guest: boolean): boolean {
    return (this.info.kind === 'public' && !guest) || this.has(user);
  }

  add(message: StoredMessage): void {
    if (message.ephemeral_to !== null) {
      this.ephemerals.push(message);
      return;
    }
    this.messages.push(message);
    this.#byTs.set(message.ts, message);
    if (message.thread_ts !== null) {
      const thread = this.#threads.get(message.thread_ts);
      if (thread) thread.push(message);
      else this.#threads.set(message.thread_ts, [message]);
    }
  }

  find(ts: string): StoredMessage | undefined {
    return this.#byTs.get(ts);
  }

  findEphemeral(ts: string, user: string): StoredMessage | undefined {
    return this.ephemerals.find((m) => m.ts === ts && m.ephemeral_to === user);
  }

  remove(message: StoredMessage): void {
    if (message.ephemeral_to !== null) {
      this.ephemerals = this.ephemerals.filter((m) => m !== message);
      return;
    }
    this.messages = this.messages.filter((m) => m !== message);
    this.#byTs.delete(message.ts);
    if (message.thread_ts === null) return;
    const left = this.replies(message.thread_ts).filter((m) => m !== message);
    this.#threads.set(message.thread_ts, left);
  }

  replies(ts: string): readonly StoredMessage[] {
    return this.#threads.get(ts) ?? [];
  }
}

/** A message as the page draws it. */
export function uiMessage(m: StoredMessage, channel: ChannelState): Message {
  const replies = channel.replies(m.ts);
  const latest = replies.at(-1);
  return {
    ts: m.ts,
    channel: m.channel,
    user: m.user,
    text: m.text,
    ...(m.blocks ? { blocks: m.blocks } : {}),
    ...(m.thread_ts !== null ? { thread_ts: m.thread_ts } : {}),
    ...(m.broadcast ? { broadcast: true } : {}),
    ...(m.edited ? { edited_at: m.edited.ts } : {}),
    ...(m.ephemeral_to !== null ? { ephemeral_to: m.ephemeral_to } : {}),
    reply_count: replies.length,
    reply_users: [...new Set(replies.map((r) => r.user))],
    ...(latest ? { latest_reply: latest.ts } : {}),
    reactions: m.reactions,
    files: m.files.map((f) => ({
      id: f.id,
      name: f.name,
      mimetype: f.mimetype,
      url: `/files/${f.id}/${encodeURIComponent(f.name)}`,
      title: f.title,
    })),
  };
}

import type { Company } from '../company.ts';
import type { Channel } from '../ui-contract.ts';
import { ChannelState, type StoredFile, type StoredMessage } from './channel.ts';
import { SlackIds } from './ids.ts';
import { botPerson, personOf, type StoredPerson, type UserGroup } from './people.ts';
import { Views } from './views.ts';

export type AppIdentity = { id: string; name: string; bot_user_id: string; bot_id: string };

/** Everything the small Slack remembers. Nothing here checks permission or tells anyone. */
export class State {
  readonly team: Company['team'];
  readonly app: AppIdentity;
  readonly ids = new SlackIds();
  readonly people = new Map<string, StoredPerson>();
  readonly channels = new Map<string, ChannelState>();
  usergroups: UserGroup[] = [];
  readonly files = new Map<string, StoredFile>();
  views = new Views();
  readonly executions = new Map<string, FunctionExecution>();
  #unread = new Map<string, Map<string, number>>();
  #lastTs = 0;
  #company: Company;

  constructor(company: Company, appName: string, now: number) {
    this.#company = company;
    this.team = company.team;
    this.app = { id: 'A01SANDBOX', name: appName, bot_user_id: 'U00APP', bot_id: 'B01SANDBOX' };
    this.reset(now);
  }

  /** Back to the company as it was seeded: no messages, views or files. */
  reset(now: number): void {
    const company = this.#company;
    const appName = this.app.name;
    for (const room of [this.people, this.channels, this.files, this.executions, this.#unread]) room.clear();
    this.views = new Views();
    this.usergroups = company.usergroups.map((g) => ({ ...g, users: [...g.users] }));
    for (const e of company.people) this.people.set(e.id, personOf(e, now));
    this.people.set(this.app.bot_user_id, botPerson(this.app.bot_user_id, appName, now));
    const everyone = company.people.filter((p) => !p.guest && !p.deactivated).map((p) => p.id);
    for (const seed of company.channels) {
      const people = seed.members === 'everyone' ? everyone : seed.members;
      const members = seed.bot ? [...people, this.app.bot_user_id] : [...people];
      const { id, name, topic, kind } = seed;
      this.addChannel({ id, name, topic, kind, members, archived: false }, now);
    }
  }

  addChannel(info: Channel, now: number): ChannelState {
    const channel = new ChannelState(info, now);
    this.channels.set(info.id, channel);
    return channel;
  }

  channelNamed(name: string): ChannelState | undefined {
    for (const c of this.channels.values()) if (c.info.kind !== 'im' && c.info.name === name) return c;
    return undefined;
  }

  /** The direct message between two people, opened when it is not there yet. */
  directMessage(a: string, b: string, now: number): { channel: ChannelState; opened: boolean } {
    for (const channel of this.channels.values()) {
      const pair = channel.info.with;
      if (pair?.includes(a) && pair.includes(b)) return { channel, opened: false };
    }
    const id = this.ids.next('D');
    const info: Channel = {
      id,
      name: id,
      topic: '',
      kind: 'im',
      members: [a, b],
      archived: false,
      with: [a, b],
    };
    return { channel: this.addChannel(info, now), opened: true };
  }

  /** Seconds and microseconds of `now`, later than any ts given before. */
  nextTs(now: number): string {
    this.#lastTs = Math.max(Math.floor(now) * 1000, this.#lastTs + 1);
    const seconds = Math.floor(this.#lastTs / 1_000_000);
    return `${seconds}.${String(this.#lastTs % 1_000_000).padStart(6, '0')}`;
  }

  add(message: StoredMessage): void {
    const channel = this.channels.get(message.channel);
    if (!channel) return;
    channel.add(message);
    if (message.thread_ts !== null && !message.broadcast && message.ephemeral_to === null) return;
    const readers = message.ephemeral_to === null ? channel.info.members : [message.ephemeral_to];
    for (const reader of readers) {
      if (reader === message.user) continue;
      const counts = this.#countsOf(reader);
      counts.set(message.channel, (counts.get(message.channel) ?? 0) + 1);
    }
  }

  unread(user: string): Record<string, number> {
    return Object.fromEntries(this.#countsOf(user));
  }

  markRead(user: string, channel: string): void {
    this.#countsOf(user).delete(channel);
  }

  #countsOf(user: string): Map<string, number> {
    let counts = this.#unread.get(user);
    if (!counts) {
      counts = new Map();
      this.#unread.set(user, counts);
    }
    return counts;
  }
}

/** A run of a workflow step the app provides. */
export type FunctionExecution = {
  id: string;
  callback_id: string;
  inputs: Record<string, unknown>;
  status: 'running' | 'succeeded' | 'failed';
  outputs: Record<string, unknown> | null;
  error: string | null;
};

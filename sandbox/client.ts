import { setTimeout as pause } from 'node:timers/promises';
import { type Answers, elementNamed, fillIn } from './client-values.ts';
import type { ActionRequest, Boot, Message, Outcome, SubmitOutcome, Values, View } from './ui-contract.ts';

export type { Answers } from './client-values.ts';

const POLL_MS = 15;
const PATIENCE_MS = 5000;

/** A person at the page, for tests: everything goes over `/ui/*`. A refusal is thrown with its sentence. */
export type Actor = {
  user: string;
  /** Uses a control of a message. A button's value comes from the message; `data` is for the other elements. */
  click(
    message: Message,
    actionId: string,
    data?: Record<string, unknown>,
    values?: Values,
  ): Promise<Outcome>;
  /** Uses a control of a modal or of the Home tab. */
  clickInView(
    view: View,
    actionId: string,
    data?: Record<string, unknown>,
    values?: Values,
  ): Promise<Outcome>;
  /** Submits a modal. `answers` are by action id: text, an option's value, ids, dates; lists for multi-selects. */
  submit(view: View, answers?: Answers): Promise<SubmitOutcome>;
  close(view: View): Promise<void>;
  /** Channels are named by id or by name, with or without `#`. */
  command(channel: string, command: string, text?: string): Promise<Outcome>;
  shortcut(callbackId: string, on?: Message): Promise<Outcome>;
  say(channel: string, text: string, threadTs?: string): Promise<void>;
  openHome(): Promise<Outcome>;
  home(): Promise<View | null>;
  modals(): Promise<View[]>;
  messages(channel: string): Promise<Message[]>;
  thread(message: Pick<Message, 'channel' | 'ts'>): Promise<Message[]>;
  /** The direct message with the app; empty while there is none. */
  directMessages(): Promise<Message[]>;
  unread(): Promise<Record<string, number>>;
  /** Polls until one fits; rejects after `timeoutMs` (5 s) with what was there instead. */
  waitForMessage(channel: string, fits: (m: Message) => boolean, timeoutMs?: number): Promise<Message>;
  waitForReply(
    parent: Pick<Message, 'channel' | 'ts'>,
    fits: (m: Message) => boolean,
    timeoutMs?: number,
  ): Promise<Message>;
  waitForDirectMessage(fits: (m: Message) => boolean, timeoutMs?: number): Promise<Message>;
  /** The modal on top, once it fits. */
  waitForModal(fits?: (v: View) => boolean, timeoutMs?: number): Promise<View>;
  waitForHome(fits?: (v: View) => boolean, timeoutMs?: number): Promise<View>;
};

export class UiRefusal extends Error {
  readonly status: number;

  constructor(sentence: string, status: number) {
    super(sentence);
    this.name = 'UiRefusal';
    this.status = status;
  }
}

/** Acts as `user` in the sandbox at `url`. */
export function actAs(url: string, user: string): Actor {
  const get = <T>(path: string): Promise<T> => request<T>(`${url}/ui/${path}`);
  const post = <T>(path: string, body: Record<string, unknown>): Promise<T> =>
    request<T>(`${url}/ui/${path}`, { method: 'POST', body: JSON.stringify({ user, ...body }) });
  const boot = () => get<Boot>('boot');
  const as = `user=${user}`;

  async function channelId(named: string): Promise<string> {
    if (/^[CD][A-Z0-9]{6,}$/.test(named)) return named;
    const found = (await boot()).channels.find((c) => c.name === named.replace(/^#/, ''));
    if (!found) throw new UiRefusal(`There is no channel ${named}.`, 404);
    return found.id;
  }

  async function directMessages(): Promise<Message[]> {
    const { channels, app } = await boot();
    const dm = channels.find((c) => c.with?.includes(user) && c.with.includes(app.bot_user_id));
    return dm ? get(`channels/${dm.id}/messages?${as}`) : [];
  }

  const actor: Actor = {
    user,
    click(message, actionId, data = {}, values = {}) {
      const { block_id } = elementNamed(message.blocks ?? [], actionId);
      const ephemeral = message.ephemeral_to !== undefined;
      const container = { type: 'message', channel: message.channel, ts: message.ts, ephemeral } as const;
      return post('action', action(container, block_id, actionId, data, values));
    },
    clickInView(view, actionId, data = {}, values = {}) {
      const { block_id } = elementNamed(view.blocks, actionId);
      return post('action', action({ type: 'view', view_id: view.id }, block_id, actionId, data, values));
    },
    submit: (view, answers = {}) =>
      post('submit', { view_id: view.id, values: fillIn(view.blocks, answers) }),
    async close(view) {
      await post('close', { view_id: view.id });
    },
    command: async (channel, command, text = '') =>
      post('command', { channel: await channelId(channel), command, text }),
    shortcut: (callback_id, on) =>
      post('shortcut', { callback_id, ...(on ? { channel: on.channel, message_ts: on.ts } : {}) }),
    async say(channel, text, thread_ts) {
      const thread = thread_ts === undefined ? {} : { thread_ts };
      await post('message', { channel: await channelId(channel), text, ...thread });
    },
    openHome: () => post('home', {}),
    home: () => get(`home?${as}`),
    modals: () => get(`modals?${as}`),
    messages: async (channel) => get(`channels/${await channelId(channel)}/messages?${as}`),
    thread: (parent) => get(`channels/${parent.channel}/threads/${parent.ts}?${as}`),
    directMessages,
    unread: () => get(`unread?${as}`),
    async waitForMessage(channel, fits, timeoutMs) {
      const id = await channelId(channel);
      return waitFor(`a message in ${channel}`, () => actor.messages(id), fits, timeoutMs);
    },
    waitForReply: (parent, fits, timeoutMs) =>
      waitFor('a reply', async () => (await actor.thread(parent)).slice(1), fits, timeoutMs),
    waitForDirectMessage: (fits, timeoutMs) => waitFor('a direct message', directMessages, fits, timeoutMs),
    waitForModal: (fits = () => true, timeoutMs) =>
      waitFor('a modal', async () => (await actor.modals()).slice(-1), fits, timeoutMs),
    waitForHome: (fits = () => true, timeoutMs) =>
      waitFor('the Home tab', async () => [await actor.home()].filter((v) => v !== null), fits, timeoutMs),
  };
  return actor;
}

function action(
  container: ActionRequest['container'],
  block_id: string,
  action_id: string,
  data: Record<string, unknown>,
  values: Values,
): Omit<ActionRequest, 'user'> {
  return { container, block_id, action_id, data, values };
}

async function request<T>(url: string, init: RequestInit = {}): Promise<T> {
  const response = await fetch(url, { ...init, headers: { 'content-type': 'application/json' } });
  const body = (await response.json()) as T & { error?: string };
  if (!response.ok) throw new UiRefusal(body.error ?? `HTTP ${response.status}`, response.status);
  return body;
}

/** The last of `list()` that fits, polled by the machine's clock: the sandbox's own may stand still. */
async function waitFor<T>(
  what: string,
  list: () => Promise<T[]>,
  fits: (entry: T) => boolean,
  timeoutMs = PATIENCE_MS,
): Promise<T> {
  const end = performance.now() + timeoutMs;
  for (;;) {
    const entries = await list();
    const found = entries.findLast(fits);
    if (found !== undefined) return found;
    if (performance.now() > end) {
      throw new Error(
        `Waited ${timeoutMs} ms for ${what}; there was: ${JSON.stringify(entries).slice(-2000)}`,
      );
    }
    await pause(POLL_MS);
  }
}

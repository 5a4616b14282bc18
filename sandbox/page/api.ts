import type { Option, OptionGroup } from '@slack/types';
import type {
  ActionRequest,
  Boot,
  Message,
  Outcome,
  SinkState,
  SubmitOutcome,
  Values,
  View,
} from '../ui-contract.ts';

type OptionsRequest = Pick<ActionRequest, 'user' | 'container' | 'block_id' | 'action_id'> & {
  query: string;
};

/** A refusal of the sandbox: `message` is a sentence to show. */
export class Refused extends Error {}

async function call<T>(method: 'GET' | 'POST', path: string, body?: unknown): Promise<T> {
  const init: RequestInit = { method, cache: 'no-store' };
  if (body !== undefined) {
    init.headers = { 'content-type': 'application/json' };
    init.body = JSON.stringify(body);
  }
  let response: Response;
  try {
    response = await fetch(path, init);
  } catch {
    throw new Refused('The sandbox cannot be reached. Is it still running?');
  }
  const answer: unknown = await response.json().catch(() => null);
  if (!response.ok) {
    const said = (answer as { error?: unknown } | null)?.error;
    throw new Refused(typeof said === 'string' ? said : `The sandbox answered ${response.status}.`);
  }
  return answer as T;
}

const get = <T>(path: string): Promise<T> => call<T>('GET', path);
const post = <T>(path: string, body: unknown): Promise<T> => call<T>('POST', path, body);
const q = encodeURIComponent;

export const api = {
  boot: () => get<Boot>('/ui/boot'),
  messages: (user: string, channel: string) =>
    get<Message[]>(`/ui/channels/${q(channel)}/messages?user=${q(user)}`),
  thread: (user: string, channel: string, ts: string) =>
    get<Message[]>(`/ui/channels/${q(channel)}/threads/${q(ts)}?user=${q(user)}`),
  home: (user: string) => get<View | null>(`/ui/home?user=${q(user)}`),
  modals: (user: string) => get<View[]>(`/ui/modals?user=${q(user)}`),
  unread: (user: string) => get<Record<string, number>>(`/ui/unread?user=${q(user)}`),
  sinks: () => get<SinkState[]>('/ui/sinks'),
  streamUrl: (user: string) => `/ui/stream?user=${q(user)}`,
  read: (user: string, channel: string) => post<object>('/ui/read', { user, channel }),
  say: (body: { user: string; channel: string; text: string; thread_ts?: string }) =>
    post<object>('/ui/message', body),
  command: (body: { user: string; channel: string; command: string; text: string }) =>
    post<Outcome>('/ui/command', body),
  shortcut: (body: { user: string; callback_id: string; channel?: string; message_ts?: string }) =>
    post<Outcome>('/ui/shortcut', body),
  openHome: (user: string) => post<Outcome>('/ui/home', { user }),
  action: (body: ActionRequest) => post<Outcome>('/ui/action', body),
  options: (body: OptionsRequest) =>
    post<{ options?: Option[]; option_groups?: OptionGroup[] }>('/ui/options', body),
  submit: (body: { user: string; view_id: string; values: Values }) =>
    post<SubmitOutcome>('/ui/submit', body),
  close: (user: string, view_id: string) => post<object>('/ui/close', { user, view_id }),
  sinkMode: (name: string, mode: string) => post<object>(`/ui/sinks/${q(name)}`, { mode }),
};

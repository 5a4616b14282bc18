/** The page's one state, and the hook by which components read the part they draw. */
import { useEffect, useReducer, useRef } from 'preact/hooks';
import type { Boot, Channel, Message, Person, SinkState, View } from '../ui-contract.ts';

export type Where =
  | { kind: 'channel'; id: string; thread: string | null }
  | { kind: 'app'; tab: 'home' | 'messages' }
  | { kind: 'sinks' };

export type Toast = { id: number; text: string; tone: 'info' | 'bad' };

export type ConfirmAsk = {
  title: string;
  text: { type: string; text: string };
  confirm: string;
  deny: string;
  danger: boolean;
  answer: (yes: boolean) => void;
};

export type State = {
  boot: Boot | null;
  bootError: string | null;
  user: string;
  where: Where;
  /** Messages of the channels seen as this person, oldest first. */
  messages: Record<string, Message[]>;
  /** Parent first; null while it loads. */
  thread: Message[] | null;
  /** undefined while it loads, null when the app published none. */
  home: View | null | undefined;
  modals: View[];
  unread: Record<string, number>;
  sinks: SinkState[] | null;
  online: boolean;
  /** Sandbox time minus the browser's, ms. */
  skew: number;
  /** Sandbox time, ms; renewed every half minute, for "3 minutes ago". */
  now: number;
  toasts: Toast[];
  confirm: ConfirmAsk | null;
  /** The sidebar on a phone. */
  drawer: boolean;
  tourOpen: boolean;
};

let state: State = {
  boot: null,
  bootError: null,
  user: '',
  where: { kind: 'sinks' },
  messages: {},
  thread: null,
  home: undefined,
  modals: [],
  unread: {},
  sinks: null,
  online: true,
  skew: 0,
  now: Date.now(),
  toasts: [],
  confirm: null,
  drawer: false,
  tourOpen: true,
};

const listeners = new Set<() => void>();

export const read = (): State => state;

export function write(part: Partial<State>): void {
  state = { ...state, ...part };
  for (const listener of listeners) listener();
}

/** Redraws when what `pick` returns is another object or value. */
export function useStore<T>(pick: (from: State) => T): T {
  const [, redraw] = useReducer((count: number, _step: null) => count + 1, 0);
  const latest = useRef(pick);
  latest.current = pick;
  const picked = pick(state);
  const shown = useRef(picked);
  shown.current = picked;
  useEffect(() => {
    const check = (): void => {
      if (!Object.is(latest.current(state), shown.current)) redraw(null);
    };
    listeners.add(check);
    check();
    return () => void listeners.delete(check);
  }, []);
  return picked;
}

export const sandboxNow = (): number => Date.now() + state.skew;

export function findPerson(boot: Boot | null, id: string): Person | undefined {
  return boot?.people.find((person) => person.id === id);
}

export function findChannel(boot: Boot | null, id: string): Channel | undefined {
  return boot?.channels.find((channel) => channel.id === id);
}

/** People a visitor may act as. */
export function playable(boot: Boot): Person[] {
  return boot.people.filter((person) => !person.is_bot && !person.deleted);
}

/** The direct messages of this person with the app; undefined before the first one. */
export function appChannel(boot: Boot, user: string): Channel | undefined {
  return boot.channels.find(
    (channel) =>
      channel.kind === 'im' && channel.with?.includes(user) && channel.with.includes(boot.app.bot_user_id),
  );
}

/** Who a direct message is with, seen by `user`. */
export function otherIn(channel: Channel, user: string): string {
  return channel.with?.find((id) => id !== user) ?? channel.with?.[0] ?? '';
}

/** The channel on screen, whether as such or as the app's Messages tab. */
export function openChannel(from: State): string | null {
  if (from.where.kind === 'channel') return from.where.id;
  if (from.where.kind === 'app' && from.where.tab === 'messages' && from.boot) {
    return appChannel(from.boot, from.user)?.id ?? null;
  }
  return null;
}

export const viewerZone = (from: State): string => findPerson(from.boot, from.user)?.tz ?? 'UTC';

let toastCount = 0;

/** Shows a passing sentence; trouble stays longer than news. */
export function toast(text: string, tone: Toast['tone'] = 'info'): void {
  toastCount += 1;
  const id = toastCount;
  write({ toasts: [...state.toasts.slice(-2), { id, text, tone }] });
  setTimeout(() => dismissToast(id), tone === 'bad' ? 9000 : 6000);
}

export function dismissToast(id: number): void {
  write({ toasts: state.toasts.filter((shown) => shown.id !== id) });
}

/** Keeps the state like the server's: fetches, the event stream, and its reconnection. */
import type { Change, Message } from '../ui-contract.ts';
import { api } from './api.ts';
import { openChannel, read, sandboxNow, toast, write } from './store.ts';

/** Runs one fetch at a time; calls made meanwhile become one more run after it. */
function coalesced(run: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | null = null;
  let again = false;
  const go = async (): Promise<void> => {
    do {
      again = false;
      try {
        await run();
      } catch (error) {
        if (read().online) toast(error instanceof Error ? error.message : String(error), 'bad');
      }
    } while (again);
    running = null;
  };
  return () => {
    if (running) again = true;
    else running = go();
    return running;
  };
}

export const refreshBoot = coalesced(async () => {
  try {
    const boot = await api.boot();
    write({ boot, bootError: null, skew: boot.now - Date.now(), now: boot.now });
  } catch (error) {
    write({ bootError: error instanceof Error ? error.message : String(error) });
  }
});

/** Keeps the objects of messages that did not change, so that only the others are drawn anew. */
function reuse(before: Message[], fresh: Message[]): Message[] {
  const known = new Map(before.map((message) => [`${message.ts} ${message.ephemeral_to ?? ''}`, message]));
  return fresh.map((message) => {
    const old = known.get(`${message.ts} ${message.ephemeral_to ?? ''}`);
    return old && JSON.stringify(old) === JSON.stringify(message) ? old : message;
  });
}

export const refreshChannel = coalesced(async () => {
  const { user } = read();
  const channel = openChannel(read());
  if (!channel) return;
  const messages = await api.messages(user, channel);
  if (read().user !== user) return;
  const before = read().messages[channel] ?? [];
  write({ messages: { ...read().messages, [channel]: reuse(before, messages) } });
  markRead();
});

export const refreshThread = coalesced(async () => {
  const { user, where } = read();
  if (where.kind !== 'channel' || !where.thread) return;
  const thread = await api.thread(user, where.id, where.thread);
  const now = read();
  if (now.user === user && now.where === where) write({ thread: reuse(now.thread ?? [], thread) });
});

export const refreshHome = coalesced(async () => {
  const { user } = read();
  const home = await api.home(user);
  if (read().user === user) write({ home });
});

export const refreshModals = coalesced(async () => {
  const { user } = read();
  const modals = await api.modals(user);
  if (read().user === user) write({ modals });
});

export const refreshUnread = coalesced(async () => {
  const { user } = read();
  const unread = await api.unread(user);
  if (read().user === user) write({ unread });
});

export const refreshSinks = coalesced(async () => write({ sinks: await api.sinks() }));

/** The channel on screen counts as read while the page is in front. */
export function markRead(): void {
  const { user, unread } = read();
  const channel = openChannel(read());
  if (!channel || document.visibilityState !== 'visible') return;
  write({ unread: { ...unread, [channel]: 0 } });
  api.read(user, channel).then(refreshUnread, () => undefined);
}

function onChange(change: Change): void {
  switch (change.kind) {
    case 'channel': {
      const { where } = read();
      if (change.channel === openChannel(read())) void refreshChannel();
      else void refreshUnread();
      if (where.kind === 'channel' && where.thread && change.channel === where.id) {
        if (!change.thread_ts || change.thread_ts === where.thread) void refreshThread();
      }
      return;
    }
    case 'channels':
      void refreshBoot().then(refreshChannel);
      void refreshUnread();
      return;
    case 'app':
      void refreshBoot();
      return;
    case 'home':
      void refreshHome();
      return;
    case 'modals':
      void refreshModals();
      return;
    case 'sinks':
      void refreshSinks();
      return;
    case 'clock':
      write({ skew: change.now - Date.now(), now: change.now });
      return;
  }
}

export function refreshAll(): void {
  void refreshChannel();
  void refreshThread();
  void refreshModals();
  void refreshUnread();
  void refreshSinks();
  if (read().where.kind === 'app') void refreshHome();
}

let source: EventSource | null = null;
let retry: ReturnType<typeof setTimeout> | undefined;
let lost = false;

/** (Re)opens the stream of the selected person; a lost stream is tried again and then everything is fetched anew. */
export function listen(): void {
  clearTimeout(retry);
  source?.close();
  const opened = new EventSource(api.streamUrl(read().user));
  source = opened;
  opened.onopen = () => {
    if (source !== opened) return;
    write({ online: true });
    if (lost) void refreshBoot().then(refreshAll);
    lost = false;
  };
  opened.onmessage = (event: MessageEvent<string>) => {
    if (source === opened) onChange(JSON.parse(event.data) as Change);
  };
  opened.onerror = () => {
    if (source !== opened) return;
    lost = true;
    write({ online: false });
    opened.close();
    retry = setTimeout(() => void reconnect(), 1500);
  };
}

/** A sandbox that started anew may not know this person any more: then the page starts anew too. */
async function reconnect(): Promise<void> {
  await refreshBoot();
  const { boot, bootError, user } = read();
  if (bootError === null && !boot?.people.some((person) => person.id === user)) location.reload();
  listen();
}

/**
 * Starts the half-minute clock. A tab in the background gives its stream back: browsers open only six connections to
 * one host, and people open a tab per person.
 */
export function startClock(): void {
  setInterval(() => write({ now: sandboxNow() }), 30_000);
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') {
      clearTimeout(retry);
      source?.close();
      source = null;
    } else {
      listen();
      void refreshBoot().then(refreshAll);
    }
  });
}

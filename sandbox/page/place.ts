/** Who is looking and at what, kept in the address so that a tab can be reloaded, shared or opened per person. */
import { api } from './api.ts';
import {
  listen,
  refreshAll,
  refreshBoot,
  refreshChannel,
  refreshHome,
  refreshModals,
  refreshSinks,
  refreshThread,
} from './live.ts';
import {
  findChannel,
  findPerson,
  otherIn,
  playable,
  read,
  type State,
  toast,
  type Where,
  write,
} from './store.ts';

function addressOf(user: string, where: Where): string {
  switch (where.kind) {
    case 'channel':
      return `#${user}/${where.id}${where.thread ? `/${where.thread}` : ''}`;
    case 'app':
      return `#${user}/app/${where.tab}`;
    case 'sinks':
      return `#${user}/sinks`;
  }
}

function firstChannel(from: State, user: string): Where {
  const channels = from.boot?.channels.filter((channel) => channel.kind !== 'im' && !channel.archived) ?? [];
  const mine = channels.find((channel) => channel.members.includes(user)) ?? channels[0];
  return mine ? { kind: 'channel', id: mine.id, thread: null } : { kind: 'app', tab: 'home' };
}

/** Whether this person can see that place: private channels and direct messages are their members' own. */
function visible(from: State, user: string, where: Where): boolean {
  if (where.kind !== 'channel') return true;
  const channel = findChannel(from.boot, where.id);
  if (!channel) return false;
  if (channel.kind === 'im') return channel.with?.includes(user) ?? false;
  return channel.kind === 'public' || channel.members.includes(user);
}

function parse(from: State, hash: string): { user: string; where: Where } {
  const [user = '', place = '', detail = ''] = decodeURIComponent(hash.replace(/^#/, '')).split('/');
  const person = findPerson(from.boot, user);
  const id = person ? user : ((from.boot ? playable(from.boot)[0]?.id : undefined) ?? '');
  const where: Where =
    place === 'sinks'
      ? { kind: 'sinks' }
      : place === 'app'
        ? { kind: 'app', tab: detail === 'messages' ? 'messages' : 'home' }
        : { kind: 'channel', id: place, thread: detail || null };
  return { user: id, where: visible(from, id, where) ? where : firstChannel(from, id) };
}

function arrive(user: string, where: Where): void {
  const before = read();
  const otherPerson = before.user !== user;
  write({
    user,
    where,
    drawer: false,
    thread: null,
    ...(otherPerson ? { messages: {}, modals: [], unread: {}, home: undefined } : {}),
  });
  if (otherPerson) {
    listen();
    refreshAll();
    // Direct messages that were opened meanwhile were told to their own two people only.
    void refreshBoot().then(refreshChannel);
  } else {
    void refreshChannel();
    void refreshThread();
    if (where.kind === 'sinks') void refreshSinks();
  }
  if (where.kind === 'app' && where.tab === 'home') openHome(user);
}

/** Opening the Home tab tells the app (`app_home_opened`), which then publishes the view. */
function openHome(user: string): void {
  void refreshHome();
  api.openHome(user).then(
    (outcome) => {
      if (!outcome.acked && outcome.message) toast(outcome.message, 'bad');
      return refreshHome();
    },
    (error: Error) => toast(error.message, 'bad'),
  );
}

export function go(where: Where, user: string = read().user): void {
  const address = addressOf(user, where);
  if (address !== location.hash) history.pushState(null, '', address);
  arrive(user, where);
}

/** Becomes another person, staying where they too can be. */
export function become(user: string, wish?: Where): void {
  const from = read();
  const target = wish ?? (from.where.kind === 'channel' ? { ...from.where, thread: null } : from.where);
  go(visible(from, user, target) ? target : firstChannel(from, user), user);
}

export const openThread = (channel: string, ts: string): void =>
  go({ kind: 'channel', id: channel, thread: ts });

export function closeThread(): void {
  const { where } = read();
  if (where.kind === 'channel') go({ ...where, thread: null });
}

/** Opens a channel, a direct message, or the app's Messages tab when the direct message is with the app. */
export function openConversation(id: string): void {
  const { boot, user } = read();
  const channel = findChannel(boot, id);
  if (channel?.kind === 'im' && boot && otherIn(channel, user) === boot.app.bot_user_id) {
    go({ kind: 'app', tab: 'messages' });
  } else go({ kind: 'channel', id, thread: null });
}

/** Reads the address once the people are known, and follows Back and Forward. */
export function startPlace(): void {
  const follow = (): void => {
    const { user, where } = parse(read(), location.hash);
    history.replaceState(null, '', addressOf(user, where));
    arrive(user, where);
  };
  window.addEventListener('popstate', follow);
  follow();
  void refreshModals();
}

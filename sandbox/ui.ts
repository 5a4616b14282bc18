import { z } from 'zod';
import { act, suggest } from './actions.ts';
import { command, openHome, shortcut } from './commands.ts';
import { closeView, submit } from './modals.ts';
import { activePerson, joinedChannel, visibleChannel } from './people-acting.ts';
import { post } from './posting.ts';
import { UiError } from './slack-error.ts';
import { type ChannelState, uiMessage } from './state/channel.ts';
import { uiPerson } from './state/people.ts';
import { uiView } from './state/views.ts';
import type { Boot, Message } from './ui-contract.ts';
import type { World } from './world.ts';

const Values = z.record(z.string(), z.record(z.string(), z.record(z.string(), z.unknown())));
const Container = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('message'),
    channel: z.string(),
    ts: z.string(),
    ephemeral: z.boolean().default(false),
  }),
  z.object({ type: z.literal('view'), view_id: z.string() }),
]);
const user = z.string();
const Where = { user, container: Container, block_id: z.string(), action_id: z.string() };

const bodies = {
  read: z.object({ user, channel: z.string() }),
  message: z.object({ user, channel: z.string(), text: z.string().min(1), thread_ts: z.string().optional() }),
  command: z.object({ user, channel: z.string(), command: z.string(), text: z.string().default('') }),
  shortcut: z.object({
    user,
    callback_id: z.string(),
    channel: z.string().optional(),
    message_ts: z.string().optional(),
  }),
  home: z.object({ user }),
  action: z.object({
    ...Where,
    data: z.record(z.string(), z.unknown()).default({}),
    values: Values.default({}),
  }),
  options: z.object({ ...Where, query: z.string() }),
  submit: z.object({ user, view_id: z.string(), values: Values.default({}) }),
  close: z.object({ user, view_id: z.string() }),
  mode: z.object({ mode: z.string() }),
};

function parse<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (!parsed.success) throw new UiError(`The request does not fit: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

/** Answers `GET /ui/...`. @throws UiError. */
export function uiGet(world: World, path: string[], query: URLSearchParams): unknown {
  const [room = '', id, part, ts] = path;
  if (room === 'boot') return boot(world);
  if (room === 'sinks') return world.sinks?.state() ?? [];
  const person = activePerson(world, query.get('user') ?? '');
  switch (room) {
    case 'home': {
      const view = world.state.views.home(person.id);
      return view ? uiView(view) : null;
    }
    case 'modals':
      return world.state.views.stack(person.id).map(uiView);
    case 'unread':
      return world.state.unread(person.id);
    case 'channels': {
      const channel = visibleChannel(world, person, id ?? '');
      if (part === 'messages') return timeline(channel, person.id);
      if (part === 'threads') return thread(channel, ts ?? '', person.id);
    }
  }
  throw new UiError('There is no such page.', 404);
}

/** Answers `POST /ui/...`. @throws UiError. */
export async function uiPost(world: World, path: string[], body: unknown): Promise<unknown> {
  const [room = '', name] = path;
  switch (room) {
    case 'read': {
      const { user: reader, channel } = parse(bodies.read, body);
      world.state.markRead(activePerson(world, reader).id, channel);
      return {};
    }
    case 'message':
      return say(world, parse(bodies.message, body));
    case 'command':
      return command(world, parse(bodies.command, body));
    case 'shortcut':
      return shortcut(world, parse(bodies.shortcut, body));
    case 'home':
      return openHome(world, parse(bodies.home, body).user);
    case 'action':
      return act(world, parse(bodies.action, body));
    case 'options':
      return suggest(world, parse(bodies.options, body));
    case 'submit': {
      const { user: who, view_id, values } = parse(bodies.submit, body);
      return submit(world, who, view_id, values);
    }
    case 'close': {
      const { user: who, view_id } = parse(bodies.close, body);
      closeView(world, who, view_id);
      return {};
    }
    case 'sinks':
      if (!world.sinks) throw new UiError('No sample sinks run beside this sandbox.', 404);
      world.sinks.setMode(name ?? '', parse(bodies.mode, body).mode);
      return {};
  }
  throw new UiError('There is no such page.', 404);
}

function boot(world: World): Boot {
  const { state, manifest, delivery, clock, tour } = world;
  const { id, name, bot_user_id } = state.app;
  return {
    team: { id: state.team.id, name: state.team.name },
    people: [...state.people.values()].map(uiPerson),
    channels: [...state.channels.values()].map((c) => c.info),
    usergroups: state.usergroups,
    app: { id, name, bot_user_id, connected: delivery.connected },
    commands: manifest.commands ?? [],
    shortcuts: manifest.shortcuts,
    now: clock.now(),
    tour,
  };
}

/** What a person sees in a channel: top-level messages, broadcast replies, and ephemerals to them. */
function timeline(channel: ChannelState, reader: string): Message[] {
  const mine = channel.ephemerals.filter((m) => m.ephemeral_to === reader && m.thread_ts === null);
  const shown = channel.messages.filter((m) => m.thread_ts === null || m.broadcast);
  return inOrder([...shown, ...mine].map((m) => uiMessage(m, channel)));
}

function thread(channel: ChannelState, ts: string, reader: string): Message[] {
  const parent = channel.find(ts);
  if (!parent) throw new UiError('This thread is no longer there.', 404);
  const mine = channel.ephemerals.filter((m) => m.ephemeral_to === reader && m.thread_ts === ts);
  return inOrder([parent, ...channel.replies(ts), ...mine].map((m) => uiMessage(m, channel)));
}

function inOrder(messages: Message[]): Message[] {
  return messages.sort((a, b) => (a.ts < b.ts ? -1 : 1));
}

function say(world: World, request: z.infer<typeof bodies.message>): Record<string, never> {
  const person = activePerson(world, request.user);
  const channel = joinedChannel(world, person, request.channel);
  const parent = request.thread_ts === undefined ? null : channel.find(request.thread_ts);
  if (parent === undefined) throw new UiError('This thread is no longer there.', 404);
  const thread_ts = parent ? (parent.thread_ts ?? parent.ts) : null;
  post(world, channel, { user: person.id, by_app: false, text: request.text, blocks: null, thread_ts });
  return {};
}

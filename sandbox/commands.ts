import { z } from 'zod';
import { checkMessage } from './blocks/index.ts';
import { emitEvent, eventTs } from './events.ts';
import { apiMessage, apiView, channelName, envelope, payloadChannel } from './payloads.ts';
import { activePerson, joinedChannel, outcomeOf, visibleChannel } from './people-acting.ts';
import { post } from './posting.ts';
import { SlackError, UiError } from './slack-error.ts';
import type { ChannelState } from './state/channel.ts';
import type { StoredPerson } from './state/people.ts';
import type { Outcome } from './ui-contract.ts';
import type { World } from './world.ts';

const Reply = z.object({
  text: z.string().optional(),
  blocks: z.unknown().optional(),
  response_type: z.enum(['ephemeral', 'in_channel']).default('ephemeral'),
});

/** A person types a slash command. */
export async function command(
  world: World,
  request: { user: string; channel: string; command: string; text: string },
): Promise<Outcome> {
  const person = activePerson(world, request.user);
  const channel = joinedChannel(world, person, request.channel);
  const known = world.manifest.commands;
  if (known && !known.some((c) => c.command === request.command)) {
    return { acked: false, message: `${request.command} is not a valid command.` };
  }
  const { state, tokens } = world;
  const answer = await world.delivery.deliver('slash_commands', {
    token: tokens.verification,
    team_id: state.team.id,
    team_domain: state.team.domain,
    channel_id: channel.info.id,
    channel_name: channelName(channel),
    user_id: person.id,
    user_name: person.name,
    command: request.command,
    text: request.text,
    api_app_id: state.app.id,
    is_enterprise_install: 'false',
    response_url: responseUrl(world, person, channel, null),
    trigger_id: world.triggers.issue(person.id),
  });
  if (!answer.acked) {
    const code = answer.reason === 'timeout' ? 'operation_timeout' : 'dispatch_failed';
    return { acked: false, message: `${request.command} failed with the error "${code}"` };
  }
  return reply(world, person, channel, request.command, answer.body);
}

/** What the app said in the acknowledgement itself is posted. */
function reply(
  world: World,
  person: StoredPerson,
  channel: ChannelState,
  name: string,
  body: unknown,
): Outcome {
  if (body === null) return { acked: true };
  const parsed = Reply.safeParse(body);
  if (!parsed.success) return { acked: true, message: `${name} failed with the error "invalid_response"` };
  try {
    const content = checkMessage(parsed.data.text, parsed.data.blocks, world.state.files);
    const ephemeral_to = parsed.data.response_type === 'ephemeral' ? person.id : null;
    post(world, channel, { user: world.state.app.bot_user_id, by_app: true, ...content, ephemeral_to });
    return { acked: true };
  } catch (error) {
    if (!(error instanceof SlackError)) throw error;
    return { acked: true, message: `${name} failed with the error "${error.code}"` };
  }
}

function responseUrl(world: World, person: StoredPerson, channel: ChannelState, ts: string | null): string {
  const origin = { channel: channel.info.id, user: person.id, ts, ephemeral: false, thread_ts: null };
  return world.responseUrls.issue(world.state.ids.secret(), origin, world.clock.now());
}

/** A person picks a shortcut: a global one, or one on a message. */
export async function shortcut(
  world: World,
  request: {
    user: string;
    callback_id: string;
    channel?: string | undefined;
    message_ts?: string | undefined;
  },
): Promise<Outcome> {
  const person = activePerson(world, request.user);
  const onMessage = request.channel !== undefined && request.message_ts !== undefined;
  const known = world.manifest.shortcuts.find((s) => s.callback_id === request.callback_id);
  if (world.manifest.commands && known?.type !== (onMessage ? 'message' : 'global')) {
    throw new UiError(`The app has no such shortcut: ${request.callback_id}.`, 404);
  }
  const payload = {
    ...envelope(world, onMessage ? 'message_action' : 'shortcut', person),
    callback_id: request.callback_id,
    action_ts: world.state.nextTs(world.clock.now()),
    trigger_id: world.triggers.issue(person.id),
    ...(onMessage ? ofMessage(world, person, request.channel ?? '', request.message_ts ?? '') : {}),
  };
  return outcomeOf(await world.delivery.deliver('interactive', payload));
}

function ofMessage(
  world: World,
  person: StoredPerson,
  channelId: string,
  ts: string,
): Record<string, unknown> {
  const channel = visibleChannel(world, person, channelId);
  const message = channel.find(ts);
  if (!message) throw new UiError('This message is no longer there.', 404);
  return {
    channel: payloadChannel(channel),
    message_ts: ts,
    message: apiMessage(world, message, true),
    response_url: responseUrl(world, person, channel, ts),
  };
}

/** A person opens the app's Home tab. */
export async function openHome(world: World, user: string): Promise<Outcome> {
  const person = activePerson(world, user);
  const { state } = world;
  const { channel, opened } = state.directMessage(state.app.bot_user_id, person.id, world.clock.now());
  if (opened) world.changes.tell({ kind: 'channels' }, channel.info.members);
  const view = state.views.home(user);
  const answer = await emitEvent(world, {
    type: 'app_home_opened',
    user: person.id,
    channel: channel.info.id,
    tab: 'home',
    event_ts: eventTs(world),
    ...(view ? { view: apiView(world, view) } : {}),
  });
  return answer ? outcomeOf(answer) : { acked: true };
}

import { z } from 'zod';
import { array as arrayCheck, Issues } from './blocks/issues.ts';
import { option, optionGroup } from './blocks/text.ts';
import { apiMessage, apiView, envelope, payloadChannel } from './payloads.ts';
import { actionOf, activePerson, outcomeOf, visibleChannel } from './people-acting.ts';
import { UiError } from './slack-error.ts';
import type { ChannelState, StoredMessage } from './state/channel.ts';
import type { StoredPerson } from './state/people.ts';
import type { StoredView } from './state/views.ts';
import type { ActionRequest, Outcome, Values } from './ui-contract.ts';
import { elementsOf, mergeState, type Stateful } from './view-state.ts';
import type { World } from './world.ts';

type Place =
  | { kind: 'message'; channel: ChannelState; message: StoredMessage }
  | { kind: 'view'; view: StoredView };

type Located = { person: StoredPerson; place: Place; found: Stateful };

type Where = Pick<ActionRequest, 'user' | 'container' | 'block_id' | 'action_id'>;

function placeOf(world: World, person: StoredPerson, container: ActionRequest['container']): Place {
  if (container.type === 'view') {
    const view = world.state.views.byId(container.view_id);
    if (view?.user !== person.id) throw new UiError('This view is no longer open.', 409);
    return { kind: 'view', view };
  }
  const channel = visibleChannel(world, person, container.channel);
  const message = container.ephemeral
    ? channel.findEphemeral(container.ts, person.id)
    : channel.find(container.ts);
  if (!message) throw new UiError('This message is no longer there.', 404);
  return { kind: 'message', channel, message };
}

function locate(world: World, where: Where): Located {
  const person = activePerson(world, where.user);
  const place = placeOf(world, person, where.container);
  const blocks = place.kind === 'view' ? place.view.blocks : (place.message.blocks ?? []);
  const found = elementsOf(blocks).find(
    (e) => e.block_id === where.block_id && e.action_id === where.action_id,
  );
  if (!found) throw new UiError('This control is no longer there: the app has changed it.', 409);
  return { person, place, found };
}

function containerOf(place: Place): Record<string, unknown> {
  if (place.kind === 'view') return { type: 'view', view_id: place.view.id };
  const { message } = place;
  return {
    type: 'message',
    message_ts: message.ts,
    channel_id: message.channel,
    is_ephemeral: message.ephemeral_to !== null,
    ...(message.thread_ts === null ? {} : { thread_ts: message.thread_ts }),
  };
}

/** What the payload says of where the control stands. Slack leaves the message out of ephemerals. */
function surroundings(
  world: World,
  { person, place }: Located,
  values: Values | undefined,
): Record<string, unknown> {
  if (place.kind === 'view') {
    place.view.values = mergeState(place.view.blocks, place.view.values, values);
    return { view: apiView(world, place.view) };
  }
  const { channel, message } = place;
  const ephemeral = message.ephemeral_to !== null;
  const origin = {
    channel: channel.info.id,
    user: person.id,
    ts: message.ts,
    ephemeral,
    thread_ts: message.thread_ts,
  };
  return {
    channel: payloadChannel(channel),
    ...(ephemeral ? {} : { message: apiMessage(world, message, true) }),
    state: { values: mergeState(message.blocks ?? [], {}, values) },
    response_url: world.responseUrls.issue(world.state.ids.secret(), origin, world.clock.now()),
  };
}

/** A person uses a button, menu or picker. @throws UiError when it is not there for them. */
export async function act(world: World, request: ActionRequest): Promise<Outcome> {
  const located = locate(world, request);
  const action = actionOf(located.found, request.data, world.state.nextTs(world.clock.now()));
  const payload = {
    ...envelope(world, 'block_actions', located.person),
    container: containerOf(located.place),
    trigger_id: world.triggers.issue(located.person.id),
    ...surroundings(world, located, request.values),
    actions: [action],
  };
  return outcomeOf(await world.delivery.deliver('interactive', payload));
}

const Suggestions = z.union([
  z.object({ options: z.array(z.unknown()) }),
  z.object({ option_groups: z.array(z.unknown()) }),
]);

/** Asks the app for the options of an external select. @throws UiError when it gives none that are valid. */
export async function suggest(
  world: World,
  where: Where & { query: string },
): Promise<Record<string, unknown>> {
  const located = locate(world, where);
  const { found, place, person } = located;
  if (!String(found.element.type).endsWith('external_select'))
    throw new UiError('This menu has its own options.');
  const shown =
    place.kind === 'view'
      ? { view: apiView(world, place.view) }
      : { channel: payloadChannel(place.channel), message: apiMessage(world, place.message, true) };
  const answer = await world.delivery.deliver('interactive', {
    ...envelope(world, 'block_suggestion', person),
    container: containerOf(place),
    block_id: found.block_id,
    action_id: found.action_id,
    value: where.query,
    ...shown,
  });
  const outcome = outcomeOf(answer);
  if (!answer.acked) throw new UiError(outcome.message ?? 'The app did not answer.', 424);
  const body = Suggestions.safeParse(answer.body);
  if (!body.success) throw new UiError('The app answered no options.', 424);
  const issues = new Issues('modal', world.state.files);
  if ('options' in body.data) arrayCheck(option, 0, 100)(body.data.options, '/options', issues);
  else arrayCheck(optionGroup, 0, 100)(body.data.option_groups, '/option_groups', issues);
  if (issues.messages.length > 0)
    throw new UiError(`The app answered invalid options: ${issues.messages[0]}`, 424);
  return body.data;
}

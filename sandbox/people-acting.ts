import { optionsOf } from './blocks/elements.ts';
import { isRecord } from './blocks/issues.ts';
import type { Answer } from './delivery/kinds.ts';
import { UiError } from './slack-error.ts';
import type { ChannelState } from './state/channel.ts';
import type { StoredPerson } from './state/people.ts';
import type { Outcome } from './ui-contract.ts';
import { type Stateful, valueKey } from './view-state.ts';
import type { World } from './world.ts';

/** The person who acts. @throws UiError for nobody, a bot or a deactivated account. */
export function activePerson(world: World, id: string): StoredPerson {
  const person = world.state.people.get(id);
  if (!person || person.is_bot) throw new UiError(`There is no person ${id}.`, 404);
  if (person.deleted) throw new UiError(`${person.real_name}’s account is deactivated.`, 403);
  return person;
}

export function visibleChannel(world: World, person: StoredPerson, id: string): ChannelState {
  const channel = world.state.channels.get(id);
  if (!channel?.visibleTo(person.id, person.is_restricted)) {
    throw new UiError(`${person.real_name} sees no channel ${id}.`, 404);
  }
  return channel;
}

export function joinedChannel(world: World, person: StoredPerson, id: string): ChannelState {
  const channel = visibleChannel(world, person, id);
  if (!channel.has(person.id)) throw new UiError(`${person.real_name} is not in #${channel.info.name}.`, 403);
  if (channel.info.archived) throw new UiError(`#${channel.info.name} is archived.`, 403);
  return channel;
}

const TROUBLE = {
  timeout: 'We had some trouble connecting. The app did not answer within 3 seconds.',
  not_connected: 'The app is not connected.',
  refused: 'We had some trouble connecting. The app answered with an error.',
} as const;

export function outcomeOf(answer: Answer): Outcome {
  return answer.acked ? { acked: true } : { acked: false, message: TROUBLE[answer.reason] };
}

/** The `actions[0]` of a payload. What the element fixes (a button's value) is never taken from `data`. */
export function actionOf(
  found: Stateful,
  data: Record<string, unknown>,
  actionTs: string,
): Record<string, unknown> {
  const { element, block_id, action_id } = found;
  const base = { type: element.type, block_id, action_id, action_ts: actionTs };
  switch (element.type) {
    case 'button':
      return { ...base, ...pick(element, 'text', 'value', 'style', 'url') };
    case 'icon_button':
      return { ...base, ...pick(element, 'text', 'value', 'icon') };
    case 'feedback_buttons': {
      const choices = [element.positive_button, element.negative_button];
      const chosen = choices.find((b) => isRecord(b) && b.value === data.value);
      if (!isRecord(chosen)) throw new UiError('That is none of the feedback buttons.');
      return { ...base, ...pick(chosen, 'text', 'value') };
    }
    case 'overflow':
      return { ...base, selected_option: knownOption(element, data.selected_option) };
  }
  const key = valueKey(element.type);
  if (key === undefined) throw new UiError(`Nothing can be done with a ${String(element.type)}.`);
  const given = data[key] ?? null;
  return { ...base, ...pick(element, 'placeholder'), [key]: checkedValue(element, given) };
}

/** A value with its options replaced by the element's own. @throws UiError for an option it does not have. */
export function checkedValue(element: Record<string, unknown>, given: unknown): unknown {
  if (given === null || optionsOf(element).length === 0) return given;
  return Array.isArray(given) ? given.map((g) => knownOption(element, g)) : knownOption(element, given);
}

function knownOption(element: Record<string, unknown>, given: unknown): unknown {
  const found = optionsOf(element).find((o) => isRecord(o) && isRecord(given) && o.value === given.value);
  if (found === undefined) throw new UiError('That option is not on offer.');
  return found;
}

function pick(from: Record<string, unknown>, ...names: string[]): Record<string, unknown> {
  return Object.fromEntries(names.filter((n) => from[n] !== undefined).map((n) => [n, from[n]]));
}

import { optionsOf } from './blocks/elements.ts';
import { isRecord } from './blocks/issues.ts';
import type { Block, Values } from './ui-contract.ts';
import { elementsOf, type Stateful, valueKey } from './view-state.ts';

/** What a person enters, by action id, or by block id where several inputs share one. Options are named by their value; null empties a field. */
export type Answers = Record<string, string | number | string[] | null>;

/** @throws when no element of the blocks has this action id or stands in a block of this id. */
export function elementNamed(blocks: readonly Block[], actionId: string): Stateful {
  const all = elementsOf(blocks);
  const found = all.find((e) => e.action_id === actionId) ?? all.find((e) => e.block_id === actionId);
  if (found) return found;
  const known = all.map((e) => e.action_id).join(', ');
  throw new RangeError(`There is no control ${actionId}; there is: ${known || 'none'}.`);
}

/** `state.values` for the answers, shaped by each element's type. */
export function fillIn(blocks: readonly Block[], answers: Answers): Values {
  const values: Values = {};
  for (const [name, answer] of Object.entries(answers)) {
    const { element, block_id, action_id: actionId } = elementNamed(blocks, name);
    const key = valueKey(element.type);
    if (key === undefined)
      throw new RangeError(`${actionId} is a ${String(element.type)}: it holds no value.`);
    (values[block_id] ??= {})[actionId] = { type: element.type, [key]: shaped(element, key, answer) };
  }
  return values;
}

function shaped(element: Record<string, unknown>, key: string, answer: Answers[string]): unknown {
  if (answer === null) return key.endsWith('s') && key !== 'files' ? [] : null;
  if (key === 'selected_option') return optionFor(element, answer);
  if (key === 'selected_options') return list(answer).map((a) => optionFor(element, a));
  if (Array.isArray(answer) || key === 'selected_date_time') return answer;
  return key.endsWith('s') ? [answer] : String(answer);
}

function list(answer: string | number | string[]): (string | number)[] {
  return Array.isArray(answer) ? answer : [answer];
}

/** An external select has no options of its own: its answer is taken as it is. */
function optionFor(element: Record<string, unknown>, answer: string | number | string[]): unknown {
  const value = String(answer);
  const options = optionsOf(element);
  const found = options.find((o) => isRecord(o) && o.value === value);
  if (found !== undefined) return found;
  if (options.length === 0) return { text: { type: 'plain_text', text: value }, value };
  throw new RangeError(`There is no option ${value}.`);
}

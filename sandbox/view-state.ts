import { isRecord } from './blocks/issues.ts';
import type { Block, Values } from './ui-contract.ts';

/** An element that carries a value, with the ids under which `state.values` holds it. */
export type Stateful = {
  block: Block;
  block_id: string;
  action_id: string;
  element: Record<string, unknown>;
};

/** The value each element type has before anyone touched it, and where its initial value stands. */
const BLANKS: Record<string, { key: string; blank: unknown; initial: string }> = {
  plain_text_input: { key: 'value', blank: null, initial: 'initial_value' },
  email_text_input: { key: 'value', blank: null, initial: 'initial_value' },
  url_text_input: { key: 'value', blank: null, initial: 'initial_value' },
  number_input: { key: 'value', blank: null, initial: 'initial_value' },
  rich_text_input: { key: 'rich_text_value', blank: null, initial: 'initial_value' },
  static_select: { key: 'selected_option', blank: null, initial: 'initial_option' },
  external_select: { key: 'selected_option', blank: null, initial: 'initial_option' },
  radio_buttons: { key: 'selected_option', blank: null, initial: 'initial_option' },
  users_select: { key: 'selected_user', blank: null, initial: 'initial_user' },
  conversations_select: { key: 'selected_conversation', blank: null, initial: 'initial_conversation' },
  channels_select: { key: 'selected_channel', blank: null, initial: 'initial_channel' },
  multi_static_select: { key: 'selected_options', blank: [], initial: 'initial_options' },
  multi_external_select: { key: 'selected_options', blank: [], initial: 'initial_options' },
  checkboxes: { key: 'selected_options', blank: [], initial: 'initial_options' },
  multi_users_select: { key: 'selected_users', blank: [], initial: 'initial_users' },
  multi_conversations_select: { key: 'selected_conversations', blank: [], initial: 'initial_conversations' },
  multi_channels_select: { key: 'selected_channels', blank: [], initial: 'initial_channels' },
  datepicker: { key: 'selected_date', blank: null, initial: 'initial_date' },
  timepicker: { key: 'selected_time', blank: null, initial: 'initial_time' },
  datetimepicker: { key: 'selected_date_time', blank: null, initial: 'initial_date_time' },
  file_input: { key: 'files', blank: [], initial: 'initial_files' },
};

/** The property in which an element of this type answers; undefined for buttons and the like. */
export function valueKey(type: unknown): string | undefined {
  return typeof type === 'string' && Object.hasOwn(BLANKS, type) ? BLANKS[type]?.key : undefined;
}

/** Every element of the blocks that sits in an input, an actions block or beside a section. */
export function elementsOf(blocks: readonly Block[]): Stateful[] {
  return blocks.flatMap((block) => {
    const candidates: unknown[] = Array.isArray(block.elements) ? [...block.elements] : [];
    candidates.push(block.element, block.accessory);
    return candidates.flatMap((element) => {
      if (!isRecord(element) || typeof element.action_id !== 'string') return [];
      return [{ block, block_id: block.block_id ?? '', action_id: element.action_id, element }];
    });
  });
}

/** `state.values` of blocks nobody touched, except where `kept` holds a value for the same element. */
export function blankState(blocks: readonly Block[], kept: Values): Values {
  const values: Values = {};
  for (const { block_id, action_id, element } of elementsOf(blocks)) {
    const rule = typeof element.type === 'string' ? BLANKS[element.type] : undefined;
    if (!rule) continue;
    const old = kept[block_id]?.[action_id];
    const initial = element[rule.initial] ?? rule.blank;
    const value = old && old.type === element.type ? old[rule.key] : initial;
    (values[block_id] ??= {})[action_id] = { type: element.type, [rule.key]: value ?? rule.blank };
  }
  return values;
}

/** `base` with what the person entered; entries for elements that are not there are dropped. */
export function mergeState(blocks: readonly Block[], base: Values, entered: Values | undefined): Values {
  const values = blankState(blocks, base);
  if (!entered) return values;
  for (const { block_id, action_id, element } of elementsOf(blocks)) {
    const key = valueKey(element.type);
    const given = entered[block_id]?.[action_id];
    if (key === undefined || !given || given[key] === undefined) continue;
    const value = given[key] === '' ? null : given[key];
    (values[block_id] ??= {})[action_id] = { type: element.type, [key]: value };
  }
  return values;
}

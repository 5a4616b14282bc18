/** What people typed and chose, by form (a view or a message), block and action; and its checks before a submit. */

import type { InputBlock } from '@slack/types';
import { useReducer } from 'preact/hooks';
import type { Block, Values } from '../ui-contract.ts';

export type FieldValue = Record<string, unknown>;
type Loose = { type: string; action_id?: string } & Record<string, unknown>;
type Field = { initial: string; value: FieldValue };

const forms = new Map<string, Map<string, Field>>();

const select =
  (chosen: string, initial: string, none: unknown) =>
  (element: Loose): FieldValue => ({ [chosen]: element[initial] ?? none });

const typed = (element: Loose): FieldValue => ({
  value: element['initial_value'] ?? null,
});

/** The elements that hold a value, each with how it starts (the keys of Slack's `view.state.values`). */
const INITIAL: Record<string, (element: Loose) => FieldValue> = {
  plain_text_input: typed,
  email_text_input: typed,
  url_text_input: typed,
  number_input: typed,
  rich_text_input: select('rich_text_value', 'initial_value', null),
  static_select: select('selected_option', 'initial_option', null),
  external_select: select('selected_option', 'initial_option', null),
  multi_static_select: select('selected_options', 'initial_options', []),
  multi_external_select: select('selected_options', 'initial_options', []),
  users_select: select('selected_user', 'initial_user', null),
  multi_users_select: select('selected_users', 'initial_users', []),
  conversations_select: select('selected_conversation', 'initial_conversation', null),
  multi_conversations_select: select('selected_conversations', 'initial_conversations', []),
  channels_select: select('selected_channel', 'initial_channel', null),
  multi_channels_select: select('selected_channels', 'initial_channels', []),
  checkboxes: select('selected_options', 'initial_options', []),
  radio_buttons: select('selected_option', 'initial_option', null),
  datepicker: select('selected_date', 'initial_date', null),
  timepicker: select('selected_time', 'initial_time', null),
  datetimepicker: select('selected_date_time', 'initial_date_time', null),
  file_input: () => ({ files: [] }),
};

function fieldOf(form: string, block: string, element: Loose): Field {
  const fields = forms.get(form) ?? new Map<string, Field>();
  forms.set(form, fields);
  const key = `${block}\n${element.action_id ?? ''}`;
  const start = INITIAL[element.type]?.(element) ?? {};
  const initial = JSON.stringify(start);
  const known = fields.get(key);
  // What was typed survives an update of the view, unless the app itself set another starting value.
  if (known && known.initial === initial) return known;
  const fresh = { initial, value: start };
  fields.set(key, fresh);
  return fresh;
}

/** The value of one element and its setter; the setter redraws the element alone. */
export function useField(
  form: string,
  block: string,
  element: object,
): [FieldValue, (value: FieldValue) => void] {
  const [, redraw] = useReducer((count: number, _step: null) => count + 1, 0);
  const loose = element as Loose;
  const field = fieldOf(form, block, loose);
  return [
    field.value,
    (value) => {
      fieldOf(form, block, loose).value = value;
      redraw(null);
    },
  ];
}

export function forgetForm(form: string): void {
  forms.delete(form);
}

/** Every element of a surface that may hold a value, with its block's id. */
function elementsOf(blocks: Block[]): { block: string; element: Loose }[] {
  return blocks.flatMap((block, index) => {
    const id = block.block_id ?? String(index);
    const inside =
      block.type === 'input'
        ? [block['element']]
        : block.type === 'section'
          ? [block['accessory']]
          : block.type === 'actions'
            ? ((block['elements'] as unknown[] | undefined) ?? [])
            : [];
    return inside.filter(Boolean).map((element) => ({ block: id, element: element as Loose }));
  });
}

export function collectValues(form: string, blocks: Block[]): Values {
  const values: Values = {};
  for (const { block, element } of elementsOf(blocks)) {
    if (!INITIAL[element.type]) continue;
    const field = fieldOf(form, block, element);
    values[block] = {
      ...values[block],
      [element.action_id ?? '']: { type: element.type, ...field.value },
    };
  }
  return values;
}

function isEmpty(value: FieldValue): boolean {
  return Object.values(value).every(
    (part) =>
      part === null || part === undefined || part === '' || (Array.isArray(part) && part.length === 0),
  );
}

const CHECKS: Record<string, (text: string, element: Loose) => string | null> = {
  plain_text_input: (text, element) => {
    const least = element['min_length'] as number | undefined;
    return least !== undefined && text.length < least
      ? `Too short! Please enter at least ${least} characters.`
      : null;
  },
  email_text_input: (text) =>
    /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text) ? null : 'Please enter a valid email address.',
  url_text_input: (text) => (/^https?:\/\/\S+$/i.test(text) ? null : 'Please enter a valid URL.'),
  number_input: (text, element) => {
    const pattern = element['is_decimal_allowed'] ? /^-?\d+(\.\d+)?$/ : /^-?\d+$/;
    const least = element['min_value'] as string | undefined;
    const most = element['max_value'] as string | undefined;
    if (!pattern.test(text)) {
      return element['is_decimal_allowed'] ? 'Please enter a number.' : 'Please enter a whole number.';
    }
    if (least !== undefined && Number(text) < Number(least))
      return `Please enter a number of at least ${least}.`;
    if (most !== undefined && Number(text) > Number(most)) return `Please enter a number of at most ${most}.`;
    return null;
  },
};

/** Slack's own checks, made before the app is asked: errors by block id. */
export function checkForm(form: string, blocks: Block[]): Record<string, string> {
  const errors: Record<string, string> = {};
  for (const [index, block] of blocks.entries()) {
    if (block.type !== 'input') continue;
    const input = block as unknown as InputBlock;
    const id = block.block_id ?? String(index);
    const element = input.element as unknown as Loose;
    const { value } = fieldOf(form, id, element);
    if (isEmpty(value)) {
      if (!input.optional) errors[id] = 'Please complete this required field.';
      continue;
    }
    const fault = CHECKS[element.type]?.((value['value'] ?? '') as string, element);
    if (fault) errors[id] = fault;
  }
  return errors;
}

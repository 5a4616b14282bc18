import type { InputBlock, KnownBlock, ModalView } from '@slack/types';
import type { Shown } from '../../flow/ports.ts';
import { paragraph, plainText } from '../blocks.ts';
import { targetOf } from '../cards/buttons.ts';
import { encodeTarget, type ModalId, VALUE } from '../ids.ts';
import { LIMIT } from '../limits.ts';
import type { Words } from '../words.ts';

/** A modal that can be submitted; it carries which export and revision it was opened for, nothing else. */
export function form(
  id: ModalId,
  shown: Shown,
  look: { title: string; submit: string; blocks: readonly KnownBlock[] },
): ModalView {
  return {
    type: 'modal',
    callback_id: id,
    private_metadata: encodeTarget(targetOf(shown.state)),
    title: plainText(look.title, LIMIT.modalTitle),
    submit: plainText(look.submit, LIMIT.modalTitle),
    close: plainText('Cancel', LIMIT.modalTitle),
    blocks: [...look.blocks],
  };
}

export function lines(shown: Shown, ...words: readonly Words[]): KnownBlock {
  return paragraph(words, shown.directory);
}

export type TextInput = {
  block_id: string;
  label: string;
  hint?: string;
  initial?: string;
  placeholder?: string;
  multiline?: boolean;
  optional?: boolean;
  /** Characters; Slack itself then asks for more. */
  least?: number;
  most?: number;
  focus?: boolean;
};

/** `initial` is given as it is: an input has no markup, and is sent back as it stands. */
export function textInput(input: TextInput): InputBlock {
  return {
    type: 'input',
    block_id: input.block_id,
    label: plainText(input.label, LIMIT.label),
    optional: input.optional ?? false,
    ...(input.hint ? { hint: plainText(input.hint, LIMIT.hint) } : {}),
    element: {
      type: 'plain_text_input',
      action_id: VALUE,
      multiline: input.multiline ?? false,
      ...(input.initial ? { initial_value: input.initial } : {}),
      ...(input.placeholder ? { placeholder: plainText(input.placeholder, 150) } : {}),
      ...(input.least ? { min_length: input.least } : {}),
      ...(input.most ? { max_length: input.most } : {}),
      ...(input.focus ? { focus_on_load: true } : {}),
    },
  };
}

/** A moment, chosen and shown in the person's own zone, to the minute; `initial` in ms. */
export function momentInput(input: {
  block_id: string;
  label: string;
  initial: number;
  optional: boolean;
}): InputBlock {
  return {
    type: 'input',
    block_id: input.block_id,
    label: plainText(input.label, LIMIT.label),
    optional: input.optional,
    element: {
      type: 'datetimepicker',
      action_id: VALUE,
      initial_date_time: Math.floor(input.initial / 1000),
    },
  };
}

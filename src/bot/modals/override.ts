import type { ModalView } from '@slack/types';
import type { Shown } from '../../flow/ports.ts';
import { failureWords } from '../cards/safety.ts';
import { INPUT, MODAL } from '../ids.ts';
import { aboutBlock, REASON_LEAST, REASON_MOST } from './forms.ts';
import { form, lines, textInput } from './parts.ts';

export function overrideModal(shown: Shown): ModalView {
  const number = shown.state.revision?.number ?? 0;
  return form(MODAL.overrideChecks, shown, {
    title: 'Override safety checks',
    submit: 'Override',
    blocks: [
      aboutBlock(shown),
      lines(shown, [{ strong: 'What failed: ' }, ...failureWords(shown.state)]),
      textInput({
        block_id: INPUT.reason,
        label: 'Why may it go on all the same?',
        hint: 'Everybody who signs reads it on the card. It stays on record with your name.',
        placeholder: 'The pages of the test shop lag behind today; the prices were checked by hand.',
        multiline: true,
        least: REASON_LEAST,
        most: REASON_MOST,
        focus: true,
      }),
      lines(shown, [
        `This counts for revision ${number} alone, and accepts nothing: people still sign. New values are checked anew.`,
      ]),
    ],
  });
}

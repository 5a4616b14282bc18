import type { ModalView } from '@slack/types';
import { spoken } from '../../exports/phrases.ts';
import { successors } from '../../exports/review.ts';
import type { Shown } from '../../flow/ports.ts';
import { plainText } from '../blocks.ts';
import { INPUT, MODAL, VALUE } from '../ids.ts';
import { CARD, LIMIT } from '../limits.ts';
import { raw } from '../text.ts';
import { aboutBlock, REASON_LEAST, REASON_MOST } from './forms.ts';
import { form, lines, textInput } from './parts.ts';

export function requestChangesModal(shown: Shown): ModalView {
  const { requester, source } = shown.state;
  const whose =
    requester === null
      ? ['It then waits for a newer export from ', { said: source.system, max: CARD.reference }, '.']
      : [{ name: requester, strong: true }, ' is told, and can change and resubmit it here.'];
  return form(MODAL.requestChanges, shown, {
    title: 'Request changes',
    submit: 'Send back',
    blocks: [
      aboutBlock(shown),
      textInput({
        block_id: INPUT.reason,
        label: 'What must change?',
        placeholder: 'The window must end before the January sale begins.',
        multiline: true,
        least: REASON_LEAST,
        most: REASON_MOST,
        focus: true,
      }),
      lines(shown, whose, ['Nobody can accept it until new values have come. The card and its thread stay.']),
    ],
  });
}

/** Among those who hold the owner's role and may decide; the core checks it again. */
export function reassignModal(shown: Shown): ModalView {
  const { state, directory } = shown;
  const people = successors(state, directory).flatMap((id) => directory.people.get(id) ?? []);
  const options = people.slice(0, LIMIT.options).map((person) => ({
    text: plainText(raw(person.name, CARD.name), LIMIT.optionText),
    value: person.id,
  }));
  const role = spoken(state.route.role);
  const now = lines(shown, ['Now with ', { name: state.route.owner, strong: true }, ` (${role}).`]);
  if (options.length === 0) {
    const { submit: _nothingToSubmit, ...readOnly } = form(MODAL.reassign, shown, {
      title: 'Reassign',
      submit: 'Reassign',
      blocks: [
        now,
        lines(shown, [`Nobody else who holds ${role} can take it. Ask an operator to add somebody.`]),
      ],
    });
    return readOnly;
  }
  return form(MODAL.reassign, shown, {
    title: 'Reassign',
    submit: 'Reassign',
    blocks: [
      aboutBlock(shown),
      now,
      {
        type: 'input',
        block_id: INPUT.owner,
        label: plainText('Hand it to', LIMIT.label),
        hint: plainText(
          'They decide about it from now on, and hear of it at once. The clock runs on.',
          LIMIT.hint,
        ),
        element: {
          type: 'static_select',
          action_id: VALUE,
          placeholder: plainText('Choose a person', 150),
          options,
        },
      },
      textInput({
        block_id: INPUT.reason,
        label: 'Why?',
        multiline: true,
        optional: true,
        most: REASON_MOST,
      }),
    ],
  });
}

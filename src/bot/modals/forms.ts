import type { ModalView } from '@slack/types';
import { spoken } from '../../exports/phrases.ts';
import { Role } from '../../exports/words.ts';
import type { Shown } from '../../flow/ports.ts';
import { context, plainText } from '../blocks.ts';
import { freshnessWords, problemLines } from '../cards/checks.ts';
import { shortId } from '../cards/content.ts';
import { INPUT, MODAL, VALUE } from '../ids.ts';
import { CARD, LIMIT } from '../limits.ts';
import type { Words } from '../words.ts';
import { form, lines, textInput } from './parts.ts';

/** Which export this is about, for whoever has several open. */
function about({ state }: Shown): Words {
  const sent = state.revision?.export_type ?? state.raw['export_type'];
  return [
    { said: sentenceCase(typeof sent === 'string' ? spoken(sent) : 'export'), max: 60 },
    ' from ',
    { said: state.source.system, max: CARD.reference },
    ' ',
    { said: state.source.reference, max: CARD.reference },
    ` · export ${shortId(state.id)}`,
  ];
}

function sentenceCase(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export function aboutBlock(shown: Shown) {
  return context([about(shown)], shown.directory);
}

export const REASON_LEAST = 3;
export const REASON_MOST = 1000;

export function rejectModal(shown: Shown): ModalView {
  return form(MODAL.reject, shown, {
    title: 'Reject',
    submit: 'Reject',
    blocks: [
      aboutBlock(shown),
      textInput({
        block_id: INPUT.reason,
        label: 'Why?',
        hint: 'Whoever asked for this reads it, so say what must change.',
        placeholder: 'The discount is higher than agreed with the supplier.',
        multiline: true,
        least: REASON_LEAST,
        most: REASON_MOST,
        focus: true,
      }),
      lines(shown, ['Nothing is sent to any system. This cannot be undone; the sender can send it again.']),
    ],
  });
}

export function withdrawModal(shown: Shown): ModalView {
  return form(MODAL.withdraw, shown, {
    title: 'Withdraw',
    submit: 'Withdraw',
    blocks: [
      aboutBlock(shown),
      lines(shown, ['It is taken back: nobody can accept it any more, and nothing is sent.']),
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

/** `sentence` is the refusal that asked for a second look. */
export function confirmStaleModal(shown: Shown, sentence: string): ModalView {
  return form(MODAL.confirmStale, shown, {
    title: 'Old data',
    submit: 'Accept all the same',
    blocks: [
      { type: 'section', text: plainText(sentence, LIMIT.section) },
      context(
        [freshnessWords(shown)].filter((words) => words.length > 0).concat([about(shown)]),
        shown.directory,
      ),
      lines(shown, ['Your acceptance is recorded together with the age of the data.']),
    ],
  });
}

export function resumeModal(shown: Shown): ModalView {
  const { trouble } = shown.state;
  return form(MODAL.resume, shown, {
    title: 'Resume',
    submit: 'Resume',
    blocks: [
      aboutBlock(shown),
      ...(trouble
        ? [
            lines(
              shown,
              [{ said: trouble.message, max: CARD.reason }],
              [{ strong: 'What to do: ' }, { said: trouble.remedy, max: CARD.cause }],
            ),
          ]
        : []),
      textInput({
        block_id: INPUT.note,
        label: 'What was done about it?',
        placeholder: 'Moved 40 units from the Hamburg store.',
        multiline: true,
        least: REASON_LEAST,
        most: REASON_MOST,
        focus: true,
      }),
      lines(shown, ['It then asks for acceptance again, because the world has changed since.']),
    ],
  });
}

/** The owner is chosen among Slack people; whether they may own it is checked on submit. */
export function assignOwnerModal(shown: Shown): ModalView {
  const { state, directory } = shown;
  const roles = Role.options.filter(
    (role) => (directory.roles.get(role)?.members.length ?? 0) > 0 && role !== 'remediation',
  );
  const asked = Role.safeParse(state.raw['owner_role']).data;
  const option = (role: Role) => ({ text: plainText(spoken(role), LIMIT.optionText), value: role });
  const initial = asked !== undefined && roles.includes(asked) ? { initial_option: option(asked) } : {};
  const why = state.problems.filter((problem) => problem.code === 'no_owner');
  return form(MODAL.assignOwner, shown, {
    title: 'Assign an owner',
    submit: 'Assign',
    blocks: [
      aboutBlock(shown),
      ...(why.length > 0 ? [lines(shown, ...problemLines(why, CARD.problems))] : []),
      {
        type: 'input',
        block_id: INPUT.owner,
        label: plainText('Owner', LIMIT.label),
        hint: plainText('They decide about it from now on, and hear of it at once.', LIMIT.hint),
        element: { type: 'users_select', action_id: VALUE, placeholder: plainText('Choose a person', 150) },
      },
      {
        type: 'input',
        block_id: INPUT.role,
        label: plainText('As', LIMIT.label),
        hint: plainText(
          'A role that this person holds; it says in which channel the card appears.',
          LIMIT.hint,
        ),
        element: {
          type: 'static_select',
          action_id: VALUE,
          placeholder: plainText('Choose a role', 150),
          options: roles.length > 0 ? roles.map(option) : [option('remediation')],
          ...initial,
        },
      },
    ],
  });
}

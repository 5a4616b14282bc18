import type { InputBlock, KnownBlock, ModalView } from '@slack/types';
import type { Directory, Person } from '../../exports/ownership.ts';
import { spoken } from '../../exports/phrases.ts';
import type { Role } from '../../exports/words.ts';
import { paragraph, plainText } from '../blocks.ts';
import { encodeSubject, INPUT, MODAL, type ModalId, VALUE } from '../ids.ts';
import { LIMIT } from '../limits.ts';
import type { Words } from '../words.ts';
import { textInput } from './parts.ts';

function form(
  id: ModalId,
  subject: string,
  look: { title: string; submit: string; blocks: readonly KnownBlock[] },
): ModalView {
  return {
    type: 'modal',
    callback_id: id,
    private_metadata: encodeSubject(subject),
    title: plainText(look.title, LIMIT.modalTitle),
    submit: plainText(look.submit, LIMIT.modalTitle),
    close: plainText('Cancel', LIMIT.modalTitle),
    blocks: [...look.blocks],
  };
}

function input(
  block_id: string,
  label: string,
  element: InputBlock['element'],
  { hint, optional = false }: { hint?: string; optional?: boolean } = {},
): InputBlock {
  return {
    type: 'input',
    block_id,
    label: plainText(label, LIMIT.label),
    optional,
    ...(hint ? { hint: plainText(hint, LIMIT.hint) } : {}),
    element,
  };
}

/** `initial` in UTC ms. */
const whenPicker = (initial: number | null = null): InputBlock['element'] => ({
  type: 'datetimepicker',
  action_id: VALUE,
  ...(initial === null ? {} : { initial_date_time: Math.floor(initial / 1000) }),
});

const whoPicker = (placeholder: string, initial: Person | null = null): InputBlock['element'] => ({
  type: 'users_select',
  action_id: VALUE,
  placeholder: plainText(placeholder, 150),
  ...(initial?.slack ? { initial_user: initial.slack.user } : {}),
});

function about(person: Person, viewer: Person, own: Words, other: Words, directory: Directory): KnownBlock {
  return paragraph([person.id === viewer.id ? own : [{ name: person.id }, ' ', ...other]], directory);
}

/** With what stands already, so that saving it again loses nothing. */
export function outForm(person: Person, viewer: Person, directory: Directory): ModalView {
  const away = directory.away.get(person.id);
  return form(MODAL.goOut, person.id, {
    title: 'Out of office',
    submit: 'Save',
    blocks: [
      about(
        person,
        viewer,
        [
          'While you are out, new exports go to whoever covers for you, else along your backups. What waits for you already can be decided by them too.',
        ],
        [
          'is out: new exports go to their cover, else along their backups, who may decide what waits already.',
        ],
        directory,
      ),
      input(INPUT.from, 'From', whenPicker(), { hint: 'Leave it empty to begin at once.', optional: true }),
      input(INPUT.until, 'Until', whenPicker(away?.until ?? null), {
        hint: 'Leave it empty to be out until you say that you are back.',
        optional: true,
      }),
      textInput({
        block_id: INPUT.note,
        label: 'Note',
        hint: 'Whoever stands in reads it.',
        optional: true,
        initial: away?.note ?? '',
        most: 200,
      }),
    ],
  });
}

export function coverForm(person: Person, viewer: Person, directory: Directory): ModalView {
  return form(MODAL.setCover, person.id, {
    title: 'Cover',
    submit: 'Save',
    blocks: [
      about(
        person,
        viewer,
        [
          'Your cover decides in your name for a while: what comes in, and what waits for you already. Each acceptance is recorded as theirs, for you.',
        ],
        ['is covered for a while: somebody else decides in their name, and it is recorded so.'],
        directory,
      ),
      input(INPUT.owner, 'Who covers', whoPicker('Choose a person'), {
        hint: 'They must hold the same roles.',
      }),
      input(INPUT.from, 'From', whenPicker(), { hint: 'Leave it empty to begin at once.', optional: true }),
      input(INPUT.until, 'Until', whenPicker()),
    ],
  });
}

export function backupForm(person: Person, viewer: Person, directory: Directory): ModalView {
  const backup = person.backup === null ? null : directory.people.get(person.backup);
  const now: Words = backup ? ['The backup is ', { name: backup.id }, ' now.'] : ['There is no backup now.'];
  return form(MODAL.setBackup, person.id, {
    title: 'Backup',
    submit: 'Save',
    blocks: [
      about(
        person,
        viewer,
        ['Your backup joins when you are silent, and stands in while you are away. ', ...now],
        ['gets another backup, who joins when they are silent or away. ', ...now],
        directory,
      ),
      input(INPUT.owner, 'Backup', whoPicker('Choose a person', backup), {
        hint: 'Leave it empty for none: then escalation goes straight to on-call.',
        optional: true,
      }),
    ],
  });
}

/** Members without a Slack account cannot be shown in the input; they stay. */
export function membersForm(role: Role, directory: Directory): ModalView {
  const members = (directory.roles.get(role)?.members ?? []).flatMap((id) => directory.people.get(id) ?? []);
  const accounts = members.flatMap(({ slack }) => (slack ? [slack.user] : []));
  const unseen = members.filter(({ slack }) => slack === null).slice(0, 10);
  const absent: Words = unseen.flatMap(({ id }, n) => [n === 0 ? '' : ', ', { name: id }]);
  return form(MODAL.setMembers, role, {
    title: 'Members of a role',
    submit: 'Save',
    blocks: [
      paragraph(
        [
          ['Whoever holds ', { strong: spoken(role) }, ' may own its exports and sign its steps.'],
          ...(unseen.length > 0 ? [['Not linked to Slack, and so not shown here: ', ...absent, '.']] : []),
        ],
        directory,
      ),
      input(
        INPUT.owner,
        'Members',
        {
          type: 'multi_users_select',
          action_id: VALUE,
          placeholder: plainText('Choose people', 150),
          ...(accounts.length > 0 ? { initial_users: accounts } : {}),
        },
        { hint: 'The default owner stays a member; name another owner first to take them out.' },
      ),
    ],
  });
}

export function roleOwnerForm(role: Role, directory: Directory): ModalView {
  const entry = directory.roles.get(role);
  const options = (entry?.members ?? [])
    .flatMap((id) => directory.people.get(id) ?? [])
    .filter((person) => person.active)
    .slice(0, LIMIT.options)
    .map((person) => ({ text: plainText(person.name, LIMIT.optionText), value: person.id }));
  const initial = options.find(({ value }) => value === entry?.default_owner);
  return form(MODAL.setRoleOwner, role, {
    title: 'Owner of a role',
    submit: 'Save',
    blocks: [
      paragraph(
        [['The default owner of ', { strong: spoken(role) }, ' gets every export that names nobody.']],
        directory,
      ),
      input(INPUT.owner, 'Default owner', {
        type: 'static_select',
        action_id: VALUE,
        placeholder: plainText('Choose a member', 150),
        options: options.length > 0 ? options : [{ text: plainText('Nobody', 75), value: 'nobody' }],
        ...(initial ? { initial_option: initial } : {}),
      }),
    ],
  });
}

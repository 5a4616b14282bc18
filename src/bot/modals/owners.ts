import type { ActionsBlock, Button, KnownBlock, ModalView, SectionBlock } from '@slack/types';
import { mayChangePerson, mayChangeRole } from '../../exports/directory-authority.ts';
import type { Directory, Person, PersonId } from '../../exports/ownership.ts';
import { spoken } from '../../exports/phrases.ts';
import type { Role } from '../../exports/words.ts';
import { actions, context, divider, paragraph, plainText } from '../blocks.ts';
import { ACTION, type ActionId, encodeSubject } from '../ids.ts';
import { LIMIT } from '../limits.ts';
import { marked, type Words } from '../words.ts';

const TITLE = 'Who owns what';
const MEMBERS = 12;

/** A button of the directory: about a person or a role, never about an export. */
export function subjectButton(
  action_id: ActionId,
  text: string,
  subject: string,
  style?: 'primary' | 'danger',
): Button {
  return {
    type: 'button',
    action_id,
    text: plainText(text, LIMIT.buttonText),
    value: encodeSubject(subject),
    ...(style ? { style } : {}),
  };
}

/** What keeps somebody from deciding: "is out until 3 Dec", "is covered by Daniel Ortiz". */
function presence(id: PersonId, { away, covers }: Directory): Words {
  const absence = away.get(id);
  const cover = covers.get(id);
  const note: Words = absence?.note ? [' (“', { said: absence.note, max: 120 }, '”)'] : [];
  return [
    ...(absence ? [' ', absence.reason, ...note] : []),
    ...(cover ? [absence ? ', covered by ' : ' is covered by ', { name: cover.by } as const] : []),
  ];
}

function named(id: PersonId, directory: Directory): Words {
  const about = presence(id, directory);
  const [space, ...rest] = about;
  return space === undefined ? [{ name: id }] : [{ name: id }, ', who', space, ...rest];
}

/** How it stands with one person, in two lines. */
function personLines(person: Person, directory: Directory): Words[] {
  const about = presence(person.id, directory);
  const cover = directory.covers.get(person.id);
  const backup: Words =
    person.backup === null ? ['nobody, so escalation stops there'] : named(person.backup, directory);
  const roles = [...directory.roles].filter(([, { members }]) => members.includes(person.id));
  const owns = (role: Role) => directory.roles.get(role)?.default_owner === person.id;
  const held = roles.map(([role]) => `${spoken(role)}${owns(role) ? ' (default owner)' : ''}`).join(', ');
  return [
    [{ name: person.id, strong: true }, ...(about.length > 0 ? about : [' is there']), '.'],
    ['Roles: ', held === '' ? 'none' : held, '. Backup: ', ...backup, '.'],
    ...(cover ? [['The cover ends ', { at: cover.until }, '.'] satisfies Words] : []),
    ...(person.slack ? [] : [['Not linked to Slack yet.'] satisfies Words]),
  ];
}

function personActions(person: Person, directory: Directory, viewer: PersonId): ActionsBlock {
  const { id } = person;
  const own = id === viewer;
  const out = directory.away.has(id) && person.active;
  return actions([
    ...(out ? [subjectButton(ACTION.comeBack, own ? 'I’m back' : 'Back again', id, 'primary')] : []),
    subjectButton(ACTION.goOut, out ? 'Change until when…' : own ? 'I’m out…' : 'Out of office…', id),
    subjectButton(ACTION.setCover, own ? 'Cover for me…' : 'Set a cover…', id),
    ...(directory.covers.has(id) ? [subjectButton(ACTION.endCover, 'End the cover', id)] : []),
    subjectButton(ACTION.setBackup, 'Change backup…', id),
  ]);
}

function personBlocks(person: Person, directory: Directory, viewer: PersonId): KnownBlock[] {
  const may = mayChangePerson(directory, person.id).includes(viewer);
  return [
    paragraph(personLines(person, directory), directory),
    ...(may && person.active ? [personActions(person, directory, viewer)] : []),
  ];
}

function roleBlock(role: Role, directory: Directory, viewer: PersonId): SectionBlock[] {
  const entry = directory.roles.get(role);
  if (!entry) return [];
  const owner = entry.default_owner;
  const backup = owner === null ? null : (directory.people.get(owner)?.backup ?? null);
  const others = entry.members.filter((id) => id !== owner && id !== backup);
  const shown = others.slice(0, MEMBERS);
  const also: Words = shown.flatMap((id, n) => [n === 0 ? '\nAlso ' : ', ', ...named(id, directory)]);
  const words: Words = [
    { strong: spoken(role) },
    ' · ',
    { channel: entry.channel },
    '\nOwner: ',
    ...(owner === null ? ['nobody, so what names no owner goes to remediation'] : named(owner, directory)),
    '\nBackup: ',
    ...(backup === null ? ['nobody'] : named(backup, directory)),
    ...also,
    ...(others.length > shown.length ? [` and ${others.length - shown.length} more`] : []),
  ];
  const may = mayChangeRole(directory, role).includes(viewer);
  return [
    {
      type: 'section',
      text: { type: 'mrkdwn', text: bold(words, directory), verbatim: true },
      ...(may ? { accessory: subjectButton(ACTION.setRoleOwner, 'Change owner…', role) } : {}),
    },
  ];
}

/** `marked` keeps plain what is strong elsewhere; the first line of a role is its title. */
function bold(words: Words, directory: Directory): string {
  const [first, ...rest] = words;
  const title = first === undefined ? '' : marked([first], directory);
  return `*${title}*${marked(rest, directory)}`;
}

function onCallLine(directory: Directory): Words {
  const { people, channel } = directory.on_call;
  const rota = people.flatMap((id, n) => [n === 0 ? '' : ', ', ...named(id, directory)]);
  const whom: Words = rota.length > 0 ? rota : ['nobody, so pages reach only the channel'];
  return [{ strong: 'On call' }, ' · ', { channel }, '\n', ...whom];
}

function modal(blocks: readonly KnownBlock[]): ModalView {
  return {
    type: 'modal',
    callback_id: 'owners',
    title: plainText(TITLE, LIMIT.modalTitle),
    close: plainText('Close', LIMIT.modalTitle),
    blocks: blocks.slice(0, LIMIT.viewBlocks),
  };
}

/** The whole directory as it stands now: the viewer first, then every role. */
export function ownersModal(directory: Directory, viewer: Person): ModalView {
  return modal([
    ...personBlocks(viewer, directory, viewer.id),
    divider,
    ...[...directory.roles.keys()].flatMap((role) => roleBlock(role, directory, viewer.id)),
    {
      type: 'section',
      text: { type: 'mrkdwn', text: bold(onCallLine(directory), directory), verbatim: true },
    },
    context([['`/owners NAME` shows one person, `/owners ROLE` one role.']], directory),
  ]);
}

export function personModal(person: Person, directory: Directory, viewer: Person): ModalView {
  return modal(personBlocks(person, directory, viewer.id));
}

export function roleModal(role: Role, directory: Directory, viewer: Person): ModalView {
  const may = mayChangeRole(directory, role).includes(viewer.id);
  return modal([
    ...roleBlock(role, directory, viewer.id),
    ...(may ? [actions([subjectButton(ACTION.setMembers, 'Change members…', role)])] : []),
  ]);
}

/** For App Home: one tap to be out of office, one to be back. */
export function outOfOfficeBlock(person: Person, directory: Directory): KnownBlock {
  const absence = directory.away.get(person.id);
  const cover = directory.covers.get(person.id);
  const words: Words = absence
    ? [
        '🌴 You are out of office',
        ...(absence.until === null ? [] : [' until ', { at: absence.until } as const]),
      ]
    : cover
      ? [{ name: cover.by }, ' covers for you until ', { at: cover.until }]
      : ['You are in: what is yours to decide comes to you'];
  return {
    type: 'section',
    text: { type: 'mrkdwn', text: marked([...words, '.'], directory), verbatim: true },
    accessory: absence
      ? subjectButton(ACTION.comeBack, 'I’m back', person.id, 'primary')
      : subjectButton(ACTION.goOutNow, 'Out of office', person.id),
  };
}

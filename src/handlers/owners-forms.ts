import type { App, SlackViewAction, ViewOutput, ViewResponseAction, ViewSubmitAction } from '@slack/bolt';
import { decodeSubject, INPUT, MODAL, type ModalId, VALUE } from '../bot/ids.ts';
import { messageModal } from '../bot/modals/message.ts';
import { personModal, roleModal } from '../bot/modals/owners.ts';
import { errorFacts } from '../bot/slack-log.ts';
import { roleNamed } from '../exports/directory-authority.ts';
import type { DirectoryCommand } from '../exports/directory-decide.ts';
import { type Person, type PersonId, personBehind } from '../exports/ownership.ts';
import { isRefusal, refuse, sentence } from '../exports/refusals.ts';
import type { HandlerDeps } from './deps.ts';
import { teamOf, WENT_WRONG } from './listen.ts';
import { entered } from './submit.ts';

type Values = ViewOutput['state']['values'];

/** What was entered, or what is wrong with it by input. */
type Read = { command: DirectoryCommand } | { errors: Record<string, string> };

/** `everyone` is null when one of the chosen accounts is nobody's. */
type Entry = {
  by: PersonId;
  subject: string;
  values: Values;
  now: number;
  chosen: PersonId | null | undefined;
  everyone: readonly PersonId[] | null;
};

const NOT_LINKED = 'Meshline does not know this Slack account. Choose someone from the directory.';
const CHOOSE = 'Choose somebody.';
const GONE = 'This role is gone. Type /owners again.';

/** The forms of `/owners`. Each shows in the end how the person or role stands now. */
export function registerOwnersForms(app: App, deps: HandlerDeps): void {
  onForm(app, deps, MODAL.goOut, ({ by, subject, values, now }) => {
    const from = instant(values, INPUT.from) ?? now;
    const until = instant(values, INPUT.until);
    const note = entered(values, INPUT.note);
    return { command: { do: 'go_out', by, person: subject, from, until, note } };
  });
  onForm(app, deps, MODAL.setCover, ({ by, subject, values, now, chosen }) => {
    const from = instant(values, INPUT.from) ?? now;
    const until = instant(values, INPUT.until);
    if (until === null) return { errors: { [INPUT.until]: 'Say until when.' } };
    if (!chosen) return { errors: { [INPUT.owner]: chosen === null ? CHOOSE : NOT_LINKED } };
    return { command: { do: 'set_cover', by, for: subject, cover: chosen, from, until } };
  });
  onForm(app, deps, MODAL.setBackup, ({ by, subject, chosen }) => {
    if (chosen === undefined) return { errors: { [INPUT.owner]: NOT_LINKED } };
    return { command: { do: 'set_backup', by, person: subject, backup: chosen } };
  });
  onForm(app, deps, MODAL.setMembers, ({ by, subject, everyone }) => {
    const role = roleNamed(subject);
    if (!role) return { errors: { [INPUT.owner]: GONE } };
    if (!everyone) return { errors: { [INPUT.owner]: NOT_LINKED } };
    const { people, roles } = deps.owners.directory();
    const unseen = (roles.get(role)?.members ?? []).filter((id) => people.get(id)?.slack === null);
    return { command: { do: 'set_members', by, role, people: [...everyone, ...unseen] } };
  });
  onForm(app, deps, MODAL.setRoleOwner, ({ by, subject, values }) => {
    const role = roleNamed(subject);
    if (!role) return { errors: { [INPUT.owner]: GONE } };
    return { command: { do: 'set_default_owner', by, role, person: entered(values, INPUT.owner) } };
  });
}

function onForm(app: App, deps: HandlerDeps, id: ModalId, read: (entry: Entry) => Read): void {
  app.view<ViewSubmitAction>({ type: 'view_submission', callback_id: id }, async ({ ack, body }) => {
    await ack(await submitted(deps, body, read));
  });
}

/** Never rejects: the person gets a sentence whatever happens. A local commit, so well within three seconds. */
async function submitted(
  deps: HandlerDeps,
  body: SlackViewAction,
  read: (entry: Entry) => Read,
): Promise<ViewResponseAction> {
  try {
    const team = teamOf(body);
    const viewer = await deps.desk.whoIs({ team, user: body.user.id });
    if (isRefusal(viewer)) return notice(sentence(viewer));
    const subject = decodeSubject(body.view.private_metadata);
    if (subject === null) return notice(sentence(refuse('nothing_to_change', { why: 'This form is old' })));
    const { values } = body.view.state;
    const chosen = chosenPerson(deps, team, values);
    const everyone = chosenPeople(deps, team, values);
    const wanted = read({ by: viewer.id, subject, values, now: deps.clock.now(), chosen, everyone });
    if ('errors' in wanted) return { response_action: 'errors', errors: wanted.errors };
    const done = await deps.owners.change(wanted.command);
    if (!isRefusal(done)) return shown(deps, subject, viewer);
    const block = BESIDE[done.refused];
    return block === undefined || !(block in values)
      ? notice(sentence(done))
      : { response_action: 'errors', errors: { [block]: sentence(done) } };
  } catch (error) {
    deps.log.error(errorFacts(error), 'slack submission failed');
    return notice(WENT_WRONG);
  }
}

/** Which input a refusal is about; the others are said instead of the form. */
const BESIDE: Readonly<Record<string, string>> = {
  bad_period: INPUT.until,
  cannot_cover: INPUT.owner,
  cannot_back_up: INPUT.owner,
  cannot_hold: INPUT.owner,
  nothing_to_change: INPUT.owner,
};

function notice(text: string): ViewResponseAction {
  return { response_action: 'update', view: messageModal('Meshline', text) };
}

function shown(deps: HandlerDeps, subject: string, viewer: Person): ViewResponseAction {
  const directory = deps.owners.directory();
  const person = directory.people.get(subject);
  const role = roleNamed(subject);
  const view = person
    ? personModal(person, directory, viewer)
    : role
      ? roleModal(role, directory, viewer)
      : messageModal('Meshline', 'Recorded.');
  return { response_action: 'update', view };
}

/** UTC ms of a date-time picker; null when it is empty. */
function instant(values: Values, block: string): number | null {
  const seconds = values[block]?.[VALUE]?.selected_date_time;
  return typeof seconds === 'number' ? seconds * 1000 : null;
}

/** The person behind the chosen account; null when none was chosen, undefined when it is nobody's. */
function chosenPerson(deps: HandlerDeps, team: string, values: Values): PersonId | null | undefined {
  const user = values[INPUT.owner]?.[VALUE]?.selected_user ?? '';
  return user === '' ? null : personBehind(deps.owners.directory(), { team, user })?.id;
}

function chosenPeople(deps: HandlerDeps, team: string, values: Values): readonly PersonId[] | null {
  const users = values[INPUT.owner]?.[VALUE]?.selected_users ?? [];
  const directory = deps.owners.directory();
  const people = users.map((user) => personBehind(directory, { team, user })?.id);
  const known = people.filter((id) => id !== undefined);
  return known.length === people.length ? known : null;
}

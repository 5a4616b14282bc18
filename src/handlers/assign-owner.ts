import type { App } from '@slack/bolt';
import { ACTION, INPUT, MODAL } from '../bot/ids.ts';
import { assignOwnerModal } from '../bot/modals/forms.ts';
import type { Directory, PersonId } from '../exports/ownership.ts';
import { isRefusal, refuse, sentence } from '../exports/refusals.ts';
import { Role } from '../exports/words.ts';
import type { HandlerDeps } from './deps.ts';
import { onButton } from './listen.ts';
import { mayRepair } from './may-repair.ts';
import { beside, entered, onSubmit } from './submit.ts';

const NOT_LINKED = 'Meshline does not know this Slack account. Choose someone from the directory.';

function personBehind(directory: Directory, team: string, user: string): PersonId | null {
  for (const person of directory.people.values()) {
    if (person.slack?.user === user && person.slack.team === team) return person.id;
  }
  return null;
}

/** Assign an owner to an export that has none. */
export function registerAssignOwner(app: App, deps: HandlerDeps): void {
  onButton(app, deps, ACTION.assignOwner, async ({ person, target, open }) => {
    const shown = await mayRepair(deps, target.export_id, person.id);
    if (isRefusal(shown)) return shown;
    await open(assignOwnerModal(shown));
    return 'shown';
  });

  onSubmit(app, deps, MODAL.assignOwner, async ({ person, target, team, values }) => {
    const shown = await deps.desk.show(target.export_id);
    if (isRefusal(shown)) return shown;
    const owner = personBehind(shown.directory, team, entered(values, INPUT.owner));
    if (owner === null) return { errors: { [INPUT.owner]: NOT_LINKED } };
    const role = Role.safeParse(entered(values, INPUT.role));
    if (!role.success) return { errors: { [INPUT.role]: sentence(refuse('not_an_owner', NO_ROLE)) } };
    const outcome = await deps.desk.assignOwner(target.export_id, person.id, owner, role.data);
    return beside(outcome, 'not_an_owner', INPUT.owner);
  });
}

const NO_ROLE = { who: 'Nobody', why: 'this is no role. Choose one from the list.' };

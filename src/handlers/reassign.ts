import type { App } from '@slack/bolt';
import { ACTION, INPUT, MODAL } from '../bot/ids.ts';
import { reassignModal } from '../bot/modals/review-forms.ts';
import { isRefusal } from '../exports/refusals.ts';
import type { HandlerDeps } from './deps.ts';
import { onButton } from './listen.ts';
import { beside, entered, onSubmit } from './submit.ts';

/** Reassign: one export goes to somebody else who holds the role. */
export function registerReassign(app: App, deps: HandlerDeps): void {
  onButton(app, deps, ACTION.reassign, async ({ person, target, open }) => {
    // To nobody nothing is handed: `cannot_take_it` says that everything else would have held.
    const outcome = await deps.desk.reassign(target.export_id, person.id, '', '');
    if (!isRefusal(outcome) || outcome.refused !== 'cannot_take_it') return outcome;
    const shown = await deps.desk.show(target.export_id);
    if (isRefusal(shown)) return shown;
    await open(reassignModal(shown));
    return 'shown';
  });

  onSubmit(app, deps, MODAL.reassign, async ({ person, target, values }) => {
    const to = entered(values, INPUT.owner);
    const outcome = await deps.desk.reassign(target.export_id, person.id, to, entered(values, INPUT.reason));
    return beside(outcome, 'cannot_take_it', INPUT.owner);
  });
}

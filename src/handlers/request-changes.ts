import type { App } from '@slack/bolt';
import { ACTION, INPUT, MODAL } from '../bot/ids.ts';
import { requestChangesModal } from '../bot/modals/review-forms.ts';
import { isRefusal } from '../exports/refusals.ts';
import type { HandlerDeps } from './deps.ts';
import { onButton } from './listen.ts';
import { beside, entered, onSubmit } from './submit.ts';

/** Request changes: back to whoever asked for it, with what must change. */
export function registerRequestChanges(app: App, deps: HandlerDeps): void {
  onButton(app, deps, ACTION.requestChanges, async ({ person, target, open }) => {
    // Without a reason nothing is decided: `reason_required` says that everything else would have held.
    const outcome = await deps.desk.requestChanges(target.export_id, person.id, target.revision, '');
    if (!isRefusal(outcome) || outcome.refused !== 'reason_required') return outcome;
    const shown = await deps.desk.show(target.export_id);
    if (isRefusal(shown)) return shown;
    await open(requestChangesModal(shown));
    return 'shown';
  });

  onSubmit(app, deps, MODAL.requestChanges, async ({ person, target, values }) => {
    const reason = entered(values, INPUT.reason);
    const outcome = await deps.desk.requestChanges(target.export_id, person.id, target.revision, reason);
    return beside(outcome, 'reason_required', INPUT.reason);
  });
}

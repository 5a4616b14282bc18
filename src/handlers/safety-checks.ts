import type { App } from '@slack/bolt';
import { ACTION, INPUT, MODAL } from '../bot/ids.ts';
import { overrideModal } from '../bot/modals/override.ts';
import { isRefusal } from '../exports/refusals.ts';
import type { HandlerDeps } from './deps.ts';
import { onButton } from './listen.ts';
import { beside, entered, onSubmit } from './submit.ts';

/** Failed safety checks: run them again, or let the export go on with a reason. */
export function registerSafetyChecks(app: App, deps: HandlerDeps): void {
  onButton(app, deps, ACTION.rerunChecks, ({ person, target }) =>
    deps.desk.runChecksAgain(target.export_id, person.id, target.revision),
  );

  onButton(app, deps, ACTION.overrideChecks, async ({ person, target, open }) => {
    // Without a reason nothing is overridden: `reason_required` says that everything else would have held.
    const outcome = await deps.desk.overrideChecks(target.export_id, person.id, target.revision, '');
    if (!isRefusal(outcome) || outcome.refused !== 'reason_required') return outcome;
    const shown = await deps.desk.show(target.export_id);
    if (isRefusal(shown)) return shown;
    await open(overrideModal(shown));
    return 'shown';
  });

  onSubmit(app, deps, MODAL.overrideChecks, async ({ person, target, values }) => {
    const reason = entered(values, INPUT.reason);
    const outcome = await deps.desk.overrideChecks(target.export_id, person.id, target.revision, reason);
    return beside(outcome, 'reason_required', INPUT.reason);
  });
}

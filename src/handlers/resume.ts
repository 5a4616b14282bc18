import type { App } from '@slack/bolt';
import { ACTION, INPUT, MODAL } from '../bot/ids.ts';
import { resumeModal } from '../bot/modals/forms.ts';
import { isRefusal } from '../exports/refusals.ts';
import type { HandlerDeps } from './deps.ts';
import { onButton } from './listen.ts';
import { beside, entered, onSubmit } from './submit.ts';

/** Take them out: whoever settles a shortage lets the export go on without what is short. Resume: whoever settles the trouble says what was done about it. */
export function registerResume(app: App, deps: HandlerDeps): void {
  onButton(app, deps, ACTION.takeOut, ({ person, target }) =>
    deps.desk.takeOut(target.export_id, person.id, target.revision),
  );

  onButton(app, deps, ACTION.resume, async ({ person, target, open }) => {
    // Without a note nothing is resumed: `reason_required` says that everything else would have held.
    const outcome = await deps.desk.resume(target.export_id, person.id, '');
    if (!isRefusal(outcome) || outcome.refused !== 'reason_required') return outcome;
    const shown = await deps.desk.show(target.export_id);
    if (isRefusal(shown)) return shown;
    await open(resumeModal(shown));
    return 'shown';
  });

  onSubmit(app, deps, MODAL.resume, async ({ person, target, values }) => {
    const outcome = await deps.desk.resume(target.export_id, person.id, entered(values, INPUT.note));
    return beside(outcome, 'reason_required', INPUT.note);
  });
}

import type { App } from '@slack/bolt';
import { ACTION, MODAL } from '../bot/ids.ts';
import { confirmStaleModal } from '../bot/modals/forms.ts';
import { isRefusal, sentence } from '../exports/refusals.ts';
import type { HandlerDeps } from './deps.ts';
import { onButton } from './listen.ts';
import { onSubmit } from './submit.ts';

/** Accept: data that is too old, where policy lets a person vouch for it, is asked about first. */
export function registerAccept(app: App, deps: HandlerDeps): void {
  onButton(app, deps, ACTION.accept, async ({ person, target, open }) => {
    const outcome = await deps.desk.accept(target.export_id, person.id, target.revision, false);
    if (!isRefusal(outcome) || outcome.refused !== 'stale_needs_confirmation') return outcome;
    const shown = await deps.desk.show(target.export_id);
    if (isRefusal(shown)) return shown;
    await open(confirmStaleModal(shown, sentence(outcome)));
    return 'shown';
  });

  onSubmit(app, deps, MODAL.confirmStale, ({ person, target }) =>
    deps.desk.accept(target.export_id, person.id, target.revision, true),
  );
}

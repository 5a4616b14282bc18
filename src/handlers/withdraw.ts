import type { App } from '@slack/bolt';
import { ACTION, INPUT, MODAL } from '../bot/ids.ts';
import { withdrawModal } from '../bot/modals/forms.ts';
import { names } from '../exports/gates.ts';
import { isRefusal, refuse } from '../exports/refusals.ts';
import type { HandlerDeps } from './deps.ts';
import { onButton } from './listen.ts';
import { entered, onSubmit } from './submit.ts';

/** Withdraw: for the requester, with a reason if they like to give one. */
export function registerWithdraw(app: App, deps: HandlerDeps): void {
  onButton(app, deps, ACTION.withdraw, async ({ person, target, open }) => {
    const shown = await deps.desk.show(target.export_id);
    if (isRefusal(shown)) return shown;
    const { requester } = shown.state;
    if (requester !== person.id) {
      const allowed = names(requester === null ? [] : [requester], shown.directory);
      return refuse('not_allowed', { verb: 'withdraw', allowed });
    }
    await open(withdrawModal(shown));
    return 'shown';
  });

  onSubmit(app, deps, MODAL.withdraw, ({ person, target, values }) => {
    const reason = entered(values, INPUT.reason).trim();
    return deps.desk.withdraw(target.export_id, person.id, reason === '' ? null : reason);
  });
}

import type { App } from '@slack/bolt';
import { ACTION, MODAL } from '../bot/ids.ts';
import { fixModal, readFixes } from '../bot/modals/fix.ts';
import { raw } from '../bot/text.ts';
import { isRefusal, sentence } from '../exports/refusals.ts';
import type { HandlerDeps } from './deps.ts';
import { onButton } from './listen.ts';
import { mayRepair } from './may-repair.ts';
import { onSubmit } from './submit.ts';

/** Longer and Slack's client would hide the end below the input. */
const LONGEST_FAULT = 600;

/** Fix: repairs an export in quarantine; it stays open, saying what is still wrong, until it is right. */
export function registerFix(app: App, deps: HandlerDeps): void {
  onButton(app, deps, ACTION.fix, async ({ person, target, open }) => {
    const shown = await mayRepair(deps, target.export_id, person.id);
    if (isRefusal(shown)) return shown;
    await open(fixModal(shown, deps.catalog));
    return 'shown';
  });

  onSubmit(app, deps, MODAL.fix, async ({ person, target, values }) => {
    const shown = await deps.desk.show(target.export_id);
    if (isRefusal(shown)) return shown;
    const fixes = readFixes(shown, values, deps.catalog);
    if ('errors' in fixes) return fixes;
    const outcome = await deps.desk.correct(target.export_id, person.id, fixes.raw);
    if (!isRefusal(outcome) || outcome.refused !== 'still_invalid') return outcome;
    const [block] = Object.keys(values);
    if (block === undefined) return outcome;
    return { errors: { [block]: raw(sentence(outcome), LONGEST_FAULT) } };
  });
}

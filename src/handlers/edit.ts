import type { App } from '@slack/bolt';
import { ACTION, type ActionId, MODAL, type ModalId } from '../bot/ids.ts';
import { editedPath, editModal, readEdits } from '../bot/modals/edit.ts';
import { raw } from '../bot/text.ts';
import { isRefusal, type Refusal, type RefusalCode, refuse, sentence } from '../exports/refusals.ts';
import type { HandlerDeps } from './deps.ts';
import { onButton } from './listen.ts';
import { onSubmit } from './submit.ts';

/** Longer and Slack's client would hide the end below the input. */
const LONGEST_FAULT = 600;

/** What the person can mend by typing something else. */
const MENDABLE: ReadonlySet<RefusalCode> = new Set<RefusalCode>([
  'nothing_changed',
  'not_editable',
  'still_invalid',
]);

/** Edit, in the review; mend, for whoever settles a failure; and change and resubmit, for whoever was sent their request back. */
export function registerEdit(app: App, deps: HandlerDeps): void {
  offer(app, deps, ACTION.edit, MODAL.edit, false);
  offer(app, deps, ACTION.mend, MODAL.mend, false);
  offer(app, deps, ACTION.resubmit, MODAL.resubmit, true);
}

/** The input that the first problem is about, else the first one. */
function blockOf({ facts }: Refusal, blocks: readonly string[]): string | undefined {
  const about = (block: string) => facts['problems']?.startsWith(`${editedPath(block)}: `);
  return blocks.find(about) ?? blocks[0];
}

function offer(app: App, deps: HandlerDeps, action: ActionId, modal: ModalId, everything: boolean): void {
  onButton(app, deps, action, async ({ person, target, open }) => {
    const shown = await deps.desk.show(target.export_id);
    if (isRefusal(shown)) return shown;
    const { raw: unchanged, requester, returned, status } = shown.state;
    // Unchanged values are never saved: `nothing_changed` says that everything else would have held.
    const outcome = await deps.desk.edit(target.export_id, person.id, target.revision, unchanged);
    if (!isRefusal(outcome) || outcome.refused !== 'nothing_changed') return outcome;
    if (everything && (!returned || requester !== person.id)) {
      return refuse('not_waiting', { status, verb: 'resubmit' });
    }
    await open(editModal(shown, deps.catalog, everything));
    return 'shown';
  });

  onSubmit(app, deps, modal, async ({ person, target, values }) => {
    const shown = await deps.desk.show(target.export_id);
    if (isRefusal(shown)) return shown;
    const edits = readEdits(shown, values, deps.catalog, everything);
    if ('errors' in edits) return edits;
    const outcome = await deps.desk.edit(target.export_id, person.id, target.revision, edits.raw);
    if (!isRefusal(outcome) || !MENDABLE.has(outcome.refused)) return outcome;
    const block = blockOf(outcome, Object.keys(values));
    if (block === undefined) return outcome;
    return { errors: { [block]: raw(sentence(outcome), LONGEST_FAULT) } };
  });
}

import type { App, ViewClosedAction } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import { ACTION, decodeTarget, READ_ONLY_MODAL } from '../bot/ids.ts';
import { loadingModal, messageModal } from '../bot/modals/message.ts';
import { reviewModal } from '../bot/modals/review.ts';
import { errorFacts } from '../bot/slack-log.ts';
import type { Person } from '../exports/ownership.ts';
import { isRefusal, sentence } from '../exports/refusals.ts';
import type { HandlerDeps } from './deps.ts';
import { onButton, teamOf } from './listen.ts';
import { fill } from './reply.ts';

/** Review: the modal opens while its trigger lives, is held for whoever may decide, and is then filled. */
export function registerReview(app: App, deps: HandlerDeps): void {
  onButton(app, deps, ACTION.review, async ({ client, person, target, open }) => {
    const { id, hash } = await open(loadingModal('Review'));
    await fill(client, { view_id: id, hash }, await opened(deps, target.export_id, person, false));
    return 'shown';
  });

  onButton(app, deps, ACTION.takeOver, async ({ client, person, target, place }) => {
    if (place.kind !== 'modal') return deps.desk.openReview(target.export_id, person.id, true);
    await fill(client, { view_id: place.view_id }, await opened(deps, target.export_id, person, true));
    return 'shown';
  });

  app.view<ViewClosedAction>(
    { type: 'view_closed', callback_id: READ_ONLY_MODAL.review },
    async ({ ack, body }) => {
      await ack();
      try {
        const target = decodeTarget(body.view.private_metadata);
        const person = await deps.desk.whoIs({ team: teamOf(body), user: body.user.id });
        if (target && !isRefusal(person)) await deps.desk.closeReview(target.export_id, person.id);
      } catch (error) {
        // The hold ends by itself when its time is over.
        deps.log.warn(errorFacts(error), 'slack review could not be closed');
      }
    },
  );
}

/** Held first, then read: what it shows includes whose review it is. */
async function opened(
  deps: HandlerDeps,
  exportId: string,
  person: Person,
  takeOver: boolean,
): Promise<ModalView> {
  const held = await deps.desk.openReview(exportId, person.id, takeOver);
  if (isRefusal(held)) return messageModal('Review', sentence(held));
  const shown = await deps.desk.show(exportId);
  if (isRefusal(shown)) return messageModal('Review', sentence(shown));
  return reviewModal(shown, deps.catalog, person, await deps.desk.history(exportId));
}

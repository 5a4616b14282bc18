import type { App } from '@slack/bolt';
import { ACTION } from '../bot/ids.ts';
import { loadingModal, messageModal } from '../bot/modals/message.ts';
import { reviewModal } from '../bot/modals/review.ts';
import { isRefusal, sentence } from '../exports/refusals.ts';
import type { HandlerDeps } from './deps.ts';
import { onButton } from './listen.ts';
import { fill } from './reply.ts';

/** Review: the modal opens while its trigger lives, and is then filled. */
export function registerReview(app: App, deps: HandlerDeps): void {
  onButton(app, deps, ACTION.review, async ({ client, person, target, open }) => {
    const { id, hash } = await open(loadingModal('Review'));
    const shown = await deps.desk.show(target.export_id);
    const view = isRefusal(shown)
      ? messageModal('Review', sentence(shown))
      : reviewModal(shown, deps.catalog, person);
    await fill(client, { view_id: id, hash }, view);
    return 'shown';
  });
}

import type { App } from '@slack/bolt';
import { ACTION, decodePage, decodeSeveral, decodeTask } from '../bot/ids.ts';
import { digestReviewModal } from '../bot/modals/digest-review.ts';
import { loadingModal } from '../bot/modals/message.ts';
import { count } from '../exports/phrases.ts';
import { isRefusal, refuse } from '../exports/refusals.ts';
import type { Together } from '../flow/ports.ts';
import type { HandlerDeps } from './deps.ts';
import { onControl } from './listen.ts';
import { publishHome } from './publish-home.ts';
import { answer, fill } from './reply.ts';

const LOST = refuse('not_found', { export_id: 'behind this button' });

/** Buttons of a channel's digest, and accepting several at once from there or from the Home tab. */
export function registerDigest(app: App, deps: HandlerDeps): void {
  onControl(app, deps, ACTION.digestReview, async ({ value, client, open }) => {
    const digest = decodeSeveral(value);
    if (!digest) return LOST;
    const { id, hash } = await open(loadingModal('Waiting here'));
    const page = await deps.desk.digest(digest.channel, 0);
    await fill(client, { view_id: id, hash }, digestReviewModal(digest.channel, page, deps.catalog));
    return 'shown';
  });

  for (const id of [ACTION.digestBack, ACTION.digestOn]) {
    onControl(app, deps, id, async ({ value, view, client }) => {
      const digest = decodeSeveral(view?.private_metadata);
      if (!digest || !view) return LOST;
      const page = await deps.desk.digest(digest.channel, decodePage(value));
      await fill(client, { view_id: view.id }, digestReviewModal(digest.channel, page, deps.catalog));
      return 'shown';
    });
  }

  onControl(app, deps, ACTION.digestExpand, async (click) => {
    const digest = decodeSeveral(click.value);
    if (!digest) return LOST;
    const posted = await deps.desk.expandDigest(digest.channel, click.person.id);
    if (typeof posted !== 'number') return posted;
    const text =
      posted === 0
        ? 'Nothing waits in this digest any more.'
        : `${count(posted, 'card')} will follow, the most urgent first.`;
    await answer(click, { text });
    return 'shown';
  });

  onControl(app, deps, ACTION.digestAccept, async (click) => {
    const digest = decodeSeveral(click.value);
    if (!digest) return LOST;
    const done = await deps.desk.acceptTogether(click.person.id, digest);
    await answer(click, { text: togetherText(done) });
    return 'shown';
  });

  onControl(app, deps, ACTION.acceptTogether, async (click) => {
    const several = decodeSeveral(click.value);
    if (!several) return LOST;
    const done = await deps.desk.acceptTogether(click.person.id, several);
    await answer(click, { text: togetherText(done) });
    await publishHome(deps, click.client, click.user, click.person, 0);
    return 'shown';
  });

  onControl(app, deps, ACTION.closeTask, async (click) => {
    const task = decodeTask(click.value);
    if (task === null) return LOST;
    const outcome = await deps.desk.closeTask(task, click.person.id);
    if (isRefusal(outcome)) return outcome;
    if (click.place.kind === 'home') await publishHome(deps, click.client, click.user, click.person, 0);
    else await answer(click, { text: 'The task is closed, and that you closed it is on record.' });
    return 'shown';
  });
}

/** "12 accepted. 1 refused: … 3 left for a look of their own." */
export function togetherText({ accepted, left, refused }: Together): string {
  const parts = [
    `${accepted === 0 ? 'None' : accepted} accepted.`,
    ...refused.map(({ why, n }) => `${n} refused: ${why}`),
    ...(left === 0
      ? []
      : [
          `${left} left for a look of ${left === 1 ? 'its' : 'their'} own: new since you looked, old data, a warning, or somebody at work on it.`,
        ]),
  ];
  return parts.join(' ');
}

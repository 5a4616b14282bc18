import type { KnownBlock, ModalView } from '@slack/types';
import type { Catalog } from '../../exports/define.ts';
import { count } from '../../exports/phrases.ts';
import type { DigestPage } from '../../flow/ports.ts';
import { actions, context, plainText, withButton } from '../blocks.ts';
import { reviewButton } from '../cards/buttons.ts';
import { headlineOf, shortId, titleOf } from '../cards/content.ts';
import { dueAt } from '../cards/next.ts';
import { ACTION, encodePage, encodeSeveral, READ_ONLY_MODAL } from '../ids.ts';
import { LIMIT } from '../limits.ts';

/** Everything in a channel's digest, a page at a time; each opens its own review on top. */
export function digestReviewModal(channel: string, digest: DigestPage, catalog: Catalog): ModalView {
  const { counts, items, page, pages } = digest;
  const all = counts.reduce((sum, each) => sum + each.waiting, 0);
  const intro =
    all === 0
      ? 'Nothing waits in this digest any more.'
      : `${count(all, 'export waits', 'exports wait')}, the most urgent first. Review opens one, and gives it a card of its own.`;
  return {
    type: 'modal',
    callback_id: READ_ONLY_MODAL.digest,
    private_metadata: encodeSeveral({ channel, export_type: '', at: 0 }),
    title: plainText('Waiting here', LIMIT.modalTitle),
    close: plainText('Close', LIMIT.modalTitle),
    blocks: [
      { type: 'context', elements: [plainText(intro, LIMIT.section)] },
      ...items.flatMap((shown): KnownBlock[] => {
        const due = dueAt(shown);
        const { state, directory, now } = shown;
        return [
          withButton(headlineOf(shown, catalog), reviewButton(shown), directory),
          context(
            [
              [
                ...(due === null ? [] : [due <= now ? '🔴 was due ' : 'due ', { at: due }, ' · ']),
                ...titleOf(state, catalog),
                ' · ',
                { name: state.route.owner },
                ` · ${shortId(state.id)}`,
              ],
            ],
            directory,
          ),
        ];
      }),
      ...pager(page, pages),
    ],
  };
}

function pager(page: number, pages: number): KnownBlock[] {
  if (pages === 1) return [];
  const turn = (action_id: string, text: string, to: number) => ({
    type: 'button' as const,
    action_id,
    text: plainText(text, LIMIT.buttonText),
    value: encodePage(to),
  });
  return [
    actions([
      ...(page > 0 ? [turn(ACTION.digestBack, 'Back', page - 1)] : []),
      ...(page < pages - 1 ? [turn(ACTION.digestOn, 'More', page + 1)] : []),
    ]),
    { type: 'context', elements: [plainText(`Page ${page + 1} of ${pages}`, LIMIT.section)] },
  ];
}

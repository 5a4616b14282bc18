import type { ModalView } from '@slack/types';
import { plainText } from '../../bot/blocks.ts';
import { READ_ONLY_MODAL } from '../../bot/ids.ts';
import { LIMIT } from '../../bot/limits.ts';
import { loadingModal } from '../../bot/modals/message.ts';
import { isClosing, isOut } from '../../exports/campaigns/campaign.ts';
import { runners } from '../../exports/campaigns/decide.ts';
import { names } from '../../exports/gates.ts';
import type { PersonId } from '../../exports/ownership.ts';
import { type Refusal, refuse } from '../../exports/refusals.ts';
import type { CampaignShown } from '../../flow/campaigns/ports.ts';
import { type Answer, type Asker, answer, fill, open } from '../reply.ts';

export const LOST: Refusal = refuse('no_campaign', { campaign: 'behind this button' });

/** A message as something to read in a modal. */
export function readingModal(title: string, said: Answer): ModalView {
  return {
    type: 'modal',
    callback_id: READ_ONLY_MODAL.message,
    title: plainText(title, LIMIT.modalTitle),
    close: plainText('Close', LIMIT.modalTitle),
    blocks: said.blocks ?? [{ type: 'section', text: plainText(said.text, LIMIT.section) }],
  };
}

/** In a conversation as a message that only they see; from a modal or the Home tab in a modal. */
export async function show(asker: Asker, title: string, said: Answer): Promise<'shown'> {
  if (asker.place.kind === 'message') await answer(asker, said);
  else await open(asker, readingModal(title, said));
  return 'shown';
}

/** A modal at once, while the trigger lives; what comes of slow work fills it. */
export async function slowly(asker: Asker, title: string, work: () => Promise<ModalView>): Promise<'shown'> {
  const { id, hash } = await open(asker, loadingModal(title));
  await fill(asker.client, { view_id: id, hash }, await work());
  return 'shown';
}

const VERBS = { pause: 'pause it', 'roll back': 'roll it back' } as const;

/** Why somebody is not asked for a reason at all; the decision checks it again. */
export function notNow(
  { campaign, directory }: CampaignShown,
  by: PersonId,
  verb: 'pause' | 'roll back',
): Refusal | null {
  const allowed = runners(campaign, directory);
  if (!allowed.includes(by)) return refuse('not_allowed', { verb, allowed: names(allowed, directory) });
  if (isClosing(campaign)) return refuse('still_closing', { campaign: campaign.id });
  if (isOut(campaign)) return null;
  const what = campaign.status === 'draft' ? 'It is a draft: end it instead' : 'Nothing of it is live';
  const { id, status } = campaign;
  return refuse('campaign_not_so', { campaign: id, status, verb: VERBS[verb], what });
}

import type { ModalView } from '@slack/types';
import type { Campaign } from '../../exports/campaigns/campaign.ts';
import type { Directory } from '../../exports/ownership.ts';
import { actions, bullets, paragraph, plainText } from '../blocks.ts';
import { ACTION, READ_ONLY_MODAL } from '../ids.ts';
import { CARD, LIMIT } from '../limits.ts';
import type { Words } from '../words.ts';
import { campaignButtons } from './buttons.ts';
import { conflictLines } from './words.ts';

/** After a brief was saved: what it is now, who is asked about it, and the next step. */
export function savedModal(campaign: Campaign, directory: Directory): ModalView {
  const disputed = conflictLines({ campaign }).slice(0, CARD.warnings);
  const open = campaign.conflicts.some(({ state }) => state !== 'allowed');
  const ready = campaignButtons(campaign).filter(({ action_id }) => action_id === ACTION.campaignReady);
  const saved: Words = [
    '✅ ',
    { said: campaign.brief.name, max: 120, strong: true },
    ` is saved as a draft, version ${campaign.brief_version}. Nothing is live.`,
  ];
  const card: Words = ['Its card stands in ', { channel: campaign.channel }, '.'];
  const next: Words = open
    ? ['It can go out once the claims below are settled.']
    : ['Mark it ready when everything is right: then marketing and operations are asked to accept it.'];
  return {
    type: 'modal',
    callback_id: READ_ONLY_MODAL.message,
    title: plainText('Brief saved', LIMIT.modalTitle),
    close: plainText('Close', LIMIT.modalTitle),
    blocks: [
      paragraph([saved, card, next], directory),
      ...(disputed.length === 0
        ? []
        : [bullets([{ strong: '⚠️ Claimed by another campaign' }], disputed, directory)]),
      ...(open || ready.length === 0 ? [] : [actions(ready)]),
    ],
  };
}

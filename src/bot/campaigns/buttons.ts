import type { Button } from '@slack/types';
import type { Campaign } from '../../exports/campaigns/campaign.ts';
import { isClosing, isOut } from '../../exports/campaigns/campaign.ts';
import { lacksPublish } from '../../exports/campaigns/decide.ts';
import { plainText } from '../blocks.ts';
import { ACTION, type ActionId, encodeCampaign } from '../ids.ts';
import { LIMIT } from '../limits.ts';

type Look = {
  action: ActionId;
  text: string;
  style?: 'primary' | 'danger';
  /** What is asked before it counts. */
  confirm?: { title: string; text: string; yes: string };
};

const STATUS: Look = { action: ACTION.campaignStatus, text: 'Status' };
const EDIT: Look = { action: ACTION.campaignEdit, text: 'Edit brief…' };
const END: Look = {
  action: ACTION.campaignEnd,
  text: 'End…',
  confirm: {
    title: 'End this campaign?',
    text: 'It ends without going out, and gives its keywords and landing pages free. It cannot be opened again.',
    yes: 'End it',
  },
};
const ROLL_BACK: Look = { action: ACTION.campaignRollBack, text: 'Roll back…', style: 'danger' };

/** Only what would be valid now. Who may is checked at the click. */
function looks(campaign: Campaign): readonly Look[] {
  const closing = isClosing(campaign);
  switch (campaign.status) {
    case 'draft':
      return closing
        ? [STATUS]
        : [{ action: ACTION.campaignReady, text: 'Mark ready', style: 'primary' }, EDIT, STATUS, END];
    case 'ready':
      return [STATUS, ...(isOut(campaign) && !closing ? [ROLL_BACK] : [])];
    case 'live':
      return closing ? [STATUS] : [{ action: ACTION.campaignPause, text: 'Pause…' }, ROLL_BACK, STATUS];
    case 'paused': {
      const byHand = campaign.halt !== null && campaign.halt.by !== null && !isOut(campaign);
      return [
        ...(byHand || lacksPublish(campaign)
          ? [{ action: ACTION.campaignResume, text: 'Resume', style: 'primary' } satisfies Look]
          : []),
        ...(isOut(campaign) && !closing ? [ROLL_BACK] : []),
        STATUS,
        ...(byHand ? [END] : []),
      ];
    }
    case 'ended':
      return [STATUS];
  }
}

export function campaignButtons(campaign: Campaign): readonly Button[] {
  const value = encodeCampaign({ campaign_id: campaign.id, version: campaign.brief_version });
  return looks(campaign).map(({ action, text, style, confirm }) => ({
    type: 'button',
    action_id: action,
    text: plainText(text, LIMIT.buttonText),
    value,
    ...(style ? { style } : {}),
    ...(confirm
      ? {
          confirm: {
            title: plainText(confirm.title, LIMIT.confirmTitle),
            text: plainText(confirm.text, LIMIT.confirmText),
            confirm: plainText(confirm.yes, 30),
            deny: plainText('Keep it', 30),
          },
        }
      : {}),
  }));
}

import type { Button, KnownBlock } from '@slack/types';
import { stageOf } from '../../exports/campaigns/campaign.ts';
import { openExport } from '../../exports/campaigns/holder.ts';
import { livedAfter } from '../../exports/campaigns/timing.ts';
import type { Export } from '../../exports/state.ts';
import type { CampaignShown } from '../../flow/campaigns/ports.ts';
import { actions, bullets, code, context, heading, paragraph, title } from '../blocks.ts';
import type { Message } from '../card.ts';
import { reviewButton } from '../cards/buttons.ts';
import { deliveryLines } from '../cards/deliveries.ts';
import { ACTION } from '../ids.ts';
import { CARD } from '../limits.ts';
import { marked, type Words } from '../words.ts';
import { campaignButtons } from './buttons.ts';
import { timeChart } from './chart.ts';
import { campaignHeadline, campaignSituation, conflictLines } from './words.ts';

/** What one person asked about a campaign: where it stands, who holds it, what is live where, what it cost in time. */
export function campaignStatus(shown: CampaignShown): Message {
  const { campaign, directory } = shown;
  const headline = campaignHeadline(shown);
  const where = campaignSituation(shown);
  const disputed = conflictLines(shown).slice(0, CARD.warnings);
  return {
    text: marked([...headline, '. ', ...where.title, '. ', ...(where.lines.at(-1) ?? [])], directory),
    blocks: [
      title(headline, directory),
      paragraph([where.title, ...where.lines], directory),
      ...(disputed.length === 0
        ? []
        : [bullets([{ strong: '⚠️ Claimed by another campaign' }], disputed, directory)]),
      ...systems(shown),
      heading(timeTitle(shown), directory),
      code(timeChart(shown)),
      context([['Campaign ', { said: campaign.id, max: 120 }]], directory),
      actions(buttons(shown)),
    ],
  };
}

function timeTitle({ campaign }: CampaignShown): string {
  if (livedAfter(campaign) !== null) return 'From brief to live';
  return stageOf(campaign) === 'ended' ? 'Time it took' : 'Time so far';
}

/** What has reached which system, newest first, of the present round. */
function systems({ campaign, exports, directory }: CampaignShown): KnownBlock[] {
  const own = campaign.exports.filter((each) => each.round === campaign.round && each.what !== 'other');
  const states = own.toReversed().flatMap((each) => exports.find(({ id }) => id === each.export_id) ?? []);
  const pushes = states.flatMap((state) => state.pushes);
  const lines: readonly Words[] =
    pushes.length === 0 ? [['Nothing has gone out yet.']] : deliveryLines(pushes, CARD.pushes);
  return [bullets([{ strong: 'In the systems' }], lines, directory)];
}

/** The review of what it waits for, then what can be done with the campaign itself. */
function buttons(shown: CampaignShown): readonly Button[] {
  const { campaign, exports, directory, now } = shown;
  const open = openExport(campaign);
  const state: Export | undefined = exports.find(({ id }) => id === open?.export_id);
  const own = campaignButtons(campaign).filter(({ action_id }) => action_id !== ACTION.campaignStatus);
  const review = state ? [reviewButton({ state, directory, now })] : [];
  return [...review, ...own];
}

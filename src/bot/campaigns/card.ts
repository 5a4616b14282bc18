import type { KnownBlock } from '@slack/types';
import { isOut, issued } from '../../exports/campaigns/campaign.ts';
import { contentRows } from '../../exports/campaigns/rows.ts';
import { figure } from '../../exports/phrases.ts';
import type { CampaignShown } from '../../flow/campaigns/ports.ts';
import { actions, bullets, context, paragraph, table, title } from '../blocks.ts';
import type { Message } from '../card.ts';
import { CARD } from '../limits.ts';
import { raw } from '../text.ts';
import { marked, type Words } from '../words.ts';
import { campaignButtons } from './buttons.ts';
import { timeLine } from './chart.ts';
import { briefFacts, campaignHeadline, campaignSituation, conflictLines } from './words.ts';

/** One card for a campaign's whole life: what it is, where it stands, who has it, what can be done. */
export function campaignCard(shown: CampaignShown): Message {
  const { campaign, directory } = shown;
  const headline: Words = ['📣 ', ...campaignHeadline(shown)];
  const where = campaignSituation(shown);
  const disputed = conflictLines(shown).slice(0, CARD.warnings);
  const over = campaign.status === 'ended';
  return {
    text: marked([...headline, '. ', ...where.title, '. ', ...(where.lines[0] ?? [])], directory),
    blocks: [
      title(headline, directory),
      paragraph([where.title, ...where.lines], directory),
      ...(disputed.length === 0
        ? []
        : [bullets([{ strong: '⚠️ Claimed by another campaign' }], disputed, directory)]),
      ...(over ? [] : prices(shown)),
      ...(over ? [] : [facts(shown)]),
      context(small(shown), directory),
      actions(campaignButtons(campaign)),
    ],
  };
}

/** What each item costs now and will cost, for the first few. */
function prices(shown: CampaignShown): KnownBlock[] {
  const { campaign, exports, directory } = shown;
  const entry = issued(campaign, 'activate');
  const activation = exports.find((each) => each.id === entry?.export_id);
  const rows = contentRows(campaign.brief, activation ?? null, CARD.changes);
  const left = campaign.brief.products.length - rows.length;
  const { item, value } = CARD.change;
  return [
    table(
      ['Item', isOut(campaign) ? 'Before' : 'Now', 'Promo'],
      rows.map(({ name, before, after }) => [name, before, after]),
      [item, value, value],
    ),
    ...(left > 0 ? [context([[`and ${figure(left)} more`]], directory)] : []),
  ];
}

function facts(shown: CampaignShown): KnownBlock {
  const lines = briefFacts(shown).map(
    ({ label, value }): Words => [{ strong: `${raw(label, CARD.fact.label)}: ` }, ...value],
  );
  return paragraph(lines, shown.directory);
}

function small(shown: CampaignShown): readonly Words[] {
  const { campaign } = shown;
  const by: Words = campaign.created_by === null ? [] : [' · briefed by ', { name: campaign.created_by }];
  return [
    [{ said: timeLine(shown), max: CARD.totals }],
    ['Campaign ', { said: campaign.id, max: 120 }, ' · owner ', { name: campaign.owner }, ...by],
  ];
}

/** Sent when the full card could not be drawn or was refused: never nothing. */
export function campaignPlain({ campaign, directory }: CampaignShown): Message {
  const words: Words = [
    'The campaign ',
    { said: campaign.id, max: 120 },
    ` is ${campaign.status}. Its card could not be drawn; /promo status tells more, and an operator should know.`,
  ];
  return { text: marked(words, directory), blocks: [paragraph([words], directory)] };
}

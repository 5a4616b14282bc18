import type { Button, KnownBlock, SectionBlock } from '@slack/types';
import type { Directory } from '../../exports/ownership.ts';
import type { CampaignShown, MyCampaigns } from '../../flow/campaigns/ports.ts';
import { actions, context, heading, paragraph, plainText, withButton } from '../blocks.ts';
import type { Message } from '../card.ts';
import { ACTION, encodeCampaign } from '../ids.ts';
import { LIMIT } from '../limits.ts';
import { raw } from '../text.ts';
import { marked, type Words } from '../words.ts';
import { campaignSituation, holderWords } from './words.ts';

export function statusButton({ campaign }: CampaignShown): Button {
  return {
    type: 'button',
    action_id: ACTION.campaignStatus,
    text: plainText('Status', LIMIT.buttonText),
    value: encodeCampaign({ campaign_id: campaign.id, version: campaign.brief_version }),
    accessibility_label: raw(`Status of ${campaign.brief.name}`, LIMIT.buttonText),
  };
}

export function newBriefButton(primary = false): Button {
  return {
    type: 'button',
    action_id: ACTION.briefNew,
    text: plainText('New brief…', LIMIT.buttonText),
    value: 'n1:brief',
    ...(primary ? { style: 'primary' } : {}),
  };
}

/** One campaign: its name, where it stands, who holds it, and its status behind a button. */
function campaignLine(shown: CampaignShown): SectionBlock {
  const { campaign, directory } = shown;
  const holder = holderWords(shown);
  const words: Words = [
    { said: campaign.brief.name, max: 120 },
    ' · ',
    ...campaignSituation(shown).title,
    ...(holder ? ['\n', ...holder] : []),
  ];
  return withButton(words, statusButton(shown), directory);
}

/** Somebody's campaigns in at most so many blocks, and a way to the next one. */
export function campaignLines(
  { items, more }: MyCampaigns,
  directory: Directory,
  most: number,
): KnownBlock[] {
  const empty: Words = ['You have none yet. A brief takes two minutes and stays a draft until you say so.'];
  const title = heading('My campaigns', directory);
  if (items.length === 0) return [title, context([empty], directory), actions([newBriefButton()])];
  const full = more || items.length > most - 2;
  const shown = full ? items.slice(0, Math.max(1, most - 2)) : items;
  const rest: Words = ['There are more: ', { strong: '/promo list' }, ' has them.'];
  const below = full ? withButton(rest, newBriefButton(), directory) : actions([newBriefButton()]);
  return [title, ...shown.map(campaignLine), below];
}

const HELP: readonly Words[] = [
  ['`/promo new` writes a brief; `/promo list` or `/promo list live` finds one.'],
  ['`/promo status NAME` says where it stands, `/promo show NAME` what it is.'],
  ['`/promo ready NAME` sends it for acceptance; `/promo pause NAME why`, `/promo resume NAME`,'],
  ['`/promo rollback NAME why` and `/promo end NAME` take it back. The beginning of a name is enough.'],
];

/** What `/promo` alone answers. */
export function promoMenu(mine: MyCampaigns, directory: Directory): Message {
  const intro: Words =
    mine.items.length === 0
      ? ['You have no campaigns yet. Begin with a brief: it stays a draft until you say so.']
      : [{ strong: 'Your campaigns' }, ', what needs somebody first'];
  const more: Words = ['There are more: `/promo list` has them.'];
  return {
    text: marked(intro, directory),
    blocks: [
      paragraph([intro], directory),
      ...mine.items.map(campaignLine),
      ...(mine.more ? [context([more], directory)] : []),
      actions([newBriefButton(true)]),
      context([['`/promo status NAME` asks about one, `/promo help` says what else there is.']], directory),
    ],
  };
}

const LONG_LIST: Words = [
  'A brief with more products than a form holds comes as a file, `npm run meshline -- brief FILE`, or by POST /v1/campaigns; up to 5,000 products.',
];

export function promoHelp(directory: Directory): Message {
  const lines = [...HELP, LONG_LIST];
  const text = marked(
    lines.flatMap((line) => [...line, ' ']),
    directory,
  );
  return { text, blocks: [context(lines, directory)] };
}

/** Several campaigns under a line that says which. */
export function campaignList(intro: string, items: readonly CampaignShown[], directory: Directory): Message {
  return { text: intro, blocks: [paragraph([[intro]], directory), ...items.map(campaignLine)] };
}

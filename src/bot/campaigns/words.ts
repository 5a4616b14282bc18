import { fromIso } from '../../clock.ts';
import { isOut, issued, type Stage, stageOf } from '../../exports/campaigns/campaign.ts';
import { holderOf } from '../../exports/campaigns/holder.ts';
import { productsIn } from '../../exports/campaigns/rows.ts';
import { changesShelfPrice, offerText, termsText } from '../../exports/offer.ts';
import { count, figure, list, spoken, systemNames } from '../../exports/phrases.ts';
import type { CampaignShown } from '../../flow/campaigns/ports.ts';
import { awaitedWords } from '../cards/people.ts';
import { CARD } from '../limits.ts';
import { either, type Word, type Words } from '../words.ts';

/** What a campaign is, in one line: offer, how much of it, where. */
export function campaignHeadline({ campaign, exports }: CampaignShown): Words {
  const { brief } = campaign;
  const entry = issued(campaign, 'activate');
  const left = productsIn(brief, exports.find((each) => each.id === entry?.export_id) ?? null);
  const all = count(brief.products.length, 'product');
  return [
    { said: brief.name, max: 120 },
    ': ',
    { said: offerText(brief.offer), max: 80 },
    ` ${left < brief.products.length ? `${figure(left)} of ` : ''}${all} on `,
    { said: systemNames(brief.channels), max: 80 },
  ];
}

/** Where it stands: a bold word, and what follows from it. */
export function campaignSituation(shown: CampaignShown): { title: Words; lines: readonly Words[] } {
  const { campaign } = shown;
  const { status, halt, ended } = campaign;
  const why: Words[] = halt === null ? [] : [['Why: “', { said: halt.reason, max: CARD.reason }, '”']];
  const who = holderWords(shown);
  const held: Words[] = who ? [who] : [];
  switch (status) {
    case 'draft':
      return { title: [{ strong: `📝 Draft, version ${campaign.brief_version}` }], lines: [...why, ...held] };
    case 'ready':
      return { title: [{ strong: readyWords(stageOf(campaign)) }], lines: [...why, ...held] };
    case 'live':
      return {
        title: [
          { strong: stageOf(campaign) === 'closing' ? '🔁 Live, being put back' : '🟢 Live' },
          ' since ',
          { at: campaign.marks.findLast((mark) => mark.stage === 'live')?.at ?? campaign.created_at },
        ],
        lines: [...why, ...held],
      };
    case 'paused': {
      const out = isOut(campaign) ? ', being put back' : '';
      const by: Words =
        halt && halt.by !== null
          ? [' by ', { name: halt.by, strong: true }]
          : halt?.code
            ? [`: ${spoken(halt.code)}`]
            : [];
      return { title: [{ strong: `⏸️ Paused${out}` }, ...by], lines: [...why, ...held] };
    }
    case 'ended': {
      const how = { window_over: 'its window is over', rolled_back: 'rolled back', withdrawn: 'withdrawn' };
      const by: Words = ended && ended.by !== null ? [' by ', { name: ended.by, strong: true }] : [];
      const at: Words = ended ? [', ', { at: ended.at }] : [];
      return {
        title: [{ strong: `⚪ Ended: ${ended ? how[ended.how] : ''}` }, ...by, ...at],
        lines: endedLines(shown),
      };
    }
  }
}

/** Why it was rolled back, and what stands in the systems since. */
function endedLines({ campaign, events }: CampaignShown): readonly Words[] {
  const how = campaign.ended?.how;
  if (how === undefined) return [];
  if (how === 'withdrawn') return [['It was never out, so no price was changed.']];
  const asked = events.findLast(({ event }) => event.type === 'rollback_asked')?.event;
  const why: Words[] =
    how === 'rolled_back' && asked?.type === 'rollback_asked'
      ? [[{ name: asked.by, strong: true }, ': “', { said: asked.reason, max: CARD.reason }, '”']]
      : [];
  return [...why, ['The former prices stand again.']];
}

function readyWords(stage: Stage): string {
  switch (stage) {
    case 'approval':
      return '🟡 Ready, waiting for acceptance';
    case 'shortfall':
      return '⏸️ Short of stock';
    case 'delivery':
      return '🚚 Accepted, on its way to the systems';
    case 'publishing':
      return '🟡 Ready, waiting to be published';
    case 'scheduled':
      return '🗓️ Scheduled: it starts with its window';
    case 'closing':
      return '🔁 Being put back';
    case 'briefing':
    case 'live':
    case 'paused':
    case 'ended':
      return '🟡 Ready';
  }
}

/** Who is holding it, what they must do, and since when; null when nobody is. */
export function holderWords({ campaign, exports, directory, now }: CampaignShown): Words | null {
  const holder = holderOf(campaign, exports, directory);
  if (!holder) return null;
  const todo: Word = { said: holder.todo, max: CARD.cause };
  const since: Words = [', since ', { at: holder.since }];
  const state = exports.find((each) => each.id === holder.export_id);
  const place = state?.trouble?.channel ?? state?.route.channel ?? campaign.channel;
  const where: Words = place === campaign.channel ? [] : [' in ', { channel: place }];
  if (holder.people.length === 0) return ['It ', todo, '.'];
  const signing = state?.status === 'pending' && !state.returned;
  const who = signing ? awaitedWords({ state, directory, now }) : either(holder.people, 'mention');
  return ['Waits for ', ...who, ' to ', todo, ...where, ...since, '.'];
}

/** Claims that others dispute, one line each. */
export function conflictLines({ campaign }: Pick<CampaignShown, 'campaign'>): readonly Words[] {
  return campaign.conflicts.map((each): Words => {
    const what = each.kind === 'page' ? 'Landing page' : 'Keyword';
    const said: Words = [
      `${what} “`,
      { said: each.said, max: 120 },
      '” belongs to ',
      { said: each.with, max: 60 },
    ];
    switch (each.state) {
      case 'open':
        return [...said, '; ', { mention: each.owner }, ' has been asked.'];
      case 'allowed':
        return [
          ...said,
          '; ',
          ...(each.by === null ? ['it'] : [{ name: each.by } as const]),
          ' allows both.',
        ];
      case 'refused':
        return [
          ...said,
          ' and is not shared',
          ...(each.note === null ? ['.'] : [': “', { said: each.note, max: 160 } as const, '”']),
          ' Take it out of the brief.',
        ];
    }
  });
}

/** What the brief says, as short facts: label and value. */
export function briefFacts({ campaign }: CampaignShown): readonly { label: string; value: Words }[] {
  const { brief } = campaign;
  const more = (all: readonly string[], max: number): Words => [{ said: list(all), max }];
  const shelf = changesShelfPrice(brief.offer) ? '' : ', at the checkout';
  return [
    {
      label: 'Runs',
      value: [
        { at: fromIso(brief.window.start) },
        ' to ',
        { at: fromIso(brief.window.end) },
        ', your time (planned in ',
        { said: brief.window.time_zone, max: 40 },
        ')',
      ],
    },
    { label: 'Offer', value: [{ said: termsText(brief.offer, brief.currency), max: 160 }, shelf] },
    ...(brief.keywords.length === 0 ? [] : [{ label: 'Keywords', value: more(brief.keywords, 160) }]),
    ...(brief.landing_urls.length === 0
      ? []
      : [{ label: 'Landing page', value: more(brief.landing_urls, 200) }]),
    ...(brief.creative_ids.length === 0
      ? []
      : [{ label: 'Creatives', value: more(brief.creative_ids, 120) }]),
  ];
}

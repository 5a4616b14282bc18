import type { Button } from '@slack/types';
import type { Campaign } from '../../exports/campaigns/campaign.ts';
import type { CampaignEvent, RecordedCampaignEvent } from '../../exports/campaigns/events.ts';
import type { PersonId } from '../../exports/ownership.ts';
import { count, spoken } from '../../exports/phrases.ts';
import type { CampaignShown } from '../../flow/campaigns/ports.ts';
import { actions, context, paragraph, plainText } from '../blocks.ts';
import type { Message } from '../card.ts';
import { shortId } from '../cards/content.ts';
import { ACTION, encodeClaim } from '../ids.ts';
import { CARD, LIMIT } from '../limits.ts';
import { marked, type Word, type Words } from '../words.ts';
import { campaignButtons } from './buttons.ts';
import { campaignHeadline } from './words.ts';

const SAID = CARD.reason;

const WHAT = { activate: 'promo', publish: 'live publish', end: 'way back' } as const;

/** One line for each event of a campaign, in the past tense; null for those that its card itself shows. */
export function campaignTold(event: CampaignEvent, campaign: Campaign): Words | null {
  const via = (by: PersonId | null, system: string): Words =>
    by === null ? [{ said: system, max: 60, strong: true }] : [{ name: by, strong: true }];
  switch (event.type) {
    case 'campaign_created':
      return [...via(event.by, event.via), ' briefed this campaign.'];
    case 'brief_revised':
      return [...via(event.by, event.via), ' changed the brief.'];
    case 'conflict_settled':
      return [
        { name: event.by, strong: true },
        event.allowed ? ' allows both campaigns to use “' : ' does not share “',
        { said: event.claim.value, max: 120 },
        '”',
        ...(event.note === null ? ['.'] : [': “', { said: event.note, max: SAID } as const, '”']),
      ];
    case 'readied':
      return [{ name: event.by, strong: true }, ' marked it ready. Its promo goes to be accepted.'];
    case 'export_issued': {
      const export_id: Word = { said: shortId(event.export_id), max: 20 };
      return [`The ${WHAT[event.what]} is on its way as export `, export_id, '.'];
    }
    case 'issue_failed':
      return [{ strong: 'It could not go on: ' }, { said: event.problem, max: SAID }];
    case 'export_moved':
      return movedWords(event, campaign);
    case 'went_live':
      return [{ strong: 'It is live.' }];
    case 'campaign_paused':
      return [
        { name: event.by, strong: true },
        ' paused it: “',
        { said: event.reason, max: SAID },
        '” The former prices are put back.',
      ];
    case 'campaign_resumed':
      return [{ name: event.by, strong: true }, ' resumed it. Its promo goes to be accepted again.'];
    case 'rollback_asked': {
      const left = event.leave.length;
      const kept =
        left === 0
          ? ''
          : ` ${count(left, 'item')} that had changed since ${left === 1 ? 'stays' : 'stay'} as now.`;
      return [
        { name: event.by, strong: true },
        ' rolls it back: “',
        { said: event.reason, max: SAID },
        `”${kept}`,
      ];
    }
    case 'window_over':
      return ['Its window is over. The former prices are put back.'];
    case 'campaign_ended': {
      const how = {
        window_over: 'The former prices stand again.',
        rolled_back: 'It is rolled back: the former prices stand again.',
        withdrawn: 'It ended before it went out.',
      };
      const by: Words = event.by === null ? [] : [' ', { name: event.by, strong: true }, ' ended it.'];
      return [{ strong: 'Ended. ' }, how[event.how], ...by];
    }
  }
}

function movedWords(
  event: Extract<CampaignEvent, { type: 'export_moved' }>,
  campaign: Campaign,
): Words | null {
  const issued = campaign.exports.find((each) => each.export_id === event.export_id)?.what ?? 'other';
  const what = issued === 'other' ? spoken(event.export_type) : WHAT[issued];
  const by: Words = event.person === null ? [] : [' by ', { name: event.person, strong: true }];
  const why: Words = event.detail === null ? ['.'] : [': “', { said: event.detail, max: SAID }, '”'];
  switch (event.status) {
    case 'pending':
      return event.detail === null
        ? null
        : [
            ...(event.person === null ? ['It was resolved: “'] : [...by.slice(1), ' resolved it: “']),
            { said: event.detail, max: SAID },
            `” The ${what} asks for acceptance again.`,
          ];
    case 'delivering':
    case 'superseded':
    // The way back has told it.
    case 'rolled_back':
      return null;
    case 'accepted':
      return [`The ${what} was accepted`, ...by, '.'];
    case 'delivered':
      return [`The ${what} was delivered to every system.`];
    case 'paused':
    case 'failed': {
      const owner: Words = event.person === null ? [] : [' ', { mention: event.person }, ' has it now.'];
      const code = event.code === null ? event.status : spoken(event.code);
      return [
        { strong: `The ${what} ${event.status === 'paused' ? 'is paused' : 'has failed'}` },
        ` (${code})`,
        ...why,
        ...owner,
      ];
    }
    case 'quarantined':
      return [`The ${what} has faults and waits in quarantine`, ...why];
    case 'rejected':
    case 'withdrawn':
      return [`The ${what} was ${event.status}`, ...by, ...why];
    case 'expired':
      return [`Nobody decided on the ${what} in time, so it expired. Mark the campaign ready again.`];
  }
}

/** A line for the thread under the campaign's card. */
export function campaignNote({ event }: RecordedCampaignEvent, shown: CampaignShown): Message | null {
  const words = campaignTold(event, shown.campaign);
  if (words === null) return null;
  return { text: marked(words, shown.directory), blocks: [paragraph([words], shown.directory)] };
}

/** The same for one person: what it is about comes first, with what they can do. */
export function campaignDm(
  { event }: RecordedCampaignEvent,
  shown: CampaignShown,
  person: PersonId,
): Message | null {
  const claims = shown.campaign.conflicts.filter((each) => each.owner === person && each.state === 'open');
  const asks = event.type === 'campaign_created' || event.type === 'brief_revised';
  if (asks && claims.length > 0) return claimQuestion(shown, claims);
  const words = campaignTold(event, shown.campaign);
  if (words === null) return null;
  const headline: Words = ['📣 ', ...campaignHeadline(shown)];
  return {
    text: marked([...headline, '. ', ...words], shown.directory),
    blocks: [paragraph([headline, words], shown.directory), actions(campaignButtons(shown.campaign))],
  };
}

const MOST_ASKED = 5;

/** Asks the owner of a claim whether another campaign may use it too. */
function claimQuestion(
  { campaign, directory }: CampaignShown,
  claims: CampaignShown['campaign']['conflicts'],
): Message {
  const wants: Words = [
    { said: campaign.brief.name, max: 120, strong: true },
    ' (owner ',
    { name: campaign.owner },
    ') wants to use what your campaign owns:',
  ];
  const blocks = claims.slice(0, MOST_ASKED).flatMap((claim) => {
    const value = encodeClaim({
      campaign_id: campaign.id,
      other: claim.with,
      kind: claim.kind,
      value: claim.value,
    });
    const pick = (action_id: string, text: string): Button => ({
      type: 'button',
      action_id,
      text: plainText(text, LIMIT.buttonText),
      value,
    });
    const line: Words = [
      claim.kind === 'page' ? 'Landing page “' : 'Keyword “',
      { said: claim.said, max: 160 },
      '” of ',
      { said: claim.with, max: 80 },
    ];
    return [
      paragraph([line], directory),
      actions([pick(ACTION.claimAllow, 'Share it'), pick(ACTION.claimRefuse, 'Keep it…')]),
    ];
  });
  const more = claims.length - MOST_ASKED;
  const rest: Words[] = [
    ...(more > 0 ? [[`And ${more} more: /promo status tells them.`]] : []),
    ['Shared, both campaigns may use it. Kept, theirs cannot start before it is out of its brief.'],
  ];
  return {
    text: marked(wants, directory),
    blocks: [paragraph([wants], directory), ...blocks, context(rest, directory)],
  };
}

import type { Campaign } from '../../exports/campaigns/campaign.ts';
import type { CampaignEffect } from '../../exports/campaigns/effects.ts';
import type { RecordedCampaignEvent } from '../../exports/campaigns/events.ts';
import type { Effect } from '../../exports/effects.ts';
import type { Directory } from '../../exports/ownership.ts';
import type { Export } from '../../exports/state.ts';
import type { CampaignShown } from '../../flow/campaigns/ports.ts';
import type { SlackOutcome } from '../../flow/ports.ts';
import type { Ledger, OutboxRow } from '../../store/port.ts';
import type { Message } from '../card.ts';
import { gone, LONGEST_WAIT_MS, later, mayBeOld, type Posting, type Sent } from '../posting.ts';
import { meaningOf } from '../slack-answer.ts';
import { campaignCard, campaignPlain } from './card.ts';
import { campaignDm, campaignNote } from './notes.ts';

type Told = Exclude<CampaignEffect, { kind: 'issue' }>;

export function isCampaignEffect(effect: Effect): effect is Told {
  return effect.kind === 'campaign_card' || effect.kind === 'campaign_note' || effect.kind === 'campaign_dm';
}

type Parts = {
  ledger: Pick<Ledger, 'get' | 'message' | 'forgetMessage' | 'campaign' | 'campaignEvents'>;
  directory: () => Directory;
  clock: { now(): number };
};

type Doing = { row: OutboxRow; directory: Directory; shown: CampaignShown };

const done: Sent = { ended: { kind: 'done' } };

/** A campaign's card in its channel, what happens in the card's thread, and what single people are told. */
export function createCampaignMessenger({ ledger, directory, clock }: Parts, posting: Posting) {
  const postOf = ({ row, shown }: Doing, post_id: string, message: Message, since: number) => ({
    post_id,
    message,
    thread: null,
    since,
    doubtful: row.unsettled || row.attempts > 1,
    plain: () => campaignPlain(shown),
  });

  async function card(doing: Doing, channel: string, doubtful = false): Promise<Sent> {
    const { campaign } = doing.shown;
    const post_id = cardKey(campaign.id);
    const message = campaignCard(doing.shown);
    const plain = () => campaignPlain(doing.shown);
    const stands = await ledger.message(post_id);
    const edited = stands ? await posting.edit(doing, stands, message, plain) : null;
    if (edited) return edited;
    const what = postOf(doing, post_id, message, campaign.created_at);
    const mayStand = stands === null && (what.doubtful || doubtful);
    const sent = await posting.postOrReroute(doing, channel, { ...what, doubtful: mayStand });
    if ('ended' in sent || !mayBeOld(sent.at)) return sent;
    return (await posting.edit(doing, sent.at, message, plain)) ?? sent;
  }

  /** A reply under the card, which is posted first when it is not there. */
  async function note(doing: Doing, channel: string, recorded: RecordedCampaignEvent): Promise<Sent> {
    const message = campaignNote(recorded, doing.shown);
    if (!message) return done;
    const key = cardKey(doing.shown.campaign.id);
    for (let round = 0; round < 2; round += 1) {
      const stands = await ledger.message(key);
      const parent = stands ? { at: stands } : await card(doing, channel, true);
      if ('ended' in parent) return parent;
      const thread = { ts: parent.at.ts, broadcast: false };
      const what = { ...postOf(doing, doing.row.key, message, recorded.at), thread };
      const sent = await posting.postIn(doing, parent.at.channel, what);
      if (!('refused' in sent)) return sent;
      const meaning = meaningOf(sent.refused);
      if (meaning !== 'message' && meaning !== 'channel') return gone(sent.refused);
      await ledger.forgetMessage(key);
    }
    return later(LONGEST_WAIT_MS, 'the campaign card cannot be posted');
  }

  async function shownOf(campaign: Campaign): Promise<CampaignShown> {
    const events = await ledger.campaignEvents(campaign.id);
    const states = await Promise.all(campaign.exports.map((each) => ledger.get(each.export_id)));
    const exports = states.filter((each): each is Export => each !== null);
    return { campaign, events, exports, directory: directory(), now: clock.now() };
  }

  return async function tell(row: OutboxRow, effect: Told): Promise<SlackOutcome> {
    const campaign = await ledger.campaign(effect.campaign);
    if (!campaign) return gone('there is no such campaign').ended;
    const shown = await shownOf(campaign);
    const doing: Doing = { row, directory: shown.directory, shown };
    const sent = await carry(doing, effect);
    return 'ended' in sent ? sent.ended : { kind: 'done' };
  };

  async function carry(doing: Doing, effect: Told): Promise<Sent> {
    if (effect.kind === 'campaign_card') return card(doing, effect.channel);
    if (await ledger.message(doing.row.key)) return done;
    const recorded = doing.shown.events.find((each) => each.n === effect.n);
    if (!recorded) return gone('there is no such event');
    if (effect.kind === 'campaign_note') return note(doing, effect.channel, recorded);
    const message = campaignDm(recorded, doing.shown, effect.person);
    if (!message) return done;
    return posting.postToPerson(doing, effect.person, postOf(doing, doing.row.key, message, recorded.at));
  }
}

function cardKey(campaignId: string): string {
  return `campaign:card:${campaignId}`;
}

import type { WebClient } from '@slack/web-api';
import type { Clock } from '../clock.ts';
import type { Catalog } from '../exports/define.ts';
import type { Recorded } from '../exports/events.ts';
import type { Directory, PersonId } from '../exports/ownership.ts';
import type { Messenger, Shown } from '../flow/ports.ts';
import type { Log } from '../log.ts';
import type { Ledger } from '../store/port.ts';
import { createBriefing } from './briefing.ts';
import { createCampaignMessenger, isCampaignEffect } from './campaigns/messenger.ts';
import { approvalCard, type Message } from './card.ts';
import { createChannels } from './channels.ts';
import { digestMessage } from './digest.ts';
import { isMoot } from './moot.ts';
import { dmFor, noteFor, pageFor, plainMessage } from './notes.ts';
import {
  createPosting,
  gone,
  LONGEST_WAIT_MS,
  later,
  mayBeOld,
  type Post,
  type Doing as Row,
  type Sent,
} from './posting.ts';
import { shownAgain } from './shown-again.ts';
import { isDeleted, meaningOf } from './slack-answer.ts';
import { errorFacts } from './slack-log.ts';

export type MessengerParts = {
  client: WebClient;
  ledger: Pick<
    Ledger,
    | 'get'
    | 'list'
    | 'events'
    | 'record'
    | 'message'
    | 'saveMessage'
    | 'forgetMessage'
    | 'digestCounts'
    | 'campaign'
    | 'campaignEvents'
  >;
  catalog: Catalog;
  directory: () => Directory;
  clock: Clock;
  log: Log;
};

/** How far back a digest of a lost answer is looked for. */
const DIGEST_LOOKED_FOR_MS = 10 * 60_000;

const done: Sent = { ended: { kind: 'done' } };

/** As posting needs it, with the export as it is now. */
type Doing = Row & { shown: Shown };

/** The key of the outbox row that posts the card, and so its post id. */
function cardKey(exportId: string, channel: string): string {
  return `card:${exportId}:${channel}`;
}

function postOf({ row, shown }: Doing, post_id: string, message: Message, since: number): Post {
  const doubtful = row.unsettled || row.attempts > 1;
  return { post_id, message, thread: null, since, doubtful, plain: () => plainMessage(shown) };
}

/**
 * Sends outbox rows to Slack. What is shown comes from the ledger at the moment of sending, so that
 * late and repeated rows still show the truth. It waits for nothing: the outbox decides when.
 */
export function createMessenger(parts: MessengerParts): Messenger {
  const { client, ledger, catalog, clock, log } = parts;
  const channels = createChannels(client, clock, log);
  const posting = createPosting({ client, channels, ledger, clock, log });
  const brief = createBriefing(parts, posting);
  const campaign = createCampaignMessenger(parts, posting);

  /** A message that cannot be drawn is a bug of ours; people still hear of the export. */
  function drawn<Drawn extends Message | null>({ row, shown }: Doing, draw: () => Drawn): Drawn | Message {
    try {
      return draw();
    } catch (error) {
      log.error({ ...errorFacts(error), export_id: row.export_id }, 'message could not be drawn');
      return plainMessage(shown);
    }
  }

  /** The card of this export for a channel: edited where it stands, posted where it does not. */
  async function card(
    doing: Doing,
    channel: string,
    { doubtful, deleted }: { doubtful: boolean; deleted: boolean },
  ): Promise<Sent> {
    const { state } = doing.shown;
    const post_id = cardKey(state.id, channel);
    const shown = { ...doing.shown, record: await ledger.record(state.id, state.version) };
    const plainCard = drawn(doing, () => approvalCard(shown, catalog, channel));
    const stands = await ledger.message(post_id);
    const edited = stands
      ? await posting.tryEdit(doing, stands, plainCard, () => plainMessage(doing.shown))
      : null;
    if (edited !== null && edited !== 'deleted') return edited;
    const again = deleted || edited === 'deleted';
    const message = again ? drawn(doing, () => shownAgain(plainCard, shown.directory)) : plainCard;
    const what = postOf(doing, post_id, message, state.received_at);
    const mayStand = stands === null && (what.doubtful || doubtful);
    const sent = await posting.postOrReroute(doing, channel, { ...what, doubtful: mayStand });
    if ('ended' in sent || !mayBeOld(sent.at)) return sent;
    return (await posting.edit(doing, sent.at, plainCard, () => plainMessage(doing.shown))) ?? sent;
  }

  /** A reply under the card, which is posted first when it is not there. */
  async function note(doing: Doing, channel: string, recorded: Recorded): Promise<Sent> {
    const { row, shown } = doing;
    const reply = noteFor(recorded, shown);
    if (!reply) return done;
    const { broadcast, ...message } = reply;
    const key = cardKey(shown.state.id, channel);
    let deleted = false;
    for (let round = 0; round < 2; round += 1) {
      const stands = await ledger.message(key);
      const parent = stands ? { at: stands } : await card(doing, channel, { doubtful: true, deleted });
      if ('ended' in parent) return parent;
      const thread = { ts: parent.at.ts, broadcast };
      const what = { ...postOf(doing, row.key, message, recorded.at), thread };
      const sent = await posting.postIn(doing, parent.at.channel, what);
      if (!('refused' in sent)) return sent;
      const meaning = meaningOf(sent.refused);
      if (meaning !== 'message' && meaning !== 'channel') return gone(sent.refused);
      deleted = isDeleted(sent.refused);
      await ledger.forgetMessage(key);
    }
    return later(LONGEST_WAIT_MS, 'the card cannot be posted');
  }

  async function dm(doing: Doing, personId: PersonId, recorded: Recorded): Promise<Sent> {
    const message = drawn(doing, () => dmFor(recorded, doing.shown, catalog));
    if (!message) return done;
    return posting.postToPerson(doing, personId, postOf(doing, doing.row.key, message, recorded.at));
  }

  /** Every page of this export that stands, as things are now. */
  async function pagesAgain(doing: Doing): Promise<Sent> {
    const { state } = doing.shown;
    for (const recorded of await ledger.events(state.id)) {
      if (recorded.event.type !== 'paged') continue;
      const stands = await ledger.message(`page:${state.id}:${recorded.n}`);
      const message = stands && drawn(doing, () => pageFor(recorded, doing.shown, catalog));
      const edited = message
        ? await posting.edit(doing, stands, message, () => plainMessage(doing.shown))
        : null;
      if (edited && 'ended' in edited) return edited;
    }
    return done;
  }

  async function page(doing: Doing, channel: string, recorded: Recorded): Promise<Sent> {
    if (recorded.event.type !== 'paged') return pagesAgain(doing);
    const message = drawn(doing, () => pageFor(recorded, doing.shown, catalog));
    if (!message) return done;
    return posting.postOrReroute(doing, channel, postOf(doing, doing.row.key, message, recorded.at));
  }

  /** What the channel has waiting, where it stands. Once all is decided, the next flood gets a new message. */
  async function digest(doing: Doing, channel: string): Promise<Sent> {
    const { row, shown } = doing;
    const counts = await ledger.digestCounts(channel);
    const message = drawn(doing, () => digestMessage(channel, counts, shown, catalog));
    const stands = await ledger.message(row.key);
    const edited = stands
      ? await posting.edit(doing, stands, message, () => plainMessage(doing.shown))
      : null;
    if (counts.length === 0) {
      if (edited && 'at' in edited) await ledger.forgetMessage(row.key);
      return edited ?? done;
    }
    if (edited) return edited;
    const what = postOf(doing, row.key, message, shown.now - DIGEST_LOOKED_FOR_MS);
    const sent = await posting.postOrReroute(doing, channel, what);
    if ('ended' in sent || !mayBeOld(sent.at)) return sent;
    return (await posting.edit(doing, sent.at, message, () => plainMessage(doing.shown))) ?? sent;
  }

  async function carry(doing: Doing): Promise<Sent> {
    const { row } = doing;
    const { effect } = row;
    if (effect.kind === 'card') {
      // A countdown is a row of its own: what became of the row that posts the card, it does not know.
      return card(doing, effect.channel, {
        doubtful: row.key !== cardKey(row.export_id, effect.channel),
        deleted: effect.again === true,
      });
    }
    if (effect.kind === 'digest') return digest(doing, effect.channel);
    if (effect.kind !== 'note' && effect.kind !== 'dm' && effect.kind !== 'page') {
      return gone(`${effect.kind} is not for Slack`);
    }
    if (await ledger.message(row.key)) return done;
    const events = await ledger.events(row.export_id);
    const recorded = events.find((each) => each.n === effect.n);
    if (!recorded) return gone('there is no such event');
    if (isMoot(recorded, events)) return done;
    switch (effect.kind) {
      case 'note':
        return note(doing, effect.channel, recorded);
      case 'dm':
        return dm(doing, effect.person, recorded);
      case 'page':
        return page(doing, effect.channel, recorded);
    }
  }

  return {
    async send(row) {
      const wait = await posting.putOff(row);
      if (wait) return wait.ended;
      if (row.effect.kind === 'briefing') return brief(row, row.effect);
      if (isCampaignEffect(row.effect)) return campaign(row, row.effect);
      const state = await ledger.get(row.export_id);
      if (!state) return gone('there is no such export').ended;
      const directory = parts.directory();
      const sent = await carry({ row, directory, shown: { state, directory, now: clock.now() } });
      return 'ended' in sent ? sent.ended : { kind: 'done' };
    },
  };
}

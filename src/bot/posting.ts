import type { WebClient } from '@slack/web-api';
import type { Clock } from '../clock.ts';
import { hashOf } from '../exports/hash.ts';
import type { Directory, PersonId } from '../exports/ownership.ts';
import type { SlackOutcome } from '../flow/ports.ts';
import type { Log } from '../log.ts';
import type { Ledger, OutboxRow, PostedMessage } from '../store/port.ts';
import { context } from './blocks.ts';
import type { Message } from './card.ts';
import type { Channels } from './channels.ts';
import { createPulse } from './pulse.ts';
import { findPosted } from './reconcile.ts';
import { type Answer, answer, isDeleted, meaningOf } from './slack-answer.ts';
import { postMessage, type Thread, updateMessage } from './slack-post.ts';

/** How a message ended: where it stands, or what the outbox must know. */
export type Sent = { at: PostedMessage } | { ended: SlackOutcome };

/** As `Sent`, or a refusal for which the caller may know another way. */
export type Tried = Sent | { refused: string };

/** What posting itself needs to know of the row being worked on. */
type Row = Pick<Doing, 'row'>;

/** The row being worked on, and who is who now. */
export type Doing = { row: OutboxRow; directory: Directory };

export type Post = {
  post_id: string;
  message: Message;
  thread: Thread;
  /** No copy of it can be older; ms since the epoch. */
  since: number;
  /** True when an earlier try may have got through unseen. */
  doubtful: boolean;
  /** What is said instead when Slack refuses the form of the message. */
  plain: () => Message;
};

export type PostingParts = {
  client: WebClient;
  channels: Channels;
  ledger: Pick<Ledger, 'saveMessage' | 'forgetMessage'>;
  clock: Clock;
  log: Log;
};

/** After an answer that was lost; doubled with each try. */
const LOST_WAIT_MS = 2_000;
const LONGEST_LOST_WAIT_MS = 5_000;
/** After a refusal that somebody must settle in Slack. */
export const LONGEST_WAIT_MS = 10_000;
const CLEAN_KEPT = 10_000;
/** People are linked one after the other when Meshline starts, so a message may come before its person. */
const LINK_WAIT_MS = 30_000;
const LINK_TRIES = 10;
/** `body_hash` of a message that was found: it may show an older state. */
const UNKNOWN_BODY = '';

export function later(after_ms: number, cause: string): { ended: SlackOutcome } {
  return { ended: { kind: 'later', after_ms, cause } };
}

export function gone(cause: string): { ended: SlackOutcome } {
  return { ended: { kind: 'gone', cause } };
}

export function bodyHash(message: Message): string {
  return hashOf(JSON.stringify(message));
}

export type Posting = ReturnType<typeof createPosting>;

/** Puts messages into Slack so that each stands there once, whatever becomes of the answers. */
export function createPosting({ client, channels, ledger, clock, log }: PostingParts) {
  /** Posts whose last try certainly stored nothing, so that the next needs no look at the history. */
  const clean = new Set<string>();
  /** How often a message has waited for its person to be linked. */
  const linkTries = new Map<string, number>();
  const pulse = createPulse(client, clock);

  function keepClean(post_id: string): void {
    if (clean.size >= CLEAN_KEPT) clean.clear();
    clean.add(post_id);
  }

  /** While Slack is down: how the row is put off without being tried; null when it may go. */
  async function putOff(row: OutboxRow): Promise<{ ended: SlackOutcome } | null> {
    const wait = await pulse.wait();
    if (wait === 0) return null;
    if (row.attempts <= 1 && !row.unsettled) keepClean(row.key);
    return later(wait, 'slack does not answer');
  }

  /** A failed call: waited out, or a refusal. */
  function failed(failure: Exclude<Answer<never>, { kind: 'ok' }>, { row }: Row): Tried {
    if (failure.kind === 'unknown') pulse.lost();
    else pulse.heard();
    switch (failure.kind) {
      case 'limited':
        return later(failure.after_ms, 'ratelimited');
      case 'unknown': {
        const doubled = LOST_WAIT_MS * 2 ** Math.min(10, Math.max(0, row.attempts - 1));
        return later(Math.min(LONGEST_LOST_WAIT_MS, doubled), failure.cause);
      }
      case 'refused': {
        const { code } = failure;
        if (meaningOf(code) !== 'access') return { refused: code };
        log.error({ code, lane: row.lane }, 'slack refuses the app; check its token and scopes');
        return later(LONGEST_WAIT_MS, code);
      }
    }
  }

  async function saved(at: PostedMessage): Promise<Sent> {
    pulse.heard();
    await ledger.saveMessage(at);
    clean.delete(at.post_id);
    return { at };
  }

  /** The message that an earlier try left behind, or null. */
  async function found(doing: Row, channel: string, what: Post): Promise<Tried | null> {
    const { post_id, since } = what;
    if (!what.doubtful || clean.has(post_id)) return null;
    const earlier = await findPosted(client, { channel, thread_ts: what.thread?.ts ?? null, post_id, since });
    if (earlier.kind === 'refused' && earlier.code === 'missing_scope') {
      log.error({ post_id }, 'history cannot be read, so a message may stand twice; add the history scopes');
      return null;
    }
    if (earlier.kind !== 'ok') {
      const tried = failed(earlier, doing);
      const meaning = 'refused' in tried ? meaningOf(tried.refused) : null;
      // Only a place that is closed is left for another; in doubt about anything else, a second one may stand there.
      return 'refused' in tried && meaning !== 'channel' && meaning !== 'message'
        ? later(LONGEST_WAIT_MS, tried.refused)
        : tried;
    }
    if (earlier.value === null) return null;
    log.info({ post_id }, 'message of a lost answer found');
    return saved({
      post_id,
      export_id: doing.row.export_id,
      channel,
      ts: earlier.value,
      body_hash: UNKNOWN_BODY,
    });
  }

  /** Posts in one channel (by id). Content that Slack refuses gives way to the plainest message there is. */
  async function postIn(doing: Row, channel: string, what: Post): Promise<Tried> {
    const { post_id, thread, message } = what;
    const earlier = await found(doing, channel, what);
    if (earlier) return earlier;
    let sent = await postMessage(client, { channel, thread, post_id }, message);
    if (sent.kind === 'refused' && meaningOf(sent.code) === 'content') {
      log.error({ code: sent.code, post_id }, 'slack refused the form of a message');
      sent = await postMessage(client, { channel, thread, post_id }, what.plain());
    }
    if (sent.kind === 'ok') {
      const body_hash = bodyHash(message);
      return saved({ post_id, export_id: doing.row.export_id, channel, ts: sent.value, body_hash });
    }
    if (sent.kind === 'unknown') clean.delete(post_id);
    else keepClean(post_id);
    return failed(sent, doing);
  }

  /** Tries the channel (id or `#name`), then the one where remediation looks, then the one of on-call. */
  async function postOrReroute(doing: Doing, wanted: string, what: Post): Promise<Sent> {
    const { directory } = doing;
    const remediation = directory.roles.get('remediation')?.channel ?? wanted;
    let cause = 'channel_not_found';
    for (const place of new Set([wanted, remediation, directory.on_call.channel])) {
      const id = await channels.idOf(place);
      const message = place === wanted ? what.message : rerouted(what.message, wanted, directory);
      const tried =
        id.kind === 'ok'
          ? id.value === null
            ? { refused: 'channel_not_found' }
            : await postIn(doing, id.value, { ...what, message })
          : failed(id, doing);
      if (!('refused' in tried)) return tried;
      cause = tried.refused;
      log.warn(
        { channel: place, cause, post_id: what.post_id },
        'channel cannot be posted to; invite the app or correct meshline.yml',
      );
    }
    return later(LONGEST_WAIT_MS, cause);
  }

  /** Shows the present state where the message stands; null when it stands there no more, and so was forgotten. */
  async function edit(...what: Parameters<typeof tryEdit>): Promise<Sent | null> {
    const edited = await tryEdit(...what);
    return edited === 'deleted' ? null : edited;
  }

  /** As `edit`, and says whether the message itself was gone, or its channel. */
  async function tryEdit(
    doing: Doing,
    at: PostedMessage,
    message: Message,
    plain: () => Message,
  ): Promise<Sent | 'deleted' | null> {
    const { post_id } = at;
    const body_hash = bodyHash(message);
    if (at.body_hash === body_hash) return { at };
    let sent = await updateMessage(client, at, message);
    if (sent.kind === 'refused' && meaningOf(sent.code) === 'content') {
      log.error({ code: sent.code, post_id }, 'slack refused the form of a message');
      sent = await updateMessage(client, at, plain());
    }
    if (sent.kind === 'ok') return saved({ ...at, body_hash });
    const tried = failed(sent, doing);
    if (!('refused' in tried)) return tried;
    const meaning = meaningOf(tried.refused);
    if (meaning !== 'message' && meaning !== 'channel') return later(LONGEST_WAIT_MS, tried.refused);
    log.warn({ post_id, cause: tried.refused }, 'message can no longer be edited; posting it again');
    await ledger.forgetMessage(post_id);
    return isDeleted(tried.refused) ? 'deleted' : null;
  }

  /** A direct message. Slack takes those to people who have left without a word, so the directory is asked first. */
  async function postToPerson(doing: Doing, personId: PersonId, what: Post): Promise<Sent> {
    const person = doing.directory.people.get(personId);
    if (!person?.active) return gone('the person is not active');
    if (!person.slack) {
      const cause = 'the person has no linked Slack account';
      const tries = (linkTries.get(what.post_id) ?? 0) + 1;
      linkTries.set(what.post_id, tries);
      if (tries < LINK_TRIES) return later(LINK_WAIT_MS, cause);
      linkTries.delete(what.post_id);
      return gone(cause);
    }
    linkTries.delete(what.post_id);
    const { user } = person.slack;
    const opened = await answer(() => client.conversations.open({ users: user }));
    const channel = opened.kind === 'ok' ? opened.value.channel?.id : undefined;
    if (opened.kind === 'ok' && channel === undefined) return gone('Slack opened no conversation');
    const tried = opened.kind === 'ok' ? await postIn(doing, channel ?? '', what) : failed(opened, doing);
    return 'refused' in tried ? gone(tried.refused) : tried;
  }

  return { putOff, postIn, postOrReroute, postToPerson, edit, tryEdit };
}

/** In the spare channel nobody would know why it came there. */
function rerouted({ blocks, ...message }: Message, wanted: string, directory: Directory): Message {
  const why = ['Posted here because ', { channel: wanted }, ' cannot be posted to: invite the app there.'];
  return { ...message, blocks: [context([why], directory), ...blocks] };
}

/** True when an older state may show: the message was found, not posted. */
export function mayBeOld(at: PostedMessage): boolean {
  return at.body_hash === UNKNOWN_BODY;
}

import type { WebClient } from '@slack/web-api';
import type { Message } from './card.ts';
import { POST_METADATA } from './ids.ts';
import { type Answer, answer } from './slack-answer.ts';

/** A reply, and whether the channel sees it too; null for a message of its own. */
export type Thread = { ts: string; broadcast: boolean } | null;

function metadata(post_id: string, record: Message['record']) {
  const noted = record ? { record_seq: record.seq, record_hash: record.hash } : {};
  return { event_type: POST_METADATA, event_payload: { post_id, ...noted } };
}

/** Posts once; the value is the message's `ts`. */
export async function postMessage(
  client: WebClient,
  where: { channel: string; thread: Thread; post_id: string },
  { text, blocks, record }: Message,
): Promise<Answer<string>> {
  const { channel, thread, post_id } = where;
  const body = {
    channel,
    text,
    blocks,
    metadata: metadata(post_id, record),
    unfurl_links: false,
    unfurl_media: false,
  };
  const sent = await answer(() => {
    if (thread === null) return client.chat.postMessage(body);
    const { ts: thread_ts } = thread;
    return thread.broadcast
      ? client.chat.postMessage({ ...body, thread_ts, reply_broadcast: true })
      : client.chat.postMessage({ ...body, thread_ts });
  });
  if (sent.kind !== 'ok') return sent;
  const { ts } = sent.value;
  return ts === undefined ? { kind: 'unknown', cause: 'no_ts' } : { kind: 'ok', value: ts };
}

/** Puts the present state in place of an earlier one. Doing it twice is doing it once. */
export async function updateMessage(
  client: WebClient,
  where: { channel: string; ts: string; post_id: string },
  { text, blocks, record }: Message,
): Promise<Answer<null>> {
  const { channel, ts, post_id } = where;
  const sent = await answer(() =>
    client.chat.update({ channel, ts, text, blocks, metadata: metadata(post_id, record) }),
  );
  return sent.kind === 'ok' ? { kind: 'ok', value: null } : sent;
}

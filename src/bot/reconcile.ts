import type { WebClient } from '@slack/web-api';
import { z } from 'zod';
import { POST_METADATA } from './ids.ts';
import { type Answer, answer } from './slack-answer.ts';

const Found = z.object({
  ts: z.string(),
  metadata: z.object({
    event_type: z.literal(POST_METADATA),
    event_payload: z.object({ post_id: z.string() }),
  }),
});

/** Slack's clock and ours need not agree: ours may have been set wrong by hours when the message was posted. */
const MARGIN_MS = 24 * 60 * 60_000;
const MOST_PAGES = 20;

export type Sought = {
  channel: string;
  /** Set for a reply. */
  thread_ts: string | null;
  post_id: string;
  /** No message of this post is older; ms since the epoch. */
  since: number;
};

/**
 * The `ts` of a message that was posted although its answer was lost, or null. `chat.postMessage`
 * has no idempotency key, so this is what keeps a card from standing there twice.
 */
export async function findPosted(client: WebClient, sought: Sought): Promise<Answer<string | null>> {
  const { channel, thread_ts, post_id } = sought;
  const oldest = (Math.max(0, sought.since - MARGIN_MS) / 1000).toFixed(6);
  let cursor: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const bounds = { channel, oldest, limit: 200, include_all_metadata: true, ...(cursor ? { cursor } : {}) };
    const got = await answer(() =>
      thread_ts === null
        ? client.conversations.history(bounds)
        : client.conversations.replies({ ...bounds, ts: thread_ts }),
    );
    if (got.kind !== 'ok') return got;
    for (const message of got.value.messages ?? []) {
      const found = Found.safeParse(message);
      if (found.success && found.data.metadata.event_payload.post_id === post_id) {
        return { kind: 'ok', value: found.data.ts };
      }
    }
    cursor = got.value.response_metadata?.next_cursor || undefined;
    if (cursor === undefined) break;
  }
  return { kind: 'ok', value: null };
}

import type { WebClient } from '@slack/web-api';
import { z } from 'zod';
import { type Clock, sleep } from '../clock.ts';
import type { Log } from '../log.ts';
import type { Ledger, Standing } from '../store/port.ts';
import { type Answer, answer, meaningOf } from './slack-answer.ts';

/** `conversations.history` takes 50 calls a minute; this leaves half of them to posting. */
const CALL_EVERY_MS = 2_500;
const LOOK_EVERY_MS = 10 * 60_000;
const WATCHED_AT_MOST = 2_000;
/** A younger message may not be in the history yet. */
const SETTLED_MS = 60_000;
const MOST_PAGES = 10;

const Page = z.object({
  messages: z.array(z.object({ ts: z.string(), subtype: z.string().optional() })),
  response_metadata: z.object({ next_cursor: z.string().optional() }).optional(),
});

export type CardWatch = { stop(): void };

type Parts = {
  client: WebClient;
  ledger: Pick<Ledger, 'standing'>;
  onLost: (place: Standing) => Promise<void>;
  clock: Clock;
  log: Log;
};

/**
 * Looks every ten minutes, and at the start, whether the cards that people wait on still stand. Slack tells
 * of a deletion once and sometimes withholds that the app was removed, so its events alone would not do.
 */
export function startCardWatch({ client, ledger, onLost, clock, log }: Parts): CardWatch {
  let stopped = false;

  /** Which of these messages are gone, of those that the last pages of the channel reach back to. */
  async function missing(channel: string, wanted: readonly string[]): Promise<Answer<readonly string[]>> {
    const seen = new Set<string>();
    const oldest = wanted.reduce((a, b) => (a < b ? a : b));
    let reached = '';
    let cursor = '';
    for (let page = 0; page < MOST_PAGES && !stopped; page += 1) {
      const bounds = { channel, oldest, inclusive: true, limit: 200, ...(cursor === '' ? {} : { cursor }) };
      const got = await answer(async () => Page.parse(await client.conversations.history(bounds)));
      if (got.kind !== 'ok') return got;
      const { messages, response_metadata } = got.value;
      for (const { ts, subtype } of messages) if (subtype !== 'tombstone') seen.add(ts);
      cursor = response_metadata?.next_cursor ?? '';
      reached = cursor === '' ? oldest : (messages.at(-1)?.ts ?? oldest);
      if (cursor === '') break;
      await sleep(clock, CALL_EVERY_MS);
    }
    return { kind: 'ok', value: reached === '' ? [] : wanted.filter((ts) => ts >= reached && !seen.has(ts)) };
  }

  async function look(): Promise<void> {
    const standing = await ledger.standing(WATCHED_AT_MOST);
    const newest = `${Math.floor((clock.now() - SETTLED_MS) / 1000)}`;
    const settled = standing.flatMap(({ channel, ts }) => (ts && ts < newest ? [{ channel, ts }] : []));
    for (const [channel, places] of Map.groupBy(settled, (place) => place.channel)) {
      if (stopped) return;
      const wanted = places.map(({ ts }) => ts);
      const found = await missing(channel, wanted);
      if (found.kind === 'refused' && meaningOf(found.code) === 'channel')
        await onLost({ channel, ts: null });
      if (found.kind === 'ok') for (const ts of found.value) await onLost({ channel, ts });
      await sleep(clock, CALL_EVERY_MS);
    }
  }

  async function keepLooking(): Promise<void> {
    while (!stopped) {
      await look().catch((err: unknown) => log.error({ err }, 'the cards that stand could not be looked at'));
      await sleep(clock, LOOK_EVERY_MS);
    }
  }

  void keepLooking();
  return {
    stop() {
      stopped = true;
    },
  };
}

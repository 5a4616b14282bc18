import type { WebClient } from '@slack/web-api';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import { type Answer, answer } from './slack-answer.ts';
import { isChannelId } from './words.ts';

const KEPT_MS = 10 * 60_000;
/** `conversations.list` is tier 2 (20 a minute), so an unknown name does not ask again at once. */
const ASKED_AGAIN_AFTER_MS = 60_000;
const MOST_PAGES = 50;

export type Channels = {
  /** Slack's id for an id or a `#name`; null when the bot can see no such channel. */
  idOf(channel: string): Promise<Answer<string | null>>;
};

/** Configuration may name channels as people do; Slack's methods want ids. */
export function createChannels(client: WebClient, clock: Clock, log: Pick<Log, 'warn'>): Channels {
  let known = new Map<string, string>();
  let askedAt: number | null = null;
  /** Lanes that begin together ask together. */
  let asking: ReturnType<typeof ask> | null = null;

  async function ask(): Promise<Answer<Map<string, string>>> {
    const found = new Map<string, string>();
    let cursor: string | undefined;
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const got = await answer(() =>
        client.conversations.list({
          types: 'public_channel,private_channel',
          exclude_archived: true,
          limit: 200,
          ...(cursor ? { cursor } : {}),
        }),
      );
      if (got.kind !== 'ok') return got;
      for (const { id, name } of got.value.channels ?? []) {
        if (id !== undefined && name !== undefined) found.set(name, id);
      }
      cursor = got.value.response_metadata?.next_cursor || undefined;
      if (cursor === undefined) break;
    }
    return { kind: 'ok', value: found };
  }

  /** A channel that was renamed is still the one that was meant, until another takes its name. */
  function withRenamed(before: Map<string, string>, now: Map<string, string>): Map<string, string> {
    const ids = new Set(now.values());
    for (const [name, id] of before) {
      if (now.has(name) || !ids.has(id)) continue;
      log.warn(
        { channel: `#${name}`, id },
        'channel was renamed; correct meshline.yml before the next start',
      );
      now.set(name, id);
    }
    return now;
  }

  return {
    async idOf(channel) {
      if (isChannelId(channel)) return { kind: 'ok', value: channel };
      const name = channel.replace(/^#/, '');
      const age = askedAt === null ? Infinity : clock.monotonic() - askedAt;
      const old = age > KEPT_MS || (!known.has(name) && age > ASKED_AGAIN_AFTER_MS);
      if (old) {
        asking ??= ask().finally(() => {
          asking = null;
        });
        const got = await asking;
        if (got.kind === 'ok') {
          known = withRenamed(known, got.value);
          askedAt = clock.monotonic();
        } else if (!known.has(name)) return got;
      }
      return { kind: 'ok', value: known.get(name) ?? null };
    },
  };
}

import type { WebClient } from '@slack/web-api';
import { z } from 'zod';
import type { Cancel, Clock } from '../clock.ts';
import type { Directory, PersonId } from '../exports/ownership.ts';
import type { Log } from '../log.ts';
import { errorFacts } from './slack-log.ts';

/** `dnd.teamInfo` takes 50 accounts and may be called 20 times a minute. */
const PAGE = 50;
const MOST_PAGES = 10;
const EVERY_MS = 5 * 60_000;

const TeamInfo = z.object({
  users: z.record(
    z.string(),
    z.object({
      dnd_enabled: z.boolean(),
      next_dnd_start_ts: z.number().default(0),
      next_dnd_end_ts: z.number().default(0),
    }),
  ),
});

export type Quiet = {
  /** Resolves after the first round, whether it worked or not. */
  start(): Promise<void>;
  stop(): void;
};

/** Asks Slack every five minutes who is not to be disturbed. What could not be asked stays as it was. */
export function createQuiet(parts: {
  client: WebClient;
  directory: () => Directory;
  /** Hears until when each person asked not to be disturbed; UTC ms. */
  heard: (until: ReadonlyMap<PersonId, number>) => void;
  clock: Clock;
  log: Log;
}): Quiet {
  const { client, directory, heard, clock, log } = parts;
  let cancel: Cancel = () => undefined;
  let stopped = true;

  async function ask(): Promise<void> {
    const { roles, people } = directory();
    const members = new Set([...roles.values()].flatMap((entry) => entry.members));
    const accounts = [...members].flatMap((id) => {
      const slack = people.get(id)?.slack;
      return slack ? [{ id, user: slack.user }] : [];
    });
    const now = clock.now();
    const found = new Map<PersonId, number>();
    for (let from = 0; from < Math.min(accounts.length, PAGE * MOST_PAGES); from += PAGE) {
      const page = accounts.slice(from, from + PAGE);
      const answer = await client.dnd.teamInfo({ users: page.map(({ user }) => user).join(',') });
      const { users } = TeamInfo.parse(answer);
      for (const { id, user } of page) {
        const info = users[user];
        const until = (info?.next_dnd_end_ts ?? 0) * 1000;
        const from_ms = (info?.next_dnd_start_ts ?? 0) * 1000;
        if (info?.dnd_enabled && from_ms <= now && now < until) found.set(id, until);
      }
    }
    heard(found);
  }

  async function round(): Promise<void> {
    try {
      await ask();
    } catch (error) {
      log.warn(errorFacts(error), 'slack cannot say now who is not to be disturbed');
    }
    if (!stopped) cancel = clock.after(EVERY_MS, () => void round());
  }

  return {
    start() {
      stopped = false;
      return round();
    },
    stop() {
      stopped = true;
      cancel();
    },
  };
}

import type { WebClient } from '@slack/web-api';
import { z } from 'zod';
import { type Clock, sleep } from '../clock.ts';
import type { Directory, Person, PersonId } from '../exports/ownership.ts';
import { type Refusal, refuse } from '../exports/refusals.ts';
import type { Log } from '../log.ts';
import { errorFacts } from './slack-log.ts';

export type SlackAccount = { team: string; user: string };

export interface Linker {
  /** The active person behind a Slack account. Asks Slack once for an account it has not met; fails closed. */
  personOf(account: SlackAccount): Promise<PersonId | Refusal>;
  /** Finds the Slack accounts of everyone not linked yet, slowly enough for Slack's limits. */
  linkAll(signal?: AbortSignal): Promise<void>;
  /** Asks Slack about the account of everyone linked: an event of somebody leaving may have been missed. */
  checkAll(signal?: AbortSignal): Promise<void>;
}

export type LinkerOptions = {
  client: WebClient;
  /** The directory as it is now. */
  directory: () => Directory;
  /** Slack user ids of people whom the configuration names by account: guests too, and never by e-mail. */
  named: ReadonlyMap<PersonId, string>;
  /** Keeps a link for good. After it, `directory()` is expected to show it. */
  remember: (person: PersonId, account: SlackAccount) => Promise<void>;
  /** Hears what Slack says about a linked account. */
  noticed?: (account: SlackAccount, change: { deleted: boolean; restricted: boolean }) => Promise<void>;
  clock: Clock;
  log: Log;
  /** Look-ups at the start without a pause between them. */
  burst?: number;
};

/** A stranger who clicks again and again costs one look-up a minute. */
const REFUSED_FOR_MS = 60_000;
/** `users.lookupByEmail` allows 50 a minute, with bursts: a team of usual size is linked at once. */
const BURST = 20;
const LOOKUP_EVERY_MS = 1_300;
const AFTER_FAILURE_MS = 10_000;
/** `users.info` allows over a hundred a minute; clicks need most of them. */
const CHECK_EVERY_MS = 1_500;

const SlackUser = z.object({
  id: z.string(),
  team_id: z.string(),
  deleted: z.boolean().default(false),
  is_bot: z.boolean().default(false),
  is_restricted: z.boolean().default(false),
  is_ultra_restricted: z.boolean().default(false),
  is_stranger: z.boolean().default(false),
  profile: z.object({ email: z.string().optional() }).default({}),
});
type SlackUser = z.infer<typeof SlackUser>;

const NotFound = z.object({ data: z.object({ error: z.enum(['users_not_found', 'user_not_found']) }) });

/**
 * Full members of the workspace only: a guest or an outsider is a person of Meshline only where the
 * directory itself names the account.
 */
function isFullMember(user: SlackUser, team: string): boolean {
  const outsider = user.is_bot || user.is_restricted || user.is_ultra_restricted || user.is_stranger;
  return !outsider && !user.deleted && user.team_id === team;
}

/** The one unlinked person with this address. Someone linked already keeps their account. */
function byEmail(
  { directory, named }: Pick<LinkerOptions, 'directory' | 'named'>,
  email: string | undefined,
): Person | null {
  if (!email) return null;
  const wanted = email.toLowerCase();
  const found = [...directory().people.values()].filter((person) => person.email.toLowerCase() === wanted);
  const [person] = found;
  return found.length === 1 && person?.slack === null && !named.has(person.id) ? person : null;
}

function linked(directory: Directory, account: SlackAccount): Person | null {
  for (const person of directory.people.values()) {
    if (person.slack?.user === account.user && person.slack.team === account.team) return person;
  }
  return null;
}

export function createLinker(options: LinkerOptions): Linker {
  const { client, directory, named, remember, clock, log, burst = BURST } = options;
  const noticed = options.noticed ?? (() => Promise.resolve());
  const asking = new Map<string, Promise<PersonId | Refusal>>();
  const refusedUntil = new Map<string, number>();

  const ifActive = (person: Person): PersonId | Refusal =>
    person.active ? person.id : refuse('inactive_person');

  let namedAreLinked = false;
  /** Configuration knows user ids but not the workspace: that is the one the bot is in. */
  async function linkNamed(): Promise<void> {
    if (namedAreLinked || named.size === 0) return;
    const { team_id } = await client.auth.test();
    if (!team_id) return;
    for (const [person, user] of named) await remember(person, { team: team_id, user });
    namedAreLinked = true;
  }

  async function ask(account: SlackAccount, key: string): Promise<PersonId | Refusal> {
    try {
      await linkNamed();
      const already = linked(directory(), account);
      if (already) return ifActive(already);
      const { user } = await client.users.info({ user: account.user });
      // Linking at the start may have come first while Slack was asked.
      const meanwhile = linked(directory(), account);
      if (meanwhile) return ifActive(meanwhile);
      const member = SlackUser.safeParse(user).data;
      const known = member?.id === account.user && isFullMember(member, account.team);
      const person = known ? byEmail(options, member.profile.email) : null;
      if (!person) {
        refusedUntil.set(key, clock.now() + REFUSED_FOR_MS);
        return refuse('unknown_person');
      }
      await remember(person.id, account);
      log.info({ person: person.id }, 'slack account linked by e-mail');
      return ifActive(person);
    } catch (error) {
      log.warn(errorFacts(error), 'slack account could not be looked up');
      return refuse('unknown_person');
    }
  }

  /** Gives false when Slack could not be asked, so that the same person is tried again later. */
  async function linkOne(person: Person): Promise<boolean> {
    try {
      const { user } = await client.users.lookupByEmail({ email: person.email });
      const member = SlackUser.safeParse(user).data;
      if (!member || !isFullMember(member, member.team_id)) return true;
      const account = { team: member.team_id, user: member.id };
      if (!linked(directory(), account) && byEmail(options, person.email)?.id === person.id) {
        await remember(person.id, account);
      }
      return true;
    } catch (error) {
      if (NotFound.safeParse(error).success) return true;
      log.warn(errorFacts(error), 'slack accounts cannot be looked up now');
      return false;
    }
  }

  /** Gives false when Slack could not be asked; nobody is deactivated for that. */
  async function checkOne(account: SlackAccount): Promise<boolean> {
    try {
      const member = SlackUser.safeParse((await client.users.info({ user: account.user })).user).data;
      if (member?.id !== account.user) return true;
      const restricted = member.is_restricted || member.is_ultra_restricted;
      await noticed(account, { deleted: member.deleted, restricted });
      return true;
    } catch (error) {
      if (NotFound.safeParse(error).success) {
        await noticed(account, { deleted: true, restricted: false });
        return true;
      }
      log.warn(errorFacts(error), 'slack accounts cannot be checked now');
      return false;
    }
  }

  return {
    async checkAll(signal) {
      const linkedNow = [...directory().people.values()].flatMap(({ slack }) => (slack ? [slack] : []));
      for (const account of linkedNow) {
        while (!signal?.aborted && !(await checkOne(account))) await sleep(clock, AFTER_FAILURE_MS);
        if (signal?.aborted) return;
        await sleep(clock, CHECK_EVERY_MS);
      }
    },
    async personOf(account) {
      const known = linked(directory(), account);
      if (known) return ifActive(known);
      const key = `${account.team} ${account.user}`;
      const refused = refusedUntil.get(key);
      if (refused !== undefined && refused > clock.now()) return refuse('unknown_person');
      refusedUntil.delete(key);
      const asked = asking.get(key) ?? ask(account, key).finally(() => asking.delete(key));
      asking.set(key, asked);
      return asked;
    },
    async linkAll(signal) {
      while (!signal?.aborted) {
        try {
          await linkNamed();
          break;
        } catch (error) {
          log.warn(errorFacts(error), 'slack accounts cannot be linked now');
          await sleep(clock, AFTER_FAILURE_MS);
        }
      }
      const waiting = [...directory().people.values()].filter((person) => person.active && !person.slack);
      for (let next = 0; next < waiting.length && !signal?.aborted; ) {
        const person = waiting[next];
        const asked = person === undefined || (await linkOne(person));
        if (asked) next += 1;
        if (!asked) await sleep(clock, AFTER_FAILURE_MS);
        else if (next >= burst && next < waiting.length) await sleep(clock, LOOKUP_EVERY_MS);
      }
    },
  };
}

import type { Directory, PersonId } from '../exports/ownership.ts';
import type { Ledger } from '../store/port.ts';

export type SlackAccount = { team: string; user: string };

/** The directory as it stands: the configuration's, with the Slack accounts found and lost since. */
export type Roster = {
  directory(): Directory;
  /** Keeps a link for good. */
  link(person: PersonId, account: SlackAccount): Promise<void>;
  /** What Slack says about an account: someone it deactivates or makes a guest may decide nothing. */
  accountChanged(account: SlackAccount, change: { deleted: boolean; restricted: boolean }): void;
};

/** @param named people whose account the configuration itself names; guests among them are meant */
export async function openRoster(
  configured: Directory,
  named: ReadonlyMap<PersonId, string>,
  ledger: Pick<Ledger, 'slackLinks' | 'saveSlackLink'>,
): Promise<Roster> {
  const people = new Map(configured.people);
  for (const { person, team, user } of await ledger.slackLinks()) {
    const known = people.get(person);
    const moved = named.has(person) && named.get(person) !== user;
    if (known && !moved) people.set(person, { ...known, slack: { team, user } });
  }
  let directory: Directory = { ...configured, people };
  const set = (id: PersonId, change: { slack: SlackAccount } | { active: boolean }) => {
    const known = directory.people.get(id);
    if (known)
      directory = { ...directory, people: new Map(directory.people).set(id, { ...known, ...change }) };
  };
  return {
    directory: () => directory,
    async link(person, account) {
      await ledger.saveSlackLink({ person, ...account });
      set(person, { slack: account });
    },
    accountChanged({ team, user }, { deleted, restricted }) {
      const known = [...directory.people.values()].find(
        (person) => person.slack?.team === team && person.slack.user === user,
      );
      if (!known) return;
      const wanted = configured.people.get(known.id)?.active ?? false;
      set(known.id, { active: wanted && !deleted && (!restricted || named.has(known.id)) });
    },
  };
}

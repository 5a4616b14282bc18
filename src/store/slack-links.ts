import type { Connection, Tx } from './connection.ts';
import type { SlackLink } from './port.ts';

export type SlackLinks = {
  all(): readonly SlackLink[];
  save(tx: Tx, link: SlackLink): void;
};

/** Which Slack account each person was linked to, so that an address that changes hands later means nothing. */
export function slackLinksOver(connection: Connection): SlackLinks {
  const all = connection.all<SlackLink>('SELECT person, team, user FROM slack_links ORDER BY person');
  const save = connection.write(
    'INSERT INTO slack_links (person, team, user) VALUES (?, ?, ?) ON CONFLICT (person) DO UPDATE SET team = excluded.team, user = excluded.user',
  );
  return {
    all: () => all(),
    save(tx, { person, team, user }) {
      save(tx, person, team, user);
    },
  };
}

import type { PersonId } from '../exports/ownership.ts';
import type { Connection, Tx } from './connection.ts';

export type Homes = {
  opened(tx: Tx, person: PersonId, at: number): void;
  since(at: number): PersonId[];
};

/** Who looked at their Home tab lately. */
export function homesOver(connection: Connection): Homes {
  const open = connection.write(
    'INSERT INTO homes (person, opened_at) VALUES (?, ?) ON CONFLICT (person) DO UPDATE SET opened_at = excluded.opened_at',
  );
  const since = connection.all<{ person: PersonId }>(
    'SELECT person FROM homes WHERE opened_at >= ? ORDER BY person',
  );
  return {
    opened(tx, person, at) {
      open(tx, person, at);
    },
    since: (at) => since(at).map(({ person }) => person),
  };
}

import type { Connection, Tx } from './connection.ts';

/** Expired ids dropped by each new one: more than are added, so that the table cannot grow without end. */
const SWEPT_PER_CALL = 20;

export type FirstSeen = (
  tx: Tx,
  scope: string,
  id: string,
  bodyHash: string,
  now: number,
  keepMs: number,
) => 'new' | 'same' | 'other';

/** Tells a new delivery id from a replayed one. */
export function deliveriesOver(connection: Connection): FirstSeen {
  const find = connection.one<{ body_hash: string }>(
    'SELECT body_hash FROM deliveries WHERE scope = ? AND id = ? AND expires_at > ?',
  );
  const add = connection.write(`INSERT INTO deliveries (scope, id, body_hash, expires_at) VALUES (?, ?, ?, ?)
  ON CONFLICT (scope, id) DO UPDATE SET body_hash = excluded.body_hash, expires_at = excluded.expires_at`);
  const expired = connection.all<{ scope: string; id: string }>(
    'SELECT scope, id FROM deliveries WHERE expires_at <= ? ORDER BY expires_at LIMIT ?',
  );
  const drop = connection.write('DELETE FROM deliveries WHERE scope = ? AND id = ?');
  return (tx, scope, id, bodyHash, now, keepMs) => {
    const earlier = find(scope, id, now);
    if (earlier) return earlier.body_hash === bodyHash ? 'same' : 'other';
    for (const old of expired(now, SWEPT_PER_CALL)) drop(tx, old.scope, old.id);
    add(tx, scope, id, bodyHash, now + keepMs);
    return 'new';
  };
}

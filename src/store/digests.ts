import { type Effect, PRIORITY } from '../exports/effects.ts';
import { dueOf } from '../exports/parties.ts';
import { endsQuietly, mayWaitInDigest } from '../exports/quiet.ts';
import type { Export } from '../exports/state.ts';
import type { Connection, Tx } from './connection.ts';
import type { Outbox } from './outbox.ts';
import type { DigestCount, DigestRow } from './port.ts';
import type { Rows } from './rows.ts';

type Shown = Extract<Effect, { kind: 'card' | 'note' }>;

export type Digests = {
  /** True when the export is in the channel's digest and goes on to be shown there alone. */
  absorbs(tx: Tx, state: Export, effect: Shown, now: number): boolean;
  /** Moves waiting first cards into their channel's digest; gives the keys that were moved. */
  collapse(tx: Tx, channel: string, keys: readonly string[], now: number): string[];
  /** Gives what waits in the digest cards of its own, in order; gives how many. */
  expand(tx: Tx, channel: string, now: number): number;
  counts(channel: string): DigestCount[];
  rows(channel: string, limit: number, export_type?: string): DigestRow[];
};

export function digestKey(channel: string): string {
  return `digest:${channel}`;
}

/** What a flooded channel shows in one message. A member has no card; when it needs one it stops being a member. */
export function digestsOver(connection: Connection, outbox: Outbox, rows: Rows): Digests {
  const member = connection.one<{ waiting: number }>(
    'SELECT waiting FROM digests WHERE channel = ? AND export_id = ?',
  );
  const put = connection.write(`INSERT INTO digests (channel, export_id, export_type, due_at, waiting)
  VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET due_at = excluded.due_at, waiting = excluded.waiting`);
  const leave = connection.write('DELETE FROM digests WHERE channel = ? AND export_id = ?');
  const firstCard = connection.one<{ export_id: string }>(
    `SELECT export_id FROM outbox WHERE key = ? AND lease_until IS NULL AND unsettled = 0
     AND NOT EXISTS (SELECT 1 FROM messages WHERE post_id = outbox.key)`,
  );
  const counts = connection.all<DigestCount>(
    `SELECT export_type, count(*) AS waiting, min(due_at) AS oldest_due_at FROM digests
     WHERE channel = ? AND waiting = 1 GROUP BY export_type ORDER BY min(due_at)`,
  );
  const waiting = connection.all<DigestRow>(
    `SELECT export_id, export_type, due_at FROM digests
     WHERE channel = ? AND waiting = 1 ORDER BY due_at, export_id LIMIT ?`,
  );
  const ofType = connection.all<DigestRow>(
    `SELECT export_id, export_type, due_at FROM digests
     WHERE channel = ? AND waiting = 1 AND export_type = ? ORDER BY due_at, export_id LIMIT ?`,
  );

  /** Goes with the cards, because it stands for many of them; escalations pass it, and only one ever waits. */
  function refresh(tx: Tx, channel: string, exportId: string, now: number) {
    const key = digestKey(channel);
    outbox.put(tx, exportId, { kind: 'digest', key, channel, priority: PRIORITY.approval }, now);
  }

  function ownCard(tx: Tx, channel: string, exportId: string, now: number) {
    leave(tx, channel, exportId);
    const key = `card:${exportId}:${channel}`;
    outbox.put(tx, exportId, { kind: 'card', key, channel, priority: PRIORITY.approval }, now);
  }

  return {
    absorbs(tx, state, effect, now) {
      const { channel } = effect;
      const known = member(channel, state.id);
      if (!known) return false;
      const quiet = mayWaitInDigest(state);
      if (!quiet && !endsQuietly(state)) {
        leave(tx, channel, state.id);
        refresh(tx, channel, state.id, now);
        return false;
      }
      put(tx, channel, state.id, state.revision?.export_type ?? '', dueOf(state), quiet ? 1 : 0);
      if (known.waiting === 1 || quiet) refresh(tx, channel, state.id, now);
      return true;
    },
    collapse(tx, channel, keys, now) {
      const moved: string[] = [];
      for (const key of keys) {
        const id = firstCard(key)?.export_id;
        const state = id === undefined ? null : rows.load(id);
        if (!state || !mayWaitInDigest(state) || state.route.channel !== channel) continue;
        put(tx, channel, state.id, state.revision?.export_type ?? '', dueOf(state), 1);
        outbox.cancel(tx, key);
        moved.push(key);
        refresh(tx, channel, state.id, now);
      }
      return moved;
    },
    expand(tx, channel, now) {
      const all = waiting(channel, -1);
      for (const { export_id } of all) ownCard(tx, channel, export_id, now);
      const [any] = all;
      if (any) refresh(tx, channel, any.export_id, now);
      return all.length;
    },
    counts: (channel) => counts(channel),
    rows: (channel, limit, export_type) =>
      export_type === undefined ? waiting(channel, limit) : ofType(channel, export_type, limit),
  };
}

import type { Connection, Tx } from './connection.ts';
import { dueOf, laneOf, priorityOf } from './lanes.ts';
import type { Deferred, OutboxRow, Settlement } from './port.ts';

type Place = { lane: string; priority: number; due_at: number };
type Put = Place & { lease_until: number | null; renewals: number };
type Freed = Place & { effect: string };
type StoredRow = Omit<OutboxRow, 'effect' | 'unsettled'> & { effect: string; unsettled: number };

/** A process opens the ledger far fewer than 2^21 times, and claims fewer than 2^32 rows. */
const TOKENS_PER_EPOCH = 2 ** 32;

const COLUMNS = 'key, export_id, effect, lane, priority, due_at, attempts, unsettled, unsettled_since, token';

export type Outbox = {
  /** Adds the row, or renews the one under the same key: the newest effect, the earlier instant; a card that is to say why it comes again still says so. */
  put(tx: Tx, exportId: string, effect: Deferred, now: number): void;
  /** Drops a row that has not begun. One that has is let finish. */
  cancel(tx: Tx, key: string): void;
  claim(tx: Tx, keys: readonly string[], now: number, leaseMs: number): OutboxRow[];
  settle(tx: Tx, settlement: Settlement, now: number): void;
  waiting(until: number, now: number, limit: number, lane?: string): OutboxRow[];
  /** Pushes that were cut off, or that began after `since`: what they sent may still arrive. */
  begunSince(since: number): OutboxRow[];
  /** Whether one of these rows has begun, here and within its lease, and has not ended. */
  underWay(keys: readonly string[], now: number): boolean;
};

/**
 * The rows of what must still happen outside. `epoch` is the number of this opening of the ledger:
 * leases of earlier ones are void, because their process is gone.
 */
export function outboxOver(connection: Connection, epoch: number): Outbox {
  const firstToken = epoch * TOKENS_PER_EPOCH;
  let lastToken = firstToken;

  const put =
    connection.change<Put>(`INSERT INTO outbox (key, export_id, kind, lane, priority, due_at, effect)
  VALUES (?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (key) DO UPDATE SET
    renewals = renewals + 1,
    lane = excluded.lane,
    priority = CASE WHEN lease_until IS NULL THEN min(priority, excluded.priority) ELSE excluded.priority END,
    due_at = min(due_at, excluded.due_at),
    effect = CASE WHEN json_extract(effect, '$.again') AND excluded.kind = kind
      THEN json_set(excluded.effect, '$.again', json('true')) ELSE excluded.effect END
  RETURNING lane, priority, due_at, lease_until, renewals`);
  const cancel = connection.write('DELETE FROM outbox WHERE key = ? AND lease_until IS NULL');
  const claim = connection.change<StoredRow>(`UPDATE outbox
  SET token = ?, attempts = attempts + 1, renewals = 0, unsettled = unsettled OR lease_until IS NOT NULL,
    unsettled_since = CASE WHEN lease_until IS NULL THEN unsettled_since ELSE begun_at END,
    begun_at = ?, lease_until = ?
  WHERE key = ? AND (lease_until IS NULL OR lease_until <= ? OR token <= ?)
  RETURNING ${COLUMNS}`);
  const finish = connection.write('DELETE FROM outbox WHERE key = ? AND token = ? AND renewals = 0');
  const free = connection.change<Freed>(`UPDATE outbox
  SET lease_until = NULL, unsettled = unsettled AND NOT ?, due_at = ?,
    unsettled_since = CASE WHEN ? THEN NULL ELSE unsettled_since END
  WHERE key = ? AND token = ? AND lease_until IS NOT NULL
  RETURNING lane, priority, due_at, effect`);
  const begun = connection.one<{ key: string }>(
    'SELECT key FROM outbox WHERE key = ? AND lease_until > ? AND token > ?',
  );
  const begunPushes = connection.all<StoredRow>(
    `SELECT ${COLUMNS} FROM outbox WHERE kind = 'push' AND (lease_until IS NOT NULL OR begun_at > ?)`,
  );
  const lanes = connection.all<{ lane: string }>(`WITH RECURSIVE each (lane) AS (
    SELECT min(lane) FROM outbox
    UNION ALL
    SELECT (SELECT min(lane) FROM outbox WHERE lane > each.lane) FROM each WHERE lane IS NOT NULL
  ) SELECT lane FROM each WHERE lane IS NOT NULL`);
  const inLane = connection.all<StoredRow>(`SELECT ${COLUMNS} FROM outbox
  WHERE lane = ? AND due_at <= ? AND (lease_until IS NULL OR lease_until <= ? OR token <= ?)
  ORDER BY due_at LIMIT ?`);

  function share(until: number, now: number, limit: number): StoredRow[] {
    const taken = new Map(lanes().map(({ lane }): [string, StoredRow[]] => [lane, []]));
    let unfilled = [...taken.keys()];
    let left = limit;
    while (unfilled.length > 0 && left > 0) {
      const more = Math.max(1, Math.floor(left / unfilled.length));
      unfilled = unfilled.slice(0, left).filter((lane) => {
        const had = taken.get(lane)?.length ?? 0;
        const rows = inLane(lane, until, now, firstToken, had + more);
        taken.set(lane, rows);
        left -= rows.length - had;
        return rows.length === had + more;
      });
    }
    return [...taken.values()].flat().sort((a, b) => a.due_at - b.due_at);
  }

  return {
    put(tx, exportId, effect, now) {
      const row = put(
        tx,
        effect.key,
        exportId,
        effect.kind,
        laneOf(effect),
        priorityOf(effect),
        dueOf(effect, now),
        JSON.stringify(effect),
      );
      if (row?.renewals === 0) tx.tally.outbox += 1;
      if (row && row.lease_until === null) {
        const { lane, priority, due_at } = row;
        tx.announced.push({ key: effect.key, lane, priority, due_at, effect });
      }
    },
    cancel(tx, key) {
      tx.tally.outbox -= cancel(tx, key);
    },
    claim(tx, keys, now, leaseMs) {
      return keys.flatMap((key) => {
        lastToken += 1;
        const row = claim(tx, lastToken, now, now + leaseMs, key, now, firstToken);
        return row ? [parsed(row)] : [];
      });
    },
    settle(tx, { key, token, result }, now) {
      const done = 'done' in result;
      if (done && finish(tx, key, token) === 1) {
        tx.tally.outbox -= 1;
        return;
      }
      const freed = free(tx, done ? 1 : 0, done ? now : result.later, done ? 1 : 0, key, token);
      if (freed) tx.announced.push({ key, ...freed, effect: JSON.parse(freed.effect) as Deferred });
    },
    begunSince: (since) => begunPushes(since).map(parsed),
    underWay: (keys, now) => keys.some((key) => begun(key, now, firstToken) !== undefined),
    waiting(until, now, limit, lane) {
      const rows =
        lane === undefined ? share(until, now, limit) : inLane(lane, until, now, firstToken, limit);
      return rows.map(parsed);
    },
  };
}

function parsed(row: StoredRow): OutboxRow {
  return { ...row, unsettled: row.unsettled === 1, effect: JSON.parse(row.effect) as Deferred };
}

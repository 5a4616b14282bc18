import { DAY_MS } from '../exports/words.ts';
import type { Connection } from './connection.ts';
import type { LedgerVitals } from './port.ts';

/** Counting stops here: beyond it only "many" matters, and a million rows would take their time. */
export const COUNTED_AT_MOST = 10_000;
/** What was given up stays in the table; after this it is no news any more. */
const WEEK_MS = 7 * DAY_MS;

/** What health tells of the ledger beside its pulse: a seek a lane and counts that have an end. */
export function vitalsOver(connection: Connection): (now: number) => LedgerVitals {
  const lanes = connection.all<{ lane: string; due_at: number }>(`WITH RECURSIVE each (lane) AS (
    SELECT min(lane) FROM outbox
    UNION ALL
    SELECT (SELECT min(lane) FROM outbox WHERE lane > each.lane) FROM each WHERE lane IS NOT NULL
  ) SELECT lane, (SELECT min(due_at) FROM outbox WHERE outbox.lane = each.lane) AS due_at
  FROM each WHERE lane IS NOT NULL`);
  const oldest = connection.one<{ due_at: number | null }>(
    'SELECT min(due_at) AS due_at FROM exports WHERE due_at IS NOT NULL',
  );
  const counting = (rows: string) =>
    connection.one<{ n: number }>(
      `SELECT count(*) AS n FROM (SELECT 1 FROM ${rows} LIMIT ${COUNTED_AT_MOST})`,
    );
  const pending = counting("exports WHERE status = 'pending'");
  const quarantined = counting("exports WHERE status = 'quarantined'");
  const failed = counting("exports WHERE status = 'failed'");
  const waiting = counting("inbound WHERE status = 'waiting'");
  const givenUp = connection.one<{ n: number }>(
    `SELECT count(*) AS n FROM (
      SELECT 1 FROM inbound WHERE status = 'failed' AND received_at > ? LIMIT ${COUNTED_AT_MOST}
    )`,
  );
  return (now) => ({
    lanes: lanes().flatMap(({ lane, due_at }) => (due_at < now ? [{ lane, late_ms: now - due_at }] : [])),
    oldest_deadline_ms: Math.max(0, now - (oldest()?.due_at ?? now)),
    pending: pending()?.n ?? 0,
    quarantined: quarantined()?.n ?? 0,
    failed: failed()?.n ?? 0,
    inbound: { waiting: waiting()?.n ?? 0, failed: givenUp(now - WEEK_MS)?.n ?? 0 },
  });
}

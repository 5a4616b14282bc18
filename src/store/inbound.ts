import type { Json } from '../exports/envelope.ts';
import type { Connection, Tx } from './connection.ts';
import type { InboundCounts, InboundEvent, InboundRow, InboundSettlement, Noted } from './port.ts';

/** Finished rows dropped by each new one: more than are added, so that the table cannot grow without end. */
const SWEPT_PER_CALL = 20;
/** Longer than any sender goes on trying. */
const KEEP_MS = 7 * 24 * 60 * 60_000;

export type Inbound = {
  /** `same` when it was noted before, `other` when its id came before with another body. */
  note(tx: Tx, event: InboundEvent, now: number): Noted;
  settle(tx: Tx, settlement: InboundSettlement, now: number): void;
  due(source: string, now: number, limit: number): InboundRow[];
  counts(): InboundCounts;
  mark(source: string, stream: string): { mark: number; began_at: number; asked_at: number } | null;
  /** How far a source has been asked, and when; its beginning is kept. */
  setMark(tx: Tx, source: string, stream: string, mark: number, now: number): void;
};

type Row = Omit<InboundRow, 'work'> & { work: string };

/** What sources told and what is still to be made of it. Only what waits or failed keeps its content. */
export function inboundOver(connection: Connection): Inbound {
  const byId = connection.one<{ body_hash: string }>(
    'SELECT body_hash FROM inbound WHERE source = ? AND id = ?',
  );
  const byEvent = connection.one<{ id: string }>('SELECT id FROM inbound WHERE source = ? AND event_key = ?');
  const add = connection.write(
    `INSERT INTO inbound (source, id, event_key, topic, body_hash, status, received_at, due_at, attempts, work, reason)
    VALUES (?, ?, ?, ?, ?, 'waiting', ?, ?, 0, ?, NULL)`,
  );
  const old = connection.all<{ source: string; id: string }>(
    "SELECT source, id FROM inbound WHERE status = 'done' AND received_at <= ? ORDER BY received_at LIMIT ?",
  );
  const drop = connection.write('DELETE FROM inbound WHERE source = ? AND id = ?');
  const done = connection.write(
    "UPDATE inbound SET status = 'done', work = NULL, reason = NULL WHERE source = ? AND id = ?",
  );
  const failed = connection.write(
    "UPDATE inbound SET status = 'failed', attempts = attempts + 1, reason = ? WHERE source = ? AND id = ?",
  );
  const later = connection.write(
    'UPDATE inbound SET due_at = ?, attempts = attempts + 1, reason = ? WHERE source = ? AND id = ?',
  );
  const due = connection.all<Row>(
    `SELECT source, id, topic, received_at, attempts, work FROM inbound
    WHERE status = 'waiting' AND source = ? AND due_at <= ? ORDER BY due_at LIMIT ?`,
  );
  const waiting = connection.one<{ n: number }>("SELECT count(*) AS n FROM inbound WHERE status = 'waiting'");
  const broken = connection.one<{ n: number }>("SELECT count(*) AS n FROM inbound WHERE status = 'failed'");
  const mark = connection.one<{ mark: number; began_at: number; asked_at: number }>(
    'SELECT mark, began_at, asked_at FROM marks WHERE source = ? AND stream = ?',
  );
  const setMark = connection.write(
    `INSERT INTO marks (source, stream, mark, began_at, asked_at) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (source, stream) DO UPDATE SET mark = excluded.mark, asked_at = excluded.asked_at`,
  );
  return {
    note(tx, { source, id, event_key, topic, body_hash, work }, now) {
      const earlier = byId(source, id);
      if (earlier) return earlier.body_hash === body_hash ? 'same' : 'other';
      if (byEvent(source, event_key)) return 'same';
      for (const each of old(now - KEEP_MS, SWEPT_PER_CALL)) drop(tx, each.source, each.id);
      add(tx, source, id, event_key, topic, body_hash, now, now, JSON.stringify(work));
      return 'new';
    },
    settle(tx, { source, id, result }, now) {
      switch (result.kind) {
        case 'done':
          done(tx, source, id);
          return;
        case 'failed':
          failed(tx, result.reason, source, id);
          return;
        case 'later':
          later(tx, now + result.after_ms, result.reason, source, id);
          return;
      }
    },
    due: (source, now, limit) =>
      due(source, now, limit).map((row) => ({ ...row, work: JSON.parse(row.work) as Json })),
    counts: () => ({ waiting: waiting()?.n ?? 0, failed: broken()?.n ?? 0 }),
    mark: (source, stream) => mark(source, stream) ?? null,
    setMark(tx, source, stream, at, now) {
      setMark(tx, source, stream, at, now, now);
    },
  };
}

import type { Event } from '../exports/events.ts';
import type { Export } from '../exports/state.ts';
import type { Connection, Tx } from './connection.ts';

/**
 * What an event says about its subjects: when the values that it lets in were true at the source.
 * Null for events that let none in, and for exports that were quarantined or came too late.
 */
export function headMove(event: Event, after: Export): { subjects: readonly string[]; at: number } | null {
  const letsIn =
    event.type === 'received' ||
    event.type === 'revised' ||
    event.type === 'corrected' ||
    event.type === 'owner_assigned' ||
    event.type === 'freshness_renewed';
  if (!letsIn || after.revision === null) return null;
  if (after.status === 'quarantined' || after.status === 'superseded') return null;
  return { subjects: after.revision.subjects, at: after.occurred_at };
}

/** When the values that an event lets go were true at the source; null for every other event. */
export function outMove(event: Event, after: Export): { subjects: readonly string[]; at: number } | null {
  const letsGo = event.type === 'delivery_begun' || (event.type === 'accepted' && event.undo_until !== null);
  return letsGo && after.revision ? { subjects: after.revision.subjects, at: after.occurred_at } : null;
}

export type SubjectHead = { export_id: string; occurred_at: number };

export type Subjects = {
  newestFor(subject: string): SubjectHead | null;
  /** Exports that were let go for a subject with newer values than this one's; the newest first. */
  outAfter(subject: string, than: SubjectHead): readonly string[];
  /** Only ever moves a head forward in time. */
  move(tx: Tx, event: Event, after: Export): void;
};

export function subjectsOver(connection: Connection): Subjects {
  const newest = connection.one<SubjectHead>(
    'SELECT export_id, occurred_at FROM subject_heads WHERE subject = ?',
  );
  const advance =
    connection.write(`INSERT INTO subject_heads (subject, occurred_at, export_id) VALUES (?, ?, ?)
  ON CONFLICT (subject) DO UPDATE SET occurred_at = excluded.occurred_at, export_id = excluded.export_id
  WHERE excluded.occurred_at > occurred_at`);
  const outs = connection.all<{ export_id: string }>(
    `SELECT export_id FROM subject_outs WHERE subject = ? AND (occurred_at, export_id) > (?, ?)
     ORDER BY occurred_at DESC, export_id DESC`,
  );
  const letGo = connection.write(
    'INSERT OR IGNORE INTO subject_outs (subject, occurred_at, export_id) VALUES (?, ?, ?)',
  );
  return {
    outAfter: (subject, { export_id, occurred_at }) =>
      outs(subject, occurred_at, export_id).map(({ export_id }) => export_id),
    newestFor: (subject) => newest(subject) ?? null,
    move(tx, event, after) {
      const out = outMove(event, after);
      for (const subject of out?.subjects ?? []) letGo(tx, subject, out?.at ?? 0, after.id);
      const moved = headMove(event, after);
      if (moved === null) return;
      for (const subject of moved.subjects) advance(tx, subject, moved.at, after.id);
    },
  };
}

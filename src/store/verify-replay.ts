import { isDeepStrictEqual } from 'node:util';
import type { Event } from '../exports/events.ts';
import { evolve } from '../exports/evolve.ts';
import type { Export } from '../exports/state.ts';
import type { EventRow } from './chain.ts';
import type { Connection } from './connection.ts';
import { type Found, REBUILD, RESTORE } from './faults.ts';
import { type Projection, parseState, projectionOf } from './rows.ts';
import { headMove, type SubjectHead } from './subjects.ts';

type History = Pick<EventRow, 'n' | 'at' | 'type' | 'data'>;

/** Makes every export again from its events and compares; gives how many there are. */
export function verifyReplay(connection: Connection, found: Found): number {
  const rows = connection.iterate<Projection & { id: string }>(
    'SELECT id, status, type, owner, source, campaign_id, open_key, received_at, due_at, version, state FROM exports ORDER BY id',
  );
  const history = connection.all<History>(
    'SELECT n, at, type, data FROM events WHERE export_id = ? ORDER BY n',
  );
  const headOf = connection.one<SubjectHead>(
    'SELECT export_id, occurred_at FROM subject_heads WHERE subject = ?',
  );
  let exports = 0;
  let heads = 0;
  for (const { id, ...row } of rows()) {
    exports += 1;
    const made = replayOne(id, history(id), found);
    if (made === null) continue;
    compare(row, made.state, found);
    for (const [subject, at] of made.newest) {
      const head = headOf(subject);
      if (!head || head.occurred_at < at) {
        found('A newer value is not noted for its subject', `subject ${subject}`, REBUILD);
      } else if (head.export_id === id && head.occurred_at === at) heads += 1;
    }
  }
  const noted = connection.one<{ n: number }>('SELECT count(*) AS n FROM subject_heads')()?.n ?? 0;
  if (noted > heads) {
    found(`${noted - heads} subjects name a newest value that no export brought`, 'subject_heads', REBUILD);
  }
  checkReferences(connection, found);
  return exports;
}

/** The state, and the newest instant that the export brought for each subject. */
function replayOne(id: string, events: readonly History[], found: Found) {
  const newest = new Map<string, number>();
  let state: Export | null = null;
  try {
    for (const { n, at, type, data } of events) {
      const event = JSON.parse(data) as Event;
      state = evolve(state, event, at, id);
      if (state.version !== n || event.type !== type) {
        found('The events of the export are not in order', `event ${n} of ${id}`, RESTORE);
      }
      const move = headMove(event, state);
      if (move === null) continue;
      for (const subject of move.subjects)
        newest.set(subject, Math.max(move.at, newest.get(subject) ?? move.at));
    }
  } catch (error) {
    found(`The events cannot be replayed (${(error as Error).message})`, `export ${id}`, RESTORE);
    return null;
  }
  if (state !== null) return { state, newest };
  found('The export has no events', `export ${id}`, RESTORE);
  return null;
}

function compare({ state: kept, ...columns }: Projection, made: Export, found: Found): void {
  const { state: replayed, ...expected } = projectionOf(made);
  if (kept !== replayed && !isSameState(kept, replayed)) {
    found('The stored state is not what its events make', `export ${made.id}`, REBUILD);
  }
  if (!isDeepStrictEqual(columns, expected)) {
    found('The columns of the export are not what its events make', `export ${made.id}`, REBUILD);
  }
}

/** Equal as values: the order of keys is no difference. */
function isSameState(kept: string, replayed: string): boolean {
  try {
    return isDeepStrictEqual(parseState(kept), parseState(replayed));
  } catch {
    return false;
  }
}

function checkReferences(connection: Connection, found: Found): void {
  for (const table of ['events', 'outbox', 'tasks', 'idempotency', 'messages']) {
    const strays = connection.all<{ export_id: string }>(
      `SELECT DISTINCT export_id FROM ${table} WHERE export_id NOT IN (SELECT id FROM exports) LIMIT 20`,
    );
    const advice = table === 'events' ? REBUILD : RESTORE;
    for (const { export_id } of strays()) {
      found(`Rows of ${table} belong to no export`, `export ${export_id}`, advice);
    }
  }
}

import {
  DIRECTORY,
  type DirectoryEvent,
  EMPTY_OVERLAY,
  evolveDirectory,
  type Overlay,
  type RecordedChange,
} from '../exports/directory.ts';
import type { DirectoryDecision } from '../exports/directory-decide.ts';
import { directoryEffects } from '../exports/directory-effects.ts';
import { isRefusal, type Refusal } from '../exports/refusals.ts';
import type { Connection, Tx } from './connection.ts';
import type { DirectoryCommitted } from './port.ts';
import type { Tables } from './updates.ts';

export type DirectoryRow = {
  overlay(): Overlay;
  changes(): readonly RecordedChange[];
  save(tx: Tx, overlay: Overlay): void;
};

/** What changed in the directory since meshline.yml: its events are in the chain, the sum of them in one row. */
export function directoryOver(connection: Connection): DirectoryRow {
  const load = connection.one<{ state: string }>('SELECT state FROM directory WHERE id = 1');
  const events = connection.all<{ n: number; at: number; data: string }>(
    'SELECT n, at, data FROM events WHERE export_id = ? ORDER BY n',
  );
  const save = connection.write(
    'INSERT INTO directory (id, version, state) VALUES (1, ?, ?) ON CONFLICT (id) DO UPDATE SET version = excluded.version, state = excluded.state',
  );
  return {
    overlay() {
      const row = load();
      return row ? (JSON.parse(row.state) as Overlay) : EMPTY_OVERLAY;
    },
    changes: () =>
      events(DIRECTORY).map(({ n, at, data }) => ({
        export_id: DIRECTORY,
        n,
        at,
        event: JSON.parse(data) as DirectoryEvent,
      })),
    save(tx, overlay) {
      save(tx, overlay.version, JSON.stringify(overlay));
    },
  };
}

/** Everybody whose desk may look different after it. */
function peopleOf(event: DirectoryEvent, before: Overlay): readonly string[] {
  switch (event.type) {
    case 'person_went_out':
    case 'absence_began':
    case 'person_came_back':
    case 'person_deactivated':
    case 'person_reactivated':
      return [event.person];
    case 'cover_set':
      return [event.for, event.by_person];
    case 'cover_began':
    case 'cover_ended':
      return [event.for, before.covers[event.for]?.by ?? event.for];
    case 'backup_set':
      return event.backup === null ? [event.person] : [event.person, event.backup];
    case 'default_owner_set':
    case 'member_added':
    case 'member_removed':
      return [event.person];
    case 'on_call_set':
      return [...event.people, ...(before.on_call ?? [])];
    case 'on_call_handed_over':
      return [event.by, event.to];
    case 'slack_linked':
    case 'directory_imported':
      return [];
  }
}

/** One decision about the directory, with its events, the overlay they make, and what follows from them. */
export function changeDirectory(
  tx: Tx,
  tables: Pick<Tables, 'chain' | 'outbox'>,
  row: DirectoryRow,
  now: number,
  decide: (overlay: Overlay) => DirectoryDecision,
): DirectoryCommitted | Refusal {
  const before = row.overlay();
  const decision = decide(before);
  if (isRefusal(decision)) return decision;
  let after = before;
  const changes: RecordedChange[] = [];
  for (const event of decision.events) {
    after = evolveDirectory(after, event, now);
    const change: RecordedChange = { export_id: DIRECTORY, n: after.version, at: now, event };
    tables.chain.append(tx, change);
    changes.push(change);
    tx.desks.push(...peopleOf(event, before).map((id) => `person:${id}`));
  }
  if (changes.length > 0) row.save(tx, after);
  for (const effect of directoryEffects(changes)) tables.outbox.put(tx, DIRECTORY, effect, now);
  return { before, after, changes };
}

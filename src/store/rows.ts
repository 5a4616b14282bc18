import { hash } from 'node:crypto';
import { nextDeadline } from '../exports/deadlines.ts';
import type { Export } from '../exports/state.ts';
import { type Status, TERMINAL } from '../exports/words.ts';
import type { Connection, Tx } from './connection.ts';

/** An export that a later one of the same subjects may still revise. */
const OPEN: ReadonlySet<Status> = new Set<Status>(['pending', 'quarantined', 'accepted', 'paused', 'failed']);

/** The columns of `exports` that lists and look-ups use; all are made from the state. */
export type Projection = {
  status: Status;
  type: string | null;
  owner: string;
  source: string;
  campaign_id: string | null;
  open_key: Buffer | null;
  received_at: number;
  due_at: number | null;
  version: number;
  state: string;
};

export function projectionOf(state: Export): Projection {
  const subjects = state.revision?.subjects ?? [];
  return {
    status: state.status,
    type: state.revision?.export_type ?? null,
    owner: state.route.owner,
    source: state.source.name,
    campaign_id: state.revision?.campaign_id ?? null,
    open_key: OPEN.has(state.status) && subjects.length > 0 ? subjectKey(subjects) : null,
    received_at: state.received_at,
    due_at: nextDeadline(state),
    version: state.version,
    state: JSON.stringify(state),
  };
}

/** Equal for the same set of subjects, whatever their order. */
export function subjectKey(subjects: readonly string[]): Buffer {
  return hash('sha256', JSON.stringify([...new Set(subjects)].sort()), 'buffer');
}

function unfinished(state: Export | null): number {
  return state !== null && !TERMINAL.has(state.status) ? 1 : 0;
}

/** Stored states were written by this ledger; `verify` proves that they still are what was written. */
export function parseState(json: string): Export {
  return JSON.parse(json) as Export;
}

export type Rows = {
  load(id: string): Export | null;
  openFor(subjects: readonly string[]): Export | null;
  save(tx: Tx, before: Export | null, state: Export): void;
};

export function rowsOver(connection: Connection): Rows {
  const byId = connection.one<{ state: string }>('SELECT state FROM exports WHERE id = ?');
  const byOpenKey = connection.one<{ state: string }>(
    'SELECT state FROM exports WHERE open_key = ? ORDER BY id DESC LIMIT 1',
  );
  const insert = connection.write(`INSERT INTO exports
  (status, type, owner, source, campaign_id, open_key, received_at, due_at, version, state, id)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  const update = connection.write(`UPDATE exports
  SET status = ?, type = ?, owner = ?, source = ?, campaign_id = ?, open_key = ?, received_at = ?, due_at = ?, version = ?, state = ?
  WHERE id = ?`);
  const parsed = (row: { state: string } | undefined) => (row ? parseState(row.state) : null);
  return {
    load: (id) => parsed(byId(id)),
    openFor: (subjects) => (subjects.length === 0 ? null : parsed(byOpenKey(subjectKey(subjects)))),
    save(tx, before, state) {
      const row = projectionOf(state);
      const save = before === null ? insert : update;
      tx.tally.open += unfinished(state) - unfinished(before);
      save(
        tx,
        row.status,
        row.type,
        row.owner,
        row.source,
        row.campaign_id,
        row.open_key,
        row.received_at,
        row.due_at,
        row.version,
        row.state,
        state.id,
      );
    },
  };
}

import type { Ids } from '../clock.ts';
import type { TaskDraft } from '../exports/effects.ts';
import type { Connection, Tx, Value } from './connection.ts';
import type { LedgerReader, Task } from './port.ts';

type TaskFilter = Parameters<LedgerReader['tasks']>[0];

const COLUMNS =
  'id, key, export_id, kind, role, owner, title, state, opened_at, due_at, closed_at, closed_by';

export type Tasks = {
  /** A task under the same key is left as it is; true when it is new. */
  open(tx: Tx, exportId: string, draft: TaskDraft, now: number): boolean;
  /** Closes what is open about an export because its cause is settled; gives the keys. */
  closeAll(tx: Tx, exportId: string, now: number): string[];
  /** True when it was open. */
  close(tx: Tx, key: string, by: string | null, now: number): boolean;
  get(idOrKey: string): Task | null;
  /** Open ones by their due time, others newest first. */
  find(filter: TaskFilter): Task[];
};

export function tasksOver(connection: Connection, ids: Ids): Tasks {
  const open = connection.write(`INSERT INTO tasks
  (id, key, export_id, kind, role, owner, title, state, opened_at, due_at)
  VALUES (?, ?, ?, ?, ?, ?, ?, 'open', ?, ?)
  ON CONFLICT (key) DO NOTHING`);
  const close = connection.write(
    "UPDATE tasks SET state = 'closed', closed_at = ?, closed_by = ? WHERE key = ? AND state = 'open'",
  );
  const openKeys = connection.all<{ key: string }>(
    "SELECT key FROM tasks WHERE export_id = ? AND state = 'open' ORDER BY id",
  );
  const byIdOrKey = connection.one<Task>(`SELECT ${COLUMNS} FROM tasks WHERE id = ? OR key = ?`);
  const finders = new Map<string, (...params: Value[]) => Task[]>();
  return {
    open(tx, exportId, task, now) {
      const added = open(
        tx,
        ids.uuid(),
        task.key,
        exportId,
        task.kind,
        task.role,
        task.owner,
        task.title,
        now,
        task.due_at,
      );
      tx.tally.tasks_open += added;
      return added === 1;
    },
    closeAll(tx, exportId, now) {
      const keys = openKeys(exportId).map(({ key }) => key);
      for (const key of keys) tx.tally.tasks_open -= close(tx, now, null, key);
      return keys;
    },
    close(tx, key, by, now) {
      const closed = close(tx, now, by, key);
      tx.tally.tasks_open -= closed;
      return closed === 1;
    },
    get: (idOrKey) => byIdOrKey(idOrKey, idOrKey) ?? null,
    find({ limit, export_id, owner, state, role }) {
      const wanted = Object.entries({ export_id, owner, state, role }).filter(
        (entry): entry is [string, string] => entry[1] !== undefined,
      );
      const where = wanted.map(([column]) => `${column} = ?`).join(' AND ') || 'TRUE';
      const order = state === 'open' ? 'due_at, id' : 'id DESC';
      const find =
        finders.get(where) ??
        connection.all<Task>(`SELECT ${COLUMNS} FROM tasks WHERE ${where} ORDER BY ${order} LIMIT ?`);
      finders.set(where, find);
      return find(...wanted.map(([, value]) => value), limit);
    },
  };
}

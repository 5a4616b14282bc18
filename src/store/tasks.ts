import type { Ids } from '../clock.ts';
import type { TaskDraft } from '../exports/effects.ts';
import type { Connection, Tx, Value } from './connection.ts';
import type { LedgerReader, Task } from './port.ts';

type TaskFilter = Parameters<LedgerReader['tasks']>[0];

export type Tasks = {
  /** A task under the same key is left as it is. */
  open(tx: Tx, exportId: string, draft: TaskDraft, now: number): void;
  closeAll(tx: Tx, exportId: string, now: number): void;
  /** Newest first. */
  find(filter: TaskFilter): Task[];
};

export function tasksOver(connection: Connection, ids: Ids): Tasks {
  const open = connection.write(`INSERT INTO tasks
  (id, key, export_id, kind, role, owner, title, state, opened_at, due_at)
  VALUES (?, ?, ?, ?, ?, ?, ?, 'open', ?, ?)
  ON CONFLICT (key) DO NOTHING`);
  const close = connection.write(
    "UPDATE tasks SET state = 'closed', closed_at = ? WHERE export_id = ? AND state = 'open'",
  );
  const finders = new Map<string, (...params: Value[]) => Task[]>();
  return {
    open(tx, exportId, task, now) {
      tx.tally.tasks_open += open(
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
    },
    closeAll(tx, exportId, now) {
      tx.tally.tasks_open -= close(tx, now, exportId);
    },
    find({ limit, export_id, owner, state }) {
      const wanted = Object.entries({ export_id, owner, state }).filter(
        (entry): entry is [string, string] => entry[1] !== undefined,
      );
      const where = wanted.map(([column]) => `${column} = ?`).join(' AND ') || 'TRUE';
      const find =
        finders.get(where) ??
        connection.all<Task>(`SELECT * FROM tasks WHERE ${where} ORDER BY id DESC LIMIT ?`);
      finders.set(where, find);
      return find(...wanted.map(([, value]) => value), limit);
    },
  };
}

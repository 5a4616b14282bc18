import { Status, TERMINAL } from '../exports/words.ts';
import type { Connection, Tally } from './connection.ts';

const UNFINISHED = Status.options.filter((status) => !TERMINAL.has(status));

/** Counts once, when the ledger is opened; from then on each transaction says what it changed. */
export function countAll(connection: Connection): Tally {
  const count = (from: string) =>
    connection.one<{ n: number }>(`SELECT count(*) AS n FROM ${from}`)()?.n ?? 0;
  return {
    open: count(`exports WHERE status IN (${UNFINISHED.map((status) => `'${status}'`).join(', ')})`),
    outbox: count('outbox'),
    tasks_open: count("tasks WHERE state = 'open'"),
  };
}

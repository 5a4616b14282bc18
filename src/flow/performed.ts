import type { Revision } from '../exports/state.ts';
import type { Pusher, Refetcher } from '../sinks/port.ts';
import type { OutboxRow, Settlement } from '../store/port.ts';
import type { Messenger } from './ports.ts';
import type { Flow } from './settings.ts';

/** The far sides that outbox rows are carried to. */
export type FarSides = {
  messenger: Messenger;
  pusher: Pusher;
  refetcher: Refetcher;
  /** Milliseconds until the next try, or null when tries are used up. */
  nextDelay: (
    policy: Revision['policy']['retry'],
    attempt: number,
    retryAfterMs: number | null,
  ) => number | null;
};

/** `settles_ms`: how long a request whose answer was lost may still be on its way. */
export type Reach = FarSides & { settles_ms: number };

/**
 * What the dispatcher does next with the row; `cause` says why a lane is to be quiet. What was sent may still
 * arrive for `holds_ms`, and nothing else of its subjects is sent before that; 0 ends such a wait.
 */
export type Performed = {
  again_at: number | null;
  quiet_until: number | null;
  cause?: string;
  holds_ms?: number;
};

export const DONE: Performed = { again_at: null, quiet_until: null };

export function settled(row: OutboxRow): Settlement {
  return { key: row.key, token: row.token, result: { done: true } };
}

/** Puts the row off; gives when it comes again, UTC ms. */
export async function later(flow: Flow, row: OutboxRow, afterMs: number, cause: string): Promise<number> {
  const due = flow.clock.now() + afterMs;
  await flow.ledger.settle({ key: row.key, token: row.token, result: { later: due, cause } });
  return due;
}

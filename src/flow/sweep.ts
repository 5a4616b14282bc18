import type { Cancel } from '../clock.ts';
import { decide } from '../exports/decide.ts';
import { MINUTE_MS } from '../exports/words.ts';
import { contextOf, type Flow } from './settings.ts';

/** Fired together; between two such the clicks that wait have their turn. */
const BATCH = 1_000;
/** A wall clock that moves this much against the monotonic one was set, not slow. */
const JUMP_MS = 60_000;
const HOLD_EXPIRY_MS = 10 * MINUTE_MS;

export type Sweeper = {
  /** Fires everything that is due, once. Overlapping calls do nothing. */
  sweep(): Promise<void>;
  /** True while expiry is held back because the wall clock jumped. */
  expiryHeld(): boolean;
};

/**
 * Deadlines are rows, so a sweep after any downtime finds all of them. When the wall clock was set,
 * reminders and escalations go on, but nothing expires until people had time to look. `passTime`
 * lets the directory's and the campaigns' own clocks run first; it is told when nothing may end.
 */
export function createSweeper(
  flow: Flow,
  passTime: (held: boolean) => Promise<void> = async () => {},
): Sweeper {
  let running = false;
  let wall = flow.clock.now();
  let mono = flow.clock.monotonic();
  let holdUntil = Number.NEGATIVE_INFINITY;

  const noticeJump = () => {
    const drift = flow.clock.now() - wall - (flow.clock.monotonic() - mono);
    wall = flow.clock.now();
    mono = flow.clock.monotonic();
    if (Math.abs(drift) < JUMP_MS) return;
    holdUntil = mono + HOLD_EXPIRY_MS;
    flow.log.error(
      { drift_ms: Math.round(drift) },
      'The wall clock was set; nothing expires for ten minutes',
    );
  };

  return {
    expiryHeld: () => flow.clock.monotonic() < holdUntil,
    async sweep() {
      if (running) return;
      running = true;
      try {
        noticeJump();
        const held = flow.clock.monotonic() < holdUntil;
        await passTime(held).catch((err: unknown) =>
          flow.log.error({ err }, 'The directory could not follow the clock'),
        );
        await fireDue(flow, !held);
      } finally {
        running = false;
      }
    },
  };
}

/** Everything due, each once; what must wait, such as expiry that is held back, keeps nothing else waiting. */
async function fireDue(flow: Flow, may_expire: boolean): Promise<void> {
  const fired = new Set<string>();
  for (;;) {
    const limit = fired.size + BATCH;
    const due = await flow.ledger.due(flow.clock.now(), limit);
    const fresh = due.filter((id) => !fired.has(id)).slice(0, BATCH);
    const context = contextOf(flow);
    await Promise.all(
      fresh.map((id) =>
        flow.ledger
          .update(id, context.now, (state) => decide(state, { do: 'tick', may_expire }, context))
          .catch((err: unknown) => flow.log.error({ err, export_id: id }, 'A deadline could not be fired')),
      ),
    );
    for (const id of fresh) fired.add(id);
    if (fresh.length < BATCH) return;
  }
}

/** Calls `fn` about every `ms` of the monotonic clock until cancelled, whatever the wall clock does. */
export function every(flow: Pick<Flow, 'clock'>, ms: number, fn: () => void): Cancel {
  let cancel: Cancel = () => {};
  const arm = () => {
    cancel = flow.clock.after(ms, () => {
      fn();
      arm();
    });
  };
  arm();
  return () => cancel();
}

import type { PushOutcome } from '../exports/commands.ts';
import { decide } from '../exports/decide.ts';
import type { Found, Pusher, PushRequest } from '../sinks/port.ts';
import type { OutboxRow } from '../store/port.ts';
import { addressed } from './aliases.ts';
import { contextOf, type Flow } from './settings.ts';

/**
 * A request may still take effect so long after it was sent, though its answer never came: until then an
 * effect that is not found at the sink may be on its way.
 */
export const SETTLES_MS = 30_000;

/**
 * An attempt was cut off before its end was written down, and the export has stopped since: nothing more
 * is sent, but what stands at the sink must be known, or nobody would ever put it back.
 */
export async function settleDoubt(
  flow: Flow,
  pusher: Pick<Pusher, 'sink'>,
  request: PushRequest,
  row: OutboxRow,
): Promise<void> {
  const settlement = { key: row.key, token: row.token, result: { done: true } } as const;
  const found = await look(flow, pusher, request);
  if (found.kind === 'absent') {
    await flow.ledger.settle(settlement);
    return;
  }
  const outcome: PushOutcome =
    found.kind === 'delivered'
      ? found
      : {
          kind: 'failed',
          exception_code: 'outcome_unknown',
          message: 'An attempt was cut off, and the system cannot tell whether it took effect.',
          metadata: {},
        };
  const command = { do: 'record_push', key: row.key, outcome, next_at: null } as const;
  await flow.ledger.update(
    row.export_id,
    flow.clock.now(),
    (state) => decide(state, command, contextOf(flow)),
    settlement,
  );
}

/** Whether what an earlier attempt sent stands at the sink. */
export async function look(flow: Flow, pusher: Pick<Pusher, 'sink'>, request: PushRequest): Promise<Found> {
  const ready = await addressed(flow, request);
  const sink = pusher.sink(request.sink);
  if ('kind' in ready || !sink) return { kind: 'unknown' };
  return sink.reconcile(ready).catch(() => ({ kind: 'unknown' }) as const);
}

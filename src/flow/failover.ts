import { nextInTurn } from '../exports/alternates.ts';
import { decide } from '../exports/decide.ts';
import type { Price } from '../exports/define.ts';
import { alternatePush } from '../exports/failover.ts';
import type { Export, Push, Revision } from '../exports/state.ts';
import type { Pusher, PushRequest, SinkOutcome } from '../sinks/port.ts';
import type { OutboxRow } from '../store/port.ts';
import { contextOf, type Flow } from './settings.ts';

type MakeRequest = (state: Export, revision: Revision, push: Push, row: OutboxRow) => PushRequest;

/** A sink at rest is waited for, unless another can stand in for it: then each rest counts as a try. */
export function mayWait(state: Export, push: Push, row: OutboxRow): boolean {
  if (!state.revision?.policy.failover || row.unsettled || push.status === 'unknown') return true;
  return nextInTurn(state, push) === null;
}

/** After a process that ended in mid-call, a failed try says nothing about what that call did. */
export function cautious(revision: Revision, row: OutboxRow, outcome: SinkOutcome): SinkOutcome {
  const guarded = revision.policy.failover && row.unsettled && outcome.kind === 'retry';
  return guarded ? { kind: 'unknown', cause: outcome.cause } : outcome;
}

/** Asks the next carrier for its price and writes it down; no price is an answer too. */
export async function quoteAlternate(
  flow: Flow,
  pusher: Pusher,
  row: OutboxRow,
  requestFor: MakeRequest,
): Promise<void> {
  const settled = { key: row.key, token: row.token, result: { done: true } } as const;
  const state = await flow.ledger.get(row.export_id);
  const to = state?.alternate?.to;
  if (!state?.revision || to === undefined || state.status !== 'delivering') {
    await flow.ledger.settle(settled);
    return;
  }
  const push = alternatePush(state, to, null, contextOf(flow));
  const request = push && requestFor(state, state.revision, push, { ...row, unsettled: false });
  const price = request ? await priceOf(flow, pusher, request) : null;
  const command = { do: 'record_quote', to, price } as const;
  await flow.ledger.update(
    state.id,
    flow.clock.now(),
    (now) => decide(now, command, contextOf(flow)),
    settled,
  );
}

/** A quote only informs, so that a sink that fails at it has told no price. Its error could hold a secret: only its class is told. */
async function priceOf(flow: Flow, pusher: Pusher, request: PushRequest): Promise<Price | null> {
  try {
    return (await pusher.sink(request.sink)?.quote?.(request)) ?? null;
  } catch (error) {
    const name = error instanceof Error ? error.name : 'none';
    flow.log.warn({ sink: request.sink, error: name }, 'A carrier could not be asked for its price');
    return null;
  }
}

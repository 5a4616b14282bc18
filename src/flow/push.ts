import { sleep, toIso } from '../clock.ts';
import { retryOf } from '../exports/alternates.ts';
import type { PushOutcome } from '../exports/commands.ts';
import { decide } from '../exports/decide.ts';
import { standing } from '../exports/gates.ts';
import { isRollingBack } from '../exports/rollout-stages.ts';
import { isTooLate, startsAt } from '../exports/scheduled.ts';
import type { Export, Push, Revision } from '../exports/state.ts';
import type { PushRequest, SinkOutcome } from '../sinks/port.ts';
import type { OutboxRow } from '../store/port.ts';
import { addressed } from './aliases.ts';
import { driftBeforePush } from './campaigns/drift.ts';
import { newerThan } from './desk.ts';
import { look, settleDoubt } from './doubt.ts';
import { cautious, mayWait } from './failover.ts';
import { DONE, type FarSides, later, type Performed, type Reach, settled } from './performed.ts';
import { contextOf, type Flow } from './settings.ts';

const ON_ITS_WAY = 'What an earlier attempt had sent may still arrive.';

/** What the sink is asked, as the export stands. */
export function requestFor(state: Export, revision: Revision, push: Push, row: OutboxRow): PushRequest {
  return {
    key: push.key,
    sink: push.sink,
    operation: push.operation.name,
    body: push.operation.body,
    attempt: push.attempts + 1,
    aliases: {},
    cursor: push.cursor,
    facts: push.facts,
    unsettled: push.status === 'unknown' || row.unsettled,
    export: {
      export_id: state.id,
      export_type: revision.export_type,
      intent: revision.intent,
      campaign_id: revision.campaign_id,
      revision: revision.number,
      hash: revision.hash,
      occurred_at: toIso(state.occurred_at),
      refresh: Object.fromEntries(
        Object.entries(state.refresh).map(([group, each]) => [
          group,
          { as_of: toIso(each.as_of), max_age_ms: each.max_age_ms },
        ]),
      ),
      accepted_by: standing(state).map((each) => ({ person: each.by, role: each.role, at: toIso(each.at) })),
    },
  };
}

/** One attempt at a sink, if it is still to be made. */
export async function push(flow: Flow, far: Reach, row: OutboxRow): Promise<Performed> {
  const state = await flow.ledger.get(row.export_id);
  const due = state?.pushes.find((each) => each.key === row.key);
  const revision = state?.revision;
  const sink = far.pusher.sink(due?.sink ?? '');
  const { settles_ms } = far;
  const since = row.unsettled_since ?? Number.NEGATIVE_INFINITY;
  // A wall clock that was set since makes it wait no longer than usual.
  const onItsWay = Math.max(0, Math.min(since - flow.clock.now(), 0) + settles_ms);
  if (state && revision && due && row.unsettled && state.status !== 'delivering' && !isOver(due)) {
    if (onItsWay > 0) return { again_at: await later(flow, row, onItsWay, ON_ITS_WAY), quiet_until: null };
    await settleDoubt(flow, far.pusher, requestFor(state, revision, due, row), row);
    return DONE;
  }
  if (!state || !revision || !due || state.status !== 'delivering' || isRollingBack(state) || isOver(due)) {
    await flow.ledger.settle(settled(row));
    return DONE;
  }
  const starts = startsAt(due);
  if (onItsWay > 0 && sink?.idempotent === false)
    return { again_at: await later(flow, row, onItsWay, ON_ITS_WAY), quiet_until: null };
  if (starts > flow.clock.now() && sink?.schedules !== true) {
    return {
      again_at: await later(flow, row, starts - flow.clock.now(), 'It begins later.'),
      quiet_until: null,
    };
  }
  const newer = await newerThan(flow, state.id);
  if (newer !== null) {
    const request = requestFor(state, revision, due, row);
    const found = request.unsettled ? await look(flow, far.pusher, request) : null;
    if (found?.kind === 'delivered') {
      await record(flow, far, row, due, revision.policy.retry, found, 0);
      return { ...DONE, holds_ms: 0 };
    }
    await flow.ledger.update(
      state.id,
      flow.clock.now(),
      (now) => decide(now, { do: 'supersede', newer }, contextOf(flow)),
      settled(row),
    );
    return DONE;
  }
  const began = flow.clock.now();
  const outcome =
    (row.unsettled ? null : tooLate(due, began)) ??
    (await driftBeforePush(flow, far.pusher, state, due)) ??
    (await addressedPush(flow, far, requestFor(state, revision, due, row)));
  if (outcome.kind === 'retry' && outcome.deferred && mayWait(state, due, row)) {
    const at = await later(flow, row, outcome.after_ms ?? 1_000, outcome.cause);
    return { again_at: at, quiet_until: at, cause: outcome.cause };
  }
  const found = cautious(revision, row, outcome);
  const looked = found.kind === 'unknown' && sink?.idempotent === false ? began + settles_ms : 0;
  await record(flow, far, row, due, retryOf(state, revision, due, found.kind), found, looked);
  if (found.kind === 'unknown') return { ...DONE, holds_ms: settles_ms };
  return found.kind === 'delivered' ? { ...DONE, holds_ms: 0 } : DONE;
}

/** What waited too long to be of use is not sent any more, and its owner decides. */
function tooLate(push: Push, now: number): SinkOutcome | null {
  if (!isTooLate(push, now)) return null;
  return {
    kind: 'failed',
    exception_code: 'window_over',
    message: 'Its window ended before it could be sent. Nothing was sent.',
    metadata: {},
  };
}

async function addressedPush(flow: Flow, far: FarSides, request: PushRequest): Promise<SinkOutcome> {
  const ready = await addressed(flow, request);
  return 'kind' in ready ? ready : far.pusher.push(ready);
}

function isOver(push: Push): boolean {
  return push.status === 'delivered' || push.status === 'failed';
}

function plainOutcome(outcome: SinkOutcome): PushOutcome {
  return outcome.kind === 'retry' ? { kind: 'retry', cause: outcome.cause } : outcome;
}

/**
 * An outcome must be written down: until it is, the sink may have acted without the ledger knowing. The
 * next try comes at `earliest` (UTC ms) or later.
 */
async function record(
  flow: Flow,
  far: FarSides,
  row: OutboxRow,
  due: Push,
  retry: Revision['policy']['retry'],
  outcome: SinkOutcome,
  earliest: number,
): Promise<void> {
  const asked = outcome.kind === 'retry' ? outcome.after_ms : null;
  const delay = far.nextDelay(retry, due.attempts + 1, asked);
  const next_at = delay === null ? null : Math.max(flow.clock.now() + delay, earliest);
  const command = { do: 'record_push', key: row.key, outcome: plainOutcome(outcome), next_at } as const;
  for (let wait = 100; ; wait = Math.min(wait * 2, 5_000)) {
    try {
      await flow.ledger.update(
        row.export_id,
        flow.clock.now(),
        (state) => decide(state, command, contextOf(flow)),
        settled(row),
      );
      return;
    } catch (err) {
      flow.log.error({ err, key: row.key }, 'The outcome of a push could not be written down; trying again');
      await sleep(flow.clock, wait);
    }
  }
}

import { sleep, toIso } from '../clock.ts';
import { retryOf } from '../exports/alternates.ts';
import type { PushOutcome } from '../exports/commands.ts';
import { decide } from '../exports/decide.ts';
import { standing } from '../exports/gates.ts';
import { isOwn } from '../exports/own.ts';
import { isRollingBack } from '../exports/rollout-stages.ts';
import { isTooLate, startsAt } from '../exports/scheduled.ts';
import type { Export, Push, Revision } from '../exports/state.ts';
import type { Pusher, PushRequest, Refetcher, SinkOutcome } from '../sinks/port.ts';
import type { OutboxRow, Settlement } from '../store/port.ts';
import { addressed } from './aliases.ts';
import { driftBeforePush } from './campaigns/drift.ts';
import { renew, tellCampaign } from './campaigns/follow.ts';
import { issueExport } from './campaigns/issue.ts';
import { newerThan } from './desk.ts';
import { look, settleDoubt } from './doubt.ts';
import { cautious, mayWait, quoteAlternate } from './failover.ts';
import { followDirectory } from './follow.ts';
import type { Messenger } from './ports.ts';
import { rehearse } from './rehearse.ts';
import { reverse } from './reverse.ts';
import { contextOf, type Flow } from './settings.ts';
import { lookAgain, stockArrived } from './stock.ts';
import { track } from './tasks.ts';

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

const ON_ITS_WAY = 'What an earlier attempt had sent may still arrive.';
const ENDED = 'The export that was to undo it ended before it went out.';

const DONE: Performed = { again_at: null, quiet_until: null };

/** Carries one claimed row out and writes its outcome back. */
export async function perform(flow: Flow, far: Reach, row: OutboxRow): Promise<Performed> {
  switch (row.effect.kind) {
    case 'card':
    case 'note':
    case 'dm':
    case 'page':
    case 'briefing':
    case 'digest':
    case 'campaign_card':
    case 'campaign_note':
    case 'campaign_dm':
      return message(flow, far, row);
    case 'campaign':
      await tellCampaign(flow, row);
      return DONE;
    case 'issue':
      await issueExport(flow, far.pusher, row);
      return DONE;
    case 'push':
      return push(flow, far, row);
    case 'quote':
      await quoteAlternate(flow, far.pusher, row, requestFor);
      return DONE;
    case 'rehearse':
      return { again_at: await rehearse(flow, { ...far, requestFor }, row), quiet_until: null };
    case 'refetch':
      return refetch(flow, far, row, row.effect.source);
    case 'stock_arrived':
      await stockArrived(flow, row.export_id, row.effect);
      await flow.ledger.settle(settled(row));
      return DONE;
    case 'follow':
      await followDirectory(flow, row.effect.of);
      await flow.ledger.settle(settled(row));
      return DONE;
    case 'track':
      return tracked(flow, far, row);
    case 'reverse':
      return { again_at: await reverse(flow, row, settled(row)), quiet_until: null };
    case 'relay': {
      const { to, say } = row.effect;
      const from = await flow.ledger.get(row.export_id);
      const own = from && isOwn(from.source.name) ? { own: true as const } : {};
      const command =
        say === 'roll_back'
          ? ({ do: 'roll_back', by_export: row.export_id, ...own } as const)
          : ({ do: 'end_rollback', why: ENDED } as const);
      await flow.ledger.update(
        to,
        flow.clock.now(),
        (state) => decide(state, command, contextOf(flow)),
        settled(row),
      );
      return DONE;
    }
  }
}

function settled(row: OutboxRow): Settlement {
  return { key: row.key, token: row.token, result: { done: true } };
}

async function later(flow: Flow, row: OutboxRow, afterMs: number, cause: string): Promise<number> {
  const due = flow.clock.now() + afterMs;
  await flow.ledger.settle({ key: row.key, token: row.token, result: { later: due, cause } });
  return due;
}

async function message(flow: Flow, far: FarSides, row: OutboxRow): Promise<Performed> {
  const outcome = await far.messenger.send(row);
  switch (outcome.kind) {
    case 'done':
      await flow.ledger.settle(settled(row));
      return DONE;
    case 'gone':
      flow.log.warn(
        { key: row.key, cause: outcome.cause },
        'A Slack message cannot be delivered and is given up',
      );
      await flow.ledger.settle(settled(row));
      return DONE;
    case 'later': {
      const at = await later(flow, row, outcome.after_ms, outcome.cause);
      return { again_at: at, quiet_until: at, cause: outcome.cause };
    }
  }
}

async function refetch(flow: Flow, far: FarSides, row: OutboxRow, source: string): Promise<Performed> {
  const state = await flow.ledger.get(row.export_id);
  if (state && isOwn(source)) {
    await renew(flow, far.pusher, state);
    await lookAgain(flow, state);
  } else if (state?.revision && state.status === 'pending') {
    const outcome = await far.refetcher.refetch(source, {
      export_id: state.id,
      export_type: state.revision.export_type,
      reference: state.source.reference,
      groups: Object.keys(state.revision.policy.refresh),
    });
    if (outcome.kind !== 'delivered') {
      flow.log.warn(
        { export_id: state.id, source, outcome: outcome.kind },
        'A source could not be asked for fresh values',
      );
    }
  }
  await flow.ledger.settle(settled(row));
  return DONE;
}

const TRACK_AGAIN_MS = 30_000;
const TRACK_LONGEST_MS = 3_600_000;

/** A tracker that is down is asked again for as long as it takes; what it refuses is only logged. */
async function tracked(flow: Flow, far: FarSides, row: OutboxRow): Promise<Performed> {
  const outcome = await track(flow, far, row);
  if (outcome.kind === 'delivered' || outcome.kind === 'failed') {
    if (outcome.kind === 'failed')
      flow.log.warn({ key: row.key, code: outcome.exception_code }, 'A tracker refused a task');
    await flow.ledger.settle(settled(row));
    return DONE;
  }
  const doubled = TRACK_AGAIN_MS * 2 ** Math.min(10, row.attempts - 1);
  const wait = Math.max(
    outcome.kind === 'retry' ? (outcome.after_ms ?? 0) : 0,
    Math.min(doubled, TRACK_LONGEST_MS),
  );
  const cause = outcome.kind === 'partial' ? 'Some of it is left.' : outcome.cause;
  return { again_at: await later(flow, row, wait, cause), quiet_until: null };
}

function requestFor(state: Export, revision: Revision, push: Push, row: OutboxRow): PushRequest {
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

async function push(flow: Flow, far: Reach, row: OutboxRow): Promise<Performed> {
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
    message: `It was to end at ${push.operation.not_after} and could not be sent before. Nothing was sent.`,
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

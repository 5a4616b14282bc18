import { afterRefusal, firstTries, stillOpen, withoutOvertaken } from './alternates.ts';
import type { Command, Context } from './commands.ts';
import type { Decision } from './decide.ts';
import type { Event } from './events.ts';
import { evolve } from './evolve.ts';
import { freshness, staleFacts } from './freshness.ts';
import { names, resolvers, standing } from './gates.ts';
import { revisionHash } from './hash.ts';
import { operationsOf } from './operations.ts';
import { deliveredEvents } from './preview.ts';
import { refuse } from './refusals.ts';
import { isSafe } from './rehearsal.ts';
import {
  beginInStages,
  everythingOut,
  isPastFirst,
  isRollingBack,
  reportedInStage,
} from './rollout-stages.ts';
import { startsAt } from './scheduled.ts';
import type { Export, Push, Revision } from './state.ts';
import { isTryOf, sentBefore } from './tries.ts';
import { troubleOf } from './trouble.ts';

type RecordPush = Extract<Command, { do: 'record_push' }>;
type Raise = Extract<Command, { do: 'raise_exception' }>;
type Redeliver = Extract<Command, { do: 'redeliver' }>;

/** What was accepted is what is pushed, or nothing is (R14). A mismatch is a bug or tampering, never a refusal. */
export function assertAccepted(state: Export, revision: Revision): void {
  const { export_type, intent, campaign_id, payload } = revision;
  const now = revisionHash({ export_type, intent, campaign_id, payload });
  const needed = Math.max(1, revision.policy.gate.steps.length);
  if (now !== revision.hash || standing(state).length < needed) {
    throw new Error('The values about to be pushed are not the values that were accepted.');
  }
  if (!isSafe(state)) throw new Error('The values about to be pushed have not passed their safety checks.');
}

/** Everything that these values would send, in the order of the routes. */
export function planned(state: Export, revision: Revision, context: Context): readonly Push[] {
  const operations = operationsOf(state, revision, context.catalog);
  const twice = new Map<string, number>();
  return operations.flatMap((operation) =>
    (revision.policy.routes[operation.name] ?? []).map((sink): Push => {
      const stem = `exp_${state.id}-r${revision.number}-${sink}-${operation.name.replaceAll('.', '_')}`;
      const n = (twice.get(stem) ?? 0) + 1;
      twice.set(stem, n);
      const key = n === 1 ? stem : `${stem}-${n}`;
      const earlier =
        state.pushes.findLast((push) => isTryOf(push.key, key)) ??
        sentBefore(state.pushes, { sink, operation }, revision.policy.failover !== null);
      if (earlier?.status === 'delivered') return earlier;
      return {
        key: earlier?.key ?? key,
        sink,
        operation,
        // Its answer was lost before people accepted again: it is looked for, not sent blindly.
        status: earlier?.status === 'unknown' ? 'unknown' : 'waiting',
        attempts: 0,
        next_at: null,
        detail: null,
        exception_code: null,
        cursor: null,
        facts: {},
      };
    }),
  );
}

export function staleGroups(state: Export, now: number): readonly string[] {
  if (isPastFirst(state)) return [];
  // What was accepted for a later day counts from that day: waiting for it makes nothing too old.
  const begins = state.status === 'delivering' ? Math.max(0, ...state.pushes.map(startsAt)) : 0;
  return freshness(state, now)
    .filter((each) => each.stale && now - begins > each.limit_ms)
    .map((each) => each.group);
}

/** An acceptance of data that has since gone stale counts no longer; without a person to ask again, it fails visibly. */
export function lapsed(state: Export, groups: readonly string[], context: Context): readonly Event[] {
  if (state.revision?.policy.gate.mode !== 'policy') return [{ type: 'acceptance_lapsed', groups }];
  const message = `The ${groups.join(' and ')} data was too old to push.`;
  return [{ type: 'failed', trouble: troubleOf(state, 'stale_data', message, {}, null, context) }];
}

/** From accepted to the first push. */
export function beginDelivery(state: Export, context: Context): readonly Event[] {
  const { revision } = state;
  if (!revision) throw new Error('An export without values cannot be delivered.');
  assertAccepted(state, revision);
  const stale = staleGroups(state, context.now);
  if (stale.length > 0) return lapsed(state, stale, context);
  const whole = planned(state, revision, context);
  const staged = beginInStages(state, whole, revision, context);
  if (staged) return staged;
  const pushes = firstTries(whole, revision, context);
  const events: Event[] = [{ type: 'delivery_begun', pushes }];
  const done = pushes.every((push) => push.status === 'delivered');
  return done ? [...events, ...deliveredEvents({ ...state, pushes }, context)] : events;
}

function pushEvent(push: Push, command: RecordPush): Event {
  const { key, outcome, next_at } = command;
  switch (outcome.kind) {
    case 'delivered':
      return outcome.facts
        ? { type: 'push_delivered', key, reference: outcome.reference, facts: outcome.facts }
        : { type: 'push_delivered', key, reference: outcome.reference };
    case 'partial':
      return { type: 'push_advanced', key, cursor: outcome.cursor, facts: outcome.facts ?? {} };
    case 'failed': {
      const { exception_code, message, metadata } = outcome;
      return { type: 'push_failed', key, exception_code, message, metadata };
    }
    case 'retry':
    case 'unknown': {
      const { cause } = outcome;
      if (next_at !== null) {
        return outcome.kind === 'retry'
          ? { type: 'push_retried', key, cause, next_at }
          : { type: 'push_unknown', key, cause, next_at };
      }
      const exception_code = outcome.kind === 'retry' ? 'sink_unreachable' : 'outcome_unknown';
      const message = `${push.sink} did not confirm it after ${push.attempts + 1} tries: ${cause}`;
      return { type: 'push_failed', key, exception_code, message, metadata: {} };
    }
  }
}

/** What an attempt at a sink came to, and what that makes of the whole. */
export function recordPush(state: Export, command: RecordPush, context: Context): Decision {
  const push = state.pushes.find((each) => each.key === command.key);
  if (!push || push.status === 'delivered' || push.status === 'failed') return { events: [] };
  const event = pushEvent(push, { ...command, outcome: stillOpen(state, push, command.outcome) });
  const after = evolve(state, event, context.now, state.id);
  if (after.status !== 'delivering' || isRollingBack(after)) return { events: [event] };
  return { events: [event, ...settle(after, event, context)] };
}

function isOpen({ status }: Push): boolean {
  return status !== 'delivered' && status !== 'failed';
}

function settle(state: Export, last: Event, context: Context): readonly Event[] {
  if (last.type === 'push_failed') {
    const sink = state.pushes.find((push) => push.key === last.key)?.sink ?? null;
    const next = afterRefusal(state, last, context);
    if (next) return next;
    const trouble = troubleOf(state, last.exception_code, last.message, last.metadata, sink, context);
    if (trouble.then === 'pause') return [{ type: 'paused', trouble }];
  }
  const open = state.pushes.some(isOpen);
  const failed = withoutOvertaken(state).pushes.find((push) => push.status === 'failed');
  if (failed) {
    // What begins on a later day is not waited for: people hear of the failure while it can be mended.
    if (state.pushes.some((push) => isOpen(push) && startsAt(push) <= context.now)) return [];
    const code = failed.exception_code ?? 'sink_rejected';
    const metadata = last.type === 'push_failed' ? last.metadata : {};
    const trouble = troubleOf(
      state,
      code,
      failed.detail ?? 'It was refused.',
      metadata,
      failed.sink,
      context,
    );
    return [{ type: 'failed', trouble }];
  }
  if (!open) return everythingOut(state, context);
  const stale = last.type === 'push_retried' ? staleGroups(state, context.now) : [];
  return stale.length > 0 ? lapsed(state, stale, context) : [];
}

/** A sink that had taken an export reports later that it could not carry it out. */
export function raiseException(state: Export, command: Raise, context: Context): Decision {
  if (state.status !== 'delivering' && state.status !== 'delivered') {
    return refuse('not_waiting', { status: state.status, verb: 'report a failure of' });
  }
  // Of alternatives the one under way answers for itself; a report beside it could start a second one.
  if (state.revision?.policy.failover && state.status === 'delivering') {
    return refuse('not_waiting', { status: state.status, verb: 'report a failure of' });
  }
  if (!state.pushes.some((push) => push.sink === command.sink)) {
    return refuse('not_allowed', { verb: 'report a failure of', allowed: 'Only a sink that received it' });
  }
  const trouble = troubleOf(state, command.code, command.message, command.metadata, command.sink, context);
  const { sink, code, message } = command;
  const { counted, goes_on } = reportedInStage(state, { sink, code, message }, context);
  if (goes_on && (trouble.then === 'fail' || isRollingBack(state))) return { events: counted };
  const stops: Event = trouble.then === 'pause' ? { type: 'paused', trouble } : { type: 'failed', trouble };
  return { events: [...counted.slice(0, 1), stops] };
}

/** Sends what failed once more, under the same keys. */
export function redeliver(state: Export, command: Redeliver, context: Context): Decision {
  if (state.status !== 'failed') return refuse('nothing_to_redeliver');
  const allowed = resolvers(state, context.directory);
  if (!allowed.includes(command.by)) {
    return refuse('not_allowed', { verb: 'redeliver', allowed: names(allowed, context.directory) });
  }
  if (command.newer !== null) return refuse('newer_exists');
  const stale = freshness(state, context.now).filter((each) => each.stale);
  if (stale[0]) {
    return state.revision?.policy.gate.mode === 'policy'
      ? refuse('stale_refused', staleFacts(state, stale[0]))
      : { events: [{ type: 'acceptance_lapsed', groups: stale.map((each) => each.group) }] };
  }
  const keys = withoutOvertaken(state)
    .pushes.filter((push) => push.status !== 'delivered')
    .map((push) => push.key);
  if (keys.length === 0) return refuse('nothing_to_redeliver');
  return { events: [{ type: 'redelivery_requested', by: command.by, keys }] };
}

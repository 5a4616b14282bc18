import { elapsed } from './deadlines.ts';
import type { Event } from './events.ts';
import { pushed } from './evolve-pushes.ts';
import { askedAgain, found, overridden, rehearsalOf } from './rehearsal.ts';
import {
  endedRollout,
  exceptionCounted,
  rollbackBegun,
  rollbackIssued,
  rolloutHeld,
  sendingAgain,
  stageBegun,
  stageCompleted,
} from './rollout-state.ts';
import type { Export, Push } from './state.ts';
import { stillStanding } from './tries.ts';
import type { Status } from './words.ts';

/**
 * The state after one event. Total and pure: replaying an export's events in order gives exactly
 * the state the ledger holds.
 */
export function evolve(before: Export | null, event: Event, at: number, id: string): Export {
  if (event.type === 'received') {
    if (before) throw new Error('An export is received once.');
    const open = event.outcome !== 'superseded';
    return {
      id,
      status: event.outcome,
      version: 1,
      source: event.source,
      requester: event.requester,
      idempotency_key: event.idempotency_key,
      received_at: at,
      occurred_at: event.occurred_at,
      raw: event.raw,
      revision: event.revision,
      refresh: event.refresh,
      problems: event.problems,
      route: event.route,
      channels: open ? [event.route.channel] : [],
      acceptances: [],
      waiting_since: open ? at : null,
      elapsed_ms: 0,
      rungs_fired: 0,
      last_rung_at: null,
      escalated_to: [],
      refetch_asked_at: null,
      stand_in: null,
      lock: null,
      returned: null,
      pages: 0,
      ack: null,
      undo_until: null,
      drift_seen: false,
      rehearsal: event.outcome === 'pending' ? rehearsalOf(event.revision, at) : null,
      pushes: [],
      alternate: null,
      trouble: null,
      rollout: null,
      noticed: event.outcome === 'quarantined',
      ending: open ? null : { at, by: null, reason: null },
    };
  }
  if (!before) throw new Error(`The event ${event.type} needs an export that was received.`);
  const after = { ...before, ...changed(before, event, at), version: before.version + 1 };
  return { ...after, noticed: after.noticed || NEEDS_A_PERSON.has(after.status) };
}

/** What brings an export to a person's notice, whatever its gate is. */
const NEEDS_A_PERSON: ReadonlySet<Status> = new Set<Status>(['quarantined', 'paused', 'failed']);

type Known = Exclude<Event, { type: 'received' }>;

/** A wait that begins anew: nobody has signed, no rung has fired. */
function waitAgain(at: number) {
  return {
    acceptances: [],
    waiting_since: at,
    elapsed_ms: 0,
    rungs_fired: 0,
    last_rung_at: null,
    escalated_to: [],
    refetch_asked_at: null,
    lock: null,
    returned: null,
    pages: 0,
    ack: null,
    undo_until: null,
    alternate: null,
    trouble: null,
  } satisfies Partial<Export>;
}

const settled = {
  waiting_since: null,
  undo_until: null,
  lock: null,
  returned: null,
  ack: null,
  alternate: null,
} satisfies Partial<Export>;

function withChannel(state: Export, channel: string): readonly string[] {
  return state.channels.includes(channel) ? state.channels : [...state.channels, channel];
}

/** One whose effect is in doubt keeps its key and is looked for first. */
function againUnder(push: Push, key: string | undefined): Push {
  if (key === undefined || push.status === 'unknown') return push;
  return { ...push, key, status: 'waiting', attempts: 0, next_at: null, detail: null, exception_code: null };
}

function changed(state: Export, event: Known, at: number): Partial<Export> {
  switch (event.type) {
    case 'corrected':
    case 'edited':
    case 'owner_assigned':
    case 'revised':
      return {
        ...waitAgain(at),
        ...state.returned?.kept,
        status: event.problems.some((problem) => problem.severity === 'error') ? 'quarantined' : 'pending',
        raw: event.raw,
        revision: event.revision,
        refresh: event.refresh,
        occurred_at: event.occurred_at,
        problems: event.problems,
        route: event.route,
        stand_in: event.route.owner === state.route.owner ? state.stand_in : null,
        channels: withChannel(state, event.route.channel),
        ...endedRollout(state),
        rehearsal: rehearsalOf(event.revision, at),
        pushes: [],
      };
    case 'freshness_renewed':
      return { refresh: event.refresh, occurred_at: event.occurred_at, refetch_asked_at: null };
    case 'review_opened':
      return { lock: { by: event.by, at, until: event.until } };
    case 'review_closed':
      return { lock: null };
    case 'changes_requested':
      return {
        ...waitAgain(at),
        returned: {
          by: event.by,
          at,
          reason: event.reason,
          kept: {
            elapsed_ms: elapsed(state, at),
            rungs_fired: state.rungs_fired,
            escalated_to: state.escalated_to,
          },
        },
      };
    case 'undone':
      return { ...waitAgain(at), status: 'pending' };
    case 'reassigned':
      return {
        lock: null,
        stand_in: null,
        route: event.route,
        channels: withChannel(state, event.route.channel),
      };
    case 'commented':
    case 'task_closed':
      return {};
    case 'acknowledged':
      return { ack: { by: event.by, at, until: event.until } };
    case 'covered':
      return { stand_in: { for: event.for, by: event.by, until: event.until } };
    case 'cover_over':
      return { stand_in: null };
    case 'backup_changed':
      return { route: { ...state.route, backup: event.backup } };
    case 'reopened':
      return { ack: null };
    case 'refetch_requested':
      return { refetch_asked_at: at };
    case 'rehearsed':
      return { ...(event.gate ? waitAgain(at) : {}), ...found(state, event, at) };
    case 'rehearsal_requested':
      return askedAgain(state, at);
    case 'safety_checks_overridden':
      return overridden(state, event, at);
    case 'acceptance_recorded':
      return { acceptances: [...state.acceptances, event.acceptance], lock: null };
    case 'accepted':
      return { ...settled, status: 'accepted', undo_until: event.undo_until };
    case 'acceptance_lapsed':
      return { ...waitAgain(at), ...endedRollout(state), status: 'pending' };
    case 'rejected':
      return {
        ...settled,
        ...endedRollout(state),
        status: 'rejected',
        ending: { at, by: event.by, reason: event.reason },
      };
    case 'withdrawn':
      return {
        ...settled,
        ...endedRollout(state),
        status: 'withdrawn',
        ending: { at, by: event.by, reason: event.reason },
      };
    case 'expired':
      return {
        ...settled,
        ...endedRollout(state),
        status: 'expired',
        ending: { at, by: null, reason: null },
      };
    case 'superseded':
      return {
        ...settled,
        ...endedRollout(state),
        status: 'superseded',
        ending: { at, by: null, reason: null },
      };
    case 'reminded':
      return { rungs_fired: state.rungs_fired + 1, last_rung_at: at };
    case 'escalated':
      return {
        rungs_fired: state.rungs_fired + 1,
        last_rung_at: at,
        escalated_to: [...new Set([...state.escalated_to, ...event.to])],
      };
    case 'paged':
      if (event.because) return { pages: state.pages + 1, last_rung_at: at };
      return { rungs_fired: state.rungs_fired + 1, last_rung_at: at, pages: state.pages + 1 };
    case 'delivery_begun':
      return { status: 'delivering', undo_until: null, pushes: event.pushes };
    case 'push_delivered':
    case 'push_advanced':
    case 'push_retried':
    case 'push_unknown':
    case 'push_failed':
      return pushed(state, event);
    case 'alternate_sought':
      return {
        alternate: {
          from: event.from,
          to: event.to,
          code: event.code,
          message: event.message,
          price: null,
          dearer: null,
        },
      };
    case 'failed_over':
      return { ...settled, status: 'delivering', trouble: null, pushes: [...state.pushes, event.push] };
    case 'delivered':
      return {
        ...settled,
        ...endedRollout(state),
        status: 'delivered',
        trouble: null,
        ending: { at, by: null, reason: null },
      };
    case 'failed':
      return { ...settled, status: 'failed', trouble: event.trouble };
    case 'redelivery_requested':
      return {
        status: 'delivering',
        trouble: null,
        pushes: state.pushes.map((push) =>
          event.keys.includes(push.key)
            ? { ...push, status: 'waiting', attempts: 0, next_at: null, detail: null, exception_code: null }
            : push,
        ),
      };
    case 'paused':
      return {
        status: 'paused',
        channels: withChannel(state, event.trouble.channel ?? state.route.channel),
        trouble: event.trouble,
        alternate: event.alternate ?? null,
        waiting_since: at,
        elapsed_ms: 0,
        rungs_fired: 0,
        escalated_to: [],
        pages: 0,
        ack: null,
        ending: null,
      };
    case 'resumed': {
      const revision = state.revision && { ...state.revision, number: state.revision.number + 1 };
      return {
        ...waitAgain(at),
        ...endedRollout(state),
        status: 'pending',
        drift_seen: state.drift_seen || state.trouble?.code === 'rollback_drifted',
        pushes: stillStanding(state),
        revision,
        rehearsal: rehearsalOf(revision, at),
      };
    }
    case 'mapping_completed':
      return {
        ...sendingAgain(state),
        ...settled,
        status: 'delivering',
        trouble: null,
        ending: null,
        pushes: state.pushes.map((push) => againUnder(push, event.tries[push.key])),
      };
    case 'preview_ready':
      return {};
    case 'preview_closed':
      return { preview_closed: true };
    case 'rolled_back':
      return {
        ...settled,
        ...endedRollout(state),
        status: 'rolled_back',
        ending: state.ending ?? { at, by: null, reason: null },
      };
    case 'rollout_stage_begun':
      return stageBegun(state, event, at);
    case 'rollout_stage_completed':
      return stageCompleted(state, event, at);
    case 'rollout_exception_reported':
      return exceptionCounted(state, event);
    case 'rollout_held':
      return rolloutHeld(state, event);
    case 'rollout_rollback_begun':
      return { ...settled, ...rollbackBegun(state, event, at), status: 'delivering', trouble: null };
    case 'rollout_rollback_issued':
      return rollbackIssued(state, event);
  }
}

/** The state that a list of events makes; null for an empty list. */
export function replay(id: string, events: readonly { at: number; event: Event }[]): Export | null {
  return events.reduce<Export | null>((state, { at, event }) => evolve(state, event, at, id), null);
}

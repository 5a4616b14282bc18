import { elapsed } from './deadlines.ts';
import type { Json } from './envelope.ts';
import type { Event } from './events.ts';
import type { Export, Push } from './state.ts';

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
      pushes: [],
      trouble: null,
      ending: open ? null : { at, by: null, reason: null },
    };
  }
  if (!before) throw new Error(`The event ${event.type} needs an export that was received.`);
  return { ...before, ...changed(before, event, at), version: before.version + 1 };
}

/** What was told of a push so far; within a fact that is a map, such as `before`, the first value of a key stays. */
function told(state: Export, key: string, more: Push['facts']): Push['facts'] {
  const known = state.pushes.find((push) => push.key === key)?.facts ?? {};
  const merged = Object.entries(more).map(([name, value]) => {
    const earlier = known[name];
    return [name, isMap(earlier) && isMap(value) ? { ...value, ...earlier } : value] as const;
  });
  return { ...known, ...Object.fromEntries(merged) };
}

function isMap(value: Json | undefined): value is { [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

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
    trouble: null,
  } satisfies Partial<Export>;
}

const settled = {
  waiting_since: null,
  undo_until: null,
  lock: null,
  returned: null,
  ack: null,
} satisfies Partial<Export>;

function withChannel(state: Export, channel: string): readonly string[] {
  return state.channels.includes(channel) ? state.channels : [...state.channels, channel];
}

function withPush(state: Export, key: string, change: Partial<Push>): readonly Push[] {
  return state.pushes.map((push) => (push.key === key ? { ...push, ...change } : push));
}

function attempted(state: Export, key: string): number {
  return (state.pushes.find((push) => push.key === key)?.attempts ?? 0) + 1;
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
    case 'acceptance_recorded':
      return { acceptances: [...state.acceptances, event.acceptance], lock: null };
    case 'accepted':
      return { ...settled, status: 'accepted', undo_until: event.undo_until };
    case 'acceptance_lapsed':
      return { ...waitAgain(at), status: 'pending' };
    case 'rejected':
      return { ...settled, status: 'rejected', ending: { at, by: event.by, reason: event.reason } };
    case 'withdrawn':
      return { ...settled, status: 'withdrawn', ending: { at, by: event.by, reason: event.reason } };
    case 'expired':
      return { ...settled, status: 'expired', ending: { at, by: null, reason: null } };
    case 'superseded':
      return { ...settled, status: 'superseded', ending: { at, by: null, reason: null } };
    case 'reminded':
      return { rungs_fired: state.rungs_fired + 1, last_rung_at: at };
    case 'escalated':
      return {
        rungs_fired: state.rungs_fired + 1,
        last_rung_at: at,
        escalated_to: [...new Set([...state.escalated_to, ...event.to])],
      };
    case 'paged':
      if (event.because) return { pages: state.pages + 1 };
      return { rungs_fired: state.rungs_fired + 1, last_rung_at: at, pages: state.pages + 1 };
    case 'delivery_begun':
      return { status: 'delivering', undo_until: null, pushes: event.pushes };
    case 'push_delivered':
      return {
        pushes: withPush(state, event.key, {
          status: 'delivered',
          attempts: attempted(state, event.key),
          next_at: null,
          detail: event.reference,
          exception_code: null,
          facts: told(state, event.key, event.facts ?? {}),
        }),
      };
    case 'push_advanced':
      return {
        pushes: withPush(state, event.key, {
          status: 'waiting',
          next_at: null,
          cursor: event.cursor,
          facts: told(state, event.key, event.facts),
        }),
      };
    case 'push_retried':
    case 'push_unknown':
      return {
        pushes: withPush(state, event.key, {
          status: event.type === 'push_retried' ? 'retrying' : 'unknown',
          attempts: attempted(state, event.key),
          next_at: event.next_at,
          detail: event.cause,
        }),
      };
    case 'push_failed':
      return {
        pushes: withPush(state, event.key, {
          status: 'failed',
          attempts: attempted(state, event.key),
          next_at: null,
          detail: event.message,
          exception_code: event.exception_code,
        }),
      };
    case 'delivered':
      return { ...settled, status: 'delivered', trouble: null, ending: { at, by: null, reason: null } };
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
        trouble: event.trouble,
        waiting_since: at,
        elapsed_ms: 0,
        rungs_fired: 0,
        escalated_to: [],
        pages: 0,
        ack: null,
        ending: null,
      };
    case 'resumed':
      return {
        ...waitAgain(at),
        status: 'pending',
        pushes: [],
        revision: state.revision && { ...state.revision, number: state.revision.number + 1 },
      };
    case 'rolled_back':
      return { status: 'rolled_back' };
  }
}

/** The state that a list of events makes; null for an empty list. */
export function replay(id: string, events: readonly { at: number; event: Event }[]): Export | null {
  return events.reduce<Export | null>((state, { at, event }) => evolve(state, event, at, id), null);
}

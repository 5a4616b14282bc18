import { timeAfter } from './deadlines.ts';
import { standing } from './gates.ts';
import type { PersonId } from './ownership.ts';
import type { Export } from './state.ts';
import { MINUTE_MS, type Role, TERMINAL } from './words.ts';

/**
 * Whose desk an export is on, as far as its own state can tell: a person, everybody in a role, or
 * whoever stands in for a person. Who that is at a moment, the directory says.
 */
export type Whose =
  | `person:${PersonId}`
  /** Somebody who came in for another: by escalation, or because the owner could not be reached. */
  | `joined:${PersonId}`
  | `role:${Role}`
  | `backup:${PersonId}`
  | `asked:${PersonId}`
  | `lock:${PersonId}`
  /** On-call was paged and it still waits. */
  | 'on_call';

/** `due_at` orders the desk, ms; `but` are people who may not sign it whatever role they hold. */
export type Party = { who: Whose; due_at: number; but: readonly PersonId[] };

/** How long something that has no SLA yet, because it could not be read, may wait. */
const UNREAD_MS = 30 * MINUTE_MS;

/** When it should have been settled; what nobody is awaited for is ordered by when it came. */
export function dueOf(state: Export): number {
  const { waiting_since, revision, received_at } = state;
  if (waiting_since === null) return received_at;
  return timeAfter(state, waiting_since, revision?.policy.sla_ms ?? UNREAD_MS);
}

type Bare = Omit<Party, 'due_at'>;

/** The owner, as themselves or in somebody's place, and who joined by escalation. */
function owners({ route, escalated_to }: Export, but: readonly PersonId[]): readonly Bare[] {
  const own =
    route.for === undefined ? (`person:${route.owner}` as const) : (`joined:${route.owner}` as const);
  const joined = escalated_to.filter((id) => id !== route.owner);
  return [{ who: own, but }, ...joined.map((id) => ({ who: `joined:${id}` as const, but }))];
}

function waitsFor(state: Export): readonly Bare[] {
  switch (state.status) {
    case 'pending':
      if (state.returned && state.requester !== null) return [{ who: `person:${state.requester}`, but: [] }];
      return unsigned(state);
    case 'quarantined':
      return [...owners(state, []), { who: 'role:remediation', but: [] }];
    case 'paused':
    case 'failed':
      return [
        ...owners(state, []),
        ...(state.trouble ? [{ who: `role:${state.trouble.role}` as const, but: [] }] : []),
      ];
    case 'accepted':
    case 'delivering':
    case 'delivered':
    case 'rejected':
    case 'withdrawn':
    case 'expired':
    case 'superseded':
    case 'rolled_back':
      return [];
  }
}

/** The steps of the gate that may be signed now. */
function unsigned(state: Export): readonly Bare[] {
  const gate = state.revision?.policy.gate;
  if (!gate) return [];
  const signed = standing(state);
  const open = gate.steps.filter((_, index) => !signed.some((each) => each.step === index));
  const { owner, role } = state.route;
  const requester = gate.steps.length > 1 ? state.requester : null;
  const but = [...signed.map((each) => each.by), requester].filter((id) => id !== null);
  return (gate.ordered ? open.slice(0, 1) : open).flatMap((step) =>
    step.role === role
      ? [...owners(state, but), { who: `backup:${owner}` as const, but }]
      : [{ who: `role:${step.role}` as const, but }],
  );
}

/** Everybody an open export concerns, each once. Pure, so that the read model can be made again from events. */
export function partiesOf(state: Export): readonly Party[] {
  if (TERMINAL.has(state.status)) return [];
  const due_at = dueOf(state);
  const all: readonly Party[] = [
    ...waitsFor(state).map((each) => ({ ...each, due_at })),
    ...(state.requester === null ? [] : [{ who: `asked:${state.requester}` as const, due_at, but: [] }]),
    ...(state.pages > 0 && state.waiting_since !== null
      ? [{ who: 'on_call' as const, due_at: state.waiting_since, but: [] }]
      : []),
    ...(state.lock ? [{ who: `lock:${state.lock.by}` as const, due_at: state.lock.until, but: [] }] : []),
  ];
  return [...new Map(all.map((each) => [each.who, each])).values()];
}

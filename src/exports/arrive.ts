import { acceptedByPolicy } from './accept.ts';
import { pageOnCall } from './clockwork.ts';
import type { Context } from './commands.ts';
import type { Event } from './events.ts';
import { evolve } from './evolve.ts';
import { freshness } from './freshness.ts';
import { error } from './problems.ts';
import { hasErrors, type Read, remediationRoute } from './receive.ts';
import { ownerGate } from './rehearsal.ts';
import type { Export } from './state.ts';

/** What is already known about the things an arriving export sets. */
export type Known = {
  /** The open export that sets exactly the same things. */
  open: Export | null;
  /** By subject: the newest export that set it. */
  newest: readonly ({ export_id: string; occurred_at: number } | null)[];
};

export type Arrival = { export_id: string; events: readonly Event[] };

/**
 * R3, R4, R15: an arriving export becomes a new one, a new revision of the open one, a renewal of
 * its age, something superseded, or something for quarantine. Nothing is ever dropped.
 */
export function arrive(
  read: Read,
  from: { id: string; source: string; key: string },
  known: Known,
  context: Context,
): Arrival {
  const newer = known.newest.filter((each) => each !== null && each.occurred_at > read.occurred_at);
  if (hasErrors(read.problems)) return first(read, from, 'quarantined', null, context);
  if (newer.length > 0 && newer.length === known.newest.length) {
    return first(read, from, 'superseded', newer[0]?.export_id ?? null, context);
  }
  if (newer.length > 0) {
    const message = `For ${newer.length} of these ${known.newest.length} items a newer value has already arrived. Remove them and send the rest again.`;
    const problems = [...read.problems, error('older_than_known', 'payload', message)];
    const route = remediationRoute(context.directory, 'Part of it is older than what is already known.');
    return first({ ...read, problems, route }, from, 'quarantined', null, context);
  }
  // What takes an export back sets the same things, and is no new version of it.
  const reverses = read.envelope?.source.reverses;
  if (known.open && known.open.id !== reverses && known.open.occurred_at <= read.occurred_at)
    return again(known.open, read, context);
  return first(read, from, 'pending', null, context);
}

function first(
  read: Read,
  from: { id: string; source: string; key: string },
  outcome: 'pending' | 'quarantined' | 'superseded',
  newer: string | null,
  context: Context,
): Arrival {
  const sent = read.envelope?.source;
  const event: Event = {
    type: 'received',
    outcome,
    source: {
      name: from.source,
      system: sent?.system ?? from.source,
      reference: sent?.reference ?? from.key,
      reverses: sent?.reverses ?? null,
    },
    requester: knownRequester(read, context),
    idempotency_key: from.key,
    occurred_at: read.occurred_at,
    raw: read.raw,
    revision: outcome === 'pending' ? gated(read, context) : read.revision,
    refresh: read.refresh,
    problems: read.problems,
    route: read.route,
    newer,
  };
  const state = evolve(null, event, context.now, from.id);
  const page = read.nobody_left ? [pageFor(context)] : [];
  return { export_id: from.id, events: [event, ...page, ...acceptedByPolicy(state, context)] };
}

const pageFor = ({ directory }: Context): Event => ({ ...pageOnCall(directory), because: 'nobody_left' });

function knownRequester(read: Read, context: Context): string | null {
  const requester = read.envelope?.source.requested_by ?? null;
  return requester !== null && context.directory.people.has(requester) ? requester : null;
}

function again(open: Export, read: Read, context: Context): Arrival {
  const { revision } = read;
  if (!revision) throw new Error('An export without problems has values.');
  const reference = read.envelope?.source.reference ?? '';
  const waits = open.status === 'pending' || open.status === 'accepted';
  if (waits && open.revision?.hash === revision.hash) {
    const { refresh, occurred_at } = read;
    return { export_id: open.id, events: [{ type: 'freshness_renewed', reference, refresh, occurred_at }] };
  }
  const event: Event = {
    type: 'revised',
    reference,
    raw: read.raw,
    revision: { ...(gated(read, context) ?? revision), number: (open.revision?.number ?? 0) + 1 },
    refresh: read.refresh,
    occurred_at: read.occurred_at,
    problems: read.problems,
    route: routeOf(open, read, context),
  };
  const state = evolve(open, event, context.now, open.id);
  return { export_id: open.id, events: [event, ...acceptedByPolicy(state, context)] };
}

/** New values of the same owner stay with whoever the export has been handed to since. */
function routeOf(open: Export, read: Read, { directory }: Context): Read['route'] {
  const asked = (raw: Read['raw']) => JSON.stringify([raw['owner_id'], raw['owner_role']]);
  const kept =
    open.status !== 'quarantined' &&
    asked(open.raw) === asked(read.raw) &&
    open.route.role === read.route.role &&
    directory.people.get(open.route.owner)?.active === true &&
    !directory.away.has(open.route.owner);
  return kept ? open.route : read.route;
}

/** Policy never accepts what is already too old: then its owner is asked. */
function gated(read: Read, context: Context): Read['revision'] {
  const { revision } = read;
  if (!revision || revision.policy.gate.mode !== 'policy') return revision;
  const probe = { revision, refresh: read.refresh, acceptances: [] as const };
  const stale = freshness(probe, context.now).filter((each) => each.stale);
  if (stale.length === 0) return revision;
  const reason = `Policy would accept it, but its ${stale.map((each) => each.group).join(' and ')} data is too old.`;
  return { ...revision, policy: { ...revision.policy, gate: ownerGate(read.route.role, reason) } };
}

import { acceptedByPolicy } from './accept.ts';
import type { Command, Context } from './commands.ts';
import type { Decision } from './decide.ts';
import type { Event } from './events.ts';
import { evolve } from './evolve.ts';
import { freshness } from './freshness.ts';
import { deciders, names } from './gates.ts';
import type { Directory, PersonId } from './ownership.ts';
import type { Gate } from './policy.ts';
import { type Refusal, refuse } from './refusals.ts';
import { isAwaited, overriders, ownerGate, safetyOf, unsafe } from './rehearsal.ts';
import type { Export } from './state.ts';

type Of<Do extends Command['do']> = Extract<Command, { do: Do }>;

/** What a staging system found. An answer about an earlier revision or round changes nothing. */
export function recordRehearsal(state: Export, command: Of<'record_rehearsal'>, context: Context): Decision {
  if (!isAwaited(state, command)) return { events: [] };
  const { sink, revision, findings } = command;
  const event: Event = { type: 'rehearsed', sink, revision, findings };
  const after = evolve(state, event, context.now, state.id);
  const gate = askedInstead(after, context.now);
  if (gate) return { events: [{ ...event, gate }] };
  return { events: [event, ...acceptedByPolicy(after, context)] };
}

/** Policy accepts nothing that failed its checks, and nothing that grew too old meanwhile: its owner is asked. */
function askedInstead(state: Export, now: number): Gate | null {
  if (state.revision?.policy.gate.mode !== 'policy') return null;
  const safety = safetyOf(state);
  if (safety === 'waiting') return null;
  if (safety === 'failed')
    return ownerGate(state.route.role, 'Policy would accept it, but its safety checks failed.');
  const stale = freshness(state, now).filter((each) => each.stale);
  if (stale.length === 0) return null;
  const groups = stale.map((each) => each.group).join(' and ');
  return ownerGate(state.route.role, `Policy would accept it, but its ${groups} data is too old.`);
}

/** Whoever decides, runs these systems or asked for the export may have it tried once more. */
export function rerunners(state: Export, directory: Directory): readonly PersonId[] {
  const asked = state.requester === null ? [] : [state.requester];
  return [...new Set([...deciders(state, directory), ...overriders(state, directory), ...asked])];
}

export function requestRehearsal(state: Export, { by }: Of<'request_rehearsal'>, context: Context): Decision {
  const settled = unlessFailed(state, 'run the safety checks of', context);
  if (settled) return settled;
  const allowed = rerunners(state, context.directory);
  if (!allowed.includes(by)) {
    const verb = 'run the safety checks of';
    return refuse('not_allowed', { verb, allowed: names(allowed, context.directory) });
  }
  return { events: [{ type: 'rehearsal_requested', by, revision: state.revision?.number ?? 0 }] };
}

/** For this revision only; the reason is on record, and on the card for whoever signs. */
export function overrideSafety(
  state: Export,
  command: Of<'override_safety_checks'>,
  context: Context,
): Decision {
  const settled = unlessFailed(state, 'override the safety checks of', context);
  if (settled) return settled;
  const { by } = command;
  const allowed = overriders(state, context.directory);
  if (!allowed.includes(by)) {
    return refuse('cannot_override', { allowed: names(allowed, context.directory) });
  }
  const reason = command.reason.trim();
  if (reason.length < 3) return refuse('reason_required');
  const revision = state.revision?.number ?? 0;
  return { events: [{ type: 'safety_checks_overridden', by, reason, revision }] };
}

function unlessFailed(state: Export, verb: string, { directory }: Context): Refusal | null {
  if (state.status !== 'pending') return refuse('not_waiting', { status: state.status, verb });
  const safety = safetyOf(state);
  switch (safety) {
    case 'failed':
      return null;
    case 'waiting':
      return unsafe(state, directory);
    case 'none':
      return refuse('nothing_to_change', { why: 'This export has no safety checks' });
    case 'passed':
      return refuse('nothing_to_change', { why: 'The safety checks of this revision have passed' });
    case 'overridden': {
      const by = directory.people.get(state.rehearsal?.override?.by ?? '')?.name ?? 'Somebody';
      return refuse('nothing_to_change', { why: `${by} has overridden the safety checks of this revision` });
    }
  }
}

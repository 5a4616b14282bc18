import type { Command, Context } from './commands.ts';
import type { Decision } from './decide.ts';
import { beginDelivery } from './delivery.ts';
import type { Event } from './events.ts';
import { evolve } from './evolve.ts';
import { type Freshness, freshness, staleFacts } from './freshness.ts';
import { awaited, names, type StepView, standing, steps } from './gates.ts';
import { heldByAnother } from './locks.ts';
import { type Refusal, refuse } from './refusals.ts';
import { isSafe, unsafe } from './rehearsal.ts';
import type { Acceptance, Export } from './state.ts';
import { MINUTE_MS } from './words.ts';

type Accept = Extract<Command, { do: 'accept' }>;

/** How long the source has to answer before the reader is asked to judge for themselves. */
const REFETCH_PATIENCE_MS = MINUTE_MS;

/** A person signs one step. The checks go from "who" over "what" to "how old", so that the sentence names the first thing to do. */
export function accept(state: Export, command: Accept, context: Context): Decision {
  const step = stepFor(state, command, context);
  if ('refused' in step) return step;
  const held = heldByAnother(state, command.by, context);
  if (held) return held;
  const unchecked = unsafe(state, context.directory);
  if (unchecked) return unchecked;
  const stale = freshness(state, context.now).filter((each) => each.stale);
  const blocked = stale.length > 0 ? staleAnswer(state, command, stale, context) : null;
  if (blocked) return blocked;
  const revision = state.revision;
  if (!revision) return refuse('not_waiting', { status: state.status, verb: 'accept' });
  const acceptance: Acceptance = {
    step: step.index,
    role: step.role,
    by: command.by,
    for: standsInFor(state, step, command.by),
    at: context.now,
    via: command.via,
    revision: revision.number,
    hash: revision.hash,
    confirmed_stale: stale.map((each) => each.group),
  };
  return { events: signed(state, acceptance, context) };
}

/** Whose step it is when somebody else signs it: the owner's, for their backup or cover; or whoever it was routed past. */
function standsInFor({ route }: Export, step: StepView, by: string): string | null {
  if (step.role !== route.role) return null;
  return by === route.owner ? (route.for ?? null) : route.owner;
}

/** The events of one signature, and of everything that follows when it was the last one. */
export function signed(state: Export, acceptance: Acceptance, context: Context): readonly Event[] {
  const events: Event[] = [{ type: 'acceptance_recorded', acceptance }];
  const gate = state.revision?.policy.gate;
  const count = standing(state).length + 1;
  if (!gate || count < gate.steps.length) return events;
  const undo = state.revision?.policy.undo_ms ?? 0;
  events.push({ type: 'accepted', undo_until: undo > 0 ? context.now + undo : null });
  if (undo > 0) return events;
  const after = events.reduce<Export>((now, event) => evolve(now, event, context.now, now.id), state);
  return [...events, ...beginDelivery(after, context)];
}

/** Policy accepts by itself what no person needs to look at, once its safety checks have passed. */
export function acceptedByPolicy(state: Export, context: Context): readonly Event[] {
  const revision = state.revision;
  if (state.status !== 'pending' || revision?.policy.gate.mode !== 'policy' || !isSafe(state)) return [];
  return signed(
    state,
    {
      step: -1,
      role: null,
      by: null,
      for: null,
      at: context.now,
      via: 'policy',
      revision: revision.number,
      hash: revision.hash,
      confirmed_stale: [],
    },
    context,
  );
}

function stepFor(state: Export, command: Accept, context: Context): StepView | Refusal {
  const { directory } = context;
  const waiting = names(awaited(state, directory), directory);
  const all = steps(state, directory);
  const mine = all.find((step) => step.signed?.by === command.by);
  const open = all.filter((step) => !step.signed);
  if (mine) {
    const wouldCount = open.some((step) => directory.roles.get(step.role)?.members.includes(command.by));
    return wouldCount
      ? refuse('second_human_needed', { allowed: waiting })
      : refuse('already_signed_by_you', { waiting });
  }
  const next = state.revision?.policy.gate.ordered ? open.slice(0, 1) : open;
  const step = next.find((each) => each.eligible.includes(command.by));
  if (step) return step;
  const later = open.find((each) => each.eligible.includes(command.by));
  if (later && next[0]) return refuse('out_of_order', { role: next[0].role, allowed: waiting });
  if (all.length > 1 && state.requester === command.by) return refuse('own_request', { allowed: waiting });
  const taken = all.find(
    (each) => each.signed && directory.roles.get(each.role)?.members.includes(command.by) === true,
  );
  if (taken?.signed) {
    const who = directory.people.get(taken.signed.by ?? '')?.name ?? 'policy';
    return refuse('step_already_signed', { who, role: taken.role, waiting });
  }
  return refuse('not_allowed', { verb: 'accept', allowed: waiting });
}

function staleAnswer(
  state: Export,
  command: Accept,
  stale: readonly Freshness[],
  context: Context,
): Decision | null {
  const worst = stale.find((each) => how(each, state, context) === 'refuse') ?? stale[0];
  if (!worst) return null;
  const facts = staleFacts(state, worst);
  switch (how(worst, state, context)) {
    case 'refuse':
      return refuse('stale_refused', facts);
    case 'confirm':
      return command.confirm_stale ? null : refuse('stale_needs_confirmation', facts);
    case 'refetch': {
      const answer = refuse('stale_refetching', facts);
      if (state.refetch_asked_at !== null) return answer;
      const groups = stale.map((each) => each.group);
      return { events: [{ type: 'refetch_requested', by: command.by, groups }], answer };
    }
  }
}

/** A source that was asked and stays silent leaves the judgement to people: asked again, or refused where two must sign. */
function how(each: Freshness, state: Export, context: Context): Freshness['on_stale'] {
  if (each.on_stale !== 'refetch') return each.on_stale;
  const canAnswer = context.sources.get(state.source.name)?.can_refetch ?? false;
  const asked = state.refetch_asked_at;
  if (canAnswer && (asked === null || context.now - asked < REFETCH_PATIENCE_MS)) return 'refetch';
  return (state.revision?.policy.gate.steps.length ?? 0) > 1 ? 'refuse' : 'confirm';
}

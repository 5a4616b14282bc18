import type { Command, Context } from './commands.ts';
import type { Decision } from './decide.ts';
import { assertAccepted, planned } from './delivery.ts';
import type { Event } from './events.ts';
import { evolve } from './evolve.ts';
import { deciders, names, resolvers } from './gates.ts';
import { refuse } from './refusals.ts';
import { isLast, stageNow, unhealthy } from './rollout.ts';
import { everythingOut, isRollingOut, stagesWithPushes } from './rollout-stages.ts';
import type { Export, RolloutState } from './state.ts';
import type { Status } from './words.ts';

type Of<Do extends Command['do']> = Extract<Command, { do: Do }>;

/** Begins stage `n`. What was accepted for the first stage is what goes out in every other. */
function beginStage(state: Export, n: number, by: string | null, context: Context): readonly Event[] {
  const { revision, rollout } = state;
  if (!revision || !rollout) throw new Error('Only an export that goes out in stages has a next one.');
  assertAccepted(state, revision);
  const stages = stagesWithPushes(state, planned(state, revision, context), revision);
  const stage = stages[n - 1];
  if (!stage) throw new Error('The next stage of a rollout has no SKUs any more.');
  const begun: Event = {
    type: 'rollout_stage_begun',
    stage: n,
    stages: stages.map(({ to, skus }) => ({ percent: to, skus })),
    accept_ms: rollout.accept_ms,
    reversible: rollout.reversible,
    by,
    pushes: stage.pushes,
  };
  if (!stage.pushes.every((push) => push.status === 'delivered')) return [begun];
  return [begun, ...everythingOut(evolve(state, begun, context.now, state.id), context)];
}

/** The hold is over: on with it when all is well; silence never advances what is not. */
export function rolloutTick(state: Export, mayAdvance: boolean, context: Context): readonly Event[] {
  const { rollout } = state;
  const limits = state.revision?.policy.rollout;
  if (state.status !== 'delivering' || !limits || rollout?.status !== 'holding') return [];
  if (rollout.hold_until === null || rollout.hold_until > context.now) return [];
  const why = unhealthy(rollout, limits);
  if (why !== null) return [{ type: 'rollout_held', by: null, why }];
  return mayAdvance ? beginStage(state, rollout.stage + 1, null, context) : [];
}

/** The rollout that a person may act on, or why they may not. */
function present(
  state: Export,
  { by, stage }: { by: string; stage: number },
  verb: string,
  { directory }: Context,
) {
  const { rollout } = state;
  if (!rollout || !isRollingOut(state)) {
    return refuse('no_rollout', { status: state.status.replace('_', ' '), verb });
  }
  const allowed = deciders(state, directory);
  if (!allowed.includes(by)) return refuse('not_allowed', { verb, allowed: names(allowed, directory) });
  if (rollout.status === 'rolling_back') return refuse('rollout_waits', { why: 'It is being rolled back.' });
  if (stage !== rollout.stage)
    return refuse('rollout_moved', { seen: String(stage), stage: String(rollout.stage) });
  return rollout;
}

/**
 * A rollback that came to nothing may have left part of the stage unsent: going on sends that first. Where all
 * is out already, it leaves it so.
 */
function next(rollout: RolloutState): number | null {
  if (stageNow(rollout).completed_at !== null && !isLast(rollout)) return rollout.stage + 1;
  return rollout.status === 'held' && rollout.rollbacks > 0 ? rollout.stage : null;
}

export function advance(state: Export, command: Of<'advance_rollout'>, context: Context): Decision {
  const rollout = present(state, command, 'advance', context);
  if ('refused' in rollout) return rollout;
  const n = next(rollout);
  if (n === null) {
    const why = isLast(rollout)
      ? 'This is the last stage.'
      : `Stage ${rollout.stage} is still going out. Advance it when that is done.`;
    return refuse('rollout_waits', { why });
  }
  return { events: beginStage(state, n, command.by, context) };
}

/** What is going out arrives; the next stage waits for a person. */
export function hold(state: Export, command: Of<'hold_rollout'>, context: Context): Decision {
  const rollout = present(state, command, 'hold', context);
  if ('refused' in rollout) return rollout;
  if (rollout.status === 'held') return refuse('rollout_waits', { why: 'It is held already.' });
  if (isLast(rollout))
    return refuse('rollout_waits', { why: 'This is the last stage, so nothing would be held.' });
  const name = context.directory.people.get(command.by)?.name ?? 'Somebody';
  return { events: [{ type: 'rollout_held', by: command.by, why: `${name} wants to look at it first.` }] };
}

const REVERSIBLE: ReadonlySet<Status> = new Set<Status>(['delivering', 'paused', 'failed']);

/** Stops what waits and asks for the export that puts everything back that any stage may have touched. */
export function rollBack(state: Export, { by }: Of<'roll_back_rollout'>, context: Context): Decision {
  const { rollout } = state;
  if (!rollout || !REVERSIBLE.has(state.status)) {
    return refuse('no_rollout', { status: state.status.replace('_', ' '), verb: 'roll back' });
  }
  const { directory } = context;
  const allowed = [
    ...new Set([...deciders(state, directory), ...(state.trouble ? resolvers(state, directory) : [])]),
  ];
  if (!allowed.includes(by)) {
    return refuse('not_allowed', { verb: 'roll back', allowed: names(allowed, directory) });
  }
  if (rollout.status === 'rolling_back')
    return refuse('rollout_waits', { why: 'It is being rolled back already.' });
  if (!rollout.reversible) return refuse('cannot_roll_back');
  const number = rollout.rollbacks + 1;
  return { events: [{ type: 'rollout_rollback_begun', by, percent: rollout.highest, number }] };
}

export function noteRollback(state: Export, { export_id }: Of<'note_rollback'>): Decision {
  const { rollout } = state;
  if (rollout?.status !== 'rolling_back' || rollout.rollback?.export_id === export_id) return { events: [] };
  return { events: [{ type: 'rollout_rollback_issued', export_id }] };
}

/** Somebody must decide anew: what was to undo it will not. */
export function endRollback(state: Export, { why }: Of<'end_rollback'>): Decision {
  if (state.rollout?.status !== 'rolling_back') return { events: [] };
  return { events: [{ type: 'rollout_held', by: null, why }] };
}

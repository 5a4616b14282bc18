import type { Event } from './events.ts';
import type { Export, RolloutStage, RolloutState } from './state.ts';

type Of<Type extends Event['type']> = Extract<Event, { type: Type }>;

function withStage(rollout: RolloutState, n: number, change: (stage: RolloutStage) => RolloutStage) {
  return rollout.stages.map((stage, index) => (index === n - 1 ? change(stage) : stage));
}

/** One more try at a sink, and how it went; counted only while stages go out. */
export function counted({ rollout }: Export, went: 'well' | 'retried' | 'wrong'): Pick<Export, 'rollout'> {
  if (rollout === null || rollout.status === 'over' || rollout.status === 'rolling_back') return { rollout };
  const stages = withStage(rollout, rollout.stage, (stage) => ({
    ...stage,
    attempts: stage.attempts + 1,
    retries: stage.retries + (went === 'retried' ? 1 : 0),
    errors: stage.errors + (went === 'wrong' ? 1 : 0),
  }));
  return { rollout: { ...rollout, stages } };
}

/** It goes on no more, whatever is out already; what was ever begun stays known for a rollback. */
export function endedRollout({ rollout }: Export): Pick<Export, 'rollout'> {
  return { rollout: rollout && { ...rollout, status: 'over', hold_until: null } };
}

/** Part of what was delivered goes out once more, so its stage is not over after all. */
export function sendingAgain({ rollout }: Export): Pick<Export, 'rollout'> {
  if (rollout === null || rollout.status === 'over') return { rollout };
  const stages = withStage(rollout, rollout.stage, (stage) => ({ ...stage, completed_at: null }));
  const status = rollout.status === 'holding' ? 'running' : rollout.status;
  return { rollout: { ...rollout, stages, status, hold_until: null } };
}

export function stageBegun(state: Export, event: Of<'rollout_stage_begun'>, at: number): Partial<Export> {
  const before = event.stage === 1 ? null : state.rollout;
  const planned = event.stages.map(
    ({ percent, skus }): RolloutStage => ({
      percent,
      skus,
      begun_at: null,
      completed_at: null,
      attempts: 0,
      errors: 0,
      retries: 0,
      exceptions: 0,
    }),
  );
  const highest = event.stages[event.stage - 1]?.percent ?? 0;
  const rollout: RolloutState = {
    status: 'running',
    stage: event.stage,
    stages: before?.stages ?? planned,
    accept_ms: event.accept_ms,
    reversible: event.reversible,
    hold_until: null,
    held: null,
    highest: Math.max(state.rollout?.highest ?? 0, highest),
    rollbacks: state.rollout?.rollbacks ?? 0,
    rollback: null,
  };
  const stages = withStage(rollout, event.stage, (stage) => ({ ...stage, begun_at: at }));
  const keys = new Set(event.pushes.map((push) => push.key));
  const others = state.pushes.filter((push) => !keys.has(push.key));
  return { rollout: { ...rollout, stages }, pushes: [...others, ...event.pushes], noticed: true };
}

export function stageCompleted(
  { rollout }: Export,
  event: Of<'rollout_stage_completed'>,
  at: number,
): Pick<Export, 'rollout'> {
  if (rollout === null) return { rollout };
  const stages = withStage(rollout, event.stage, (stage) => ({ ...stage, completed_at: at }));
  const status = event.hold_until === null ? rollout.status : 'holding';
  return { rollout: { ...rollout, stages, status, hold_until: event.hold_until } };
}

export function exceptionCounted({ rollout }: Export, { stage }: { stage: number }): Pick<Export, 'rollout'> {
  if (rollout === null) return { rollout };
  const stages = withStage(rollout, stage, (each) => ({ ...each, exceptions: each.exceptions + 1 }));
  return { rollout: { ...rollout, stages } };
}

export function rolloutHeld({ rollout }: Export, event: Of<'rollout_held'>): Pick<Export, 'rollout'> {
  const held = { by: event.by, why: event.why };
  return { rollout: rollout && { ...rollout, status: 'held', hold_until: null, held, rollback: null } };
}

export function rollbackBegun({ rollout }: Export, { by }: Of<'rollout_rollback_begun'>, at: number) {
  return {
    rollout: rollout && {
      ...rollout,
      status: 'rolling_back' as const,
      hold_until: null,
      held: null,
      rollbacks: rollout.rollbacks + 1,
      rollback: { by, at, export_id: null },
    },
  };
}

export function rollbackIssued({ rollout }: Export, { export_id }: Of<'rollout_rollback_issued'>) {
  return {
    rollout: rollout?.rollback ? { ...rollout, rollback: { ...rollout.rollback, export_id } } : rollout,
  };
}

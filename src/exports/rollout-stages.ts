import type { Context } from './commands.ts';
import type { Event, RolloutHealth } from './events.ts';
import { evolve } from './evolve.ts';
import { standing } from './gates.ts';
import { deliveredEvents } from './preview.ts';
import { isLast, pushesOf, stageNow, stagesOf, unhealthy } from './rollout.ts';
import type { Export, Push, Revision, RolloutState } from './state.ts';

const BY_HAND = 'By policy somebody says yes to every stage.';

function isOut(push: Push): boolean {
  return push.status === 'delivered';
}

/** Every stage with its own part of what the whole export would push. */
export function stagesWithPushes(state: Export, whole: readonly Push[], revision: Revision) {
  const operations = whole.map((push) => push.operation);
  return stagesOf(operations, revision.policy.rollout?.stages ?? []).map((stage, n) => ({
    ...stage,
    pushes: pushesOf(whole, stage, n + 1, state.pushes),
  }));
}

/** How long people took, from its coming in to the last acceptance. */
function acceptTime(state: Export): number {
  return Math.max(0, ...standing(state).map((each) => each.at - state.received_at));
}

/** The beginning of a delivery in stages; null when it all goes out at once. */
export function beginInStages(
  state: Export,
  whole: readonly Push[],
  revision: Revision,
  context: Context,
): readonly Event[] | null {
  if (!revision.policy.rollout) return null;
  const stages = stagesWithPushes(state, whole, revision);
  const [first, ...later] = stages;
  if (!first || later.length === 0) return null;
  // What an earlier try of the same values delivered of later stages is not sent again.
  const known = later.flatMap((stage) => stage.pushes.filter(isOut));
  const type = context.catalog.get(revision.export_type);
  const begun: Event = {
    type: 'rollout_stage_begun',
    stage: 1,
    stages: stages.map(({ to, skus }) => ({ percent: to, skus })),
    accept_ms: acceptTime(state),
    reversible: type?.reverse !== undefined,
    by: null,
    pushes: [],
  };
  const events: Event[] = [{ type: 'delivery_begun', pushes: [...first.pushes, ...known] }, begun];
  if (!first.pushes.every(isOut)) return events;
  const after = events.reduce<Export>((now, event) => evolve(now, event, context.now, now.id), state);
  return [...events, ...everythingOut(after, context)];
}

function healthOf(rollout: RolloutState): RolloutHealth {
  const { attempts, errors, retries, exceptions } = stageNow(rollout);
  return { accept_ms: rollout.accept_ms, attempts, errors, retries, exceptions };
}

/** Nothing is left of what was sent: the stage is over, and with the last one the export. */
export function everythingOut(state: Export, context: Context): readonly Event[] {
  const { rollout } = state;
  const limits = state.revision?.policy.rollout;
  if (!rollout || !limits || rollout.status === 'over') return deliveredEvents(state, context);
  if (rollout.status === 'rolling_back') return [];
  const over = (hold_until: number | null): Event => ({
    type: 'rollout_stage_completed',
    stage: rollout.stage,
    health: healthOf(rollout),
    hold_until,
  });
  if (isLast(rollout)) return [over(null), ...deliveredEvents(state, context)];
  if (rollout.status === 'held') return [over(null)];
  const why = unhealthy(rollout, limits) ?? (limits.advance === 'hand' ? BY_HAND : null);
  if (why === null) return [over(context.now + limits.hold_ms)];
  return [over(null), { type: 'rollout_held', by: null, why }];
}

/** Whether stages are still to come or are taken back; an export's own status then stays `delivering`. */
export function isRollingOut({ status, rollout }: Export): boolean {
  return status === 'delivering' && rollout !== null && rollout.status !== 'over';
}

/** The same values as in the first stage go out in every other, so their age was judged then. */
export function isPastFirst(state: Export): boolean {
  return isRollingOut(state) && (state.rollout?.stage ?? 1) > 1;
}

export function isRollingBack({ rollout }: Export): boolean {
  return rollout?.status === 'rolling_back';
}

/**
 * A sink reports a failure of what is out. Before the last stage one that does not pause the export
 * counts against its health instead of ending it; while it is taken back it only counts.
 */
export function reportedInStage(
  state: Export,
  report: { sink: string; code: string; message: string },
  context: Context,
): { counted: readonly Event[]; goes_on: boolean } {
  const { rollout } = state;
  const limits = state.revision?.policy.rollout;
  if (!rollout || !limits || !isRollingOut(state)) return { counted: [], goes_on: false };
  const counted: Event = { type: 'rollout_exception_reported', stage: rollout.stage, ...report };
  const after = evolve(state, counted, context.now, state.id);
  const why = after.rollout?.status === 'holding' ? unhealthy(after.rollout, limits) : null;
  const held: Event[] = why === null ? [] : [{ type: 'rollout_held', by: null, why }];
  return { counted: [counted, ...held], goes_on: isRollingBack(state) || !isLast(rollout) };
}

import type { Event } from '../exports/events.ts';
import { duration } from '../exports/freshness.ts';
import { count, systemName } from '../exports/phrases.ts';
import type { Shown } from '../flow/ports.ts';
import { healthText } from './cards/rollout.ts';
import { CARD } from './limits.ts';
import type { Words } from './words.ts';

export type RolloutEvent = Extract<Event, { type: `rollout_${string}` }>;

/** What the thread says of a stage, a hold or a rollback; null for what the card alone shows. */
export function rolloutTold(event: RolloutEvent, { state }: Shown): Words | null {
  switch (event.type) {
    case 'rollout_stage_begun': {
      const stage = event.stages[event.stage - 1];
      const what = `stage ${event.stage} of ${event.stages.length}: ${stage?.percent ?? 0} %, ${count(stage?.skus ?? 0, 'SKU')}`;
      if (event.by !== null) return [{ name: event.by, strong: true }, ` advanced it to ${what}.`];
      return [
        event.stage === 1 ? `It goes out in stages. First ${what}.` : `All is well, so on with ${what}.`,
      ];
    }
    case 'rollout_stage_completed': {
      const { health, stage, hold_until } = event;
      const how = `accepted in ${duration(health.accept_ms)}, ${healthText(health)}`;
      const then: Words =
        hold_until === null ? [] : [' The next stage begins ', { at: hold_until }, ', if all stays well.'];
      return [`Stage ${stage} is live: ${how}.`, ...then];
    }
    case 'rollout_exception_reported':
      return [
        { said: systemName(event.sink), max: 40, strong: true },
        ` reported an exception in stage ${event.stage}: `,
        { said: event.message, max: CARD.reason },
      ];
    case 'rollout_held': {
      const why = { said: event.why, max: CARD.reason };
      if (event.by !== null)
        return [{ name: event.by, strong: true }, ' held the rollout. Nothing goes on by itself.'];
      return [
        { strong: 'The rollout is held. ' },
        why,
        ' ',
        { mention: state.route.owner },
        ', advance it or roll it back; nothing goes on by itself.',
      ];
    }
    case 'rollout_rollback_begun':
      return [
        { name: event.by, strong: true },
        ` rolls it back: everything that went out, up to ${event.percent} % of the SKUs, gets its former values.`,
      ];
    case 'rollout_rollback_issued':
      return null;
  }
}

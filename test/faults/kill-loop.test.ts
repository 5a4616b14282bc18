import { describe, it, type onTestFinished } from 'vitest';
import type { FaultKind } from '../../sandbox/faults.ts';
import { chance } from './town/chance.ts';
import { surviveKills, TIMEOUT_MS } from './town/kill-loop.ts';
import { openTown, type Town } from './town/process.ts';

const SLACK_FAULTS = ['stored_then_reset', '500', 'reset', 'stored_then_500'] as const satisfies FaultKind[];
const OMS_MODES = ['lost_answer', 'fail_once_500', 'ok', 'ok'] as const;

/** With a shorter time to undo, so that a kill falls into it and is not just waited for. */
async function ownTown(finished: typeof onTestFinished): Promise<Town> {
  const town = await openTown((file) => {
    Object.assign(file.policies['promo_activation'] ?? {}, { undo_ms: 1_500 });
  });
  finished(() => town.close());
  return town;
}

/** MESHLINE_SEED repeats what was printed. Half of the time is waiting, so both run at once. */
describe.concurrent('killed at any moment', { timeout: TIMEOUT_MS }, () => {
  it('loses nothing and does nothing twice', async (test) => {
    const town = await ownTown(test.onTestFinished);
    await surviveKills({
      town,
      random: chance(),
      finished: test.onTestFinished,
      eachRound: () => undefined,
      afterwards: () => undefined,
    });
  });

  it('loses nothing and does nothing twice when Slack and the OMS lose answers and fail besides', async (test) => {
    const town = await ownTown(test.onTestFinished);
    const random = chance(1);
    const { control } = town.sandbox;
    await surviveKills({
      town,
      random,
      finished: test.onTestFinished,
      eachRound() {
        const kind = random.pick(SLACK_FAULTS);
        control.addFault({ match: { method: 'chat.postMessage' }, kind, times: 2 });
        town.sinks.setMode('oms', random.pick(OMS_MODES));
      },
      afterwards() {
        control.clearFaults();
        town.sinks.setMode('oms', 'ok');
      },
    });
  });
});

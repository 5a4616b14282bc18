import { expect, it, onTestFinished } from 'vitest';
import type { TypePolicy } from '../../src/exports/policy.ts';
import { createDesk } from '../../src/flow/desk.ts';
import type { Dispatcher } from '../../src/flow/dispatch.ts';
import type { Flow } from '../../src/flow/settings.ts';
import { createSweeper } from '../../src/flow/sweep.ts';
import { reportProof } from '../proof/report.ts';
import { scaled } from '../proof/scale.ts';
import { ALICE } from '../support/core.ts';
import { ManualClock, T0 } from '../support/manual-clock.ts';
import { openProbes, type ProbeFlow } from '../support/probe-flow.ts';
import { endDispatcher, quietDispatcher } from '../support/quiet-dispatch.ts';
import { judge } from './races/judge.ts';
import { enter, MOMENTS, type Moment, type Race, run } from './races/race.ts';
import { chance } from './town/chance.ts';

const RACES = scaled({ short: 600, quick: 8_000, full: 100_000 });
const AT_ONCE = 100;
/** Then a new ledger is begun, so that what is tried stays the race and not a growing file. */
const TO_A_LEDGER = 3_000;
const TIMEOUT_MS = scaled({ short: 60_000, quick: 300_000, full: 1_800_000 });
const MINUTE = 60_000;
const UNDO_MS = 10_000;
/** Old values can be accepted by whoever says so. */
const WHATEVER_AGE: TypePolicy = { refresh: { price: { on_stale: 'confirm' } } };
const luck = chance(3);

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Two dispatchers want every push, as two would that do not know of each other; people's cards wait. */
function dispatchers(flow: Flow, effects: Map<string, number>): readonly Dispatcher[] {
  const push = async ({ key }: { key: string }) => {
    effects.set(key, (effects.get(key) ?? 0) + 1);
    for (let n = luck.between(0, 3); n > 0; n -= 1) await turn();
    return { kind: 'delivered' as const, reference: key };
  };
  return [0, 1].map(() => quietDispatcher(flow, { push, concurrency: AT_ONCE }));
}

/** Everything up to the moment that all wait for. */
async function leadTo(
  moment: Moment,
  races: readonly Race[],
  clock: ManualClock,
  stage: Stage,
): Promise<void> {
  switch (moment) {
    case 'early':
      clock.advance(MINUTE);
      return;
    case 'escalation':
      clock.advance(5 * MINUTE);
      await stage.sweeper.sweep();
      clock.advance(5 * MINUTE);
      return;
    case 'expiry':
      clock.advance(15 * MINUTE);
      await stage.sweeper.sweep();
      clock.advance(65 * MINUTE);
      return;
    case 'end of the undo window':
      await Promise.all(
        races.map(async ({ id, contenders }) => {
          const answer = await stage.desk.accept(id, ALICE, 1, true);
          contenders.push({ wants: 'accept', by: ALICE, answer });
        }),
      );
      clock.advance(UNDO_MS - luck.between(0, 1));
      return;
  }
}

type Stage = {
  probes: ProbeFlow;
  desk: ReturnType<typeof createDesk>;
  sweeper: ReturnType<typeof createSweeper>;
  dispatchers: readonly Dispatcher[];
  effects: Map<string, number>;
};

async function openStage(clock: ManualClock): Promise<Stage> {
  const probes = await openProbes(clock);
  const effects = new Map<string, number>();
  const both = dispatchers(probes.flow, effects);
  for (const each of both) await each.start();
  return {
    probes,
    desk: createDesk(probes.flow, () => Promise.reject(new Error('Nobody is linked here.'))),
    sweeper: createSweeper(probes.flow),
    dispatchers: both,
    effects,
  };
}

async function closeStage({ probes, dispatchers: both }: Stage, clock: ManualClock): Promise<void> {
  for (const each of both) await endDispatcher(each, clock);
  await probes.close();
}

/** Whoever still waits afterwards is decided by the clock. */
async function runOut({ sweeper, dispatchers: both }: Stage, clock: ManualClock): Promise<void> {
  for (const ms of [UNDO_MS, 20 * MINUTE, 90 * MINUTE, 90 * MINUTE]) {
    clock.advance(ms);
    await sweeper.sweep();
    do await turn();
    while (both.some((each) => each.inFlight() > 0));
  }
}

it('one decision stands, whoever comes at the same moment', { timeout: TIMEOUT_MS }, async () => {
  const clock = new ManualClock(T0);
  let stage = await openStage(clock);
  onTestFinished(() => closeStage(stage, clock));
  const counts = { tries: 0, lost: 0, doubled: 0, wrong: 0 };
  const found: string[] = [];
  while (counts.tries < RACES) {
    if (counts.tries > 0 && counts.tries % TO_A_LEDGER === 0) {
      const { ledger } = stage.probes;
      const { faults } = await ledger.verify(ledger.head());
      counts.wrong += faults.length;
      await closeStage(stage, clock);
      stage = await openStage(clock);
    }
    const moment = luck.pick(MOMENTS);
    stage.probes.policy = {
      ...WHATEVER_AGE,
      ...(moment === 'end of the undo window' ? { undo_ms: UNDO_MS } : {}),
    };
    const races = await Promise.all(
      Array.from({ length: AT_ONCE }, (_, n) =>
        enter(stage.probes.flow, stage.desk, counts.tries + n, moment, luck),
      ),
    );
    await leadTo(moment, races, clock, stage);
    await run(races, () => stage.sweeper.sweep(), luck);
    await runOut(stage, clock);
    for (const race of races) {
      const end = await stage.probes.ledger.get(race.id);
      if (!end) throw new Error(`${race.id} is gone.`);
      const of = new Map([...stage.effects].filter(([key]) => key.includes(race.id)));
      const wrong = judge(end, await stage.probes.ledger.events(race.id), race.contenders, of);
      if ([...of.values()].some((times) => times > 1)) counts.doubled += 1;
      if (wrong.length > 0) counts.wrong += 1;
      found.push(...wrong.map((each) => `${moment}: ${each}`));
    }
    stage.effects.clear();
    counts.tries += races.length;
  }
  reportProof('decision_race', counts);
  expect(found.slice(0, 10), `seed ${luck.seed}`).toEqual([]);
  expect(stage.probes.alarms).toEqual([]);
});

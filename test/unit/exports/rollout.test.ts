import { describe, expect, it } from 'vitest';
import type { Command } from '../../../src/exports/commands.ts';
import { nextDeadline } from '../../../src/exports/deadlines.ts';
import { decide } from '../../../src/exports/decide.ts';
import { effects } from '../../../src/exports/effects.ts';
import type { Event } from '../../../src/exports/events.ts';
import { evolve } from '../../../src/exports/evolve.ts';
import { isRefusal, sentence } from '../../../src/exports/refusals.ts';
import { cohort, pushesOf, stagesOf } from '../../../src/exports/rollout.ts';
import type { Export, Push } from '../../../src/exports/state.ts';
import { ALICE, accepts, BOB, CAROL } from '../../support/core.ts';
import { T0 } from '../../support/manual-clock.ts';
import {
  HOLD_MS,
  receivedShelf,
  rolloutOf,
  shelfContext,
  skusByPush,
  skusWithin,
  TWELVE,
  typesOf,
} from '../../support/rollout.ts';

type Step = { state: Export; events: readonly Event[] };

function act(state: Export, command: Command, now = T0): Step {
  const decision = decide(state, command, shelfContext(now));
  if (isRefusal(decision)) throw new Error(sentence(decision));
  const after = decision.events.reduce((at, event) => evolve(at, event, now, at.id), state);
  return { state: after, events: decision.events };
}

function refused(state: Export, command: Command, now = T0): string {
  const decision = decide(state, command, shelfContext(now));
  if (!isRefusal(decision)) throw new Error('It was granted.');
  return sentence(decision);
}

const key = (stage: number) => `exp_${receivedShelf().id}-r1-oms-shelf_set-s${stage}`;
const delivered = (stage: number): Command => ({
  do: 'record_push',
  key: key(stage),
  outcome: { kind: 'delivered', reference: null },
  next_at: null,
});
const retried = (stage: number): Command => ({
  do: 'record_push',
  key: key(stage),
  outcome: { kind: 'retry', cause: 'busy' },
  next_at: T0 + 1_000,
});
const tick: Command = { do: 'tick', may_expire: true };
const begun = (rollout?: Parameters<typeof receivedShelf>[0]) =>
  act(receivedShelf(rollout ?? { hold_ms: HOLD_MS }), accepts(ALICE)).state;

describe('cohorts', () => {
  it('are the same for a SKU for good', () => {
    expect(['A', 'SKU-1', 'TSHIRT-RED-M', 'ÄPFEL 1'].map(cohort)).toEqual([56, 36, 48, 5]);
  });

  it('spread SKUs evenly', () => {
    const counts = Array.from({ length: 10 }, () => 0);
    for (let n = 0; n < 10_000; n += 1) {
      const tenth = Math.floor(cohort(`SKU-${n}`) / 10);
      counts[tenth] = (counts[tenth] ?? 0) + 1;
    }
    expect(Math.min(...counts)).toBeGreaterThan(900);
    expect(Math.max(...counts)).toBeLessThan(1_100);
  });
});

describe('stages', () => {
  const lines = (skus: readonly string[]) => [
    { name: 'x.set', body: { lines: skus.map((sku) => ({ sku })) } },
  ];

  it('leave out those without a SKU, and the last takes the rest', () => {
    const skus = skusWithin([[10, 50, 3]]);
    expect(stagesOf(lines(skus), [10, 50, 100])).toEqual([{ from: 0, to: 100, skus: 3 }]);
    const both = skusWithin([
      [0, 10, 1],
      [50, 100, 2],
    ]);
    expect(stagesOf(lines(both), [10, 50, 100])).toEqual([
      { from: 0, to: 10, skus: 1 },
      { from: 10, to: 100, skus: 2 },
    ]);
  });

  it('keep a product whole, with its first SKU, and tell its changes with it', () => {
    const early = Array.from({ length: 200 }, (_, n) => `A-${n}`).find((sku) => cohort(sku) < 10) ?? '';
    const late = Array.from({ length: 200 }, (_, n) => `B-${n}`).find((sku) => cohort(sku) >= 50) ?? '';
    const other = Array.from({ length: 200 }, (_, n) => `C-${n}`).find((sku) => cohort(sku) >= 50) ?? '';
    const body = {
      products: [
        { handle: 'a', skus: [late, early] },
        { handle: 'b', skus: [other] },
      ],
      changes: [{ sku: early }, { sku: late }, { sku: other }],
    };
    const push = { ...begun().pushes[0], key: 'k', operation: { name: 'product.publish', body } } as Push;
    const stages = stagesOf([push.operation], [10, 50, 100]);
    expect(stages.map((stage) => stage.skus)).toEqual([2, 1]);
    expect(pushesOf([push], { from: 0, to: 10 }, 1, [])[0]).toMatchObject({
      key: 'k-s1',
      operation: { body: { products: [{ handle: 'a' }], changes: [{ sku: early }, { sku: late }] } },
    });
  });

  it('send what cannot be parted with the first', () => {
    const push = {
      ...begun().pushes[0],
      key: 'k',
      operation: { name: 'page.set', body: { url: 'x' } },
    } as Push;
    expect(pushesOf([push], { from: 0, to: 10 }, 1, [])).toHaveLength(1);
    expect(pushesOf([push], { from: 10, to: 100 }, 2, [])).toHaveLength(0);
  });
});

describe('a rollout', () => {
  it('is stamped only on what has enough SKUs', () => {
    expect(receivedShelf({}).revision?.policy.rollout).toMatchObject({
      stages: [10, 50, 100],
      advance: 'auto',
    });
    expect(receivedShelf({ min_lines: 13 }).revision?.policy.rollout).toBeNull();
    expect(receivedShelf(undefined, {}).revision?.policy.rollout).not.toBeNull();
  });

  it('begins with the first cohort alone, under keys of its own', () => {
    const { state, events } = act(receivedShelf(), accepts(ALICE), T0 + 60_000);
    expect(typesOf(events)).toEqual([
      'acceptance_recorded',
      'accepted',
      'delivery_begun',
      'rollout_stage_begun',
    ]);
    expect(skusByPush(state)).toEqual({ 'r1-oms-shelf_set-s1': TWELVE.slice(0, 2) });
    expect(rolloutOf(state)).toMatchObject({
      status: 'running',
      stage: 1,
      highest: 10,
      accept_ms: 60_000,
      reversible: true,
    });
    expect(rolloutOf(state).stages.map(({ percent, skus }) => [percent, skus])).toEqual([
      [10, 2],
      [50, 4],
      [100, 6],
    ]);
  });

  it('keeps its keys as they were where there is no rollout', () => {
    const { state } = act(receivedShelf({ min_lines: 100 }), accepts(ALICE));
    expect(state.pushes.map((push) => push.key)).toEqual([`exp_${state.id}-r1-oms-shelf_set`]);
    expect(state.rollout).toBeNull();
  });

  it('watches a stage, goes on by itself while all is well, and ends delivered', () => {
    let { state } = act(begun(), delivered(1));
    expect(rolloutOf(state)).toMatchObject({ status: 'holding', hold_until: T0 + HOLD_MS });
    expect(state.status).toBe('delivering');
    expect(nextDeadline(state)).toBe(T0 + HOLD_MS);
    expect(act(state, tick, T0 + HOLD_MS - 1).events).toEqual([]);
    expect(act(state, { do: 'tick', may_expire: false }, T0 + HOLD_MS).events).toEqual([]);
    ({ state } = act(state, tick, T0 + HOLD_MS));
    expect(skusByPush(state)['r1-oms-shelf_set-s2']).toEqual(TWELVE.slice(2, 6));
    ({ state } = act(state, delivered(2), T0 + HOLD_MS));
    ({ state } = act(state, tick, T0 + 2 * HOLD_MS));
    const last = act(state, delivered(3), T0 + 2 * HOLD_MS);
    expect(typesOf(last.events)).toEqual(['push_delivered', 'rollout_stage_completed', 'delivered']);
    expect(last.state).toMatchObject({ status: 'delivered', rollout: { status: 'over', highest: 100 } });
  });

  it('is held by failed tries, tells its owner and opens a task; silence never advances it', () => {
    let state = begun();
    for (let n = 0; n < 3; n += 1) ({ state } = act(state, retried(1)));
    const { state: held, events } = act(state, delivered(1));
    expect(typesOf(events)).toEqual(['push_delivered', 'rollout_stage_completed', 'rollout_held']);
    expect(rolloutOf(held).held).toEqual({ by: null, why: '75 % of the tries failed; at most 50 % may.' });
    expect(nextDeadline(held)).toBeNull();
    expect(act(held, tick, T0 + 100 * HOLD_MS).events).toEqual([]);
    const recorded = events.map((event, n) => ({
      export_id: held.id,
      n: state.version + n + 1,
      at: T0,
      event,
    }));
    const out = effects(state, held, recorded);
    expect(out).toContainEqual(expect.objectContaining({ kind: 'dm', person: held.route.owner }));
    expect(out).toContainEqual(
      expect.objectContaining({
        kind: 'open_task',
        task: expect.objectContaining({ owner: held.route.owner }),
      }),
    );
  });

  it('counts what sinks report afterwards, holds for it, and pauses when the rule of the code says so', () => {
    const { state: holding } = act(begun({ hold_ms: HOLD_MS, max_exceptions: 1 }), delivered(1));
    const report = (code: string): Command => ({
      do: 'raise_exception',
      sink: 'oms',
      code,
      message: `It says ${code}.`,
      metadata: {},
    });
    const first = act(holding, report('outcome_unknown'));
    expect(typesOf(first.events)).toEqual(['rollout_exception_reported']);
    const second = act(first.state, report('outcome_unknown'));
    expect(typesOf(second.events)).toEqual(['rollout_exception_reported', 'rollout_held']);
    const paused = act(holding, report('insufficient_inventory'));
    expect(typesOf(paused.events)).toEqual(['rollout_exception_reported', 'paused']);
    expect(
      act(paused.state, tick, T0 + 2 * HOLD_MS).events.some((event) => event.type.startsWith('rollout')),
    ).toBe(false);
  });

  it('goes on after a resume without sending again what is out, and remembers how far it came', () => {
    let { state } = act(begun(), delivered(1));
    ({ state } = act(state, tick, T0 + HOLD_MS));
    const failure: Command = {
      do: 'record_push',
      key: key(2),
      outcome: {
        kind: 'failed',
        exception_code: 'insufficient_inventory',
        message: 'None left.',
        metadata: {},
      },
      next_at: null,
    };
    ({ state } = act(state, failure, T0 + HOLD_MS));
    expect(state.status).toBe('paused');
    ({ state } = act(state, { do: 'resume', by: ALICE, note: 'Restocked.' }, T0 + HOLD_MS));
    expect(state).toMatchObject({ status: 'pending', rollout: { status: 'over', highest: 50 } });
    const again = decide(state, { ...accepts(ALICE, 2), confirm_stale: true } as Command, shelfContext(T0));
    if (isRefusal(again)) throw new Error(sentence(again));
    state = again.events.reduce((at, event) => evolve(at, event, T0, at.id), state);
    expect(skusByPush(state)).toEqual({ 'r1-oms-shelf_set-s1': TWELVE.slice(0, 2) });
    expect(rolloutOf(state)).toMatchObject({ stage: 1, status: 'holding', highest: 50 });
  });

  it('is advanced, held and rolled back by whoever may decide, each with a sentence when it cannot be', () => {
    const running = begun();
    expect(refused(running, { do: 'advance_rollout', by: ALICE, stage: 1 })).toBe(
      'Nothing changes: Stage 1 is still going out. Advance it when that is done.',
    );
    expect(refused(running, { do: 'hold_rollout', by: CAROL, stage: 1 })).toMatch(
      /^You cannot hold this one\./,
    );
    const { state: held } = act(running, { do: 'hold_rollout', by: ALICE, stage: 1 });
    expect(rolloutOf(held)).toMatchObject({
      status: 'held',
      held: { by: ALICE, why: 'Alice wants to look at it first.' },
    });
    expect(refused(held, { do: 'hold_rollout', by: ALICE, stage: 1 })).toMatch(/held already/);
    const { state: done } = act(held, delivered(1));
    expect(rolloutOf(done)).toMatchObject({ status: 'held', hold_until: null });
    expect(act(done, tick, T0 + 100 * HOLD_MS).events).toEqual([]);
    const { state: second } = act(done, { do: 'advance_rollout', by: ALICE, stage: 1 });
    expect(rolloutOf(second)).toMatchObject({ stage: 2, status: 'running' });
    expect(refused(second, { do: 'advance_rollout', by: ALICE, stage: 1 })).toMatch(
      /the rollout is at stage 2 now/,
    );
    expect(refused(second, { do: 'roll_back_rollout', by: CAROL })).toMatch(/^You cannot roll back/);
    const { state: back, events } = act(second, { do: 'roll_back_rollout', by: ALICE });
    expect(events).toEqual([{ type: 'rollout_rollback_begun', by: ALICE, percent: 50, number: 1 }]);
    const late = act(back, delivered(2));
    expect(typesOf(late.events)).toEqual(['push_delivered']);
    expect(refused(back, { do: 'roll_back_rollout', by: ALICE })).toMatch(/already/);
    expect(refused(receivedShelf(), { do: 'roll_back_rollout', by: ALICE })).toMatch(
      /not going out in stages/,
    );
    expect(act(back, { do: 'roll_back', by_export: BOB }).state.status).toBe('rolled_back');
    const ended = act(back, { do: 'end_rollback', why: 'It was rejected.' }).state;
    expect(rolloutOf(ended)).toMatchObject({ status: 'held', held: { by: null, why: 'It was rejected.' } });
    expect(
      act(ended, { do: 'advance_rollout', by: ALICE, stage: 2 }).state.pushes.map((push) => push.key),
    ).toEqual([key(1), key(2)]);
  });

  it('stays as it is when it was to be rolled back after its last stage and was not', () => {
    let state = begun({ advance: 'hand' });
    for (const stage of [1, 2]) {
      ({ state } = act(state, delivered(stage)));
      ({ state } = act(state, { do: 'advance_rollout', by: ALICE, stage }));
    }
    ({ state } = act(state, delivered(3)));
    expect(state.status).toBe('delivered');
    const late: Command = {
      do: 'raise_exception',
      sink: 'oms',
      code: 'sink_rejected',
      message: 'Not carried out.',
      metadata: {},
    };
    ({ state } = act(state, late));
    expect(state.status).toBe('failed');
    ({ state } = act(state, { do: 'roll_back_rollout', by: ALICE }));
    ({ state } = act(state, { do: 'end_rollback', why: 'It was rejected.' }));
    expect(rolloutOf(state)).toMatchObject({ status: 'held', stage: 3 });
    const { state: again, events } = act(state, { do: 'advance_rollout', by: ALICE, stage: 3 });
    expect(typesOf(events)[0]).toBe('rollout_stage_begun');
    expect(again.status).toBe('delivered');
  });

  it('waits for a yes at every stage when policy says so', () => {
    const { state } = act(begun({ hold_ms: HOLD_MS, advance: 'hand' }), delivered(1));
    expect(rolloutOf(state).held).toEqual({ by: null, why: 'By policy somebody says yes to every stage.' });
  });

  it('is held when it took too long to be accepted', () => {
    const slow = act(receivedShelf({ max_accept_ms: 60_000 }), accepts(ALICE), T0 + 120_000).state;
    const { state } = act(slow, delivered(1));
    expect(rolloutOf(state).held?.why).toBe('It took 2 min until it was accepted; at most 1 min was meant.');
  });
});

import { afterAll, beforeAll, expect, it } from 'vitest';
import { press, stateOf } from '../support/clicks.ts';
import type { House } from '../support/house.ts';
import { cardSays, carriedOut, rolledOut, rolloutAt, stagedHouse } from '../support/rollout-house.ts';
import { HOLD } from '../support/rollout-prices.ts';

let house: House;
beforeAll(async () => {
  house = await stagedHouse({ max_error_percent: 20 });
});
afterAll(() => house.close());

it('waits for its owner after failed tries, however long they are silent, and goes on when they say so', async () => {
  house.sinks.setMode('oms', 'fail_once_500');
  const { id, card } = await rolledOut(house, 'Shaky');
  await rolloutAt(house, id, 'held', 1);
  const mei = house.as('mei');
  await cardSays(house, card, '50 % of the tries failed; at most 20 % may.');
  await mei.waitForDirectMessage((message) => message.text.includes('The rollout is held.'));
  const tasks = await house.meshline.flow.ledger.tasks({ export_id: id, state: 'open', limit: 10 });
  expect(tasks.map((task) => task.title)).toEqual([
    expect.stringContaining('Held in the middle, advance it or roll it back'),
  ]);
  house.clock.leap(10 * HOLD);
  await house.meshline.flow.ledger.pulse(house.clock.now());
  expect((await stateOf(house, id)).rollout).toMatchObject({ status: 'held', stage: 1 });
  expect(carriedOut(house, id)).toHaveLength(1);

  await press(house, 'mei', card, 'rollout_advance');
  await rolloutAt(house, id, 'holding', 2);
  await expect
    .poll(() => house.meshline.flow.ledger.tasks({ export_id: id, state: 'open', limit: 10 }))
    .toEqual([]);
}, 60_000);

it('is held when a sink reports afterwards that it could not carry something out', async () => {
  const { id, card } = await rolledOut(house, 'Regretted');
  await rolloutAt(house, id, 'holding', 1);
  const { flow } = house.meshline;
  const { raiseException } = await import('../../src/flow/exceptions.ts');
  await raiseException(flow, id, 'oms', { exception_code: 'outcome_unknown', exception_metadata: {} });
  await rolloutAt(house, id, 'held', 1);
  await cardSays(house, card, '1 exception came back from what is out already; at most 0 may.');
});

it('is held by hand before the next stage, and tells who may when a stranger tries', async () => {
  const { id, card } = await rolledOut(house, 'Looked at');
  await rolloutAt(house, id, 'holding', 1);
  await press(house, 'sofia', card, 'rollout_hold');
  await house.meshline.flow.ledger.pulse(house.clock.now());
  expect((await stateOf(house, id)).rollout?.status).toBe('holding');
  await press(house, 'mei', card, 'rollout_hold');
  await rolloutAt(house, id, 'held', 1);
  await cardSays(house, card, 'Held at 10 %');
  house.clock.leap(2 * HOLD);
  await press(house, 'mei', card, 'rollout_advance');
  await rolloutAt(house, id, 'holding', 2);
}, 60_000);

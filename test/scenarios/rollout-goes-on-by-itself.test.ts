import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventsOf, stateOf } from '../support/clicks.ts';
import type { House } from '../support/house.ts';
import { cardSays, carriedOut, rolledOut, rolloutAt, stagedHouse } from '../support/rollout-house.ts';
import { HOLD, SKUS } from '../support/rollout-prices.ts';

let house: House;
beforeAll(async () => {
  house = await stagedHouse();
});
afterAll(() => house.close());

const early = SKUS.slice(0, 2);

it('sends cohort after cohort, watches each, and goes on by itself while all is well', async () => {
  const { id, card } = await rolledOut(house, 'Steady');
  await rolloutAt(house, id, 'holding', 1);
  expect(carriedOut(house, id)).toEqual([{ stage: 's1', skus: early, prices: ['9.00'] }]);
  const watching = await cardSays(house, card, '10 % live, watching: stage 1 of 3');
  expect(JSON.stringify(watching.blocks)).toContain(' · 4 more');
  house.clock.leap(HOLD - 60_000);
  await house.meshline.flow.ledger.pulse(house.clock.now());
  expect(carriedOut(house, id)).toHaveLength(1);
  house.clock.leap(60_000);
  await rolloutAt(house, id, 'holding', 2);
  house.clock.leap(HOLD);
  await expect.poll(async () => (await stateOf(house, id)).status, { timeout: 15_000 }).toBe('delivered');
  expect(carriedOut(house, id).map(({ stage, skus }) => [stage, skus])).toEqual([
    ['s1', early],
    ['s2', SKUS.slice(2, 6)],
    ['s3', SKUS.slice(6)],
  ]);
  expect((await eventsOf(house, id)).filter((type) => type.startsWith('rollout'))).toEqual([
    'rollout_stage_begun',
    'rollout_stage_completed',
    'rollout_stage_begun',
    'rollout_stage_completed',
    'rollout_stage_begun',
    'rollout_stage_completed',
  ]);
  await cardSays(house, card, 'Delivered');
}, 60_000);

it('begins with the same SKUs in every export', async () => {
  const { id } = await rolledOut(house, 'Again');
  await rolloutAt(house, id, 'holding', 1);
  expect(carriedOut(house, id)[0]?.skus).toEqual(early);
});

it('goes on where it was after a restart, and sends nothing twice', async () => {
  const { id } = await rolledOut(house, 'Restarted');
  await rolloutAt(house, id, 'holding', 1);
  await house.restart();
  house.sinks.setMode('oms', 'fail_500');
  house.clock.leap(HOLD);
  await expect
    .poll(async () => (await stateOf(house, id)).pushes.at(-1)?.status, { timeout: 15_000 })
    .toBe('retrying');
  await house.restart();
  house.sinks.setMode('oms', 'ok');
  await expect
    .poll(() => carriedOut(house, id).map(({ stage }) => stage), { timeout: 20_000 })
    .toEqual(['s1', 's2']);
  const received = house.sinks.state().find((sink) => sink.name === 'oms')?.received ?? [];
  expect(received.filter((each) => each.id.includes(id) && each.repeat && each.status === 200)).toEqual([]);
}, 60_000);

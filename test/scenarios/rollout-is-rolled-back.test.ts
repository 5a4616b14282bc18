import { afterAll, beforeAll, expect, it } from 'vitest';
import { reverse } from '../../src/flow/reverse.ts';
import type { OutboxRow } from '../../src/store/port.ts';
import { press, stateOf } from '../support/clicks.ts';
import type { House } from '../support/house.ts';
import { cardSays, carriedOut, rolledOut, rolloutAt, stagedHouse } from '../support/rollout-house.ts';
import { HOLD, SKUS } from '../support/rollout-prices.ts';

let house: House;
beforeAll(async () => {
  house = await stagedHouse();
});
afterAll(() => house.close());

async function own(id: string) {
  const rows = await house.meshline.flow.ledger.list({ source: 'meshline', limit: 50 });
  const all = await Promise.all(rows.map((row) => stateOf(house, row.id)));
  return all.filter((state) => state.source.reverses === id);
}

it('puts the former values back of exactly what went out, and stops the rest', async () => {
  const { id, card } = await rolledOut(house, 'Regret');
  await rolloutAt(house, id, 'holding', 1);
  house.clock.leap(HOLD);
  await rolloutAt(house, id, 'holding', 2);
  await press(house, 'mei', card, 'rollout_roll_back');
  await expect.poll(async () => (await stateOf(house, id)).status, { timeout: 15_000 }).toBe('rolled_back');
  const [back] = await own(id);
  expect(back).toMatchObject({ status: 'delivered', source: { name: 'meshline', reverses: id } });
  expect(back?.revision?.policy).toMatchObject({ rollout: null, gate: { mode: 'policy' } });
  expect(carriedOut(house, back?.id ?? '')).toEqual([
    { stage: 'all', skus: SKUS.slice(0, 6), prices: ['10.00'] },
  ]);
  house.clock.leap(2 * HOLD);
  await cardSays(house, card, 'Rolled back');
  expect(carriedOut(house, id)).toHaveLength(2);
}, 60_000);

it('issues the way back once, also when it crashes in between', async () => {
  const { id, card } = await rolledOut(house, 'Twice');
  await rolloutAt(house, id, 'holding', 1);
  house.sinks.setMode('oms', 'fail_500');
  await press(house, 'mei', card, 'rollout_roll_back');
  await expect
    .poll(async () => (await stateOf(house, id)).rollout?.rollback?.export_id, { timeout: 15_000 })
    .toEqual(expect.any(String));
  // As after a crash: the row is there again, and what it did is not written down.
  const row = { key: `reverse:${id}:1`, export_id: id, token: 0 } as OutboxRow;
  await reverse(house.meshline.flow, row, { key: row.key, token: 0, result: { done: true } });
  await house.restart();
  house.sinks.setMode('oms', 'ok');
  await expect.poll(async () => (await stateOf(house, id)).status, { timeout: 20_000 }).toBe('rolled_back');
  expect(await own(id)).toHaveLength(1);
}, 60_000);

it('does not put older values over newer ones', async () => {
  const { id, card } = await rolledOut(house, 'Overtaken');
  await rolloutAt(house, id, 'holding', 1);
  house.clock.leap(60_000);
  const { id: newer } = await rolledOut(house, 'Newcomer', 'overtaken');
  expect(newer).not.toBe(id);
  await rolloutAt(house, newer, 'holding', 1);
  await press(house, 'mei', card, 'rollout_roll_back');
  await rolloutAt(house, id, 'held', 1);
  await cardSays(house, card, 'A newer export of the same thing has gone out since');
  expect(await own(id)).toHaveLength(0);
}, 60_000);

import { afterAll, beforeAll, expect, it } from 'vitest';
import { press, promo, stateOf } from '../support/clicks.ts';
import { type House, openHouse } from '../support/house.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse({
    configure(file) {
      const rollout = { stages: [50, 100], hold_ms: 600_000, min_lines: 2 };
      Object.assign(file.policies['promo_activation'] ?? {}, { rollout });
    },
  });
});
afterAll(() => house.close());

type Sent = {
  operation: string;
  data: { lines: { sku: string; price: string; rollback: { price: string } }[] };
};

it('ends a promo for the SKUs on which it had begun, at the prices that were promised when it was accepted', async () => {
  const { id, card } = await promo(house, 'Half way');
  await press(house, 'priya', card, 'accept');
  await press(house, 'hannah', card, 'accept');
  await expect
    .poll(async () => (await stateOf(house, id)).rollout?.status, { timeout: 15_000 })
    .toBe('holding');
  await press(house, 'hannah', card, 'rollout_roll_back');
  await expect.poll(async () => (await stateOf(house, id)).status, { timeout: 15_000 }).toBe('rolled_back');
  const [begun, ended, ...more] = house.sinks.effects('oms').map((effect) => effect.body as Sent);
  expect(more).toEqual([]);
  expect(begun?.operation).toBe('promo.activate');
  expect(ended?.operation).toBe('promo.deactivate');
  const lines = (await stateOf(house, id)).revision?.payload['lines'] as unknown[];
  expect(begun?.data.lines.length).toBeLessThan(lines.length);
  expect(ended?.data.lines.map(({ sku, price }) => [sku, price])).toEqual(
    begun?.data.lines.map(({ sku, rollback }) => [sku, rollback.price]),
  );
}, 60_000);

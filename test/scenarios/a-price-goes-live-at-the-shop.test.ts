import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { stateOf } from '../support/clicks.ts';
import { type House, openHouse } from '../support/house.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse({ farSides: true });
});
afterAll(() => house.close());
beforeEach(() => house.sinks.reset());

const shop = () => house.sinks.state().find(({ name }) => name === 'shopify');

/** What the shop's own list says of an item. */
function priceOf(sku: string): string | undefined {
  const [prices] = shop()?.holds ?? [];
  return prices?.rows.find((row) => row.includes(sku))?.[1];
}

/** Sends prices that Mei accepts, and gives the id of the export. */
async function accepted(key: string): Promise<string> {
  const { body } = await house.sendFixture('price_update', (raw) => {
    raw['idempotency_key'] = key;
    Object.assign(raw.payload, { price_list: { id: key, name: key }, valid_from: null });
  });
  const mei = house.as('mei');
  const card = await mei.waitForMessage('#merchandising', ({ text }) => text.includes(key));
  await mei.click(card, 'accept');
  return body.export_id ?? '';
}

it('shows the new price once it is accepted', async () => {
  expect(priceOf('MUG-STONE-350')).toBe('12.90 EUR');
  const id = await accepted('december');
  await expect.poll(async () => (await stateOf(house, id)).status).toBe('delivered');
  expect(priceOf('MUG-STONE-350')).toBe('13.50 EUR');
  expect(priceOf('PLATE-STONE-27')).toBe('21.90 EUR');
});

it('comes back to merchandising with the words of the shop', async () => {
  house.sinks.setMode('shopify', 'prices_refused');
  const id = await accepted('february');
  await expect.poll(async () => (await stateOf(house, id)).status).not.toBe('delivering');
  const mei = house.as('mei');
  await mei.waitForMessage('#merchandising', ({ blocks }) =>
    JSON.stringify(blocks).includes('A rule of this shop forbids the price'),
  );
  expect(priceOf('MUG-STONE-350')).toBe('12.90 EUR');
});

// Last: a leap of the clock makes Socket Mode reconnect, and a click may fall in between.
it('is set once although the answer is lost', async () => {
  house.sinks.setMode('shopify', 'lost_answer');
  const id = await accepted('january');
  const written = () =>
    house.sinks.effects('shopify').filter(({ operation }) => operation === 'productVariantsBulkUpdate');
  const status = async () => {
    house.clock.leap(60_000);
    return (await stateOf(house, id)).status;
  };
  await expect.poll(status, { timeout: 25_000 }).toBe('delivered');
  // Mugs of two sizes are one product, a bowl and a plate one each.
  expect(written()).toHaveLength(3);
  expect(priceOf('MUG-STONE-500')).toBe('16.50 EUR');
}, 30_000);

import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { blockOf } from '../../src/bot/modals/mapping.ts';
import { SINK_KINDS } from '../../src/sinks/registry.ts';
import { verifyFile } from '../../src/store/index.ts';
import { stateOf, told } from '../support/clicks.ts';
import { put } from '../support/fixtures.ts';
import { type House, openHouse } from '../support/house.ts';
import { submitForm } from '../support/owners.ts';
import { recordingSink, routed } from '../support/recording-sink.ts';

const shop = recordingSink();
let house: House;
beforeAll(async () => {
  house = await openHouse({
    sinkKinds: [...SINK_KINDS, shop.kind],
    configure(file) {
      routed(file, 'shop', ['price_update']);
      delete file.policies['price_update']?.['rollout'];
    },
  });
});
afterAll(() => house.close());
beforeEach(() => {
  shop.pushes.length = 0;
  shop.answer = null;
});

const skuOf = (n: number) => `WIDE-${String(n).padStart(3, '0')}`;

/** A price list of so many SKUs, accepted; gives its id and the card. */
async function stopped(name: string, skus: number, refused: readonly string[], candidates: object = {}) {
  shop.answer = ({ aliases }) =>
    refused.every((sku) => Object.hasOwn(aliases, sku))
      ? { kind: 'delivered', reference: null }
      : {
          kind: 'failed',
          exception_code: 'sku_mapping_failed',
          message: 'Several variants have this SKU.',
          metadata: { skus: [...refused], candidates: candidates as never },
        };
  const { body } = await house.sendFixture('price_update', (raw) => {
    raw['idempotency_key'] = name;
    put(raw, 'payload.price_list.id', name);
    put(raw, 'payload.price_list.name', name);
    const [line] = raw.payload['lines'] as { [key: string]: never }[];
    raw.payload['lines'] = Array.from({ length: skus }, (_, n) => ({ ...line, sku: skuOf(n) }));
  });
  const mei = house.as('mei');
  const card = await mei.waitForMessage('#merchandising', (m) => m.text.includes(name));
  await mei.click(card, 'accept');
  const id = body.export_id ?? '';
  await expect.poll(async () => (await stateOf(house, id)).status).toBe('paused');
  const now = await mei.waitForMessage(
    '#merchandising',
    (m) => m.text.includes(name) && m.text.includes('Paused'),
  );
  return { id, mei, card: now };
}

it('offers what the far side proposes, and goes on under a key of its own', async () => {
  const sku = skuOf(1);
  const { id, mei, card } = await stopped('proposal', 3, [sku], { [sku.toLowerCase()]: ['V-77', 'V-78'] });
  await mei.click(card, 'map_skus');
  const form = await mei.waitForModal((view) => JSON.stringify(view).includes('V-77'));
  expect(JSON.stringify(form)).not.toContain(skuOf(0));
  await submitForm(house, mei, form, { [blockOf(sku)]: { text: 'V-77' } });
  await expect.poll(async () => (await stateOf(house, id)).status).toBe('delivered');
  const [first, second] = shop.pushes;
  expect(first?.aliases).toEqual({});
  expect(second).toMatchObject({ aliases: { [sku]: 'V-77' }, key: `${first?.key}-t2`, attempt: 1 });
});

it('asks twenty at a time and tells how many come after', async () => {
  const refused = Array.from({ length: 23 }, (_, n) => skuOf(n + 100));
  const { id, mei, card } = await stopped('many', 130, refused);
  await mei.click(card, 'map_skus');
  const named = (from: number, to: number) =>
    Object.fromEntries(refused.slice(from, to).map((sku) => [blockOf(sku), { text: `far-${sku}` }]));
  const first = await mei.waitForModal((view) => JSON.stringify(view).includes('3 more SKUs come'));
  await submitForm(house, mei, first, named(0, 20));
  const second = await mei.waitForModal((view) => JSON.stringify(view).includes(blockOf(refused[22] ?? '')));
  expect((await stateOf(house, id)).status).toBe('paused');
  await submitForm(house, mei, second, named(20, 23));
  await expect.poll(async () => (await stateOf(house, id)).status).toBe('delivered');
  const { aliases = {} } = shop.pushes.at(-1) ?? {};
  expect(refused.map((sku) => aliases[sku])).toEqual(refused.map((sku) => `far-${sku}`));
});

it('asks again for acceptance when the data grew old meanwhile', async () => {
  const sku = skuOf(2);
  const { id, mei, card } = await stopped('old', 3, [sku]);
  await mei.click(card, 'map_skus');
  const form = await mei.waitForModal((view) => JSON.stringify(view).includes(blockOf(sku)));
  house.clock.leap(6 * 60_000);
  await submitForm(house, mei, form, { [blockOf(sku)]: { text: 'V-2' } });
  await expect.poll(async () => (await stateOf(house, id)).status).toBe('pending');
  expect(shop.pushes).toHaveLength(1);
});

it('lets nobody else say what a SKU is called', async () => {
  const { id, card } = await stopped('foreign', 3, [skuOf(1), skuOf(0)]);
  await house.as('amara').click(card, 'map_skus');
  await expect.poll(() => told(house, 'amara', card.channel).join()).toContain('You cannot map SKUs');
  expect((await stateOf(house, id)).status).toBe('paused');
});

it('keeps the names in the chain, and verifies', async () => {
  const { faults } = await verifyFile(join(house.folder, 'meshline.db'));
  expect(faults).toEqual([]);
});

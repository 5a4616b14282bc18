import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { SINK_KINDS } from '../../src/sinks/registry.ts';
import { verifyFile } from '../../src/store/index.ts';
import { eventsOf, press, stateOf } from '../support/clicks.ts';
import { put } from '../support/fixtures.ts';
import { type House, openHouse, PEOPLE } from '../support/house.ts';
import { recordingSink, routed } from '../support/recording-sink.ts';

const shop = recordingSink();
let house: House;
let preview: string;
beforeAll(async () => {
  house = await openHouse({
    sinkKinds: [...SINK_KINDS, shop.kind],
    configure: (file) => routed(file, 'shop', ['staged_product', 'live_publish', 'inventory_delta']),
  });
  const { body } = await house.sendFixture('staged_product', (raw) => {
    put(raw, 'source.requested_by', PEOPLE.sofia.guid);
    put(raw, 'payload.planned_live_at', undefined);
  });
  preview = body.export_id ?? '';
  const card = await house
    .as('mei')
    .waitForMessage('#merchandising', (m) => m.text.includes('Merino beanie'));
  await press(house, 'mei', card, 'accept');
  await vi.waitFor(async () => {
    const { status } = await stateOf(house, preview);
    if (status !== 'delivered') throw new Error(`The preview is ${status}.`);
  }, 5_000);
});
afterAll(() => house.close());

async function stock(key: string, sku: string, absolute: number): Promise<string> {
  const { body } = await house.sendFixture(
    'inventory_delta',
    (raw) => {
      raw['idempotency_key'] = key;
      const line = { sku, location: `wh-${key}`, previous: absolute, absolute, threshold: 0 };
      Object.assign(raw.payload, { reason_code: 'count', lines: [line] });
    },
    'wms',
  );
  const id = body.export_id ?? '';
  await expect.poll(async () => (await stateOf(house, id)).status).toBe('delivered');
  return id;
}

const issued = async () =>
  (await house.meshline.flow.ledger.list({ export_type: 'live_publish', limit: 10 })).map(({ id }) => id);

it('is not asked by stock of something else, nor by an empty shelf', async () => {
  await stock('other', 'MUG-STONE-350', 40);
  await stock('none', 'BEANIE-MER-CHA', 0);
  expect(await issued()).toEqual([]);
});

it('asks marketing and operations once, in the name of whoever asked for the preview', async () => {
  const cause = await stock('some', 'beanie-mer-cha', 12);
  await expect.poll(async () => (await issued()).length).toBe(1);
  const [id = ''] = await issued();
  const live = await stateOf(house, id);
  expect(live).toMatchObject({
    status: 'pending',
    source: { name: 'meshline' },
    requester: PEOPLE.sofia.guid,
    idempotency_key: `live:${preview}`,
    revision: {
      policy: { gate: { mode: 'two_step' } },
      payload: {
        preview: { reference: 'REC-1', export_id: preview },
        products: [{ handle: 'merino-beanie', skus: ['BEANIE-MER-CHA', 'BEANIE-MER-MOS'] }],
        publish_at: null,
        trail: [{ export_id: preview }, { export_id: cause }],
      },
    },
  });
  await expect.poll(() => eventsOf(house, preview)).toContain('preview_closed');
  await stock('more', 'BEANIE-MER-MOS', 7);
  await house.restart();
  await stock('later', 'BEANIE-MER-CHA', 9);
  expect(await issued()).toEqual([id]);
  expect(shop.pushes.map(({ operation }) => operation)).not.toContain('product.publish');
});

it('goes live once both have signed, also when they looked late', async () => {
  const [id = ''] = await issued();
  const card = await house.as('priya').waitForMessage('#promo-approvals', (m) => m.text.includes('live on'));
  house.clock.leap(6 * 60_000);
  await press(house, 'priya', card, 'accept');
  await expect.poll(() => eventsOf(house, id)).toContain('freshness_renewed');
  await press(house, 'priya', card, 'accept');
  await expect.poll(async () => (await stateOf(house, id)).acceptances.length).toBe(1);
  await press(house, 'hannah', card, 'accept');
  await expect.poll(async () => (await stateOf(house, id)).status).toBe('delivered');
  expect(shop.pushes.at(-1)).toMatchObject({
    operation: 'product.publish',
    body: { preview: { reference: 'REC-1', export_id: preview } },
  });
  const { faults } = await verifyFile(join(house.folder, 'meshline.db'));
  expect(faults).toEqual([]);
});

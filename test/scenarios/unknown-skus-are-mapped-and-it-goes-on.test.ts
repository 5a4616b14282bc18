import { afterAll, beforeAll, expect, it } from 'vitest';
import { blockOf } from '../../src/bot/modals/mapping.ts';
import { SINK_KINDS } from '../../src/sinks/registry.ts';
import { eventsOf, press, stateOf } from '../support/clicks.ts';
import { type House, openHouse } from '../support/house.ts';
import { submitForm } from '../support/owners.ts';
import { recordingSink, routed } from '../support/recording-sink.ts';

const shop = recordingSink();
let house: House;
beforeAll(async () => {
  house = await openHouse({
    sinkKinds: [...SINK_KINDS, shop.kind],
    configure: (file) => routed(file, 'shop', ['promo_activation'], { skus: 'mapped' }),
  });
});
afterAll(() => house.close());

/** Sent, and signed by both. */
async function accepted(name: string): Promise<string> {
  const { body } = await house.sendFixture('promo_activation', (raw) => {
    raw['idempotency_key'] = name;
    raw.payload['campaign_name'] = name;
    raw['campaign_id'] = name.toLowerCase();
  });
  for (const person of ['priya', 'hannah'] as const) {
    const card = await house.as(person).waitForMessage('#promo-approvals', (m) => m.text.includes(name));
    await press(house, person, card, 'accept');
  }
  return body.export_id ?? '';
}

it('stops before a sink that takes only its own SKUs, asks merchandising, and sends what was accepted', async () => {
  const id = await accepted('Beach');
  await expect.poll(async () => (await stateOf(house, id)).status).toBe('paused');
  const paused = await stateOf(house, id);
  expect(shop.pushes).toEqual([]);
  expect(paused.trouble).toMatchObject({ code: 'sku_mapping_failed', role: 'merchandising' });
  const skus = paused.trouble?.metadata['skus'] as string[];

  const mei = house.as('mei');
  const card = await mei.waitForMessage('#merchandising', (m) => m.text.includes('Paused'));
  await mei.click(card, 'map_skus');
  const form = await mei.waitForModal((view) => JSON.stringify(view).includes('What are they there?'));
  const names = (of: (sku: string) => string) =>
    Object.fromEntries(skus.map((sku) => [blockOf(sku), { text: of(sku) }]));

  const same = await submitForm(
    house,
    mei,
    form,
    names(() => 'ONE'),
  );
  expect(Object.values(same.errors)).toEqual([expect.stringMatching(/already knows .* as “ONE”/)]);
  expect((await stateOf(house, id)).status).toBe('paused');

  await submitForm(
    house,
    mei,
    form,
    names((sku) => `shop/${sku.toLowerCase()}`),
  );
  await expect.poll(async () => (await stateOf(house, id)).status).toBe('delivered');
  const delivered = await stateOf(house, id);
  expect(shop.pushes.length).toBeGreaterThan(0);
  for (const push of shop.pushes) {
    expect(push.aliases).toEqual(Object.fromEntries(skus.map((sku) => [sku, `shop/${sku.toLowerCase()}`])));
    expect(push.export).toMatchObject({ hash: paused.revision?.hash, revision: 1 });
    expect(push.attempt).toBe(1);
  }
  expect(delivered.acceptances).toEqual(paused.acceptances);
  const events = await eventsOf(house, id);
  expect(events.filter((each) => each === 'acceptance_recorded')).toHaveLength(2);
  expect(events).toContain('mapping_completed');
  const open = await house.meshline.flow.ledger.tasks({ export_id: id, state: 'open', limit: 10 });
  expect(open).toEqual([]);
});

it('knows the names the next time', async () => {
  shop.pushes.length = 0;
  const id = await accepted('Dunes');
  await expect.poll(async () => (await stateOf(house, id)).status).toBe('delivered');
  expect(Object.keys(shop.pushes[0]?.aliases ?? {})).not.toEqual([]);
});

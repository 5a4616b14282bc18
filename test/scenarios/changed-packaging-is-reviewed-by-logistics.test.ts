import { afterAll, beforeAll, expect, it } from 'vitest';
import { press, stateOf } from '../support/clicks.ts';
import { put } from '../support/fixtures.ts';
import { type House, openHouse } from '../support/house.ts';
import { sinkSays } from '../support/sink-says.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.close());

const operations = (sink: 'oms' | 'wms', id: string) =>
  house.sinks
    .effects(sink)
    .filter((effect) => effect.key.includes(id))
    .map((effect) => effect.operation);

async function acceptedChange(key: string): Promise<string> {
  const { body } = await house.sendFixture('content_package_change', (raw) => {
    raw['idempotency_key'] = key;
    put(raw, 'payload.reason', `New carton ${key}`);
    put(raw, 'payload.lines.0.sku', `TOTE-${key}`);
    put(raw, 'payload.lines.1.sku', `HAT-${key}`);
  });
  const id = body.export_id ?? '';
  const card = await house.as('priya').waitForMessage('#promo-approvals', (m) => m.text.includes('0 of 2'));
  await press(house, 'priya', card, 'accept');
  await expect.poll(async () => (await stateOf(house, id)).acceptances.length).toBe(1);
  await press(house, 'amara', card, 'accept');
  await expect.poll(async () => (await stateOf(house, id)).status).toBe('delivered');
  return id;
}

it('waits for marketing and logistics, and opens reviews of packaging and pick path at the warehouse', async () => {
  const id = await acceptedChange('one');
  expect((await stateOf(house, id)).acceptances.map(({ role }) => role)).toEqual([
    'marketing_ops',
    'logistics',
  ]);
  expect(operations('wms', id)).toContain('packaging.review');
  const review = house.sinks.effects('wms').find(({ operation }) => operation === 'packaging.review');
  expect(review?.body).toMatchObject({
    data: {
      lines: [{ sku: 'TOTE-one', reviews: ['packaging', 'pick_path'], weight_g: '700', length_mm: '440' }],
    },
  });
});

it('goes to logistics on the same card when the warehouse answers later that it cannot pack it', async () => {
  const id = await acceptedChange('two');
  const message = 'The new carton does not fit the tote line.';
  expect(await sinkSays(house, 'wms', id, 'packaging_rejected', { message })).toBe(202);
  const state = await stateOf(house, id);
  expect(state).toMatchObject({ status: 'paused', trouble: { role: 'logistics', sink: 'wms', message } });
  const name = 'TOTE-two';
  const amara = house.as('amara');
  await expect
    .poll(async () => (await amara.messages('#promo-approvals')).filter((m) => m.text.includes('Paused')))
    .toHaveLength(1);
  expect(state.channels).toHaveLength(1);
  const tasks = await house.meshline.flow.ledger.tasks({ export_id: id, state: 'open', limit: 5 });
  expect(tasks).toMatchObject([{ role: 'logistics' }]);
  expect(JSON.stringify(state.revision?.payload)).toContain(name);
});

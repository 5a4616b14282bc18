import { afterAll, beforeAll, expect, it } from 'vitest';
import { stateOf } from '../support/clicks.ts';
import { put, type RawExport } from '../support/fixtures.ts';
import { type House, openHouse } from '../support/house.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse({
    configure: (file) => {
      const policy = file.policies['content_package_change'] ?? {};
      policy['rules'] = { tolerance_grams: 5, tolerance_millimetres: 2 };
    },
  });
});
afterAll(() => house.close());

const was = {
  weight: { value: '1', unit: 'lb' },
  dimensions: { length: '10', width: '8', height: '2', unit: 'in' },
};

function packed(key: string, after: object) {
  return (raw: RawExport) => {
    raw['idempotency_key'] = key;
    put(raw, 'payload.lines.0.sku', `TOTE-${key}`);
    put(raw, 'payload.lines.1.sku', `HAT-${key}`);
    put(raw, 'payload.lines.0.packaging', { before: was, after: after as never });
  };
}

const wmsOf = (id: string) => house.sinks.effects('wms').filter(({ key }) => key.includes(id));

it('is accepted by policy when only the units differ, and opens no review', async () => {
  const metric = {
    weight: { value: '453.5924', unit: 'g' },
    dimensions: { length: '254', width: '203.2', height: '50.8', unit: 'mm' },
  };
  const { body } = await house.sendFixture('content_package_change', packed('units', metric));
  const id = body.export_id ?? '';
  await expect.poll(async () => (await stateOf(house, id)).status).toBe('delivered');
  const state = await stateOf(house, id);
  expect(state.acceptances).toMatchObject([{ via: 'policy', by: null }]);
  expect(wmsOf(id).map(({ operation }) => operation)).toEqual(['content.update']);
  expect(await house.as('amara').messages('#logistics')).toEqual([]);
});

it('is so within the tolerance that the configuration sets, and no further', async () => {
  const near = { ...was, weight: { value: '458', unit: 'g' } };
  const within = await house.sendFixture('content_package_change', packed('near', near));
  await expect.poll(async () => (await stateOf(house, within.body.export_id ?? '')).status).toBe('delivered');
  const far = { ...was, weight: { value: '459', unit: 'g' } };
  const beyond = await house.sendFixture('content_package_change', packed('far', far));
  const state = await stateOf(house, beyond.body.export_id ?? '');
  expect(state).toMatchObject({ status: 'pending', revision: { policy: { gate: { mode: 'two_step' } } } });
});

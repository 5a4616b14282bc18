import { afterAll, beforeAll, expect, it } from 'vitest';
import { blockOf } from '../../src/bot/modals/mapping.ts';
import { SINK_KINDS } from '../../src/sinks/registry.ts';
import { press, stateOf } from '../support/clicks.ts';
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
      routed(file, 'shop', ['price_update'], { skus: 'mapped' });
      const policy = file.policies['price_update'] ?? {};
      policy['rollout'] = { stages: [50, 100], hold_ms: 60_000, min_lines: 10 };
    },
  });
});
afterAll(() => house.close());

it('names what a stage sends, and goes on with the stages', async () => {
  const { body } = await house.sendFixture('price_update', (raw) => {
    put(raw, 'payload.price_list.name', 'In stages');
    const [line] = raw.payload['lines'] as { [key: string]: never }[];
    raw.payload['lines'] = Array.from({ length: 20 }, (_, n) => ({ ...line, sku: `STAGE-${n}` }));
  });
  const id = body.export_id ?? '';
  const mei = house.as('mei');
  const card = await mei.waitForMessage('#merchandising', (m) => m.text.includes('In stages'));
  await press(house, 'mei', card, 'accept');
  for (const stage of [1, 2]) {
    await expect.poll(async () => (await stateOf(house, id)).status).toBe('paused');
    const state = await stateOf(house, id);
    expect(state.rollout?.stage).toBe(stage);
    const skus = state.trouble?.metadata['skus'] as string[];
    expect(skus.length).toBeLessThan(20);
    await press(house, 'mei', card, 'map_skus');
    const form = await mei.waitForModal((view) => JSON.stringify(view).includes(blockOf(skus[0] ?? '')));
    const names = skus.map((sku) => [blockOf(sku), { text: `far-${sku}` }] as const);
    await submitForm(house, mei, form, Object.fromEntries(names));
    await expect.poll(() => shop.pushes.length).toBe(stage);
    await expect
      .poll(async () => (await stateOf(house, id)).rollout?.stages[stage - 1]?.completed_at)
      .not.toBeNull();
    house.clock.leap(2 * 60_000);
  }
  await expect.poll(async () => (await stateOf(house, id)).status).toBe('delivered');
  expect(Object.keys({ ...shop.pushes[0]?.aliases, ...shop.pushes[1]?.aliases })).toHaveLength(20);
  expect((await stateOf(house, id)).acceptances).toHaveLength(1);
});

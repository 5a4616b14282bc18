import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { press, promo, stateOf } from '../support/clicks.ts';
import { type House, openHouse } from '../support/house.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse({ undo: true });
});
afterAll(() => house.close());

async function accepted(name: string) {
  const { id, card } = await promo(house, name);
  await press(house, 'priya', card, 'accept');
  await vi.waitFor(async () => expect((await stateOf(house, id)).acceptances).toHaveLength(1));
  await press(house, 'hannah', card, 'accept');
  const shown = await house
    .as('priya')
    .waitForMessage('#promo-approvals', (m) => m.ts === card.ts && m.text.includes('goes out at'));
  return { id, shown };
}

const buttons = (blocks: unknown) =>
  [...JSON.stringify(blocks).matchAll(/"action_id":"(\w+)"/g)].map((match) => match[1]);

it('shows when it goes out, and takes the acceptance back before anything has left', async () => {
  const { id, shown } = await accepted('Undone');
  expect(shown.text).toMatch(/goes out at <!date\^\d+\^\{time_secs\}\|[^>]+> \(in 20 s\)/);
  house.clock.leap(11_000);
  await house
    .as('priya')
    .waitForMessage('#promo-approvals', (m) => m.ts === shown.ts && m.text.includes('(in 10 s)'), 15_000);
  await press(house, 'priya', shown, 'undo');
  await vi.waitFor(async () =>
    expect(await stateOf(house, id)).toMatchObject({ status: 'pending', acceptances: [] }),
  );
  house.clock.leap(60_000);
  const again = await house
    .as('priya')
    .waitForMessage('#promo-approvals', (m) => m.ts === shown.ts && m.text.includes('Waiting for two'));
  expect(buttons(again.blocks)).not.toContain('undo');
  expect(house.sinks.effects('oms')).toHaveLength(0);
}, 20_000);

it('lets nothing leave before the window ends, and offers no undo after it', async () => {
  const { id, shown } = await accepted('Gone');
  const before = house.sinks.effects('oms').length;
  expect(buttons(shown.blocks)).toContain('undo');
  house.clock.leap(17_000);
  await house.meshline.flow.ledger.pulse(house.clock.now());
  expect(house.sinks.effects('oms')).toHaveLength(before);
  expect((await stateOf(house, id)).status).toBe('accepted');
  house.clock.leap(3_000);
  await expect.poll(() => house.sinks.effects('oms').length, { timeout: 10_000 }).toBe(before + 1);
  const after = await house
    .as('priya')
    .waitForMessage('#promo-approvals', (m) => m.ts === shown.ts && m.text.includes('Delivered'));
  expect(buttons(after.blocks)).not.toContain('undo');
}, 20_000);

import { afterAll, beforeAll, expect, it } from 'vitest';
import { type House, openHouse } from '../support/house.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.close());

it('brings a promo from HTTP to two people in Slack and, once both accepted, to the OMS exactly once', async () => {
  const { status, body } = await house.sendFixture('promo_activation');
  expect(status).toBe(202);
  expect(body).toMatchObject({ state: 'pending' });

  const priya = house.as('priya');
  const card = await priya.waitForMessage('#promo-approvals', (message) =>
    message.text.includes('Summer 24'),
  );
  await priya.click(card, 'accept');
  const half = await priya.waitForMessage('#promo-approvals', (message) =>
    JSON.stringify(message.blocks).includes('1 of 2'),
  );
  expect(house.sinks.effects('oms')).toHaveLength(0);

  await house.as('hannah').click(half, 'accept');
  const stands = async () => (await house.meshline.flow.ledger.get(body.export_id ?? ''))?.status;
  await expect.poll(stands).toBe('delivered');
  expect(house.sinks.effects('oms')).toHaveLength(1);
});

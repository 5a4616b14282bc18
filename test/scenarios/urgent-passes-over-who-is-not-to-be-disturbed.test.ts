import { afterAll, beforeAll, expect, it } from 'vitest';
import { type House, openHouse } from '../support/house.ts';
import { guidOf } from '../support/owners.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.close());

it('passes over who is not to be disturbed for what two people must sign, and for nothing else', async () => {
  house.sandbox.control.setDnd('U01PRIYA', 3_600_000);
  house.sandbox.control.setDnd('U03MEI', 3_600_000);
  await house.restart();
  await expect.poll(() => house.meshline.owners.directory().dnd?.size).toBe(2);
  const routeOf = async (id = '') => (await house.meshline.flow.ledger.get(id))?.route;
  const promo = await house.sendFixture('promo_activation');
  expect(await routeOf(promo.body.export_id)).toMatchObject({
    owner: guidOf('daniel'),
    reason: 'Priya Raman does not want to be disturbed, so it goes to the backup, Daniel Ortiz.',
  });
  const prices = await house.sendFixture('price_update', undefined, 'erp');
  expect(await routeOf(prices.body.export_id)).toMatchObject({ owner: guidOf('mei') });
});

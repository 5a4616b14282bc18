import { afterAll, beforeAll, expect, it } from 'vitest';
import { type House, openHouse } from '../support/house.ts';
import { guidOf } from '../support/owners.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.close());

it('is out of office with one tap on Home, and back with another', async () => {
  const mei = house.as('mei');
  await mei.openHome();
  const home = await mei.waitForHome((view) => JSON.stringify(view).includes('owners_out_now'));
  await mei.clickInView(home, 'owners_out_now');
  const away = await mei.waitForHome((view) => JSON.stringify(view).includes('You are out of office'));
  expect(house.meshline.owners.directory().away.has(guidOf('mei'))).toBe(true);
  const { body } = await house.sendFixture('price_update', undefined, 'erp');
  const route = (await house.meshline.flow.ledger.get(body.export_id ?? ''))?.route;
  expect(route).toMatchObject({ owner: guidOf('jonas'), for: guidOf('mei') });

  await mei.clickInView(away, 'owners_back');
  await mei.waitForHome((view) => JSON.stringify(view).includes('owners_out_now'));
  const events = (await house.meshline.flow.ledger.directoryChanges()).map(({ event }) => event);
  expect(events.filter((event) => event.type !== 'slack_linked')).toMatchObject([
    { type: 'person_went_out', by: guidOf('mei'), until: null },
    { type: 'person_came_back', by: guidOf('mei') },
  ]);
});

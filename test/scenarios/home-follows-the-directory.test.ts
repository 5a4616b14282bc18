import { afterAll, beforeAll, expect, it } from 'vitest';
import { type House, openHouse } from '../support/house.ts';
import { change, guidOf } from '../support/owners.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.close());

it('draws an open Home again when a cover begins, although no export has changed', async () => {
  const priya = house.as('priya');
  await priya.openHome();
  await priya.waitForHome((view) => JSON.stringify(view.blocks).includes('You are in'));
  const now = house.clock.now();
  const [me, cover] = [guidOf('priya'), guidOf('daniel')];
  await change(house, { do: 'set_cover', by: me, for: me, cover, from: now, until: now + 3_600_000 });
  const home = await priya.waitForHome((view) => JSON.stringify(view.blocks).includes('covers for you'));
  expect(JSON.stringify(home.blocks)).toContain('Daniel Ortiz');
});

import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { press, promo, stateOf } from '../support/clicks.ts';
import { type House, openHouse, PEOPLE } from '../support/house.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.close());

const offered = (view: { blocks: readonly object[] }) =>
  [...JSON.stringify(view.blocks).matchAll(/"action_id":"(\w+)"/g)].map((match) => match[1]);

it('lets a second reviewer look, and decide only after taking the review over', async () => {
  const { id, card } = await promo(house, 'Taken');
  await press(house, 'priya', card, 'review');
  await house.as('priya').waitForModal((view) => JSON.stringify(view).includes('You hold this'));

  const hannah = house.as('hannah');
  await press(house, 'hannah', card, 'review');
  const looking = await hannah.waitForModal((view) => JSON.stringify(view).includes('holds this review'));
  expect(offered(looking)).toEqual(['take_over']);
  expect(JSON.stringify(looking.blocks)).toContain('This is the review of Priya Raman');

  await hannah.clickInView(looking, 'take_over');
  const own = await hannah.waitForModal((view) => JSON.stringify(view).includes('You hold this'));
  expect(offered(own)).toContain('accept');
  expect((await stateOf(house, id)).lock).toMatchObject({ by: PEOPLE.hannah.guid });

  await house.as('priya').waitForDirectMessage((message) => message.text.includes('took over your review'));

  await hannah.clickInView(own, 'accept');
  await vi.waitFor(async () =>
    expect((await stateOf(house, id)).acceptances).toMatchObject([{ by: PEOPLE.hannah.guid }]),
  );
});

import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { press, promo, stateOf, told } from '../support/clicks.ts';
import { type House, openHouse, PEOPLE } from '../support/house.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.close());

it('hands one export to another holder of the role, who hears of it and decides, while the clock runs on', async () => {
  const { id, card } = await promo(house, 'Handed');
  const { waiting_since } = await stateOf(house, id);
  const priya = house.as('priya');
  await press(house, 'priya', card, 'review');
  const review = await priya.waitForModal((view) => JSON.stringify(view).includes('You hold this'));
  await priya.clickInView(review, 'reassign');
  const form = await priya.waitForModal((view) => view.title === 'Reassign');
  await priya.submit(form, { owner: PEOPLE.daniel.guid, reason: 'I am on a train.' });

  const daniel = house.as('daniel');
  await daniel.waitForDirectMessage(
    (m) => m.text.includes('handed it to') && m.text.includes('I am on a train.'),
  );
  const shown = await daniel.waitForMessage(
    '#promo-approvals',
    (m) => m.ts === card.ts && JSON.stringify(m.blocks).includes('"user_id":"U02DANIEL"'),
  );
  expect(await stateOf(house, id)).toMatchObject({
    route: { owner: PEOPLE.daniel.guid },
    lock: null,
    waiting_since,
  });

  const before = told(house, 'priya').length;
  await press(house, 'priya', shown, 'accept');
  await vi.waitFor(() => expect(told(house, 'priya').length).toBe(before + 1));
  await press(house, 'daniel', shown, 'accept');
  await vi.waitFor(async () =>
    expect((await stateOf(house, id)).acceptances).toMatchObject([{ by: PEOPLE.daniel.guid, for: null }]),
  );
});

it('is not offered to whoever asked for a promo that takes two people', async () => {
  const { id, card } = await promo(house, 'Own', 'daniel');
  const priya = house.as('priya');
  await press(house, 'priya', card, 'review');
  const review = await priya.waitForModal((view) => JSON.stringify(view).includes('You hold this'));
  await priya.clickInView(review, 'reassign');
  await priya.waitForModal((view) => JSON.stringify(view).includes('Nobody else who holds'));
  const refused = await house.meshline.flow.ledger.get(id);
  expect(refused?.route.owner).toBe(PEOPLE.priya.guid);
});

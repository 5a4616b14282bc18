import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { eventsOf, press, promo } from '../support/clicks.ts';
import { type House, openHouse } from '../support/house.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.close());

const comments = async (id: string) =>
  (await house.meshline.flow.ledger.events(id)).flatMap(({ event }) =>
    event.type === 'commented' ? [event.text] : [],
  );

it('keeps what people say under a card with its export, and shows it in the review', async () => {
  const { id, card } = await promo(house, 'Discussed');
  await house.as('hannah').say('#promo-approvals', 'Is the <@U01PRIYA> price & window right?', card.ts);
  await vi.waitFor(async () =>
    expect(await comments(id)).toEqual(['Is the @Priya Raman price & window right?']),
  );

  await press(house, 'priya', card, 'review');
  await house.as('priya').waitForModal((view) => JSON.stringify(view).includes('price & window right?'));
});

it('keeps nothing of what is said elsewhere, by bots, or by people it does not know', async () => {
  const { id, card } = await promo(house, 'Quiet');
  const other = await promo(house, 'Other');
  await house.as('hannah').say('#promo-approvals', 'Not in a thread.');
  await house.as('hannah').say('#promo-approvals', 'In another thread.', other.card.ts);
  await house
    .as('gil')
    .say('#promo-approvals', 'From a guest.', card.ts)
    .catch(() => {});
  await house.as('hannah').say('#promo-approvals', 'The last word.', card.ts);
  await vi.waitFor(async () => expect(await comments(id)).toEqual(['The last word.']));
  expect(await comments(other.id)).toEqual(['In another thread.']);
  expect((await eventsOf(house, id)).filter((type) => type === 'commented')).toHaveLength(1);
});

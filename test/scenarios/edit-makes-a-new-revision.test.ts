import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { press, promo, stateOf } from '../support/clicks.ts';
import { type House, openHouse } from '../support/house.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.close());

const PRICE = 'edit:payload.lines.0.after.price';

async function editing(name: string) {
  const { id, card } = await promo(house, name);
  await press(house, 'hannah', card, 'accept');
  await vi.waitFor(async () => expect((await stateOf(house, id)).acceptances).toHaveLength(1));
  const priya = house.as('priya');
  await press(house, 'priya', card, 'review');
  const review = await priya.waitForModal((view) => JSON.stringify(view).includes('You hold this'));
  await priya.clickInView(review, 'edit');
  const form = await priya.waitForModal((view) => view.title === 'Edit');
  return { id, card, priya, form };
}

it('makes a new revision of an edited value, shows the difference, and asks everybody anew', async () => {
  const { id, card, priya, form } = await editing('Edited');
  const before = (await stateOf(house, id)).revision;
  expect(await priya.submit(form, { [PRICE]: '41.00' })).toMatchObject({ action: 'close' });

  const state = await stateOf(house, id);
  expect(state).toMatchObject({ status: 'pending', acceptances: [], lock: null, revision: { number: 2 } });
  expect(state.revision?.hash).not.toBe(before?.hash);

  const note = await priya.waitForReply(card, (m) => m.text.includes('Priya Raman changed'));
  expect(note.text).toMatch(/Line 1, after, price .* → 41\.00/);
  const shown = await priya.waitForMessage(
    '#promo-approvals',
    (m) => m.ts === card.ts && JSON.stringify(m.blocks).includes('revision 2'),
  );
  expect(JSON.stringify(shown.blocks)).toContain('Earlier acceptances no longer count');

  await press(house, 'hannah', shown, 'review');
  const review = await house.as('hannah').waitForModal((view) => JSON.stringify(view).includes('Changed by'));
  expect(JSON.stringify(review.blocks)).toContain('41.00');
});

it('keeps the form open and says what is wrong with the new value', async () => {
  const { id, priya, form } = await editing('Mistyped');
  expect(await priya.submit(form, { [PRICE]: '41,00 €' })).toMatchObject({ action: 'errors' });
  expect(await priya.submit(form)).toMatchObject({ action: 'errors' });
  expect((await stateOf(house, id)).revision?.number).toBe(1);
});

import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { press, promo, stateOf, told } from '../support/clicks.ts';
import { type House, openHouse } from '../support/house.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.close());

const cardSays = (words: string, name: string) =>
  house
    .as('hannah')
    .waitForMessage(
      '#promo-approvals',
      (m) => m.text.includes(name) && JSON.stringify(m.blocks).includes(words),
    );

/** Priya opens the review of a new promo. */
async function opened(name: string) {
  const { id, card } = await promo(house, name);
  await press(house, 'priya', card, 'review');
  const modal = await house
    .as('priya')
    .waitForModal((view) => JSON.stringify(view).includes('You hold this'));
  return { id, card, modal };
}

it('keeps others from deciding while somebody reviews, says who and until when, and ends with the decision', async () => {
  const { id, modal } = await opened('Held');
  const card = await cardSays('is reviewing until', 'Held');
  expect(JSON.stringify(card.blocks)).toContain('Priya Raman');
  const before = told(house, 'hannah').length;
  await press(house, 'hannah', card, 'accept');
  await vi.waitFor(() => expect(told(house, 'hannah').length).toBe(before + 1));
  expect(told(house, 'hannah').at(-1)).toMatch(/^Priya Raman is reviewing this and has another \d+ min\./);
  await house.as('priya').clickInView(modal, 'accept');
  await vi.waitFor(async () => expect((await stateOf(house, id)).acceptances).toHaveLength(1));
  expect((await stateOf(house, id)).lock).toBeNull();
});

it('gives the review free when it is closed', async () => {
  const { id, modal } = await opened('Closed');
  await house.as('priya').close(modal);
  await vi.waitFor(async () => expect((await stateOf(house, id)).lock).toBeNull());
  await cardSays('Waits for', 'Closed');
  await press(house, 'hannah', await cardSays('Waits for', 'Closed'), 'accept');
  await vi.waitFor(async () => expect((await stateOf(house, id)).acceptances).toHaveLength(1));
});

it('gives the review free when its time is over', async () => {
  const { id } = await opened('Forgotten');
  house.clock.leap(6 * 60_000);
  await vi.waitFor(async () => expect((await stateOf(house, id)).lock).toBeNull(), 5_000);
  expect((await stateOf(house, id)).status).toBe('pending');
});

it('is no hold for somebody who may only look', async () => {
  const { id, card } = await promo(house, 'Watched');
  await press(house, 'mei', card, 'review');
  await house.as('mei').waitForModal((view) => JSON.stringify(view).includes('Watched'));
  expect((await stateOf(house, id)).lock).toBeNull();
});

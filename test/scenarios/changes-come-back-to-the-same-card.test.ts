import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { eventsOf, lateClick, press, promo, stateOf, told } from '../support/clicks.ts';
import { type House, openHouse, PEOPLE } from '../support/house.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse();
  // Her account is looked up by e-mail after the start.
  await vi.waitFor(() => {
    const sofia = house.meshline.flow.settings().directory.people.get(PEOPLE.sofia.guid);
    if (!sofia?.slack) throw new Error('She is not linked yet.');
  });
});
afterAll(() => house.close());

/** Priya sends a promo back from its review. */
async function sentBack(name: string, requester: 'sofia' | null) {
  const { id, card } = await promo(house, name, requester);
  const priya = house.as('priya');
  await press(house, 'priya', card, 'review');
  const review = await priya.waitForModal((view) => JSON.stringify(view).includes('You hold this'));
  await priya.clickInView(review, 'request_changes');
  const form = await priya.waitForModal((view) => view.title === 'Request changes');
  await priya.submit(form, { value: 'End it before the January sale.' });
  await vi.waitFor(async () => expect((await stateOf(house, id)).returned).not.toBeNull());
  return { id, card };
}

it('goes back to the requester with the reason, and comes back to the same card as a new revision', async () => {
  const { id, card } = await sentBack('Back', 'sofia');
  const shown = await house
    .as('hannah')
    .waitForMessage(
      '#promo-approvals',
      (m) => m.ts === card.ts && m.text.includes('Sent back by Priya Raman'),
    );
  expect(shown.text).toContain('End it before the January sale.');
  expect(JSON.stringify(shown.blocks)).toContain('"user_id":"U13SOFIA"');

  const before = told(house, 'hannah').length;
  await lateClick(house, card, 'accept', 'hannah');
  await vi.waitFor(() => expect(told(house, 'hannah').length).toBe(before + 1));
  expect(told(house, 'hannah').at(-1)).toContain('It waits for new values from Sofia Marin');

  const sofia = house.as('sofia');
  const dm = await sofia.waitForDirectMessage((m) => m.text.includes('sent it back for changes'));
  await sofia.click(dm, 'resubmit');
  const form = await sofia.waitForModal((view) => view.title === 'Change and resubmit');
  expect(JSON.stringify(form.blocks)).toContain('End it before the January sale.');
  await sofia.submit(form, { 'edit:payload.campaign_name': 'Back again' });

  await vi.waitFor(async () => expect((await stateOf(house, id)).revision?.number).toBe(2));
  const again = await house
    .as('hannah')
    .waitForMessage('#promo-approvals', (m) => m.ts === card.ts && m.text.includes('Back again'));
  expect(again.text).toContain('Waiting for two acceptances');
  await house.as('hannah').waitForReply(card, (m) => m.text.includes('Sofia Marin changed'));
});

it('waits for the newer export of the source when nobody asked for it', async () => {
  const { id, card } = await sentBack('Sourced', null);
  const shown = await house
    .as('priya')
    .waitForMessage('#promo-approvals', (m) => m.ts === card.ts && m.text.includes('Sent back'));
  expect(JSON.stringify(shown.blocks)).toContain('Waits for a newer export from');
  await house.sendFixture('promo_activation', (raw) => {
    raw['idempotency_key'] = 'promo-Sourced-2';
    raw.payload['campaign_name'] = 'Sourced again';
    raw['campaign_id'] = 'sourced';
  });
  await vi.waitFor(async () =>
    expect(await stateOf(house, id)).toMatchObject({ returned: null, revision: { number: 2 } }),
  );
  expect(await eventsOf(house, id)).toContain('revised');
});

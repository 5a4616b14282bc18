import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { eventsOf, lateClick, promo, stateOf, told } from '../support/clicks.ts';
import { type House, openHouse, PEOPLE } from '../support/house.ts';

let house: House;

beforeAll(async () => {
  house = await openHouse();
});

afterAll(() => house.close());

const toldOnce = async (person: keyof typeof PEOPLE, before: number, words: string) => {
  await vi.waitFor(() => expect(told(house, person).length).toBe(before + 1));
  expect(told(house, person).at(-1)).toContain(words);
};

it('refuses a bystander and says who may', async () => {
  const { id, card } = await promo(house, 'Bystander');
  const before = told(house, 'mei').length;
  await house.as('mei').click(card, 'accept');
  await toldOnce('mei', before, 'Priya Raman');
  expect((await stateOf(house, id)).acceptances).toEqual([]);
});

it('refuses a guest of the workspace and says how to be known', async () => {
  const { id, card } = await promo(house, 'Guest');
  const before = told(house, 'gil').length;
  await house.as('gil').click(card, 'accept');
  await toldOnce('gil', before, 'Ask an operator to add you');
  expect((await stateOf(house, id)).acceptances).toEqual([]);
});

it('refuses an account of another workspace with a user id we know', async () => {
  const { id, card } = await promo(house, 'Stranger');
  const before = told(house, 'priya').length;
  await lateClick(house, card, 'accept', 'priya', 'T99OTHER');
  await toldOnce('priya', before, 'does not know this Slack account');
  expect((await stateOf(house, id)).acceptances).toEqual([]);
});

it('refuses the requester as a signer of a gate that takes two people', async () => {
  const { id, card } = await promo(house, 'Own request', 'priya');
  const before = told(house, 'priya').length;
  await house.as('priya').click(card, 'accept');
  await toldOnce('priya', before, 'You asked for this export');
  expect((await stateOf(house, id)).acceptances).toEqual([]);
});

it('does not let one person sign both steps', async () => {
  const { id, card } = await promo(house, 'Two steps');
  await house.as('priya').click(card, 'accept');
  await vi.waitFor(async () => expect((await stateOf(house, id)).acceptances).toHaveLength(1));
  const before = told(house, 'priya').length;
  await lateClick(house, card, 'accept', 'priya');
  await toldOnce('priya', before, 'already accepted this');
  expect((await stateOf(house, id)).acceptances).toHaveLength(1);
  expect((await stateOf(house, id)).status).toBe('pending');
});

it('never flips a decision: whoever comes second is told who was first', async () => {
  const { id, card } = await promo(house, 'Second');
  await house.as('hannah').click(card, 'reject');
  const modal = await house.as('hannah').waitForModal();
  await house.as('hannah').submit(modal, { value: 'Not this week.' });
  const before = told(house, 'priya').length;
  await lateClick(house, card, 'accept', 'priya');
  await toldOnce('priya', before, 'already rejected by Hannah Lindqvist');
  expect((await stateOf(house, id)).status).toBe('rejected');
});

it('refuses a click on values that have changed since, and says so', async () => {
  const { id, card } = await promo(house, 'Stale');
  await house.sendFixture('promo_activation', (raw) => {
    raw['idempotency_key'] = 'promo-Stale-2';
    raw.payload['campaign_name'] = 'Stale';
    raw['campaign_id'] = 'stale';
    raw.payload['offer'] = { kind: 'percent_off', value: '20', stackable: true };
  });
  await vi.waitFor(async () => expect((await stateOf(house, id)).revision?.number).toBe(2));
  const before = told(house, 'priya').length;
  await lateClick(house, card, 'accept', 'priya');
  await toldOnce('priya', before, 'has changed since you opened it');
  expect((await stateOf(house, id)).acceptances).toEqual([]);
});

it('refuses a click that names an export which does not exist, or none at all', async () => {
  const { card } = await promo(house, 'Forged');
  for (const value of ['v1:01930000-0000-7000-8000-000000000000:1', 'accept everything', '']) {
    const blocks = (card.blocks ?? []).map((block) => ({
      ...block,
      ...(Array.isArray(block['elements'])
        ? { elements: (block['elements'] as object[]).map((element) => ({ ...element, value })) }
        : {}),
    }));
    const before = told(house, 'priya').length;
    await lateClick(house, { ...card, blocks }, 'accept', 'priya');
    await toldOnce('priya', before, 'There is no export');
  }
});

it('takes no decision from somebody whose Slack account was deactivated', async () => {
  const { id, card } = await promo(house, 'Left');
  await vi.waitFor(async () => expect(await house.as('priya').messages('#promo-approvals')).not.toEqual([]));
  house.sandbox.control.deactivate(PEOPLE.priya.slack);
  await vi.waitFor(() =>
    expect(house.meshline.flow.settings().directory.people.get(PEOPLE.priya.guid)?.active).toBe(false),
  );
  const before = told(house, 'priya').length;
  await lateClick(house, card, 'accept', 'priya');
  await toldOnce('priya', before, 'deactivated');
  expect(await eventsOf(house, id)).not.toContain('acceptance_recorded');
});

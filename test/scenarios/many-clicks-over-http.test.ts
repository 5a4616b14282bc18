import { afterAll, beforeAll, expect, it } from 'vitest';
import { clickPayload, eventsOf, PROMO_CHANNEL, promo, stateOf } from '../support/clicks.ts';
import { type House, openHouse, PEOPLE } from '../support/house.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse({ mode: 'http' });
});
afterAll(() => house.close());

const CLICKS = 200;
const AROUND = ['priya', 'daniel', 'mei', 'omar', 'sofia'] as const;

it('takes one acceptance of each step from two hundred clicks at once over HTTP, and answers all the others', async () => {
  const { id, card } = await promo(house, 'Http rush');
  const outcomes = await Promise.all(
    Array.from({ length: CLICKS }, (_, n) => {
      const person = AROUND[n % AROUND.length] ?? 'priya';
      const payload = clickPayload(card, 'accept', PEOPLE[person].slack);
      return house.sandbox.control.deliver('interactive', payload);
    }),
  );
  expect(outcomes.filter((outcome) => !outcome.acked)).toEqual([]);
  // Priya and Omar sign one step each; everybody else, and each further click of theirs, is told why not.
  await expect
    .poll(() => house.sandbox.control.ephemerals(PROMO_CHANNEL).length, { timeout: 15_000 })
    .toBe(CLICKS - 2);
  const events = await eventsOf(house, id);
  expect(events.filter((type) => type === 'acceptance_recorded')).toHaveLength(2);
  expect(events.filter((type) => type === 'accepted')).toHaveLength(1);
  const { acceptances } = await stateOf(house, id);
  expect(new Set(acceptances.map(({ by }) => by))).toEqual(new Set([PEOPLE.priya.guid, PEOPLE.omar.guid]));
  await expect.poll(async () => (await stateOf(house, id)).status).toBe('delivered');
  expect(house.sinks.effects('oms')).toHaveLength(1);
});

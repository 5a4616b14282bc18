import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { press, promo, stateOf } from '../support/clicks.ts';
import { type House, openHouse, PEOPLE } from '../support/house.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse({
    configure: (file) => {
      // The same values stay fresh while the ladder runs.
      Object.assign(file.policies['promo_activation'] ?? {}, { sla_ms: 60_000 });
    },
  });
});
afterAll(() => house.close());

it('records and shows for whom a backup signed', async () => {
  const { id, card } = await promo(house, 'Silent');
  house.clock.leap(65_000);
  await vi.waitFor(async () => expect((await stateOf(house, id)).escalated_to).not.toEqual([]), 5_000);
  await press(house, 'daniel', card, 'accept');
  await vi.waitFor(async () =>
    expect((await stateOf(house, id)).acceptances).toMatchObject([
      { by: PEOPLE.daniel.guid, for: PEOPLE.priya.guid },
    ]),
  );
  await house
    .as('hannah')
    .waitForMessage(
      '#promo-approvals',
      (m) => m.ts === card.ts && m.text.includes('Daniel Ortiz for Priya Raman'),
    );
});

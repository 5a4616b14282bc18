import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { eventsOf, press, promo, stateOf } from '../support/clicks.ts';
import { type House, openHouse, PEOPLE } from '../support/house.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse({
    configure: (file) => {
      Object.assign(file.policies['promo_activation'] ?? {}, { ack_ms: 600_000 });
    },
  });
});
afterAll(() => house.close());

it('shows who of on-call is on it, and pages again when they go quiet', async () => {
  const { id, card } = await promo(house, 'Paged');
  house.clock.leap(16 * 60_000);
  const eli = house.as('eli');
  const page = await eli.waitForMessage(
    '#on-call',
    (m) => m.text.includes('Paged') && m.text.includes('🚨'),
    10_000,
  );
  await press(house, 'eli', page, 'acknowledge');

  await eli.waitForMessage('#on-call', (m) => m.ts === page.ts && m.text.includes('Eli Brooks is on it'));
  const shown = await house
    .as('priya')
    .waitForMessage(
      '#promo-approvals',
      (m) => m.ts === card.ts && JSON.stringify(m.blocks).includes('is on it'),
    );
  expect(JSON.stringify(shown.blocks)).toContain('Eli Brooks');
  expect(await stateOf(house, id)).toMatchObject({ ack: { by: PEOPLE.eli.guid }, pages: 1 });

  house.clock.leap(11 * 60_000);
  await vi.waitFor(
    async () => expect(await stateOf(house, id)).toMatchObject({ ack: null, pages: 2 }),
    5_000,
  );
  expect(await eventsOf(house, id)).toContain('reopened');
  await eli.waitForMessage('#on-call', (m) => m.ts !== page.ts && m.text.includes('gone quiet'));
}, 20_000);

it('is refused to whoever is neither on call nor an owner', async () => {
  const { id } = await promo(house, 'Others');
  house.clock.leap(16 * 60_000);
  const page = await house
    .as('eli')
    .waitForMessage('#on-call', (m) => m.text.includes('Others') && m.text.includes('🚨'), 10_000);
  await press(house, 'nadia', page, 'acknowledge');
  await vi.waitFor(() =>
    expect(
      house.sandbox.control
        .ephemerals(page.channel)
        .filter((m) => m.ephemeral_to === PEOPLE.nadia.slack)
        .map((m) => m.text),
    ).toEqual([expect.stringContaining('You cannot acknowledge this one')]),
  );
  expect((await stateOf(house, id)).ack).toBeNull();
}, 20_000);

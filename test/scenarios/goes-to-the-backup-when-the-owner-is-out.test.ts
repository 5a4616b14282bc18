import { afterAll, beforeAll, expect, it } from 'vitest';
import { type House, openHouse, PEOPLE } from '../support/house.ts';
import { change, guidOf } from '../support/owners.ts';

const DAY = 86_400_000;

let house: House;
beforeAll(async () => {
  house = await openHouse({ at: Date.parse('2026-11-30T10:00:00Z') });
});
afterAll(() => house.close());

it('goes to the backup while the owner is out, says why on the card, and comes back afterwards', async () => {
  const until = Date.parse('2026-12-03T09:00:00Z');
  const mei = guidOf('mei');
  const from = house.clock.now();
  await change(house, { do: 'go_out', by: mei, person: mei, from, until, note: 'Family visit' });

  const away = await house.sendFixture('price_update', undefined, 'erp');
  const state = await house.meshline.flow.ledger.get(away.body.export_id ?? '');
  expect(state?.route).toMatchObject({ owner: PEOPLE.jonas.guid, for: mei, role: 'merchandising' });
  const reason = 'Mei Tanaka is out until 3 Dec, so it goes to the backup, Jonas Weber.';
  expect(state?.route.reason).toBe(reason);
  const jonas = house.as('jonas');
  const card = await jonas.waitForMessage('#merchandising', (message) => message.text.includes('EU retail'));
  expect(JSON.stringify(card.blocks)).toContain(reason);

  await jonas.click(card, 'accept');
  await expect
    .poll(async () => (await house.meshline.flow.ledger.get(away.body.export_id ?? ''))?.acceptances)
    .toMatchObject([{ by: PEOPLE.jonas.guid, for: mei }]);

  house.clock.leap(4 * DAY);
  const back = await house.sendFixture(
    'price_update',
    (raw) => {
      raw['idempotency_key'] = 'after-the-visit';
    },
    'erp',
  );
  const later = await house.meshline.flow.ledger.get(back.body.export_id ?? '');
  expect(later?.route).toMatchObject({ owner: mei });
  expect(later?.route.for).toBeUndefined();
  await expect.poll(() => house.meshline.owners.overlay().away).toEqual({});
  const changes = await house.meshline.flow.ledger.directoryChanges();
  expect(changes.map(({ event }) => event).filter((event) => event.type !== 'slack_linked')).toMatchObject([
    { type: 'person_went_out', by: mei, note: 'Family visit' },
    { type: 'person_came_back', by: null, person: mei },
  ]);
});

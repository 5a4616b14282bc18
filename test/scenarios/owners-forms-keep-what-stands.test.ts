import { afterAll, beforeAll, expect, it } from 'vitest';
import { type House, openHouse } from '../support/house.ts';
import { change, guidOf, openOwners } from '../support/owners.ts';

const MINUTE_MS = 60_000;

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.close());

it('begins the forms of /owners with what stands, so that saving one again loses nothing', async () => {
  const daniel = house.as('daniel');
  const person = guidOf('daniel');
  const from = house.clock.now();
  const until = Math.ceil(from / MINUTE_MS) * MINUTE_MS + 60 * MINUTE_MS;
  await change(house, { do: 'go_out', by: person, person, from, until, note: 'At the dentist' });

  await daniel.clickInView(await openOwners(daniel, 'Daniel'), 'owners_out');
  const out = await daniel.waitForModal((view) => view.title === 'Out of office');
  await daniel.submit(out, {});
  const went = async () =>
    (await house.meshline.flow.ledger.directoryChanges())
      .map(({ event }) => event)
      .filter((event) => event.type === 'person_went_out');
  await expect.poll(went).toMatchObject([
    { until, note: 'At the dentist' },
    { until, note: 'At the dentist' },
  ]);

  await daniel.clickInView(await openOwners(daniel, 'Daniel'), 'owners_backup');
  const backup = await daniel.waitForModal((view) => view.title === 'Backup');
  await daniel.submit(backup, {});
  await daniel.waitForModal((view) => JSON.stringify(view).includes('already'));
  expect(house.meshline.owners.directory().people.get(person)?.backup).toBe(guidOf('priya'));
});

import { afterAll, beforeAll, expect, it } from 'vitest';
import { type House, openHouse } from '../support/house.ts';
import { change, guidOf } from '../support/owners.ts';

const HOUR = 3_600_000;

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.close());

it('keeps what was said in Slack, begins a cover on time after a restart, and moves what waits', async () => {
  const [mei, jonas] = [guidOf('mei'), guidOf('jonas')];
  const { body } = await house.sendFixture(
    'price_update',
    (raw) => {
      raw['sla_ms'] = 20 * 60_000;
    },
    'erp',
  );
  const id = body.export_id ?? '';
  const from = house.clock.now() + 5 * 60_000;
  await change(house, { do: 'set_cover', by: mei, for: mei, cover: jonas, from, until: from + HOUR });
  await change(house, { do: 'set_backup', by: mei, person: mei, backup: null });
  const state = () => house.meshline.flow.ledger.get(id);
  await expect.poll(async () => (await state())?.route.backup).toBeNull();
  expect((await state())?.stand_in).toBeNull();

  await house.restart();
  expect(house.meshline.owners.directory().people.get(mei)).toMatchObject({ backup: null });
  expect(house.meshline.owners.directory().people.get(mei)?.slack).not.toBeNull();

  house.clock.leap(6 * 60_000);
  expect(house.meshline.owners.directory().covers.get(mei)).toEqual({ by: jonas, until: from + HOUR });
  await expect.poll(async () => (await state())?.stand_in, { timeout: 5_000 }).toMatchObject({ by: jonas });
  await house
    .as('jonas')
    .waitForDirectMessage((message) => message.text.includes('You stand in for Mei Tanaka'));
  await change(house, { do: 'end_cover', by: mei, for: mei });
  await expect.poll(async () => (await state())?.stand_in).toBeNull();
  expect((await house.meshline.flow.ledger.events(id)).map(({ event }) => event.type)).toEqual([
    'received',
    'backup_changed',
    'covered',
    'cover_over',
  ]);
});

it('asks on-call about what waits when its owner leaves and nobody is behind them', async () => {
  const mei = guidOf('mei');
  const [row] = await house.meshline.flow.ledger.list({ owner: mei, status: 'pending', limit: 1 });
  const id = row?.id ?? '';
  house.sandbox.control.deactivate('U03MEI');
  const types = async () => (await house.meshline.flow.ledger.events(id)).map(({ event }) => event.type);
  await expect.poll(async () => (await types()).slice(4)).toEqual(['covered', 'paged']);
  expect((await house.meshline.flow.ledger.get(id))?.stand_in).toEqual({ for: mei, by: null, until: null });
  await house
    .as('eli')
    .waitForMessage('#on-call', (message) => message.text.includes('Nobody who could decide this is there'));
  const changes = await house.meshline.flow.ledger.directoryChanges();
  expect(changes.map(({ event }) => event)).toContainEqual({
    type: 'person_deactivated',
    by: null,
    person: mei,
  });
});

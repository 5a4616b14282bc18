import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RawExport } from '../support/fixtures.ts';
import { type House, openHouse } from '../support/house.ts';
import { change, guidOf, openOwners, submitForm } from '../support/owners.ts';

const HOUR = 3_600_000;

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.close());

it('moves what waits to the cover, who is told, signs, and is recorded as standing in', async () => {
  const { ledger } = house.meshline.flow;
  const first = await house.sendFixture('price_update', undefined, 'erp');
  const id = first.body.export_id ?? '';
  const jonas = house.as('jonas');
  const card = await jonas.waitForMessage('#merchandising', (message) => message.text.includes('EU retail'));
  await jonas.click(card, 'accept');
  expect((await ledger.get(id))?.status).toBe('pending');

  const mei = house.as('mei');
  const until = house.clock.now() + 24 * HOUR;
  const modal = await openOwners(mei);
  await mei.clickInView(modal, 'owners_cover');
  const form = await mei.waitForModal((view) => JSON.stringify(view).includes('Who covers'));
  const done = await submitForm(house, mei, form, { owner: { user: 'U04JONAS' }, until: { at: until } });
  expect(done.errors).toEqual({});

  await expect.poll(async () => (await ledger.get(id))?.stand_in).toMatchObject({ by: guidOf('jonas') });
  const told = await jonas.waitForDirectMessage((message) => message.text.includes('You stand in for'));
  expect(JSON.stringify(told.blocks)).toContain('EU retail');
  await jonas.waitForReply(card, (reply) => JSON.stringify(reply.blocks).includes('may decide too'));
  const fresh = await jonas.waitForMessage('#merchandising', (message) =>
    JSON.stringify(message).includes('stands in'),
  );
  await jonas.click(fresh, 'accept');
  await expect
    .poll(async () => (await ledger.get(id))?.acceptances)
    .toMatchObject([{ by: guidOf('jonas'), for: guidOf('mei') }]);
  await jonas.waitForMessage('#merchandising', (message) => JSON.stringify(message).includes('Jonas Weber'));
  const reply = await jonas.waitForReply(card, (each) => each.text.includes('accepted'));
  expect(reply.text).toContain('Jonas Weber for Mei Tanaka accepted');
});

it('lets nobody in by a cover who asked for it', async () => {
  const { ledger } = house.meshline.flow;
  const priya = guidOf('priya');
  const daniel = guidOf('daniel');
  const { body } = await house.sendFixture('promo_activation', (raw: RawExport) => {
    Object.assign(raw['source'] as object, { requested_by: daniel });
    raw['idempotency_key'] = 'asked-by-daniel';
  });
  const id = body.export_id ?? '';
  const from = house.clock.now();
  await change(house, { do: 'set_cover', by: priya, for: priya, cover: daniel, from, until: from + HOUR });
  const asker = house.as('daniel');
  const card = await asker.waitForMessage('#promo-approvals', (message) =>
    message.text.includes('Summer 24'),
  );
  await asker.click(card, 'accept');
  await expect
    .poll(() => house.sandbox.control.ephemerals('C02PROMO').map((message) => message.text))
    .toContainEqual(expect.stringContaining('two other people must accept it'));
  expect((await ledger.get(id))?.acceptances).toEqual([]);
  expect((await ledger.get(id))?.stand_in).toBeNull();
});

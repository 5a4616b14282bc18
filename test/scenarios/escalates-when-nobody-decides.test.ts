import { afterAll, beforeAll, expect, it } from 'vitest';
import { type House, openHouse, PEOPLE } from '../support/house.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.close());

const MINUTE = 60_000;

it('reminds the owner, adds the backup with a high-priority task, pages on-call, and expires without accepting', async () => {
  const { body } = await house.sendFixture(
    'price_update',
    (raw) => {
      raw['sla_ms'] = 10 * MINUTE;
    },
    'erp',
  );
  const id = body.export_id ?? '';
  const { ledger } = house.meshline.flow;
  const types = async () => (await ledger.events(id)).map(({ event }) => event.type);
  const mei = house.as('mei');
  const card = await mei.waitForMessage('#merchandising', (message) => message.text.includes('EU retail'));

  house.clock.leap(5 * MINUTE);
  await expect.poll(types).toEqual(['received', 'reminded']);
  await mei.waitForReply(card, (reply) => JSON.stringify(reply.blocks).includes('U03MEI'));

  house.clock.leap(5 * MINUTE);
  await expect.poll(types).toEqual(['received', 'reminded', 'escalated']);
  expect(await ledger.get(id)).toMatchObject({ escalated_to: [PEOPLE.jonas.guid] });
  expect(await ledger.tasks({ export_id: id, state: 'open', limit: 5 })).toMatchObject([
    { kind: 'high_priority', owner: PEOPLE.jonas.guid },
  ]);
  await house.as('jonas').waitForDirectMessage((message) => message.text.length > 0);

  house.clock.leap(5 * MINUTE);
  await expect.poll(types).toEqual(['received', 'reminded', 'escalated', 'paged']);
  await house
    .as('eli')
    .waitForMessage('#on-call', (message) => JSON.stringify(message.blocks).includes('U12ELI'));

  house.clock.leap(120 * MINUTE);
  await expect.poll(async () => (await ledger.get(id))?.status).toBe('expired');
  expect(house.sinks.effects('oms')).toHaveLength(0);
  expect(await ledger.tasks({ export_id: id, state: 'open', limit: 5 })).toEqual([]);
});

import { afterAll, beforeAll, expect, it } from 'vitest';
import { isRefusal, sentence } from '../../src/exports/refusals.ts';
import { createDesk } from '../../src/flow/desk.ts';
import { type House, openHouse, PEOPLE } from '../support/house.ts';
import { sinkSays } from '../support/sink-says.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.close());

const statusOf = async (id: string) => (await house.meshline.flow.ledger.get(id))?.status;

async function delivered(type: string, who: keyof typeof PEOPLE, channel: string): Promise<string> {
  const { body } = await house.sendFixture(type, undefined, 'wms');
  const id = body.export_id ?? '';
  if ((await statusOf(id)) === 'pending') {
    const card = await house
      .as(who)
      .waitForMessage(channel, (message) => JSON.stringify(message.blocks).includes(id));
    await house.as(who).click(card, 'accept');
  }
  await expect.poll(() => statusOf(id)).toBe('delivered');
  return id;
}

async function resume(id: string, who: keyof typeof PEOPLE, note: string): Promise<void> {
  const { flow } = house.meshline;
  const desk = createDesk(flow, async () => ({ refused: 'unknown_person', facts: {} }));
  const result = await desk.resume(id, PEOPLE[who].guid, note);
  if (isRefusal(result)) throw new Error(sentence(result));
}

it('buys no second label when the parcel is held up on its way', async () => {
  const id = await delivered('shipping_label_request', 'amara', '#logistics');
  const labels = () =>
    house.sinks.effects('wms').filter(({ operation }) => operation === 'label.create').length;
  expect(labels()).toBe(1);
  await sinkSays(house, 'wms', id, 'delivery_exception');
  await expect.poll(() => statusOf(id)).toBe('paused');
  await resume(id, 'amara', 'The customer is at home tomorrow.');
  if ((await statusOf(id)) === 'pending') {
    const card = await house
      .as('amara')
      .waitForMessage('#logistics', (message) => JSON.stringify(message.blocks).includes('"accept"'));
    await house.as('amara').click(card, 'accept');
  }
  await expect.poll(() => statusOf(id)).toBe('delivered');
  expect(labels()).toBe(1);
});

it('sends again only to the system that could not carry it out', async () => {
  const id = await delivered('inventory_delta', 'grace', '#supply-chain');
  const adjusted = (sink: string) => house.sinks.effects(sink).filter(({ key }) => key.includes(id)).length;
  expect([adjusted('oms'), adjusted('wms')]).toEqual([1, 1]);
  await sinkSays(house, 'oms', id, 'inventory_mismatch');
  await expect.poll(() => statusOf(id)).toBe('paused');
  await resume(id, 'grace', 'Counted again; the figure is right.');
  if ((await statusOf(id)) === 'pending') {
    const card = await house
      .as('grace')
      .waitForMessage('#supply-chain', (message) => JSON.stringify(message.blocks).includes('"accept"'));
    await house.as('grace').click(card, 'accept');
  }
  await expect.poll(() => statusOf(id)).toBe('delivered');
  expect([adjusted('oms'), adjusted('wms')]).toEqual([2, 1]);
});

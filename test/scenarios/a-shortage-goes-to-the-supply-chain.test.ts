import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { verifyFile } from '../../src/store/index.ts';
import { aBrief, campaignOf, done, exportIn } from '../support/campaigns.ts';
import { press, promo, stateOf, told } from '../support/clicks.ts';
import { type House, openHouse, PEOPLE } from '../support/house.ts';
import { sinkSays } from '../support/sink-says.ts';

const SUPPLY = '#supply-chain';
const MINUTE_MS = 60_000;

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.close());

const status = async (id: string) => (await stateOf(house, id)).status;

/** The card of an export that waits for its owners. */
const acceptable = (id: string) =>
  house.as('priya').waitForMessage('#promo-approvals', ({ blocks }) => {
    const text = JSON.stringify(blocks ?? []);
    return text.includes(id) && text.includes('"accept"');
  });

async function bothAccept(id: string): Promise<void> {
  const card = await acceptable(id);
  const signed = async () => (await stateOf(house, id)).acceptances.length;
  await press(house, 'priya', card, 'accept');
  await expect.poll(signed).toBe(1);
  await press(house, 'hannah', card, 'accept');
}

/** The card of an export in the supply chain's own channel, once it says this. */
const cardThere = (name: string, says: string) =>
  house.as('grace').waitForMessage(SUPPLY, (m) => m.text.includes(name) && m.text.includes(says));

/** SKUs of the promo that the OMS carried out last. */
function lastSent(): string[] {
  const last = house.sinks.effects('oms').findLast(({ operation }) => operation === 'promo.activate');
  const sent = last?.body as { data: { lines: { sku: string }[] } } | undefined;
  return sent?.data.lines.map((line) => line.sku) ?? [];
}

it('stands with its figures where the supply chain looks, and goes on once it says what was done', async () => {
  house.sinks.setMode('oms', 'short_once');
  const { id } = await promo(house, 'Restocked');
  await bothAccept(id);
  const shown = await cardThere('Restocked', '3 SKUs are short by 107 units');
  expect(JSON.stringify(shown.blocks)).toContain('STRAW-HAT-01');
  await expect
    .poll(async () => JSON.stringify(await house.as('priya').messages('#promo-approvals')))
    .toContain('has it in ');
  const grace = house.as('grace');
  await press(house, 'grace', shown, 'resume');
  const form = await grace.waitForModal();
  await grace.submit(form, { value: 'Moved 120 units from Dallas.' });
  await cardThere('Restocked', 'Moved to');
  await bothAccept(id);
  await expect.poll(() => status(id)).toBe('delivered');
  expect(lastSent()).toHaveLength(7);
});

it('hears of it as well when the OMS finds out only later, with SKUs and no figures', async () => {
  house.sinks.setMode('oms', 'ok');
  const { id } = await promo(house, 'Later');
  await bothAccept(id);
  await expect.poll(() => status(id)).toBe('delivered');
  expect(await sinkSays(house, 'oms', id, 'insufficient_inventory', { skus: ['straw-hat-01'] })).toBe(202);
  const shown = await cardThere('Later', '1 SKU is short');
  expect(JSON.stringify(shown.blocks)).toContain('They cannot be taken out: ');
});

it('takes exactly the short SKUs out of a campaign, which then goes live without them', async () => {
  const { campaigns, flow } = house.meshline;
  const products = ['MUG-STONE-350', 'STRAW-HAT-01', 'MUG-STONE-500'].map((sku) => ({ sku, price: '20.00' }));
  const brief = aBrief(house.clock.now(), { name: 'Fewer', products, keywords: [], landing_urls: [] });
  const { id } = await done(campaigns.create(PEOPLE.sofia.guid, brief, 'slack'));
  house.sinks.setMode('oms', 'short_once');
  await done(campaigns.ready(id, PEOPLE.sofia.guid, 1));
  const activation = await exportIn(house, id, 'activate', 'pending');
  await bothAccept(activation);
  const shown = await cardThere('Fewer', '1 SKU is short by 62 units');

  await press(house, 'omar', shown, 'take_out');
  await expect.poll(() => told(house, 'omar', shown.channel)).toHaveLength(1);
  expect(told(house, 'omar', shown.channel)[0]).toContain('Grace Kim');
  expect(await status(activation)).toBe('paused');
  await press(house, 'tomas', shown, 'take_out');
  await expect.poll(() => status(activation)).toBe('pending');
  expect((await stateOf(house, activation)).revision?.number).toBe(2);

  // What is read again because it has grown old does not bring them back.
  house.clock.leap(6 * MINUTE_MS);
  const card = await acceptable(activation);
  const age = async () => (await stateOf(house, activation)).refresh['price']?.as_of ?? 0;
  const before = await age();
  await press(house, 'priya', card, 'accept');
  await expect.poll(age).toBeGreaterThan(before);
  await bothAccept(activation);
  const publish = await exportIn(house, id, 'publish', 'pending');
  expect(lastSent()).toEqual(['MUG-STONE-350', 'MUG-STONE-500']);
  const payload = (await flow.ledger.get(publish))?.revision?.payload;
  expect(JSON.stringify(payload?.['products'])).not.toContain('STRAW-HAT-01');
  expect(JSON.stringify(payload?.['trail'])).toContain('STRAW-HAT-01 taken out');
  await bothAccept(publish);
  await expect.poll(async () => (await campaignOf(house, id))?.status).toBe('live');
  const { faults } = await verifyFile(join(house.folder, 'meshline.db'));
  expect(faults).toEqual([]);
});

import { afterAll, beforeAll, expect, it } from 'vitest';
import { aBrief, done, exportIn } from '../support/campaigns.ts';
import { type House, openHouse, PEOPLE } from '../support/house.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse({
    configure(file) {
      delete file.policies['promo_activation']?.['staging'];
    },
  });
});
afterAll(() => house.close());

async function promoOf(name: string, over: Parameters<typeof aBrief>[1] = {}): Promise<string> {
  const { campaigns, flow } = house.meshline;
  const brief = aBrief(flow.clock.now(), { name, keywords: [], landing_urls: [], ...over });
  const { id } = await done(campaigns.create(PEOPLE.sofia.guid, brief, 'slack'));
  await done(campaigns.ready(id, PEOPLE.sofia.guid, 1));
  return exportIn(house, id, 'activate', 'pending');
}

const warnings = async (id: string) =>
  (await house.meshline.flow.ledger.get(id))?.revision?.warnings.map(({ code, message }) => ({
    code,
    message,
  })) ?? [];

it('says on the card, before anybody accepts, which other promo sets the same prices at the same time', async () => {
  await promoOf('First sale');
  // Many others at the same time, of other things, hide nothing.
  for (let n = 0; n < 25; n += 1)
    await promoOf(`Other ${n}`, { products: [{ sku: `OTHER-${n}`, price: '9.00' }] });
  const second = await promoOf('Second sale', {
    products: [
      { sku: 'cap-red', price: '18.00' },
      { sku: 'BAG', price: '30.00' },
    ],
  });
  const [overlap] = (await warnings(second)).filter(({ code }) => code === 'promo_overlap');
  expect(overlap?.message).toContain('“First sale” sets the price of CAP-RED until');
  const card = await house
    .as('priya')
    .waitForMessage('#promo-approvals', (each) => JSON.stringify(each.blocks).includes(second), 20_000);
  expect(JSON.stringify(card.blocks)).toContain('First sale');
}, 90_000);

it('says nothing of a promo at another time, of its own campaign, or of one that is over', async () => {
  const now = house.clock.now();
  const day = 24 * 3_600_000;
  const iso = (ms: number) => new Date(ms).toISOString();
  const later = { start: iso(now + 3 * day), end: iso(now + 4 * day), time_zone: 'UTC' };
  const third = await promoOf('Later sale', { window: later });
  expect((await warnings(third)).filter(({ code }) => code === 'promo_overlap')).toEqual([]);
});

it('warns of a content change that points to the page of another campaign', async () => {
  const { campaigns, flow } = house.meshline;
  const brief = aBrief(flow.clock.now(), {
    name: 'Page owner',
    keywords: [],
    landing_urls: ['https://Shop.example/Linen/'],
  });
  await done(campaigns.create(PEOPLE.sofia.guid, brief, 'slack'));
  const { body } = await house.sendFixture('content_package_change', (raw) => {
    raw.payload['landing_urls'] = ['https://shop.example/Linen?utm_source=mail'];
    raw['campaign_id'] = 'something-else';
  });
  const found = await warnings(body.export_id ?? '');
  expect(found.map(({ code }) => code)).toContain('page_owned');
  expect(found.find(({ code }) => code === 'page_owned')?.message).toContain('page-owner');
});

it('asks a person when words that policy would accept point to what another campaign owns', async () => {
  const sent = (campaign: string) =>
    house.sendFixture('content_package_change', (raw) => {
      raw['idempotency_key'] = `words-${campaign}`;
      raw['campaign_id'] = campaign;
      raw.payload['landing_urls'] = [];
      raw.payload['keywords'] = [{ list_id: 'page-owner', landing_url: null }];
      const lines = raw.payload['lines'] as Record<string, unknown>[];
      raw.payload['lines'] = lines
        .filter((line) => line['content'])
        .map((line, n) => ({ ...line, sku: `WORDS-${campaign}-${n}`, packaging: null }));
    });
  const own = (await sent('page-owner')).body.export_id ?? '';
  const foreign = (await sent('somebody-else')).body.export_id ?? '';
  const gateOf = async (id: string) => (await house.meshline.flow.ledger.get(id))?.revision?.policy.gate.mode;
  expect(await gateOf(own)).toBe('policy');
  expect(await gateOf(foreign)).toBe('single');
  expect((await warnings(foreign)).map(({ code }) => code)).toContain('keyword_list_owned');
});

import { expect, it } from 'vitest';
import { said } from '../support/briefs.ts';
import { aBrief, done } from '../support/campaigns.ts';
import { type House, openHouse, PEOPLE } from '../support/house.ts';
import { goLive, type Shop, shopSink, withShop } from '../support/shop-sink.ts';

const PRICES = { 'TEE-BLK-M': '25.00', 'TEE-BLK-L': '25.00', 'CAP-RED': '18.00' };

async function live(
  run: (house: House, shop: Shop, id: string) => Promise<void>,
  mode: 'socket' | 'http' = 'socket',
) {
  const shop = shopSink(PRICES);
  const house = await openHouse({ ...withShop(shop), mode });
  try {
    const { campaigns, flow } = house.meshline;
    const { id } = await done(campaigns.create(PEOPLE.priya.guid, aBrief(flow.clock.now()), 'slack'));
    await goLive(house, id, PEOPLE.priya.guid);
    expect(Object.fromEntries(shop.prices)).toMatchObject({ 'TEE-BLK-M': '20.00', 'CAP-RED': '14.40' });
    await run(house, shop, id);
  } finally {
    await house.close();
  }
}

async function rollBackForm(house: House, fits: string) {
  const priya = house.as('priya');
  const card = await priya.waitForMessage('#promo-approvals', (each) =>
    said(each).includes('campaign_roll_back'),
  );
  await priya.click(card, 'campaign_roll_back');
  return priya.waitForModal((view) => said(view).includes(fits));
}

it('shows what somebody has changed in the shop, and rolls back all but these', async () => {
  await live(async (house, shop, id) => {
    shop.prices.set('TEE-BLK-M', '22.00');
    const modal = await rollBackForm(house, 'Now, EUR');
    expect(modal.submit).toBe('Roll back all but this');
    expect(said(modal)).toContain('TEE-BLK-M  20.00     22.00');
    await house.as('priya').submit(modal, { reason: 'Too many returns.' });
    await expect
      .poll(async () => (await house.meshline.flow.ledger.campaign(id))?.exports.at(-1)?.what)
      .toBe('end');
    const events = await house.meshline.flow.ledger.campaignEvents(id);
    expect(events.map(({ event }) => event)).toContainEqual(
      expect.objectContaining({ type: 'rollback_asked', leave: ['TEE-BLK-M'], reason: 'Too many returns.' }),
    );
  });
});

it('asks again when a price changes while the form is open, and keeps the reason', async () => {
  await live(async (house, shop, id) => {
    const modal = await rollBackForm(house, 'come back for 3 products');
    shop.prices.set('CAP-RED', '9.00');
    const outcome = await house.as('priya').submit(modal, { reason: 'Too many returns.' });
    expect(outcome).toMatchObject({ action: 'update' });
    const again = await house.as('priya').waitForModal((view) => said(view).includes('Now, EUR'));
    expect(said(again)).toContain('Too many returns.');
    expect((await house.meshline.flow.ledger.campaign(id))?.status).toBe('live');
  }, 'http');
});

it('says why it cannot be rolled back when everything has been changed', async () => {
  await live(async (house, shop) => {
    for (const sku of Object.keys(PRICES)) shop.prices.set(sku, '9.99');
    const modal = await rollBackForm(house, 'putting the old ones back would overwrite');
    expect(modal.submit).toBeNull();
  });
});

it('tells who may before anybody reads the shop', async () => {
  await live(async (house) => {
    const grace = house.as('grace');
    await grace.command('#general', '/promo', 'rollback Autumn because');
    const modal = await grace.waitForModal((view) => said(view).includes('can'));
    expect(modal.submit).toBeNull();
    expect(said(modal)).toContain('Priya Raman');
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Message } from '../../../sandbox/ui-contract.ts';
import { said } from '../../support/briefs.ts';
import { aBrief, done, exportIn } from '../../support/campaigns.ts';
import { type House, openHouse, PEOPLE } from '../../support/house.ts';
import { goLive, shopSink, withShop } from '../../support/shop-sink.ts';

const PRICES = { 'TEE-BLK-M': '25.00', 'TEE-BLK-L': '25.00', 'CAP-RED': '18.00' };

let house: House;
beforeAll(async () => {
  house = await openHouse(withShop(shopSink(PRICES)));
});
afterAll(() => house.close());

/** A campaign of Priya's that claims nothing. */
async function draft(name: string): Promise<string> {
  const brief = aBrief(house.clock.now(), { name, keywords: [], landing_urls: [] });
  return (await done(house.meshline.campaigns.create(PEOPLE.priya.guid, brief, 'slack'))).id;
}

/** The newest private answer to `/promo WORDS`. */
async function promo(words: string, fits: string, who: keyof typeof PEOPLE = 'priya'): Promise<Message> {
  const actor = house.as(who);
  expect(await actor.command('#general', '/promo', words)).toEqual({ acked: true });
  return actor.waitForMessage(
    '#general',
    (each) => each.ephemeral_to !== undefined && `${each.text} ${said(each)}`.includes(fits),
  );
}

const statusOf = async (id: string) => (await house.meshline.flow.ledger.campaign(id))?.status;

describe('/promo', () => {
  it('shows one’s campaigns with a way to a new brief', async () => {
    const empty = await promo('', 'You have no campaigns yet', 'daniel');
    await house.as('daniel').click(empty, 'brief_new');
    const form = await house.as('daniel').waitForModal((view) => view.title === 'New promo brief');
    await house.as('daniel').close(form);
    await draft('Menu Linen');
    const menu = await promo('', 'Menu Linen');
    expect(said(menu)).toContain('Draft, version 1');
    await house.as('priya').click(menu, 'campaign_status');
    const status = await house
      .as('priya')
      .waitForMessage('#general', (each) => said(each).includes('Time so far'));
    expect(status.text).toContain('Menu Linen');
  });

  it('says what to type instead of what it does not know', async () => {
    expect((await promo('help', 'writes a brief')).text).toContain('/promo rollback NAME why');
    expect((await promo('lunch', 'I do not know “lunch”')).text).toContain('/promo help');
    expect((await promo('list lunch', 'is no state')).text).toContain('draft, ready, live, paused or ended');
    expect((await promo('ready', 'Say which campaign')).text).toContain('/promo ready NAME');
    expect((await promo('pause', 'Say which campaign and why')).text).toContain('/promo pause NAME why');
    expect((await promo('show Nowhere at all', 'There is no campaign “Nowhere at all”')).text).toContain(
      '/promo list',
    );
  });

  it('finds a campaign by the beginning of its name, in quotes or not', async () => {
    const id = await draft('Winter Caps');
    expect((await promo('list draft', 'Winter Caps')).text).toContain('newest first');
    expect(said(await promo('show "Winter Caps"', '"campaign_ready"'))).toContain(`c1:1:${id}`);
    expect((await promo('status winter', 'Winter Caps')).text).toContain('Draft');
    await promo('Winter Caps', 'Time so far');
  });

  it('marks ready, refuses it twice, and tells who may', async () => {
    const id = await draft('Ready Linen');
    await promo('ready Ready Linen', 'Priya Raman', 'grace');
    expect(await statusOf(id)).toBe('draft');
    await promo('ready Ready Linen', 'is ready: its promo');
    expect(await statusOf(id)).toBe('ready');
    await promo('ready Ready Linen', 'so you cannot mark it ready');
  });

  it('ends a draft, and says of it that there is nothing to pause or roll back', async () => {
    const id = await draft('Short Linen');
    expect((await promo('pause Short Linen because', 'It is a draft')).text).toContain('end it instead');
    await house.as('priya').command('#general', '/promo', 'rollback Short Linen');
    const told = await house.as('priya').waitForModal((view) => said(view).includes('It is a draft'));
    expect(told.submit).toBeNull();
    await house.as('priya').close(told);
    await promo('end Short Linen', 'has ended');
    expect(await statusOf(id)).toBe('ended');
  });
});

describe('a campaign that is live', () => {
  it('is paused with a reason, and resumed once its prices are back', async () => {
    const id = await draft('Live Linen');
    await goLive(house, id, PEOPLE.priya.guid);
    const priya = house.as('priya');
    await priya.command('#general', '/promo', 'pause Live Linen');
    const form = await priya.waitForModal((view) => view.title === 'Pause');
    await priya.submit(form, { reason: '     ' });
    const [open] = await priya.modals();
    expect(open?.errors['reason']).toBeDefined();
    await priya.submit(open ?? form, { reason: 'The supplier is late.' });
    expect(await statusOf(id)).toBe('paused');
    expect((await house.meshline.flow.ledger.campaign(id))?.halt).toMatchObject({
      reason: 'The supplier is late.',
    });
    await exportIn(house, id, 'end', 'delivered');
    await promo('resume Live Linen', 'is ready: its promo');
    await expect.poll(async () => (await house.meshline.flow.ledger.campaign(id))?.round).toBe(2);
  });

  it('tells who may pause it, before anybody is asked for a reason', async () => {
    const id = await draft('Kept Linen');
    await goLive(house, id, PEOPLE.priya.guid);
    const told = await promo('pause Kept Linen because', 'You cannot pause', 'grace');
    expect(told.text).toContain('Priya Raman');
    expect(await statusOf(id)).toBe('live');
  });
});

describe('the Home tab', () => {
  it('lists one’s campaigns with who holds them, and is kept so', async () => {
    const id = await draft('Home Linen');
    const priya = house.as('priya');
    await priya.openHome();
    const home = await priya.waitForHome((view) => said(view).includes('Home Linen'));
    expect(said(home)).toContain('My campaigns');
    expect(said(home)).toContain('brief_new');
    await priya.clickInView(home, 'campaign_status');
    const status = await priya.waitForModal((view) => view.title === 'Status');
    expect(said(status)).toContain('In the systems');
    await priya.close(status);
    await done(house.meshline.campaigns.end(id, PEOPLE.priya.guid));
    await priya.waitForHome((view) => said(view).includes('withdrawn'));
  });

  it('has no campaigns for those who have nothing to do with any', async () => {
    const grace = house.as('grace');
    await grace.openHome();
    expect(said(await grace.waitForHome())).not.toContain('My campaigns');
  });
});

import { afterAll, beforeAll, expect, it } from 'vitest';
import { BRIEF } from '../../src/bot/campaigns/brief-inputs.ts';
import { instantAt } from '../../src/exports/wall-time.ts';
import { openBrief, said, typedBrief } from '../support/briefs.ts';
import { aBrief, done } from '../support/campaigns.ts';
import { type House, openHouse, PEOPLE } from '../support/house.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.close());

const priya = () => house.as('priya');

async function errorsOf(over: Parameters<typeof typedBrief>[1]): Promise<Record<string, string>> {
  const modal = await openBrief(priya());
  const outcome = await priya().submit(modal, typedBrief(house.clock.now(), over));
  expect(outcome).toEqual({ acked: true, action: 'errors' });
  const [view] = await priya().modals();
  if (!view) throw new Error('The form has closed.');
  await priya().close(view);
  return view.errors;
}

it('says everything that is wrong at once, each beside its own input', async () => {
  const errors = await errorsOf({
    [BRIEF.products]:
      'sku,title,price,promo price\nTEE-BLK-M,Black tee,25.00,29.00\nCAP-RED,Red cap,18.00,\nTEE-BLK-M,Again,25.00,',
    [BRIEF.percent]: '120',
    [BRIEF.currency]: 'E1R',
    [BRIEF.minSpend]: 'fifty',
    [BRIEF.landing]: 'https://shop.example/autumn\nhttp://shop.example/autumn',
    [BRIEF.endDate]: '2020-01-01',
  });
  expect(errors).toEqual({
    [BRIEF.products]:
      'Line 4: SKU TEE-BLK-M is already on line 2. Keep one of the two. Line 2: SKU TEE-BLK-M costs 25.00 and would cost 29.00: a promo price must be lower.',
    [BRIEF.percent]: 'A percentage is above 0 and at most 100, such as "20".',
    [BRIEF.currency]: 'A currency is a three-letter code such as "EUR".',
    [BRIEF.minSpend]: 'Write an amount as "19.90": digits and a point, no sign, no currency.',
    [BRIEF.landing]: '“http://shop.example/autumn”: This must be a web address that starts with https://.',
    [BRIEF.endDate]: expect.stringContaining('Set an end in the future.'),
  });
});

it('names the line of a product that cannot be read', async () => {
  const errors = await errorsOf({ [BRIEF.products]: 'sku,price\nTEE-BLK-M,25.00\nCAP-RED,cheap\n,3.00' });
  expect(errors).toEqual({
    [BRIEF.products]: 'Line 3, price: write a price such as 12.99. Line 4, sku: there is no SKU.',
  });
});

it('says that a time does not exist on the day on which the clocks go forward', async () => {
  const errors = await errorsOf({
    [BRIEF.startDate]: '2027-03-14',
    [BRIEF.startTime]: '02:30',
    [BRIEF.endDate]: '2027-03-20',
  });
  expect(errors).toEqual({
    [BRIEF.startTime]:
      'There is no 02:30 on 2027-03-14 in America/New_York: the clocks go forward then. Choose another time.',
  });
});

it('reads the window in the zone of whoever writes it, on both sides of a change of the clocks', async () => {
  const modal = await openBrief(priya());
  await priya().submit(
    modal,
    typedBrief(house.clock.now(), {
      [BRIEF.name]: 'Spring Forward',
      [BRIEF.startDate]: '2027-03-13',
      [BRIEF.endDate]: '2027-03-15',
    }),
  );
  const shown = await house.meshline.campaigns.show('spring-forward');
  if ('refused' in shown) throw new Error('There is no such campaign.');
  expect(shown.campaign.brief.window).toEqual({
    start: '2027-03-13T14:00:00.000Z',
    end: '2027-03-16T03:59:00.000Z',
    time_zone: 'America/New_York',
  });
  expect(instantAt({ date: '2027-11-07', time: '01:30' }, 'America/New_York')).toBe(
    Date.parse('2027-11-07T05:30:00Z'),
  );
});

it('keeps the form open with what was typed when somebody else has changed the brief meanwhile', async () => {
  const { campaigns } = house.meshline;
  const { id, brief } = await done(
    campaigns.create(PEOPLE.priya.guid, aBrief(house.clock.now(), { name: 'Two Hands' }), 'slack'),
  );
  const message = await priya().waitForMessage('#promo-approvals', (each) => each.text.includes('Two Hands'));
  await priya().click(message, 'campaign_edit');
  const modal = await priya().waitForModal((view) => view.title === 'Edit the brief');
  expect(said(modal)).toContain('TEE-BLK-M,Black tee M');
  await done(campaigns.revise(id, PEOPLE.daniel.guid, 1, { ...brief, name: 'Three Hands' }));
  expect(await priya().submit(modal, { [BRIEF.name]: 'My Hands' })).toMatchObject({ action: 'errors' });
  const [view] = await priya().modals();
  expect(view?.errors[BRIEF.name]).toContain('you saw version 1, the present one is 2');
});

it('changes nothing but what was changed in the form', async () => {
  const { campaigns } = house.meshline;
  const brief = aBrief(house.clock.now(), {
    name: 'Careful',
    keywords: ['red, white', 'careful'],
    landing_urls: ['https://shop.example/careful'],
    offer: { kind: 'amount_off', value: '3.00', currency: 'EUR', stackable: true },
  });
  const { id } = await done(campaigns.create(PEOPLE.priya.guid, brief, 'slack'));
  const message = await priya().waitForMessage('#promo-approvals', (each) => each.text.includes('Careful'));
  await priya().click(message, 'campaign_edit');
  const modal = await priya().waitForModal((view) => said(view).includes('3.00'));
  await priya().submit(modal, { [BRIEF.code]: 'CARE3' });
  const shown = await campaigns.show(id);
  if ('refused' in shown) throw new Error('There is no such campaign.');
  expect(shown.campaign.brief).toEqual({ ...brief, offer: { ...brief.offer, code: 'CARE3' } });
});

import { afterAll, beforeAll, expect, it } from 'vitest';
import { BRIEF } from '../../src/bot/campaigns/brief-inputs.ts';
import { said } from '../support/briefs.ts';
import { aBrief, done } from '../support/campaigns.ts';
import { type House, openHouse, PEOPLE } from '../support/house.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.close());

it('keeps 5,000 products as they are while the rest is edited, says so, and takes another list over them', async () => {
  const { campaigns } = house.meshline;
  const products = Array.from({ length: 5_000 }, (_, n) => ({
    sku: `LIN-SHIRT-${n}`,
    title: `Linen shirt in the colour number ${n}`,
    price: '49.90',
  }));
  const brief = aBrief(house.clock.now(), { name: 'Everything', products });
  const { id } = await done(campaigns.create(PEOPLE.priya.guid, brief, 'slack'));
  const priya = house.as('priya');
  const shown = async () => {
    const found = await campaigns.show(id);
    if ('refused' in found) throw new Error('There is no such campaign.');
    return found.campaign;
  };
  const edit = async () => {
    const { brief_version } = await shown();
    const card = await priya.waitForMessage('#promo-approvals', (each) =>
      said(each).includes(`"c1:${brief_version}:everything"`),
    );
    await priya.click(card, 'campaign_edit');
    return priya.waitForModal((view) => view.title === 'Edit the brief');
  };

  const modal = await edit();
  expect(said(modal)).toContain('This campaign has 5,000 products, more than this form can show.');
  expect(await priya.submit(modal, { [BRIEF.name]: 'Nearly everything' })).toMatchObject({
    action: 'update',
  });
  expect(await shown()).toMatchObject({ brief_version: 2, brief: { name: 'Nearly everything' } });
  expect((await shown()).brief.products).toHaveLength(5_000);
  for (const view of await priya.modals()) await priya.close(view);

  const again = await edit();
  await priya.submit(again, { [BRIEF.products]: 'TEE-BLK-M\nCAP-RED' });
  expect((await shown()).brief.products.map((each) => each.sku)).toEqual(['TEE-BLK-M', 'CAP-RED']);

  expect(await priya.command('#general', '/promo', 'status Nearly')).toEqual({ acked: true });
  await priya.waitForMessage('#general', (each) => each.text.includes('Nearly everything'));
});

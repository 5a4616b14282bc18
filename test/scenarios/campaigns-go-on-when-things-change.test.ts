import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stageOf } from '../../src/exports/campaigns/campaign.ts';
import { HOUR_MS } from '../../src/exports/words.ts';
import { postBrief } from '../support/briefs-by-http.ts';
import { CampaignWorld } from '../support/campaign-world.ts';
import { aBrief, campaignOf, done } from '../support/campaigns.ts';
import { type House, openHouse, PEOPLE } from '../support/house.ts';

describe('names and ids', () => {
  let house: House;
  beforeAll(async () => {
    house = await openHouse();
  });
  afterAll(() => house.close());

  it('tells two campaigns of one name apart, briefed in one moment', async () => {
    const { campaigns, flow } = house.meshline;
    const brief = aBrief(flow.clock.now(), { keywords: [], landing_urls: [] });
    const made = await Promise.all(
      [PEOPLE.sofia, PEOPLE.priya, PEOPLE.daniel].map(({ guid }) =>
        done(campaigns.create(guid, brief, 'slack')),
      ),
    );
    expect(made.map(({ id }) => id).toSorted()).toEqual(['autumn-linen', 'autumn-linen-2', 'autumn-linen-3']);
  });

  it('leaves what a person has briefed to people, whatever id a system sends', async () => {
    const brief = aBrief(house.clock.now(), { name: 'From outside', keywords: [], landing_urls: [] });
    const { status, body } = await postBrief(house, 'autumn-linen', brief);
    expect(status).toBe(409);
    expect(JSON.stringify(body)).toContain('There is a campaign autumn-linen already.');
    expect((await campaignOf(house, 'autumn-linen'))?.brief.name).toBe('Autumn Linen');
  });

  it('takes the same brief twice at once as one', async () => {
    const brief = aBrief(house.clock.now(), { name: 'Twice', keywords: [], landing_urls: [] });
    const posted = await Promise.all([1, 2, 3].map(() => postBrief(house, 'twice', brief)));
    expect(posted.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 200, 201]);
    expect((await campaignOf(house, 'twice'))?.version).toBe(1);
  });
});

describe('people and time', () => {
  async function lived(act: (world: CampaignWorld) => Promise<void>): Promise<void> {
    const world = await CampaignWorld.open();
    try {
      await world.ready();
      await world.rest();
      await act(world);
      await world.checkAtRest();
    } finally {
      await world.close();
    }
  }
  const goLive = async (world: CampaignWorld) => {
    await world.accept();
    await world.accept();
    await world.rest();
    expect((await world.campaign()).status).toBe('live');
  };

  it('returns to a draft with the reason when nobody accepts in time', () =>
    lived(async (world) => {
      for (let n = 0; n < 6; n += 1) await world.pass(HOUR_MS / 2);
      await world.rest();
      const campaign = await world.campaign();
      expect(campaign.status).toBe('draft');
      expect(campaign.halt).toMatchObject({ by: null, reason: 'The promo was not accepted in time.' });
      await world.ready();
      await world.rest();
      await goLive(world);
    }));

  it('puts its prices back at the end of its window although its owner has left', () =>
    lived(async (world) => {
      await goLive(world);
      world.gone.add(PEOPLE.priya.guid);
      world.gone.add(PEOPLE.sofia.guid);
      await world.pass(25 * HOUR_MS);
      await world.rest();
      expect(await world.campaign()).toMatchObject({ status: 'ended', ended: { how: 'window_over' } });
      expect(world.shop.prices.get('CAP-RED')).toBe('18.00');
    }));

  it('puts its prices back at the end of its window while it is short', () =>
    lived(async (world) => {
      await goLive(world);
      await world.report();
      await world.rest();
      expect((await world.campaign()).status).toBe('paused');
      await world.pass(25 * HOUR_MS);
      await world.rest();
      expect(await world.campaign()).toMatchObject({ status: 'ended', ended: { how: 'window_over' } });
      expect(world.shop.prices.get('CAP-RED')).toBe('18.00');
    }));

  it('ends at the end of its window while somebody has it paused', () =>
    lived(async (world) => {
      await goLive(world);
      await world.pause();
      await world.rest();
      expect(stageOf(await world.campaign())).toBe('paused');
      await world.pass(25 * HOUR_MS);
      await world.rest();
      expect(await world.campaign()).toMatchObject({ status: 'ended', ended: { how: 'window_over' } });
    }));

  it('waits with its end for a way back that met a price set by hand, and then ends', () =>
    lived(async (world) => {
      await goLive(world);
      await world.pause();
      world.change('CAP-RED', '16.00');
      await world.rest();
      const { end } = await world.present();
      expect(end).toMatchObject({ status: 'paused', code: 'rollback_drifted' });
      await world.pass(25 * HOUR_MS);
      await world.rest();
      expect(stageOf(await world.campaign())).toBe('closing');
      await world.reject();
      await world.rest();
      expect((await world.campaign()).status).toBe('live');
      await world.bringHome();
      expect(Object.fromEntries(world.shop.prices)).toEqual({
        'TEE-BLK-M': '25.00',
        'TEE-BLK-L': '25.00',
        'CAP-RED': '16.00',
      });
    }));
});

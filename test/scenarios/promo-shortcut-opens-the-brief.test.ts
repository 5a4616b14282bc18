import { describe, expect, it } from 'vitest';
import { BRIEF } from '../../src/bot/campaigns/brief-inputs.ts';
import { said, typedBrief } from '../support/briefs.ts';
import { type House, openHouse, PEOPLE } from '../support/house.ts';

async function withHouse(mode: 'socket' | 'http', run: (house: House) => Promise<void>): Promise<void> {
  const house = await openHouse({ mode });
  try {
    await run(house);
  } finally {
    await house.close();
  }
}

describe.each(['socket', 'http'] as const)('over %s', (mode) => {
  it('opens the brief from the global shortcut, and saves what was typed as a draft with its card', async () => {
    await withHouse(mode, async (house) => {
      const priya = house.as('priya');
      expect(await priya.shortcut('new_promo')).toEqual({ acked: true });
      const modal = await priya.waitForModal((view) => view.title === 'New promo brief');
      expect(said(modal)).toContain('New York time');

      const now = house.clock.now();
      expect(await priya.submit(modal, typedBrief(now))).toMatchObject({ action: 'update' });
      const saved = await priya.waitForModal((view) => view.title === 'Brief saved');
      expect(said(saved)).toContain('Nothing is live');

      const { campaign } = await shown(house, 'autumn-linen');
      expect(campaign).toMatchObject({ status: 'draft', owner: PEOPLE.priya.guid, brief_version: 1 });
      expect(campaign.brief.offer).toMatchObject({ kind: 'percent_off', value: '20' });
      expect(campaign.brief.products.map((each) => each.sku)).toEqual(['TEE-BLK-M', 'CAP-RED']);
      expect(campaign.brief.window.time_zone).toBe('America/New_York');
      await priya.waitForMessage('#promo-approvals', (message) => message.text.includes('Autumn Linen'));
    });
  });
});

it('makes one campaign of a submission that Slack delivers twice', async () => {
  await withHouse('socket', async (house) => {
    const priya = house.as('priya');
    await priya.shortcut('new_promo');
    const modal = await priya.waitForModal((view) => view.title === 'New promo brief');
    await priya.submit(modal, typedBrief(house.clock.now()));
    const sent = house.sandbox.control.deliveries({ type: 'view_submission' }).at(-1);
    await house.sandbox.control.redeliver(sent?.n ?? -1);
    expect(await house.meshline.campaigns.list({ limit: 10 })).toHaveLength(1);
  });
});

it('shows the inputs of the kind of offer that is chosen, and keeps what was typed', async () => {
  await withHouse('socket', async (house) => {
    const priya = house.as('priya');
    await priya.command('#promo-approvals', '/promo', 'new');
    const modal = await priya.waitForModal((view) => view.title === 'New promo brief');
    expect(said(modal)).not.toContain(BRIEF.buy);
    const bogo = { text: { type: 'plain_text', text: 'Buy and get', emoji: false }, value: 'bogo' };
    await priya.clickInView(
      modal,
      'brief_offer_kind',
      { selected_option: bogo },
      {
        [BRIEF.kind]: { brief_offer_kind: { type: 'static_select', selected_option: bogo } },
        [BRIEF.name]: { value: { type: 'plain_text_input', value: 'Typed before' } },
      },
    );
    const chosen = await priya.waitForModal((view) => said(view).includes(BRIEF.buy));
    const answers = typedBrief(house.clock.now(), {
      [BRIEF.buy]: '2',
      [BRIEF.get]: '1',
    });
    const { [BRIEF.name]: _name, [BRIEF.percent]: _percent, ...rest } = answers;
    await priya.submit(chosen, rest);
    const { campaign } = await shown(house, 'typed-before');
    expect(campaign.brief.offer).toMatchObject({ kind: 'bogo', buy: 2, get: 1, value: '100' });
  });
});

async function shown(house: House, id: string) {
  const found = await house.meshline.campaigns.show(id);
  if ('refused' in found) throw new Error(`There is no campaign ${id}.`);
  return found;
}

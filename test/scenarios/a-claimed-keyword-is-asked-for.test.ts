import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Actor } from '../../sandbox/client.ts';
import type { Message } from '../../sandbox/ui-contract.ts';
import { BRIEF } from '../../src/bot/campaigns/brief-inputs.ts';
import { openBrief, said, typedBrief } from '../support/briefs.ts';
import { aBrief, done } from '../support/campaigns.ts';
import { type House, openHouse, PEOPLE } from '../support/house.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.close());

/** Presses the button of the claim that is asked about at this place of the message, and submits the form behind it. */
async function answerClaim(
  actor: Actor,
  message: Message,
  at: number,
  action: string,
  note: string | null,
): Promise<void> {
  const rows = (message.blocks ?? []).filter((block) => said({ blocks: block }).includes(action));
  await actor.click({ ...message, blocks: rows.slice(at, at + 1) }, action);
  const form = await actor.waitForModal((view) => said(view).includes('Note'));
  await actor.submit(form, { note });
}

it('tells whoever saves a brief whose keyword it is, asks that person, and goes on with their word', async () => {
  const { campaigns } = house.meshline;
  const own = aBrief(house.clock.now(), { keywords: ['autumn linen', 'linen'], landing_urls: [] });
  await done(campaigns.create(PEOPLE.daniel.guid, own, 'slack'));

  const priya = house.as('priya');
  const modal = await openBrief(priya);
  await priya.submit(
    modal,
    typedBrief(house.clock.now(), {
      [BRIEF.name]: 'Late Linen',
      [BRIEF.channels]: ['shopify'],
      [BRIEF.keywords]: 'Autumn  Linen, linen',
    }),
  );
  const saved = await priya.waitForModal((view) => view.title === 'Brief saved');
  expect(said(saved)).toContain('has been asked');
  expect(said(saved)).not.toContain('campaign_ready');

  await priya.command('#general', '/promo', 'ready Late');
  await priya.waitForMessage('#general', (each) => each.text.includes('wait for the answer'));

  const daniel = house.as('daniel');
  const asked = await daniel.waitForDirectMessage((each) => each.text.includes('Late Linen'));
  await answerClaim(daniel, asked, 0, 'claim_allow', null);
  await answerClaim(daniel, asked, 1, 'claim_refuse', 'It is our brand word.');

  const shown = await campaigns.show('late-linen');
  if ('refused' in shown) throw new Error('There is no such campaign.');
  expect(shown.campaign.conflicts.map(({ value, state, note }) => ({ value, state, note }))).toEqual([
    { value: 'autumn linen', state: 'allowed', note: null },
    { value: 'linen', state: 'refused', note: 'It is our brand word.' },
  ]);
});

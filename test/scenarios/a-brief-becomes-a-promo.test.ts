import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { aBrief, campaignOf, done, exportIn } from '../support/campaigns.ts';
import { type House, openHouse, PEOPLE } from '../support/house.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.close());

const status = async (id: string) => (await campaignOf(house, id))?.status;

it('goes from brief to live, is short, comes back, and goes live by a publish with its trail; a rollback puts the prices back', async () => {
  const { campaigns, flow } = house.meshline;
  const sofia = PEOPLE.sofia.guid;
  const { id } = await done(campaigns.create(sofia, aBrief(flow.clock.now()), 'slack'));
  expect(id).toBe('autumn-linen');
  house.sinks.setMode('oms', 'reject_422');
  await done(campaigns.ready(id, sofia, 1));
  const promo = await exportIn(house, id, 'activate', 'pending');

  const accept = async (exportId: string, ...people: (keyof typeof PEOPLE)[]) => {
    for (const name of people) {
      const state = await flow.ledger.get(exportId);
      const version = state?.version ?? 0;
      // The card is drawn again and again at this moment; a person presses what they see then.
      await vi.waitFor(async () => {
        if (((await flow.ledger.get(exportId))?.version ?? 0) > version) return;
        const card = await house.as(name).waitForMessage('#promo-approvals', (message) => {
          const blocks = JSON.stringify(message.blocks);
          return blocks.includes(exportId) && blocks.includes('"accept"');
        });
        await house.as(name).click(card, 'accept');
      });
      await expect.poll(async () => (await flow.ledger.get(exportId))?.version).toBeGreaterThan(version);
    }
  };
  await accept(promo, 'priya', 'hannah');
  await exportIn(house, id, 'activate', 'paused');
  expect(await status(id)).toBe('paused');

  house.sinks.setMode('oms', 'ok');
  const state = await flow.ledger.get(promo);
  expect(state?.trouble).toMatchObject({ code: 'insufficient_inventory', role: 'supply_chain' });
  const { createDesk } = await import('../../src/flow/desk.ts');
  const desk = createDesk(flow, async () => null as never);
  await desk.resume(promo, PEOPLE.grace.guid, 'Moved 40 units from Dallas.');
  await expect.poll(() => status(id)).toBe('ready');
  await accept(promo, 'priya', 'hannah');
  const publish = await exportIn(house, id, 'publish', 'pending');
  const trail = (await flow.ledger.get(publish))?.revision?.payload['trail'];
  expect(JSON.stringify(trail)).toContain('insufficient inventory');
  await accept(publish, 'priya', 'hannah');
  await expect.poll(() => status(id)).toBe('live');

  await done(campaigns.rollBack(id, PEOPLE.priya.guid, 'Too many returns.', false));
  await exportIn(house, id, 'end', 'delivered');
  await expect.poll(() => status(id)).toBe('ended');
  expect((await flow.ledger.get(promo))?.status).toBe('rolled_back');
  const last = house.sinks.effects('oms').at(-1);
  expect(last?.operation).toBe('promo.deactivate');
  expect(JSON.stringify(last?.body)).toContain('"price":"25.00"');
});

import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Message } from '../../sandbox/ui-contract.ts';
import { isRefusal, refuse } from '../../src/exports/refusals.ts';
import { skusOf } from '../../src/exports/skus.ts';
import { HOUR_MS } from '../../src/exports/words.ts';
import { createDesk } from '../../src/flow/desk.ts';
import { postBrief } from '../support/briefs-by-http.ts';
import { aBrief, campaignOf, done, exportIn } from '../support/campaigns.ts';
import { type House, openHouse, PEOPLE } from '../support/house.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse({
    configure(file) {
      delete file.policies['promo_activation']?.['staging'];
      Object.assign(file.policies['promo_activation'] ?? {}, { routes: ['oms'] });
    },
  });
});
afterAll(() => house.close());

const products = Array.from({ length: 5_000 }, (_, n) => ({
  sku: `LIN-SHIRT-${n}`,
  title: `Linen shirt in the colour number ${n}`,
  price: '49.90',
}));
const measured: Record<string, number> = {};

async function timed<T>(what: string, work: () => Promise<T>): Promise<T> {
  const begun = performance.now();
  const result = await work();
  measured[what] = Math.round(performance.now() - begun);
  return result;
}

/** Slack refuses messages of more than 50 blocks, sections of more than 3,000 characters, and about 13,000 in all. */
function expectPostable({ blocks = [], text }: Message): void {
  expect(blocks.length).toBeLessThanOrEqual(50);
  expect(JSON.stringify(blocks).length).toBeLessThan(13_000);
  expect(text.length).toBeLessThanOrEqual(4_000);
}

it('takes 5,000 products from a brief to its cards, its review and its acceptance in seconds', async () => {
  const { campaigns, flow } = house.meshline;
  const { promo } = PROMO;
  const rss = process.memoryUsage().rss;
  const brief = aBrief(house.clock.now(), { name: 'Everything', products, keywords: [], landing_urls: [] });
  const posted = await timed('POST of the brief', () => postBrief(house, 'everything', brief));
  expect(posted).toMatchObject({ status: 201, body: { state: 'draft' } });
  await timed('ready until its export waits', async () => {
    await done(campaigns.ready('everything', PEOPLE.daniel.guid, 1));
    promo.id = await exportIn(house, 'everything', 'activate', 'pending');
  });
  const priya = house.as('priya');
  const card = await timed('until the card stands in Slack', () =>
    priya.waitForMessage(
      '#promo-approvals',
      (each) =>
        JSON.stringify(each.blocks).includes(promo.id) && JSON.stringify(each.blocks).includes('"accept"'),
      20_000,
    ),
  );
  expectPostable(card);
  expectPostable(
    await priya.waitForMessage('#promo-approvals', (each) =>
      JSON.stringify(each.blocks).includes('campaign_status'),
    ),
  );
  await timed('click on review', async () => {
    await priya.click(card, 'review');
    const view = await priya.waitForModal((each) => each.title.includes('eview'), 20_000);
    expect(view.blocks?.length ?? 0).toBeLessThanOrEqual(100);
    expect(JSON.stringify(view.blocks).length).toBeLessThan(250_000);
    await priya.close(view);
  });

  const state = await flow.ledger.get(promo.id);
  measured['state of the export, kB'] = Math.round(JSON.stringify(state).length / 1024);
  measured['state of the campaign, kB'] = Math.round(
    JSON.stringify(await campaignOf(house, 'everything')).length / 1024,
  );
  const desk = createDesk(flow, async () => PEOPLE.priya.guid);
  const first = await timed('first acceptance', () => desk.accept(promo.id, PEOPLE.priya.guid, 1, true));
  expect(isRefusal(first), JSON.stringify(first).slice(0, 300)).toBe(false);
  const second = await timed('second acceptance', () => desk.accept(promo.id, PEOPLE.hannah.guid, 1, true));
  expect(isRefusal(second), JSON.stringify(second).slice(0, 300)).toBe(false);
  await timed('until it is live', async () => {
    await expect
      .poll(async () => (await campaignOf(house, 'everything'))?.status, { timeout: 20_000 })
      .toBe('live');
  });
  measured['growth of memory, MB'] = Math.round((process.memoryUsage().rss - rss) / 1024 / 1024);
  process.stdout.write(`5,000 SKUs, ms: ${JSON.stringify(measured)}\n`);
  expect(measured['until the card stands in Slack']).toBeLessThan(10_000);
  expect(measured['first acceptance']).toBeLessThan(1_500);
  expect(measured['growth of memory, MB']).toBeLessThan(700);
}, 90_000);

it('compares it with another 5,000 SKUs well within a second, beside fifty promos of other things', async () => {
  const { flow } = house.meshline;
  const now = house.clock.now();
  for (let n = 0; n < 50; n += 1)
    await house.sendFixture('promo_activation', (raw) => {
      Object.assign(raw, { campaign_id: `other-${n}`, idempotency_key: `other-${n}` });
    });
  const state = await flow.ledger.get(PROMO.promo.id);
  const skus = skusOf({ revision: state?.revision ?? null });
  expect(skus).toHaveLength(5_000);
  let took = Number.POSITIVE_INFINITY;
  let met: readonly { name: string; n: number }[] = [];
  await flow.ledger.intake(now, { source: 'pim', key: 'never', body_hash: '' }, (view) => {
    const begun = performance.now();
    met = view.promosOn(skus, { starts_at: now, ends_at: now + HOUR_MS });
    took = performance.now() - begun;
    return refuse('not_waiting', { status: 'only looked at', verb: 'store' });
  });
  process.stdout.write(`overlap of two promos of 5,000 SKUs: ${Math.round(took)} ms\n`);
  expect(met).toMatchObject([{ name: 'Everything', n: 5_000 }]);
  expect(took).toBeLessThan(800);
}, 60_000);

const PROMO = { promo: { id: '' } };

import { afterEach, beforeEach, expect, it } from 'vitest';
import { HOOK_SECRETS, post, shopifyHook, standardHook } from '../support/hooks.ts';
import { type House, openHouse } from '../support/house.ts';

let house: House;
beforeEach(async () => {
  house = await openHouse({
    env: HOOK_SECRETS,
    configure(file) {
      file.sources['storefront'] = {
        kind: 'shopify',
        secret_env: 'SHOPIFY_SECRET',
        settings: { shop: 'northwind.myshopify.com', locations: { 7: 'wh-berlin' } },
        rules: [
          {
            when: 'inventory_below',
            threshold: 10,
            then: 'inventory_delta',
            with: { lines: { sku: 'STRAW-HAT-01' } },
          },
          { when: 'promo_scheduled', then: 'promo_activation', campaign_id: 'autumn' },
        ],
      };
      Object.assign(file.sources['erp'] ?? {}, {
        rules: [
          {
            when: 'topic',
            topic: 'stock.*',
            then: 'exception_notify',
            exception_code: 'inventory_mismatch',
            with: {
              severity: 'high',
              summary: '$.data.text',
              affected: [{ kind: 'sku', reference: '$.data.sku' }],
              first_seen: '$.timestamp',
              occurrences: 1,
            },
          },
        ],
      });
    },
  });
});
afterEach(() => house.close());

const made = (source: string) => house.meshline.flow.ledger.list({ source, limit: 10 });
const level = (available: number, at: number) =>
  post(
    house.meshline.url,
    'storefront',
    shopifyHook(
      'inventory_levels/update',
      { inventory_item_id: 1, location_id: 7, available, updated_at: new Date(at).toISOString() },
      { at },
    ),
  );

it('asks supply chain about a level below the limit, and an older webhook never overwrites a newer one', async () => {
  const now = house.clock.now();
  expect(await (await level(40, now - 60_000)).json()).toEqual({ outcome: 'ignored' });
  await level(4, now - 1000);
  await expect.poll(() => made('storefront')).toHaveLength(1);
  await level(9, now - 30_000);
  await expect.poll(() => made('storefront')).toHaveLength(2);
  const states = (await made('storefront')).map((each) => each.status);
  expect(states.sort()).toEqual(['pending', 'superseded']);
  const pending = (await made('storefront')).find((each) => each.status === 'pending');
  const open = await house.meshline.flow.ledger.get(pending?.id ?? '');
  expect(open).toMatchObject({ route: { role: 'supply_chain' } });
  expect(open?.revision?.payload).toMatchObject({
    lines: [{ absolute: 4, threshold: 10, location: 'wh-berlin' }],
  });
});

it('keeps a scheduled discount as a draft for people to complete', async () => {
  const discount = {
    admin_graphql_api_id: 'gid://shopify/DiscountAutomaticNode/1',
    title: 'Autumn',
    status: 'SCHEDULED',
  };
  await post(house.meshline.url, 'storefront', shopifyHook('discounts/create', discount));
  await expect.poll(() => made('storefront')).toHaveLength(1);
  const draft = await house.meshline.flow.ledger.get((await made('storefront'))[0]?.id ?? '');
  expect(draft).toMatchObject({ status: 'quarantined' });
  expect(draft?.raw['payload']).toMatchObject({ campaign_name: 'Autumn', channels: ['shopify'] });
  expect(draft?.problems.map((problem) => problem.path)).toContain('payload.lines');
});

it('maps a webhook of any signed system by the rule for its topic', async () => {
  const event = {
    type: 'stock.lost',
    timestamp: new Date(house.clock.now()).toISOString(),
    data: { sku: 'STRAW-HAT-01', text: 'The count of straw hats is off by 12' },
  };
  const key = Buffer.alloc(32, 7);
  const answer = await post(house.meshline.url, 'erp', standardHook(event, { at: house.clock.now(), key }));
  expect([answer.status, await answer.json()]).toEqual([202, { outcome: 'noted' }]);
  await expect.poll(() => made('erp')).toHaveLength(1);
  expect((await made('erp'))[0]).toMatchObject({ export_type: 'exception_notify', status: 'pending' });
  const late = await post(
    house.meshline.url,
    'erp',
    standardHook(event, { at: house.clock.now() - 301_000, key }),
  );
  expect(late.status).toBe(401);
});

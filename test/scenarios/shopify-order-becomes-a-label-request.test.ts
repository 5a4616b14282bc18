import { afterEach, beforeEach, expect, it } from 'vitest';
import { HOOK_SECRETS, LABEL_WITH, post, shopifyHook, shopifyOrder } from '../support/hooks.ts';
import { type House, openHouse } from '../support/house.ts';

let house: House;
beforeEach(async () => {
  house = await openHouse({
    env: HOOK_SECRETS,
    configure(file) {
      file.sources['storefront'] = {
        kind: 'shopify',
        secret_env: 'SHOPIFY_SECRET',
        settings: { shop: 'northwind.myshopify.com' },
        rules: [{ when: 'order_placed', then: 'shipping_label_request', with: LABEL_WITH }],
      };
    },
  });
});
afterEach(() => house.close());

const made = () => house.meshline.flow.ledger.list({ source: 'storefront', limit: 10 });

it('makes one label request of an order, and keeps no more of the customer than the parcel needs', async () => {
  const order = shopifyHook('orders/create', shopifyOrder(house.clock.now()), { id: 'one', event: 'e1' });
  const begun = performance.now();
  const first = await post(house.meshline.url, 'storefront', order);
  expect(performance.now() - begun).toBeLessThan(1000);
  expect([first.status, await first.json()]).toEqual([202, { outcome: 'noted' }]);
  await expect.poll(made).toHaveLength(1);
  const [summary] = await made();
  const label = await house.meshline.flow.ledger.get(summary?.id ?? '');
  expect(label?.problems.filter((problem) => problem.severity === 'error')).toEqual([]);
  expect(label?.revision?.payload).toMatchObject({
    order_id: '1001',
    ship_to: { name: 'Camille Example', city: 'Hamburg', country: 'DE' },
    parcels: [{ weight: { value: '640', unit: 'g' } }],
  });
  expect(JSON.stringify(label?.raw)).not.toContain('camille@example.com');

  const again = await post(house.meshline.url, 'storefront', order);
  expect([again.status, await again.json()]).toEqual([200, { outcome: 'repeat' }]);
  const other = shopifyHook('orders/create', shopifyOrder(house.clock.now()), { id: 'two', event: 'e1' });
  expect(await (await post(house.meshline.url, 'storefront', other)).json()).toEqual({ outcome: 'repeat' });
  expect(await made()).toHaveLength(1);
});

it('counts what no rule wants and refuses what is not genuine or cannot be read', async () => {
  const url = house.meshline.url;
  const said = async (hook: ReturnType<typeof shopifyHook>, source = 'storefront') => {
    const answer = await post(url, source, hook);
    return [answer.status, await answer.json()] as const;
  };
  expect(await said(shopifyHook('products/update', { id: 1 }))).toEqual([200, { outcome: 'ignored' }]);
  const test = shopifyOrder(house.clock.now(), { test: true });
  expect(await said(shopifyHook('orders/create', test))).toEqual([200, { outcome: 'ignored' }]);
  const forged = await said(shopifyHook('orders/create', {}, { secret: 'guessed' }));
  expect(forged).toMatchObject([401, { code: 'hook_not_genuine' }]);
  expect(await said(shopifyHook('orders/create', {}), 'nobody')).toEqual(forged);
  const malformed = await said(shopifyHook('orders/create', { id: 1, line_items: 'none' }));
  expect(malformed).toMatchObject([400, { code: 'bad_request' }]);
  expect(JSON.stringify(malformed[1])).toContain('line_items');
  expect(await said(shopifyHook('orders/create', '{'))).toMatchObject([
    400,
    { detail: 'The body is not valid JSON.' },
  ]);
  expect(await made()).toHaveLength(0);
  const metrics = await (await fetch(`${url}/metrics`)).text();
  expect(metrics).toContain('meshline_hooks_total{source="storefront",outcome="ignored"} 2');
});

it('quarantines a label request that lacks something, so that people complete it', async () => {
  const order = shopifyOrder(house.clock.now(), { shipping_address: null, total_weight: 0 });
  await post(house.meshline.url, 'storefront', shopifyHook('orders/create', order));
  await expect.poll(made).toHaveLength(1);
  expect((await made())[0]).toMatchObject({ status: 'quarantined', export_type: null });
});

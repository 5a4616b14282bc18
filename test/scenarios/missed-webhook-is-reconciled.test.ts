import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import {
  HOOK_SECRETS,
  LABEL_WITH,
  type Platform,
  post,
  shopifyHook,
  shopifyOrder,
  startPlatform,
} from '../support/hooks.ts';
import { type House, openHouse } from '../support/house.ts';

const EVERY_MS = 600_000;

type Node = { [key: string]: unknown };
let house: House;
let shop: Platform;
let orders: Node[];
let levels: Node[];
let down: boolean;

const page = (nodes: readonly Node[]) => ({ pageInfo: { hasNextPage: false, endCursor: null }, nodes });

beforeEach(async () => {
  [orders, levels, down] = [[], [], false];
  shop = await startPlatform(({ body }) => {
    if (down) return { status: 503, json: {} };
    if (body.includes('query Orders')) return { json: { data: { orders: page(orders) } } };
    if (body.includes('query Lines')) {
      const more = page([{ sku: 'STRAW-HAT-01', title: 'Straw hat', quantity: 3 }]);
      return { json: { data: { order: { lineItems: more } } } };
    }
    if (body.includes('query Levels')) {
      return { json: { data: { location: { inventoryLevels: page(levels) } } } };
    }
    return {
      json: { data: { inventoryItem: { sku: 'STRAW-HAT-01', variant: { displayName: 'Straw hat' } } } },
    };
  });
  house = await openHouse({
    env: HOOK_SECRETS,
    configure(file) {
      file.sources['storefront'] = {
        kind: 'shopify',
        secret_env: 'SHOPIFY_SECRET',
        api_token_env: 'SHOPIFY_TOKEN',
        settings: {
          shop: 'northwind.myshopify.com',
          api_url: shop.url,
          allow_private: true,
          locations: { 655441491: 'wh-berlin' },
        },
        rules: [
          { when: 'order_placed', then: 'shipping_label_request', with: LABEL_WITH },
          { when: 'inventory_below', threshold: 10, then: 'inventory_delta' },
          { when: 'order_placed', then: 'inventory_delta', with: { lines: { location: 'wh-berlin' } } },
        ],
        reconcile: { every_ms: EVERY_MS },
      };
    },
  });
  const marked = async () =>
    Promise.all(
      ['orders', 'inventory'].map((name) => house.meshline.flow.ledger.inbound.mark('storefront', name)),
    );
  await vi.waitUntil(async () => !(await marked()).includes(null), { timeout: 5000 });
});
afterEach(async () => {
  await house.close();
  await shop.close();
});

const made = () => house.meshline.flow.ledger.list({ source: 'storefront', limit: 10 });
const types = async () => new Set((await made()).map((each) => each.export_type));
const ORDER = new Set(['inventory_delta', 'shipping_label_request']);
const asked = (name: string) => shop.asked.filter(({ body }) => body.includes(`query ${name}`)).length;

function node(at: number, edit: Node = {}): Node {
  const iso = new Date(at).toISOString();
  return {
    id: 'gid://shopify/Order/820982911946154508',
    name: '#1001',
    test: false,
    cancelledAt: null,
    createdAt: iso,
    updatedAt: iso,
    currencyCode: 'EUR',
    requiresShipping: true,
    displayFulfillmentStatus: 'UNFULFILLED',
    totalWeight: '640',
    shippingAddress: {
      name: 'Camille Example',
      address1: 'Musterweg 8',
      city: 'Hamburg',
      zip: '20095',
      countryCodeV2: 'DE',
    },
    lineItems: page([{ sku: 'LIN-SHIRT-WHT-M', title: 'Linen shirt', quantity: 2 }]),
    ...edit,
  };
}

it('finds an order whose webhook never came, and only orders placed since it began', async () => {
  const now = house.clock.now();
  const old = node(now, { id: 'gid://shopify/Order/1', createdAt: '2020-01-01T00:00:00Z' });
  orders = [old, node(now + 1000)];
  house.clock.leap(EVERY_MS);
  await expect.poll(types, { timeout: 5000 }).toEqual(ORDER);
  const request = shop.asked.find(({ body }) => body.includes('query Orders'));
  expect(request?.path).toBe('/admin/api/2026-10/graphql.json');
  expect(request?.headers['x-shopify-access-token']).toBe(HOOK_SECRETS.SHOPIFY_TOKEN);
});

it('makes one export of what both a webhook and the reconciliation tell', async () => {
  const at = house.clock.now();
  await post(house.meshline.url, 'storefront', shopifyHook('orders/create', shopifyOrder(at)));
  await post(
    house.meshline.url,
    'storefront',
    shopifyHook('inventory_levels/update', {
      inventory_item_id: 808950810,
      location_id: 655441491,
      available: 4,
      updated_at: new Date(at).toISOString(),
    }),
  );
  await expect.poll(made, { timeout: 5000 }).toHaveLength(3);
  orders = [node(at)];
  levels = [
    {
      updatedAt: new Date(Math.floor(at / 1000) * 1000).toISOString(),
      item: { id: 'gid://shopify/InventoryItem/808950810', sku: 'STRAW-HAT-01', variant: null },
      quantities: [{ quantity: 4 }],
    },
  ];
  house.clock.leap(EVERY_MS);
  await expect.poll(() => asked('Levels'), { timeout: 5000 }).toBe(1);
  await expect.poll(async () => (await house.meshline.flow.ledger.inbound.counts()).waiting).toBe(0);
  const all = await made();
  expect(all).toHaveLength(3);
});

it('asks again after the shop was down and after a restart, from where it stood', async () => {
  down = true;
  const before = await house.meshline.flow.ledger.inbound.mark('storefront', 'orders');
  house.clock.leap(EVERY_MS);
  await expect.poll(() => asked('Orders'), { timeout: 5000 }).toBe(1);
  await house.restart();
  down = false;
  orders = [node(house.clock.now())];
  await expect.poll(types, { timeout: 5000 }).toEqual(ORDER);
  const after = await house.meshline.flow.ledger.inbound.mark('storefront', 'orders');
  expect(after?.began_at).toBe(before?.began_at);
  expect(after?.mark).toBeGreaterThan(before?.mark ?? 0);
});

it('asks for the rest of an order that has many lines', async () => {
  const lines = {
    ...page([{ sku: 'MUG-STONE-350', title: 'Mug', quantity: 1 }]),
    pageInfo: { hasNextPage: true, endCursor: 'c1' },
  };
  orders = [node(house.clock.now(), { lineItems: lines })];
  house.clock.leap(EVERY_MS);
  await expect.poll(types, { timeout: 5000 }).toEqual(ORDER);
  const sold = (await made()).find((each) => each.export_type === 'inventory_delta');
  const found = await house.meshline.flow.ledger.get(sold?.id ?? '');
  expect(found?.revision?.payload).toMatchObject({
    lines: [
      { sku: 'MUG-STONE-350', delta: -1 },
      { sku: 'STRAW-HAT-01', delta: -3 },
    ],
  });
});

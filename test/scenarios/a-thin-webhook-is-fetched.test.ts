import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  HOOK_SECRETS,
  LABEL_WITH,
  type Platform,
  post,
  standardHook,
  startPlatform,
} from '../support/hooks.ts';
import { type House, openHouse } from '../support/house.ts';

let house: House;
let store: Platform;
let down: boolean;
let placedAt: string;

beforeEach(async () => {
  down = false;
  store = await startPlatform(({ path }) => {
    if (down) return { status: 503, json: {} };
    const order = '/stores/abc123/v2/orders/250';
    if (path === order) {
      const dates = { date_created: placedAt, date_modified: placedAt };
      return {
        json: { id: 250, status_id: 11, currency_code: 'EUR', ...dates, billing_address: { email: 'x@y.z' } },
      };
    }
    if (path === `${order}/products?limit=250&page=1`) {
      return {
        json: [{ sku: 'MUG-STONE-350', name: 'Mug', quantity: 2, type: 'physical', weight: '0.4000' }],
      };
    }
    if (path === `${order}/shipping_addresses?limit=2`) {
      const to = {
        first_name: 'Camille',
        last_name: 'Example',
        street_1: 'Musterweg 8',
        email: 'c@example.com',
      };
      return { json: [{ ...to, city: 'Hamburg', zip: '20095', country_iso2: 'DE' }] };
    }
    if (path === '/stores/abc123/v3/catalog/products/206/variants/509') {
      return { json: { data: { sku: 'STRAW-HAT-01', inventory_level: 3 } } };
    }
    return null;
  });
  house = await openHouse({
    env: HOOK_SECRETS,
    configure(file) {
      file.sources['bigc'] = {
        kind: 'bigcommerce',
        secret_env: 'BIGC_SECRET',
        api_token_env: 'BIGC_TOKEN',
        settings: {
          store_hash: 'abc123',
          weight_unit: 'kg',
          api_url: store.url,
          allow_private: true,
          locations: { default: 'wh-berlin' },
        },
        rules: [
          { when: 'order_placed', then: 'shipping_label_request', with: LABEL_WITH },
          { when: 'inventory_below', threshold: 10, then: 'inventory_delta' },
        ],
      };
    },
  });
  placedAt = new Date(house.clock.now()).toUTCString();
});
afterEach(async () => {
  await house.close();
  await store.close();
});

const made = () => house.meshline.flow.ledger.list({ source: 'bigc', limit: 10 });
const webhook = (scope: string, data: unknown) => ({
  scope,
  store_id: '1025646',
  data,
  hash: '7ee67cd1cf2ca60bc1aa9e5fe957d2de373be4ca',
  created_at: Math.floor(house.clock.now() / 1000),
  producer: 'stores/abc123',
});
const send = async (scope: string, data: unknown) =>
  post(house.meshline.url, 'bigc', standardHook(webhook(scope, data), { at: house.clock.now() }));
const status = (id: number) => ({
  type: 'order',
  id: 250,
  status: { previous_status_id: 0, new_status_id: id },
});

it('fetches the order that a webhook points at, and makes one label request of all that tell of it', async () => {
  expect(await (await send('store/order/statusUpdated', status(0))).json()).toEqual({ outcome: 'ignored' });
  expect((await send('store/order/created', { type: 'order', id: 250 })).status).toBe(202);
  expect((await send('store/order/statusUpdated', status(11))).status).toBe(202);
  await expect.poll(made, { timeout: 5000 }).toHaveLength(1);
  const label = await house.meshline.flow.ledger.get((await made())[0]?.id ?? '');
  expect(label?.revision?.payload).toMatchObject({
    order_id: '250',
    ship_to: { name: 'Camille Example', postal_code: '20095' },
    parcels: [{ weight: { value: '800', unit: 'g' } }],
  });
  expect(JSON.stringify(label?.raw)).not.toMatch(/c@example|x@y/);
  expect(store.asked[0]?.headers['x-auth-token']).toBe(HOOK_SECRETS.BIGC_TOKEN);
});

it('answers at once while the store is down, keeps the event over a restart, and makes the export then', async () => {
  down = true;
  const inventory = { product_id: 206, method: 'absolute', value: 3, variant_id: 509 };
  const answer = await send('store/sku/inventory/order/updated', { type: 'sku', id: 461, inventory });
  expect(answer.status).toBe(202);
  await expect.poll(() => store.asked.length).toBe(1);
  await house.restart();
  expect(await house.meshline.flow.ledger.inbound.counts()).toEqual({ waiting: 1, failed: 0 });
  down = false;
  house.clock.leap(3_600_000);
  await expect.poll(made, { timeout: 5000 }).toHaveLength(1);
  const level = await house.meshline.flow.ledger.get((await made())[0]?.id ?? '');
  expect(level?.revision?.payload).toMatchObject({
    lines: [{ sku: 'STRAW-HAT-01', location: 'wh-berlin', absolute: 3, threshold: 10 }],
  });
});

it('tells people when what a webhook points at cannot be had', async () => {
  await send('store/order/created', { type: 'order', id: 999 });
  await expect.poll(made, { timeout: 5000 }).toHaveLength(1);
  expect((await made())[0]).toMatchObject({ export_type: 'exception_notify', status: 'pending' });
  await expect.poll(() => house.meshline.flow.ledger.inbound.counts()).toEqual({ waiting: 0, failed: 1 });
});

it('does not ask about stock that is above the limit, nor for another store', async () => {
  const inventory = { product_id: 206, method: 'absolute', value: 50, variant_id: 509 };
  const plenty = await send('store/sku/inventory/updated', { type: 'sku', id: 461, inventory });
  expect(await plenty.json()).toEqual({ outcome: 'ignored' });
  const other = { ...webhook('store/order/created', { id: 1 }), producer: 'stores/zzz999' };
  const refused = await post(house.meshline.url, 'bigc', standardHook(other, { at: house.clock.now() }));
  expect(await refused.json()).toMatchObject({ code: 'bad_request' });
  expect(store.asked).toEqual([]);
});

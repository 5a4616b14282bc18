import { describe, expect, it, vi } from 'vitest';
import { CAUSES } from '../../../src/sinks/bigcommerce/causes.ts';
import { BigCommerceSettings } from '../../../src/sinks/bigcommerce/settings.ts';
import {
  aCall,
  openBigCommerce,
  prices,
  publishing,
  stockOf,
  TOKEN,
  toTheEnd,
} from './bigcommerce-pushes.ts';
import { openShop } from './bigcommerce-shop.ts';

const PUT_VARIANTS = /^PUT \/v3\/catalog\/variants$/u;
const aPrice = prices([{ sku: 'A-1', price: '15' }]);

/** What the shop says where a row of the causes asks for words, in the order of the rows. */
const SAID = [
  'The currency is not enabled',
  'Your plan allows a limited number: limit reached',
  'Items with identity: [product_id 113] requires absolute adjustment before relative',
  '[Item with variant_id 106 is tracked by product, please update stock by product id]',
  'Stock would be negative',
  'The location 9 is not active',
  'The currency code is wrong',
  'The maximum of 600 variants is exceeded',
  'The price must be greater than zero',
  'The SKU was not found',
  'The weight is out of range',
];

describe('a refusal', () => {
  const words = [...SAID];
  const rows = CAUSES.map(
    (row) => [row, row.words === null ? 'Something else' : (words.shift() ?? '')] as const,
  );

  it.each(rows)('%o becomes its exception', async ({ status, code }, title) => {
    const shop = await openShop();
    shop.addProduct(['A-1']);
    void shop.spoil({ on: PUT_VARIANTS, after: false, how: { status, body: { status, title } } });
    const outcome = await openBigCommerce(shop.url).pusher.push(aPrice);
    expect(outcome).toMatchObject({ kind: 'failed', exception_code: code });
    expect(outcome.kind === 'failed' && outcome.message).toContain(title);
  });

  it('of a kind nobody has listed goes to a person', async () => {
    const shop = await openShop();
    shop.addProduct(['A-1']);
    void shop.spoil({ on: PUT_VARIANTS, after: false, how: { status: 418, body: {} } });
    expect(await openBigCommerce(shop.url).pusher.push(aPrice)).toMatchObject({
      exception_code: 'sink_rejected',
      message: 'BigCommerce answered 418.',
    });
  });

  it('never tells the token, whatever the shop echoes', async () => {
    const shop = await openShop();
    shop.addProduct(['A-1']);
    const title = `Token ${TOKEN} has a bad\u2028price`;
    void shop.spoil({ on: PUT_VARIANTS, after: false, how: { status: 422, body: { title } } });
    const outcome = await openBigCommerce(shop.url).pusher.push(aPrice);
    expect(outcome).toMatchObject({ message: 'SKU A-1: Token [secret] has a bad price' });
  });

  it('of a batch as too large halves it', async () => {
    const shop = await openShop();
    shop.addProduct(['A-1', 'A-2']);
    void shop.spoil({ on: PUT_VARIANTS, after: false, how: { status: 413, body: { title: 'Too many' } } });
    const push = prices(['A-1', 'A-2'].map((sku) => ({ sku, price: '15' })));
    expect(await openBigCommerce(shop.url).pusher.push(push)).toMatchObject({ kind: 'delivered' });
    expect(shop.writes().map(({ body }) => (body as unknown[]).length)).toEqual([2, 1, 1]);
  });
});

describe('the window of calls', () => {
  it('is kept ahead: the next call waits until it begins anew', async () => {
    const shop = await openShop();
    shop.addProduct(['A-1']);
    const { pusher, clock } = openBigCommerce(shop.url);
    shop.tell({ 'x-rate-limit-requests-left': '3', 'x-rate-limit-time-reset-ms': '9000' });
    const pushed = pusher.push(aPrice);
    await vi.waitFor(() => expect(shop.asked).toHaveLength(1));
    await new Promise(setImmediate);
    clock.advance(8_999);
    await new Promise(setImmediate);
    expect(shop.asked).toHaveLength(1);
    shop.tell({});
    await vi.waitFor(() => {
      clock.advance(1);
      expect(shop.asked.length).toBeGreaterThan(1);
    });
    expect(await pushed).toMatchObject({ kind: 'delivered' });
  });

  it('that begins anew too late for this attempt is waited for by the next', async () => {
    const shop = await openShop();
    shop.addProduct(['A-1']);
    const { pusher, clock } = openBigCommerce(shop.url);
    shop.tell({ 'x-rate-limit-requests-left': '0', 'x-rate-limit-time-reset-ms': '45000' });
    const pushed = pusher.push(aPrice);
    await vi.waitFor(() => expect(shop.asked).toHaveLength(1));
    await vi.waitFor(() => {
      clock.advance(45_000 / 3);
      expect(shop.asked.length).toBeGreaterThan(1);
    });
    // Two waits of 45 s would pass the 70 s that one attempt may take.
    expect(await pushed).toMatchObject({ kind: 'retry', cause: expect.stringContaining('window') });
  });
});

describe('a price list', () => {
  it('gets at most two batches at a time', async () => {
    const shop = await openShop();
    shop.addProduct(['A-1', 'A-2', 'A-3']);
    shop.lists.set(7, []);
    const { sink, clock } = openBigCommerce(shop.url, { price_list: 7, concurrency: 3 });
    const on = /^PUT \/v3\/pricelists/u;
    void shop.spoil({ on, after: false, how: 'hang' });
    void shop.spoil({ on, after: false, how: 'hang' });
    const pushed = ['A-1', 'A-2', 'A-3'].map((sku) => sink.push(prices([{ sku, price: '15' }])));
    await vi.waitFor(() => expect(shop.asked).toHaveLength(8));
    for (let turns = 0; turns < 50; turns += 1) await new Promise(setImmediate);
    expect(shop.writes()).toHaveLength(2);
    clock.advance(15_000);
    const kinds = (await Promise.all(pushed)).map(({ kind }) => kind);
    expect(kinds.toSorted()).toEqual(['delivered', 'unknown', 'unknown']);
  });
});

describe('a token', () => {
  it('that is newer than the shop knows gives way to the one before it', async () => {
    const shop = await openShop();
    shop.addProduct(['A-1']);
    const { pusher } = openBigCommerce(shop.url, {}, { secrets: ['newer-token', TOKEN] });
    expect(await pusher.push(aPrice)).toMatchObject({ kind: 'delivered' });
    expect(shop.asked.map(({ token }) => token)).toEqual(['newer-token', TOKEN, TOKEN, TOKEN]);
  });

  it('that no longer holds goes to engineering', async () => {
    const shop = await openShop();
    shop.addProduct(['A-1']);
    shop.allow('another');
    const outcome = await openBigCommerce(shop.url).pusher.push(aPrice);
    expect(outcome).toMatchObject({ kind: 'failed', exception_code: 'sink_unauthorized' });
    expect(JSON.stringify(outcome)).not.toContain(TOKEN);
  });
});

describe('a long push', () => {
  it('stops after its time and goes on where it was', async () => {
    const shop = await openShop();
    const skus = Array.from({ length: 120 }, (_, index) => `M-${String(index)}`);
    for (const sku of skus) shop.addProduct([sku]);
    const { pusher, clock } = openBigCommerce(shop.url, { timeout_ms: 25_000 });
    shop.refuse((path) => {
      if (path === '/v3/catalog/variants') clock.advance(410);
      return null;
    });
    const push = prices(skus.map((sku) => ({ sku, price: '15' })));
    const first = await pusher.push(push);
    expect(first).toMatchObject({ kind: 'partial' });
    expect(JSON.parse(first.kind === 'partial' ? first.cursor : '')).toEqual({ at: 100, refused: [] });
    expect(await toTheEnd(pusher, { ...push, cursor: (first as { cursor: string }).cursor })).toMatchObject({
      kind: 'delivered',
    });
  });
});

describe('looking at a shop', () => {
  it('tells present prices and stock, and leaves out what is not known', async () => {
    const shop = await openShop();
    shop.addProduct(['A-1']);
    Object.assign(shop.variant('A-1'), { sale_price: 15.5 });
    const { sink } = openBigCommerce(shop.url);
    expect(await sink.read?.(['A-1', 'Z-1'], {})).toEqual({
      'A-1': { price: '15.5', compare_at: '20', currency: 'EUR', stock: 10 },
    });
    shop.allow();
    expect(await sink.read?.(['A-1'], {})).toEqual({ problem: expect.stringContaining('token') });
  });

  it('finds nothing wrong where nothing is', async () => {
    const shop = await openShop();
    shop.lists.set(7, []);
    const { sink } = openBigCommerce(shop.url, { price_list: 7 });
    const findings = (await sink.probe?.()) ?? [];
    expect(findings.map(({ problem }) => problem)).toEqual(findings.map(() => null));
    expect(findings.map(({ name }) => name)).toEqual([
      'catalogue',
      'inventory',
      'promotions',
      'orders',
      'locations',
      'channels',
      'price lists',
    ]);
    expect(shop.writes()).toEqual([]);
  });

  it('says what to do about what is wrong', async () => {
    const shop = await openShop();
    void shop.spoil({ on: /promotions/u, after: false, how: { status: 403, body: { title: 'Forbidden' } } });
    const { sink } = openBigCommerce(shop.url, {
      locations: { berlin: 9 },
      channel_ids: [5],
      price_lists: { retail: 8 },
    });
    const problems = ((await sink.probe?.()) ?? []).flatMap(({ problem }) => problem ?? []);
    expect(problems).toEqual([
      expect.stringContaining('"Marketing: modify"'),
      expect.stringContaining('no location 9'),
      expect.stringContaining('no channel 5'),
      expect.stringContaining('no price list 8'),
    ]);
    void shop.spoil({ on: /channels$/u, after: false, how: { status: 403, body: {} } });
    void shop.spoil({ on: /promotions$/u, after: false, how: { status: 503 } });
    const again = (await openBigCommerce(shop.url).sink.probe?.()) ?? [];
    expect(again.flatMap(({ problem }) => problem ?? [])).toEqual([
      'BigCommerce answered 503.',
      expect.stringContaining('"Channel Settings: read-only"'),
    ]);
    const dollars = openBigCommerce(shop.url, { currency: 'USD' });
    const found = (await dollars.sink.probe?.()) ?? [];
    expect(found.find(({ name }) => name === 'channels')?.problem).toContain('sells in EUR');
  });

  it('rehearses in a staging store only, and leaves it as it was', async () => {
    const shop = await openShop();
    shop.addProduct(['A-1']);
    const live = openBigCommerce(shop.url);
    expect(await live.sink.rehearse?.(aPrice)).toEqual([
      { name: 'staging', problem: expect.stringContaining('not a staging store'), detail: null },
    ]);
    expect(shop.effects).toEqual([]);
    const staging = openBigCommerce(shop.url, { staging: true });
    expect(await staging.sink.rehearse?.(aPrice)).toEqual([
      { name: 'sample price', problem: null, detail: 'A-1 was set to 20.01, read back and restored' },
      { name: 'test order', problem: null, detail: expect.stringContaining('made and archived') },
    ]);
    expect(shop.variant('A-1').price).toBe(20);
    expect(shop.orders.size).toBe(0);
  });

  it('puts a sample price back even when it cannot be read', async () => {
    const shop = await openShop();
    shop.addProduct(['A-1']);
    const { sink } = openBigCommerce(shop.url, { staging: true });
    void shop.spoil({ on: PUT_VARIANTS, after: true, how: { status: 500 } });
    const [sample] = (await sink.rehearse?.(aPrice)) ?? [];
    expect(sample?.problem).toBe('BigCommerce answered 500.');
    expect(shop.variant('A-1').price).toBe(20);
  });
});

describe('a BigCommerce sink', () => {
  it('takes what the shop can do, and no returns', async () => {
    const shop = await openShop();
    const { sink, pusher } = openBigCommerce(shop.url, { concurrency: 3 });
    expect(sink.limits).toEqual({ concurrency: 3, rate_per_second: null });
    expect(sink.idempotent).toBe(false);
    expect(
      ['price.set', 'label.record', 'return.open', 'label.create'].map((one) => sink.accepts(one)),
    ).toEqual([true, true, false, false]);
    expect(await pusher.push(aCall('return.open', {}))).toMatchObject({
      exception_code: 'unsupported_capability',
    });
    expect(await sink.push(aCall('return.open', {}))).toMatchObject({
      exception_code: 'unsupported_capability',
    });
  });

  it('refuses a push whose form it does not know', async () => {
    const shop = await openShop();
    const { pusher } = openBigCommerce(shop.url);
    expect(await pusher.push(aCall('price.set', { lines: [] }))).toMatchObject({
      exception_code: 'contract_mapping_error',
    });
    expect(await pusher.push(stockOf('inventory.set', []))).toMatchObject({ kind: 'delivered' });
  });

  it('shows nobody early what is not due yet', async () => {
    const shop = await openShop();
    shop.addProduct(['A-1']);
    const { pusher, clock } = openBigCommerce(shop.url);
    const early = { ...aPrice, body: { ...aPrice.body, valid_from: '2026-11-24T12:00:00.000Z' } };
    const product = publishing([{ handle: 'a', skus: ['A-1'] }]);
    const later = { ...product, body: { ...product.body, publish_at: '2026-11-24T12:00:00.000Z' } };
    for (const push of [early, later])
      expect(await pusher.push(push)).toMatchObject({
        exception_code: 'unsupported_capability',
        metadata: { due_at: '2026-11-24T12:00:00.000Z' },
      });
    expect(shop.effects).toEqual([]);
    clock.advance(3 * 3_600_000);
    for (const push of [early, later]) expect(await pusher.push(push)).toMatchObject({ kind: 'delivered' });
  });

  it('refuses settings that would go wrong later', () => {
    const given = { store_hash: 'abc123', currency: 'EUR' };
    expect(BigCommerceSettings.parse(given)).toMatchObject({ base_url: 'https://api.bigcommerce.com' });
    for (const wrong of [
      { store_hash: '../v3' },
      { currency: 'eur' },
      { base_url: 'http://api.bigcommerce.com' },
      { base_url: 'https://127.0.0.1' },
      { unknown: true },
    ])
      expect(BigCommerceSettings.safeParse({ ...given, ...wrong }).success).toBe(false);
  });
});

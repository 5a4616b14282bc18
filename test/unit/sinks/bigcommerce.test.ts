import { describe, expect, it } from 'vitest';
import { openBigCommerce, prices, promo, stockOf, toTheEnd } from './bigcommerce-pushes.ts';
import { openShop } from './bigcommerce-shop.ts';

const many = (n: number) => Array.from({ length: n }, (_, index) => `M-${String(index + 1)}`);

describe('prices', () => {
  it('go to the catalogue in fifties, and what stands already is left alone', async () => {
    const shop = await openShop();
    const skus = many(120);
    for (const sku of skus) shop.addProduct([sku]);
    shop.variant('M-1').price = 15;
    const { pusher } = openBigCommerce(shop.url);
    const push = prices(skus.map((sku) => ({ sku, price: '15' })));
    expect(await toTheEnd(pusher, push)).toMatchObject({
      kind: 'delivered',
      facts: { before: { 'M-2': { price: '20', compare_at: null, currency: 'EUR' } } },
    });
    expect(shop.writes().map(({ body }) => (body as unknown[]).length)).toEqual([49, 50, 20]);
    expect(shop.variants.every(({ price }) => price === 15)).toBe(true);
    expect(await toTheEnd(pusher, push)).toMatchObject({ kind: 'delivered' });
    expect(shop.effects).toHaveLength(3);
  });

  it('show a "was" price as a sale, or as a retail price where that is set', async () => {
    const shop = await openShop();
    shop.addProduct(['A-1']);
    const push = prices([{ sku: 'A-1', price: '15.50', was: '20' }]);
    await toTheEnd(openBigCommerce(shop.url).pusher, push);
    expect(shop.variant('A-1')).toMatchObject({ price: 20, sale_price: 15.5, retail_price: null });
    await toTheEnd(openBigCommerce(shop.url, { was_price: 'retail_price' }).pusher, push);
    expect(shop.variant('A-1')).toMatchObject({ price: 15.5, sale_price: null, retail_price: 20 });
  });

  it('are refused before the first write when a SKU is unknown or is several items', async () => {
    const shop = await openShop();
    shop.addProduct(['A-1']);
    shop.addProduct(['B-1']);
    shop.addProduct(['b-1']);
    const { pusher } = openBigCommerce(shop.url);
    const push = prices(['A-1', 'B-1', 'C-1'].map((sku) => ({ sku, price: '15' })));
    expect(await pusher.push(push)).toMatchObject({
      kind: 'failed',
      exception_code: 'sku_mapping_failed',
      message: 'BigCommerce does not know SKU C-1, and 1 more cannot be told either.',
      metadata: { skus: ['C-1', 'B-1'] },
    });
    expect(shop.effects).toEqual([]);
  });

  it('know an item by the alias this shop has for it', async () => {
    const shop = await openShop();
    shop.addProduct(['SHOP,77']);
    const { pusher } = openBigCommerce(shop.url);
    const push = { ...prices([{ sku: 'A-1', price: '15' }]), aliases: { 'A-1': 'SHOP,77' } };
    expect(await toTheEnd(pusher, push)).toMatchObject({ kind: 'delivered' });
    expect(shop.variant('SHOP,77').price).toBe(15);
  });

  it('that have changed since they were read are not overwritten, unless that is switched off', async () => {
    const shop = await openShop();
    shop.addProduct(['A-1', 'A-2']);
    shop.variant('A-2').price = 18;
    const push = prices(['A-1', 'A-2'].map((sku) => ({ sku, price: '15' })));
    expect(await openBigCommerce(shop.url).pusher.push(push)).toMatchObject({
      kind: 'failed',
      exception_code: 'price_conflict',
      metadata: { lines: [{ sku: 'A-2', message: 'It costs 18 at BigCommerce, but 20 was read before.' }] },
    });
    expect(shop.effects).toEqual([]);
    const { pusher } = openBigCommerce(shop.url, { check_previous: false });
    expect(await toTheEnd(pusher, push)).toMatchObject({ kind: 'delivered' });
  });

  it('tell the lines apart when some are refused', async () => {
    const shop = await openShop();
    const skus = many(60);
    for (const sku of skus) shop.addProduct([sku]);
    const bad = new Set([shop.variant('M-7').id, shop.variant('M-33').id]);
    shop.refuse((_, one) =>
      bad.has(Number(one['id']))
        ? { status: 422, body: { batch_errors: [{ status: 422, title: 'The price is below its minimum' }] } }
        : null,
    );
    const { pusher } = openBigCommerce(shop.url);
    const outcome = await toTheEnd(pusher, prices(skus.map((sku) => ({ sku, price: '15' }))));
    expect(outcome).toMatchObject({
      kind: 'failed',
      exception_code: 'price_rule_violation',
      message: '58 lines went out, 2 did not. SKU M-7: The price is below its minimum (and 1 more)',
      metadata: {
        lines: [
          { sku: 'M-7', code: 'price_rule_violation', message: 'The price is below its minimum' },
          { sku: 'M-33', code: 'price_rule_violation', message: 'The price is below its minimum' },
        ],
      },
    });
    expect(shop.variants.filter(({ price }) => price === 15)).toHaveLength(58);
  });

  it('need the currency of the catalogue, or a price list', async () => {
    const shop = await openShop();
    shop.addProduct(['A-1']);
    const push = prices([{ sku: 'A-1', price: '15' }], { currency: 'USD' });
    const { pusher } = openBigCommerce(shop.url);
    expect(await pusher.push(push)).toMatchObject({ exception_code: 'currency_invalid' });
    shop.lists.set(7, []);
    const listed = openBigCommerce(shop.url, { price_lists: { retail: 7 } });
    expect(await toTheEnd(listed.pusher, push)).toMatchObject({ kind: 'delivered' });
    const { id } = shop.variant('A-1');
    expect(shop.lists.get(7)).toEqual([{ variant_id: id, currency: 'usd', price: 15 }]);
  });

  it('of a price list go out a thousand at a time, and refused records are named', async () => {
    const shop = await openShop();
    const skus = many(1_100);
    shop.addProduct(skus);
    shop.lists.set(7, []);
    const bad = shop.variant('M-5').id;
    shop.refuse((_, one) => (one['variant_id'] === bad ? { status: 422, body: {} } : null));
    const { pusher } = openBigCommerce(shop.url, { price_list: 7 });
    const outcome = await toTheEnd(pusher, prices(skus.map((sku) => ({ sku, price: '15' }))));
    expect(outcome).toMatchObject({
      kind: 'failed',
      metadata: { lines: [{ sku: 'M-5', message: 'price: must be above cost' }] },
    });
    expect(shop.lists.get(7)).toHaveLength(1_099);
    expect(shop.writes().map(({ body }) => (body as unknown[]).length)).toEqual([1_000, 100]);
  });
});

describe('stock', () => {
  it('is set to a figure, and told as it was', async () => {
    const shop = await openShop();
    shop.addProduct(['A-1', 'A-2']);
    const { pusher } = openBigCommerce(shop.url);
    const push = stockOf('inventory.set', [
      { sku: 'A-1', units: 4, previous: 10 },
      { sku: 'A-2', units: 10 },
    ]);
    const first = await pusher.push(push);
    expect(first).toMatchObject({ kind: 'partial', facts: { before: { 'A-1': { berlin: 10 } } } });
    expect(await toTheEnd(pusher, push)).toEqual({ kind: 'delivered', reference: 'tx-1' });
    const { id } = shop.variant('A-1');
    expect(shop.writes()).toMatchObject([
      {
        path: '/v3/inventory/adjustments/absolute',
        body: { items: [{ location_id: 1, variant_id: id, quantity: 4 }] },
      },
    ]);
  });

  it('is moved up and down', async () => {
    const shop = await openShop();
    shop.addProduct(['A-1']);
    const { pusher } = openBigCommerce(shop.url);
    await toTheEnd(pusher, stockOf('inventory.adjust', [{ sku: 'A-1', units: -3 }]));
    expect(shop.stock.get(`${shop.variant('A-1').id} 1`)).toBe(7);
    expect(shop.effects).toEqual(['POST /v3/inventory/adjustments/relative']);
  });

  it('goes out in two thousands', async () => {
    const shop = await openShop();
    const skus = many(2_100);
    shop.addProduct(skus);
    const { pusher } = openBigCommerce(shop.url);
    const push = stockOf(
      'inventory.set',
      skus.map((sku) => ({ sku, units: 3 })),
    );
    expect(await toTheEnd(pusher, push)).toMatchObject({ kind: 'delivered' });
    const sizes = shop.writes().map(({ body }) => (body as { items: unknown[] }).items.length);
    expect(sizes).toEqual([2_000, 100]);
  });

  it('of a product counted as one goes by product, and by one line only', async () => {
    const shop = await openShop();
    const product = shop.addProduct(['A-1', 'A-2'], { inventory_tracking: 'product' });
    const { pusher } = openBigCommerce(shop.url);
    await toTheEnd(pusher, stockOf('inventory.set', [{ sku: 'A-1', units: 4 }]));
    expect(shop.writes()[0]?.body).toMatchObject({ items: [{ product_id: product.id, quantity: 4 }] });
    const both = stockOf(
      'inventory.set',
      ['A-1', 'A-2'].map((sku) => ({ sku, units: 5 })),
    );
    expect(await pusher.push(both)).toMatchObject({
      exception_code: 'sku_mapping_failed',
      metadata: { skus: ['A-2'] },
    });
  });

  it('is not set at a place nobody has mapped, nor where it has moved meanwhile', async () => {
    const shop = await openShop();
    shop.addProduct(['A-1']);
    const { pusher } = openBigCommerce(shop.url);
    const elsewhere = stockOf('inventory.set', [{ sku: 'A-1', units: 4, location: 'paris' }]);
    expect(await pusher.push(elsewhere)).toMatchObject({
      exception_code: 'location_mapping_failed',
      metadata: { locations: ['paris'] },
    });
    const stale = stockOf('inventory.set', [{ sku: 'A-1', units: 4, previous: 12 }]);
    expect(await pusher.push(stale)).toMatchObject({ exception_code: 'inventory_mismatch' });
    expect(shop.effects).toEqual([]);
  });

  it('of a fresh item cannot be moved before it is counted', async () => {
    const shop = await openShop();
    shop.addProduct(['A-1', 'A-2']);
    const { id } = shop.variant('A-2');
    shop.refuse(() => ({
      status: 422,
      body: {
        status: 422,
        title: `Items with identity: [variant_id ${id}] requires absolute adjustment before relative`,
      },
    }));
    const { pusher } = openBigCommerce(shop.url);
    const push = stockOf(
      'inventory.adjust',
      ['A-1', 'A-2'].map((sku) => ({ sku, units: 1 })),
    );
    expect(await toTheEnd(pusher, push)).toMatchObject({
      exception_code: 'inventory_mismatch',
      metadata: { lines: [{ sku: 'A-2' }] },
    });
  });
});

describe('a promo', () => {
  it('switches its promotion on and tells how it was, and a rollback switches it off', async () => {
    const shop = await openShop();
    shop.promotions.set(31, { status: 'DISABLED', end_date: null });
    const { pusher } = openBigCommerce(shop.url);
    const on = promo('promo.activate', { discounts: ['31'] });
    expect(await pusher.push(on)).toMatchObject({
      kind: 'partial',
      facts: { promotions: { 31: 'DISABLED' } },
    });
    expect(await toTheEnd(pusher, on)).toEqual({ kind: 'delivered', reference: '31' });
    expect(shop.promotions.get(31)?.status).toBe('ENABLED');
    await toTheEnd(pusher, on);
    expect(shop.effects).toHaveLength(1);
    await toTheEnd(pusher, promo('promo.deactivate', { discounts: ['31'] }));
    expect(shop.promotions.get(31)?.status).toBe('DISABLED');
  });

  it('sets shelf prices where it has no discount, and puts them back', async () => {
    const shop = await openShop();
    shop.addProduct(['A-1']);
    const { pusher } = openBigCommerce(shop.url);
    const on = promo('promo.activate', { prices: true });
    const first = await pusher.push(on);
    expect(first).toMatchObject({ facts: { before: { 'A-1': { price: '20' } } } });
    expect(await toTheEnd(pusher, on)).toMatchObject({ kind: 'delivered' });
    expect(shop.variant('A-1')).toMatchObject({ price: 20, sale_price: 15 });
    await toTheEnd(pusher, promo('promo.deactivate', { prices: true }));
    expect(shop.variant('A-1')).toMatchObject({ price: 20, sale_price: null });
  });

  it('that somebody has changed prices of since is not rolled back over them', async () => {
    const shop = await openShop();
    shop.addProduct(['A-1'], { price: 12 });
    const { pusher } = openBigCommerce(shop.url);
    const off = promo('promo.deactivate', { prices: true });
    expect(await pusher.push(off)).toMatchObject({ exception_code: 'rollback_drifted' });
  });

  it.each([
    ['has ended', { status: 'DISABLED', end_date: '2026-11-01T00:00:00Z' }, '31', 'promo_conflict'],
    ['is invalid', { status: 'INVALID' }, '31', 'promo_conflict'],
    ['is not there', { status: 'DISABLED' }, '32', 'contract_mapping_error'],
    ['has no number', { status: 'DISABLED' }, 'gid-31', 'contract_mapping_error'],
  ])('whose promotion %s is refused', async (_, held, id, code) => {
    const shop = await openShop();
    shop.promotions.set(31, held);
    const { pusher } = openBigCommerce(shop.url);
    const push = promo('promo.activate', { discounts: [id] });
    expect(await pusher.push(push)).toMatchObject({ kind: 'failed', exception_code: code });
    expect(shop.effects).toEqual([]);
  });

  it('of other shops changes nothing here', async () => {
    const shop = await openShop();
    const { pusher } = openBigCommerce(shop.url);
    expect(await pusher.push(promo('promo.activate'))).toMatchObject({ kind: 'delivered' });
    expect(shop.asked).toEqual([]);
  });
});

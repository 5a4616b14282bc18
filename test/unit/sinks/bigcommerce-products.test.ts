import { describe, expect, it } from 'vitest';
import {
  content,
  label,
  openBigCommerce,
  packaging,
  preview,
  publishing,
  toTheEnd,
} from './bigcommerce-pushes.ts';
import { openShop } from './bigcommerce-shop.ts';

const many = (n: number, prefix: string) =>
  Array.from({ length: n }, (_, index) => `${prefix}-${String(index + 1)}`);

describe('a product', () => {
  it('is staged hidden, once, and renewed by a later revision', async () => {
    const shop = await openShop();
    const { pusher } = openBigCommerce(shop.url, { weight_unit: 'g' });
    const first = await pusher.push(preview());
    const [product] = shop.products;
    expect(first).toEqual({
      kind: 'delivered',
      reference: String(product?.id),
      facts: {
        preview_url: `https://store-abc123.mybigcommerce.com/manage/products/edit/${String(product?.id)}`,
      },
    });
    expect(product).toMatchObject({
      is_visible: false,
      made: {
        name: 'Rain jacket',
        type: 'physical',
        weight: 500,
        price: 89.9,
        brand_name: 'Northwind',
        custom_url: { url: '/rain-jacket/', is_customized: true },
        variants: [
          { sku: 'RJ-S', price: 89.9, option_values: [{ option_display_name: 'Size', label: 'S' }] },
          { sku: 'RJ-M' },
        ],
      },
    });
    expect(await pusher.push(preview())).toEqual(first);
    expect(shop.effects).toEqual(['POST /v3/catalog/products']);
    expect(await pusher.push(preview({ description: 'Keeps very dry.' }))).toEqual(first);
    expect(product?.description).toBe('Keeps very dry.');
    expect(shop.products).toHaveLength(1);
  });

  it.each([
    ['its SKUs are live', ['RJ-S', 'RJ-M'], 'Other', true],
    ['its title is taken', ['X-1'], 'Rain jacket', false],
    ['the preview lacks a SKU', ['RJ-S'], 'Rain jacket', false],
  ])('is not staged when %s', async (_, skus, name, is_visible) => {
    const shop = await openShop();
    shop.addProduct(skus, { name, is_visible, description: '<p>Keeps dry.</p>' });
    const { pusher } = openBigCommerce(shop.url);
    expect(await pusher.push(preview())).toMatchObject({
      kind: 'failed',
      exception_code: 'resource_state_conflict',
    });
    expect(shop.effects).toEqual([]);
  });

  it('goes live in tens on its channels', async () => {
    const shop = await openShop();
    const handles = many(12, 'H');
    for (const handle of handles) shop.addProduct([`${handle}-a`, `${handle}-b`]);
    const { pusher } = openBigCommerce(shop.url, { channel_ids: [1, 2] });
    const push = publishing(handles.map((handle) => ({ handle, skus: [`${handle}-a`, `${handle}-b`] })));
    expect(await toTheEnd(pusher, push)).toMatchObject({
      kind: 'delivered',
      facts: { before: { 'H-1': { is_visible: false } } },
    });
    expect(shop.products.every(({ is_visible, channels }) => is_visible && channels.size === 2)).toBe(true);
    expect(shop.effects).toEqual([
      'PUT /v3/catalog/products/channel-assignments',
      'PUT /v3/catalog/products',
      'PUT /v3/catalog/products',
    ]);
    await toTheEnd(pusher, push);
    expect(shop.effects).toHaveLength(3);
  });

  it('goes live alone when another of its batch is refused', async () => {
    const shop = await openShop();
    const [good, bad] = ['G', 'B'].map((sku) => shop.addProduct([sku]));
    shop.refuse((_, one) =>
      one['id'] === bad?.id ? { status: 409, body: { status: 409, title: 'The name is taken' } } : null,
    );
    const { pusher } = openBigCommerce(shop.url);
    const push = publishing(['G', 'B'].map((sku) => ({ handle: `h-${sku}`, skus: [sku] })));
    expect(await toTheEnd(pusher, push)).toMatchObject({
      exception_code: 'conflicting_write',
      message: '1 line went out, 1 did not. SKU B: h-B: The name is taken',
    });
    expect([good?.is_visible, bad?.is_visible]).toEqual([true, false]);
  });

  it('that is gone, or is several, does not go live', async () => {
    const shop = await openShop();
    shop.addProduct(['A-1']);
    shop.addProduct(['A-2']);
    const { pusher } = openBigCommerce(shop.url);
    const gone = publishing([{ handle: 'gone', skus: ['Z-1'] }]);
    expect(await pusher.push(gone)).toMatchObject({ exception_code: 'preview_missing' });
    const torn = publishing([{ handle: 'torn', skus: ['A-1', 'A-2'] }]);
    expect(await pusher.push(torn)).toMatchObject({ exception_code: 'sku_mapping_failed' });
  });

  it('gets its new words, bullets and pictures, once', async () => {
    const shop = await openShop();
    const product = shop.addProduct(['A-1']);
    product.images.push(
      { id: 1, description: 'Front', sort_order: 0, url: 'copy-1' },
      { id: 2, description: 'Back', sort_order: 1, url: 'copy-2' },
      { id: 3, description: 'Not told of', sort_order: 9, url: 'copy-3' },
    );
    const push = content(
      'A-1',
      {
        images: [
          { url: 'https://c.example/f.jpg', alt: 'Front' },
          { url: 'https://c.example/b.jpg', alt: 'Back' },
        ],
      },
      {
        title: 'Better',
        bullets: ['Light', 'Dry & <warm>'],
        images: [
          { url: 'https://c.example/f.jpg', alt: 'Front' },
          { url: 'https://c.example/s.jpg', alt: 'Side' },
        ],
      },
    );
    const { pusher } = openBigCommerce(shop.url);
    expect(await toTheEnd(pusher, push)).toMatchObject({ kind: 'delivered' });
    expect(product).toMatchObject({
      name: 'Better',
      description:
        'As it was.\n<ul class="meshline-bullets"><li>Light</li><li>Dry &amp; &lt;warm&gt;</li></ul>',
    });
    expect(product.images.map(({ description }) => description)).toEqual(['Front', 'Not told of', 'Side']);
    const writes = shop.effects.length;
    await toTheEnd(pusher, push);
    expect(shop.effects).toHaveLength(writes);
  });

  it('is measured in the units of the store', async () => {
    const shop = await openShop();
    shop.addProduct(['A-1']);
    const push = packaging(['A-1']);
    const { pusher } = openBigCommerce(shop.url, { weight_unit: 'lb', length_unit: 'in' });
    expect(await toTheEnd(pusher, push)).toMatchObject({ kind: 'delivered' });
    expect(shop.variant('A-1')).toMatchObject({ weight: 3.3069, depth: 11.811, width: 7.874, height: 3.937 });
    await toTheEnd(pusher, push);
    expect(shop.effects).toHaveLength(1);
  });
});

describe('a label', () => {
  const order = () => ({
    id: 501,
    status_id: 11,
    staff_notes: 'Call first.',
    products: [
      { id: 9, quantity: 3, quantity_shipped: 1, order_address_id: 4 },
      { id: 10, quantity: 1, quantity_shipped: 0, order_address_id: 0 },
    ],
    shipments: [] as { id: number; tracking_number: string; sent: unknown }[],
  });

  it('is recorded as a shipment of what is left, once', async () => {
    const shop = await openShop();
    shop.orders.set(501, order());
    const { pusher } = openBigCommerce(shop.url);
    const first = await pusher.push(label());
    expect(first).toMatchObject({ kind: 'delivered', facts: { tracking_number: '7946 1' } });
    expect(shop.orders.get(501)?.shipments[0]?.sent).toEqual({
      order_address_id: 4,
      tracking_number: '7946 1',
      shipping_provider: 'fedex',
      tracking_link: 'https://track.example.com/7946',
      shipping_method: 'ground',
      comments: 'Meshline S-1',
      items: [{ order_product_id: 9, quantity: 2 }],
    });
    expect(await pusher.push(label())).toEqual(first);
    expect(shop.effects).toHaveLength(1);
  });

  it('that was not made is noted in the order', async () => {
    const shop = await openShop();
    shop.orders.set(501, order());
    const { pusher } = openBigCommerce(shop.url, { label_pending_status: 12 });
    await pusher.push(label({ failed: true }));
    await pusher.push(label({ failed: true }));
    expect(shop.orders.get(501)).toMatchObject({
      status_id: 12,
      staff_notes: 'Call first.\nNo label for S-1: fedex address_invalid, No such street',
    });
    expect(shop.effects).toHaveLength(1);
  });

  it.each([
    ['there is no such order', { order_id: '777' }, 'order_not_found'],
    ['the order is of another shop', { order_id: '#1001' }, 'order_not_found'],
    ['all is shipped', { order_id: '502' }, 'duplicate_shipment'],
    ['it goes to two addresses', { order_id: '503' }, 'resource_state_conflict'],
  ])('is refused when %s', async (_, over, code) => {
    const shop = await openShop();
    const line = { id: 9, quantity: 1, quantity_shipped: 0, order_address_id: 4 };
    shop.orders.set(502, { ...order(), id: 502, products: [{ ...line, quantity_shipped: 1 }] });
    shop.orders.set(503, { ...order(), id: 503, products: [line, { ...line, id: 10, order_address_id: 5 }] });
    const { pusher } = openBigCommerce(shop.url);
    expect(await pusher.push(label(over))).toMatchObject({ kind: 'failed', exception_code: code });
    expect(shop.effects).toEqual([]);
  });
});

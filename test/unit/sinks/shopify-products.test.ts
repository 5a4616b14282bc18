import { describe, expect, it } from 'vitest';
import { gidOf } from '../../../sandbox/sinks/shopify/shop.ts';
import { htmlOf, wordsOfHtml } from '../../../src/sinks/shopify/html.ts';
import { aProduct, aRequest, aShop, carryOut, line, openShop, openSink } from './shopify-shop.ts';

describe('a product', () => {
  const preview = (over: object = {}) => ({
    handle: 'wool-hat',
    title: 'Wool hat',
    description: 'Warm & soft.\n\nMade <here>.',
    vendor: 'Acme',
    product_type: 'Hats',
    tags: ['winter'],
    currency: 'EUR',
    channels: ['shopify'],
    options: [{ name: 'Colour', values: ['Red', 'Blue'] }] as never,
    variants: [
      line('H-R', {
        gtin: '04012345000009',
        price: '19.90',
        compare_at: null,
        weight: { value: '120', unit: 'g' },
        options: ['Red'],
      }),
      line('H-B', { gtin: null, price: '19.90', compare_at: '25.00', weight: null, options: ['Blue'] }),
    ] as never,
    images: [{ url: 'https://img.example/hat.jpg', alt: 'A red hat' }] as never,
    ...over,
  });

  it('is staged as a draft that nobody sees, and its preview is told', async () => {
    const far = await openShop();
    const sink = openSink(far);
    const request = aRequest('product.preview', preview());
    const outcome = await sink.push(request);
    expect(outcome).toMatchObject({
      kind: 'delivered',
      reference: gidOf('Product', 900),
      facts: { preview_url: expect.stringContaining('products_preview') },
    });
    expect(far.named('StageProduct')[0]?.variables['input']).toMatchObject({
      status: 'DRAFT',
      descriptionHtml: '<p>Warm &amp; soft.</p><p>Made &lt;here&gt;.</p>',
      productOptions: [{ name: 'Colour', values: [{ name: 'Red' }, { name: 'Blue' }] }],
    });
    expect(await sink.push(request)).toEqual(outcome);
    expect(await sink.reconcile(request)).toEqual(outcome);
    expect(far.shop.effects).toEqual(['StageProduct']);
  });

  it('of somebody else is never remade', async () => {
    const far = await openShop(aShop({ products: [aProduct(5, { handle: 'wool-hat', status: 'DRAFT' })] }));
    expect(await openSink(far).push(aRequest('product.preview', preview()))).toMatchObject({
      kind: 'failed',
      exception_code: 'resource_state_conflict',
    });
    far.shop.products = [aProduct(5, { handle: 'wool-hat', mark: 'exp_0-r1', status: 'ACTIVE' })];
    expect(await openSink(far).push(aRequest('product.preview', preview()))).toMatchObject({
      exception_code: 'resource_state_conflict',
    });
    expect(far.shop.effects).toEqual([]);
  });

  it('goes live by becoming active and then published', async () => {
    const far = await openShop(aShop({ products: [aProduct(1, { status: 'DRAFT' }), aProduct(2)] }));
    const sink = openSink(far);
    const body = {
      preview: { reference: 'x', export_id: null },
      products: [
        { handle: 'product-1', title: null, skus: ['A-1'] },
        { handle: 'product-2', title: null, skus: ['B-1'] },
      ],
      channels: ['shopify'],
      publish_at: null,
    };
    const { outcome, request } = await carryOut((next) => sink.push(next), aRequest('product.publish', body));
    expect(outcome.kind).toBe('delivered');
    expect(far.shop.effects).toEqual(['ChangeProduct', 'PublishProduct', 'PublishProduct']);
    expect(far.shop.products.every((product) => product.publications.has(gidOf('Publication', 1)))).toBe(
      true,
    );
    expect((await sink.reconcile(request)).kind).toBe('delivered');
    const gone = { ...body, products: [{ handle: 'gone', title: null, skus: ['X'] }] };
    expect(await sink.push(aRequest('product.publish', gone))).toMatchObject({
      exception_code: 'preview_missing',
    });
  });
});

describe('words, pictures and packaging', () => {
  const content = (after: object, before: object = {}) => ({
    channels: ['shopify'],
    reason: 'season',
    lines: [line('A-1', { changed: Object.keys(after), before, after })] as never,
  });

  it('change at the product, and only what differs', async () => {
    const shop = aShop();
    const [product] = shop.products;
    product?.media.push({ id: gidOf('MediaImage', 1), alt: 'Old' });
    const far = await openShop(shop);
    const sink = openSink(far);
    const after = {
      title: 'New title',
      description: 'Soft & warm.',
      bullets: ['One', 'Two'],
      images: [{ url: 'https://img.example/new.jpg', alt: 'New' }],
    };
    const request = aRequest('content.update', content(after, { title: 'Product 1' }));
    const { outcome, request: last } = await carryOut((next) => sink.push(next), request);
    expect(outcome.kind).toBe('delivered');
    expect(product).toMatchObject({ title: 'New title', bullets: '["One","Two"]', media: [{ alt: 'New' }] });
    expect(last.facts['before']).toMatchObject({
      'A-1': { title: 'Product 1', media: [gidOf('MediaImage', 1)] },
    });
    expect(shop.effects).toEqual(['ChangeProduct', 'DetachMedia', 'SetMetafields']);
    expect(far.named('ChangeProduct')[0]?.variables['product']).not.toHaveProperty('descriptionHtml');
    expect((await sink.reconcile(last)).kind).toBe('delivered');
    expect((await sink.push(last)).kind).toBe('delivered');
    expect(shop.effects).toHaveLength(3);
  });

  it('that somebody else changed are left alone', async () => {
    const far = await openShop();
    const sink = openSink(far);
    const request = aRequest('content.update', content({ title: 'New' }, { title: 'Other' }));
    expect((await carryOut((next) => sink.push(next), request)).outcome).toMatchObject({
      exception_code: 'conflicting_write',
    });
    expect(far.shop.effects).toEqual([]);
  });

  it('cannot differ between variants of one product', async () => {
    const far = await openShop();
    const sink = openSink(far);
    const lines = ['A-1', 'A-2'].map((sku) =>
      line(sku, { changed: ['title'], before: null, after: { title: sku } }),
    );
    const request = aRequest('content.update', { ...content({}), lines });
    expect((await carryOut((next) => sink.push(next), request)).outcome).toMatchObject({
      exception_code: 'contract_mapping_error',
    });
  });

  it('puts the weight on the item and the sides in metafields', async () => {
    const far = await openShop();
    const sink = openSink(far);
    const lines = ['A-1', 'A-2', 'B-1'].map((sku) =>
      line(sku, {
        before: null,
        after: { weight: { value: '1.5', unit: 'kg' }, dimensions: {} },
        weight_g: '1500',
        length_mm: '300',
        width_mm: '200',
        height_mm: '100',
      }),
    );
    const request = aRequest('packaging.update', {
      reason: 'x',
      channels: ['shopify'],
      lines,
    });
    const { outcome, request: last } = await carryOut((next) => sink.push(next), request);
    expect(outcome.kind).toBe('delivered');
    expect(far.shop.variants[0]).toMatchObject({
      weight: { value: 1.5, unit: 'KILOGRAMS' },
      sides: { length: '{"value":300,"unit":"mm"}' },
    });
    expect(far.shop.effects).toEqual(['SetWeight', 'SetWeight', 'SetWeight', 'SetMetafields']);
    expect(await sink.reconcile(last)).toMatchObject({ kind: 'delivered' });
    await sink.push(last);
    expect(far.shop.effects).toHaveLength(4);
  });

  it('reads HTML and writes plain text as HTML', () => {
    expect(htmlOf('a\nb\n\n"c"', 'text')).toBe('<p>a<br>b</p><p>&quot;c&quot;</p>');
    expect(htmlOf('<b>a</b>', 'html')).toBe('<b>a</b>');
    expect(wordsOfHtml(htmlOf('1 < 2 & 3\n\nx', 'text'))).toBe('1 < 2 & 3 x');
  });
});

describe('an order', () => {
  const order = () => ({
    id: gidOf('Order', 1),
    name: '#1001',
    items: [
      { id: gidOf('FulfillmentLineItem', 1), sku: 'A-1', quantity: 1 },
      { id: gidOf('FulfillmentLineItem', 2), sku: 'A-1', quantity: 2 },
    ],
    returns: [],
    waiting: [{ id: gidOf('FulfillmentOrder', 1), location: gidOf('Location', 1) }],
    fulfillments: [],
  });
  const body = (quantity: number, order_id = '1001') => ({
    order_id,
    return_id: 'RET-5',
    refund: { items: '20', shipping: '0', currency: 'EUR', total: '20' },
    restock_location: null,
    lines: [line('A-1', { quantity, reason: 'wrong_size', condition: 'opened', restock: false })] as never,
    customer_note: null,
  });

  it.each(['open', 'request'] as const)(
    'gets one return (%s), from several parcels where need be',
    async (returns) => {
      const far = await openShop(aShop({ orders: [order()] }));
      const sink = openSink(far, { returns });
      const outcome = await sink.push(aRequest('return.open', body(3)));
      expect(outcome).toMatchObject({ kind: 'delivered', reference: '#1001-R1' });
      const [call] = far.named(returns === 'open' ? 'OpenReturn' : 'RequestReturn');
      expect(call?.variables['input']).toMatchObject({
        returnLineItems: [{ quantity: 1, returnReason: 'OTHER' }, { quantity: 2 }],
      });
      expect(far.shop.orders[0]?.returns[0]?.notes[0]).toBe('Return RET-5: wrong size, opened');
      if (returns === 'open') expect(await sink.push(aRequest('return.open', body(3)))).toEqual(outcome);
      if (returns === 'open') expect(far.shop.effects).toEqual(['OpenReturn']);
    },
  );

  it('cannot get back more than was shipped, and must be known', async () => {
    const far = await openShop(aShop({ orders: [order()] }));
    const sink = openSink(far);
    expect(await sink.push(aRequest('return.open', body(4)))).toMatchObject({
      exception_code: 'return_not_allowed',
    });
    expect(await sink.push(aRequest('return.open', body(1, '#9')))).toMatchObject({
      exception_code: 'order_not_found',
    });
    expect((await sink.push(aRequest('return.open', body(1, '1')))).kind).toBe('delivered');
  });

  it('is shipped once with its tracking number', async () => {
    const far = await openShop(aShop({ orders: [order()] }));
    const sink = openSink(far);
    const created = {
      status: 'created',
      carrier: 'FedEx',
      service: null,
      tracking_number: 'T1',
      tracking_url: null,
    };
    const request = aRequest('label.record', {
      order_id: '#1001',
      shipment_reference: 'S',
      result: created,
    });
    const outcome = await sink.push(request);
    expect(outcome).toEqual({ kind: 'delivered', reference: gidOf('Fulfillment', 70) });
    expect(await sink.push(request)).toEqual(outcome);
    expect(await sink.reconcile(request)).toEqual(outcome);
    expect(far.shop.effects).toEqual(['ShipOrder']);
    const other = { ...request.body, result: { ...created, tracking_number: 'T2' } as never };
    expect(await sink.push(aRequest('label.record', other))).toMatchObject({
      exception_code: 'resource_state_conflict',
    });
    const none = { ...request.body, result: { status: 'failed' } as never };
    expect(await sink.push(aRequest('label.record', none))).toEqual({ kind: 'delivered', reference: null });
  });
});

import { afterAll, describe, expect, it } from 'vitest';
import type { Json } from '../../src/exports/envelope.ts';
import type { PushRequest } from '../../src/sinks/port.ts';
import {
  content,
  label,
  openBigCommerce,
  packaging,
  preview,
  prices,
  promo,
  publishing,
  stockOf,
  toTheEnd,
} from '../unit/sinks/bigcommerce-pushes.ts';
import { type BigShop, openShop } from '../unit/sinks/bigcommerce-shop.ts';
import { loadSpec, SKIPPED, SPECS_HERE } from './support/openapi.ts';
import { reportConformance } from './support/report.ts';

/** Which file of BigCommerce's specification says how a path is called; the first that fits. */
const FILES: readonly (readonly [RegExp, string])[] = [
  [/\/v3\/catalog\/variants/u, 'product-variants_catalog.v3.yml'],
  [/\/v3\/catalog\/products/u, 'products_catalog.v3.yml'],
  [/\/v3\/inventory\/locations/u, 'locations.v3.yml'],
  [/\/v3\/inventory/u, 'inventory.v3.yml'],
  [/\/v3\/pricelists/u, 'price_lists.v3.yml'],
  [/\/v3\/promotions/u, 'promotions.v3.yml'],
  [/\/v3\/channels/u, 'channels.v3.yml'],
  [/\/v2\/orders/u, 'orders.v2.oas2.yml'],
];

/** A variant of a product that is being made has no ids yet, although the schema of one asks for them. */
const OVERLAY = { productVariant_Full: ['id', 'product_id'] };

function specFor(path: string) {
  const [, file = ''] = FILES.find(([part]) => part.test(path)) ?? [];
  return loadSpec(`bigcommerce/openapi/${file}`, { overlay: OVERLAY });
}

const operations = new Set<string>();
const errors = new Set<string>();

/** Every call validated by the specification, and the store's answer to it as well. */
function validated(shop: BigShop): string[] {
  const problems: string[] = [];
  shop.watch(({ method, path, headers, body }, answer) => {
    const spec = specFor(path);
    const checked = spec.check({ method, path, headers, body });
    if (checked.operation !== null) operations.add(checked.operation);
    problems.push(...checked.problems.map((problem) => `${method} ${path}: ${problem}`));
    if (checked.operation === null || answer.body === null || answer.status >= 400) return;
    // What JSON leaves out is left out.
    const told = JSON.parse(JSON.stringify(answer.body)) as Json;
    const status = answer.status === 201 && !path.includes('/shipments') ? 200 : answer.status;
    problems.push(
      ...spec
        .answerProblems(checked.operation, status, told)
        .map((problem) => `answer to ${method} ${path}: ${problem}`),
    );
  });
  return problems;
}

function furnish(shop: BigShop): void {
  shop.addProduct(['A-1', 'A-2']);
  shop.addProduct(['B,1']);
  shop.lists.set(7, []);
  const promotion = specFor('/v3/promotions').example('GET /promotions/{id}', 200) as { data: object };
  shop.promotions.set(31, { ...promotion.data, status: 'DISABLED', end_date: '2030-01-01T00:00:00Z' });
  shop.orders.set(501, {
    id: 501,
    status_id: 11,
    staff_notes: '',
    products: [{ id: 9, quantity: 2, quantity_shipped: 0, order_address_id: 4 }],
    shipments: [],
  });
  shop.orders.set(502, { id: 502, status_id: 11, staff_notes: '', products: [], shipments: [] });
}

const someContent = content(
  'A-1',
  {
    images: [
      { url: 'https://c.example/old.jpg', alt: 'Old' },
      { url: 'https://c.example/kept.jpg', alt: 'Kept' },
    ],
  },
  {
    title: 'Better',
    description: '<p>Words</p>',
    bullets: ['Light'],
    images: [
      { url: 'https://c.example/new.jpg', alt: 'New' },
      { url: 'https://c.example/other.jpg', alt: 'Kept' },
    ],
  },
);

type Pushed = { name: string; push: PushRequest; settings?: Record<string, unknown> };
const pushed = (name: string, push: PushRequest, settings: Pushed['settings'] = {}): Pushed => ({
  name,
  push,
  settings,
});

const PUSHES: readonly Pushed[] = [
  pushed('price.set, a sale', prices([{ sku: 'A-1', price: '15', was: '20' }])),
  pushed(
    'price.set, no sale',
    prices([
      { sku: 'A-1', price: '15' },
      { sku: 'B,1', price: '15' },
    ]),
  ),
  pushed('price.set, a retail price', prices([{ sku: 'A-1', price: '15', was: '20' }]), {
    was_price: 'retail_price',
  }),
  pushed('price.set, a price list', prices([{ sku: 'A-1', price: '15', was: '20' }]), { price_list: 7 }),
  pushed('inventory.set', stockOf('inventory.set', [{ sku: 'A-1', units: 4 }])),
  pushed('inventory.adjust', stockOf('inventory.adjust', [{ sku: 'A-1', units: -2 }])),
  pushed('promo.activate', promo('promo.activate', { discounts: ['31'], prices: true })),
  pushed('promo.deactivate', promo('promo.deactivate', { discounts: ['31'] })),
  pushed('product.preview, with options', preview()),
  pushed(
    'product.preview, without',
    preview({
      title: 'Plain',
      options: [],
      variants: [
        {
          sku: 'P-1',
          canonical_sku: 'P-1',
          gtin: null,
          price: '9.90',
          compare_at: '12',
          weight: null,
          options: [],
        },
      ],
    }),
  ),
  pushed('product.publish', publishing([{ handle: 'a', skus: ['A-1', 'A-2'] }])),
  pushed('content.update', someContent),
  pushed('packaging.update', packaging(['A-1'])),
  pushed('label.record, a known carrier', label()),
  pushed('label.record, another carrier', label({ carrier: 'dhl' })),
  pushed('label.record, a failure', label({ order_id: '502', failed: true }), { label_pending_status: 12 }),
];

/** A read of the shop that takes the place of a push. */
const READS: readonly (readonly [name: string, path: RegExp, operation: string, push: PushRequest])[] = [
  [
    'inventory items',
    /^\/v3\/inventory\/items$/u,
    'GET /inventory/items',
    stockOf('inventory.set', [{ sku: 'A-1', units: 1 }]),
  ],
  ['variants', /^\/v3\/catalog\/variants$/u, 'GET /catalog/variants', prices([{ sku: 'A-1', price: '15' }])],
  [
    'products',
    /^\/v3\/catalog\/products$/u,
    'GET /catalog/products',
    publishing([{ handle: 'a', skus: ['A-1'] }]),
  ],
  [
    'channel assignments',
    /^\/v3\/catalog\/products\/channel-assignments$/u,
    'GET /catalog/products/channel-assignments',
    publishing([{ handle: 'a', skus: ['A-1'] }]),
  ],
  ['pictures', /\/images$/u, 'GET /catalog/products/{product_id}/images', someContent],
  [
    'a promotion',
    /^\/v3\/promotions\/31$/u,
    'GET /promotions/{id}',
    promo('promo.deactivate', { discounts: ['31'] }),
  ],
  ['shipments', /\/shipments$/u, 'GET /orders/{order_id}/shipments', label()],
  ['products of an order', /\/501\/products$/u, 'GET /orders/{order_id}/products', label()],
  ['an order', /^\/v2\/orders\/501$/u, 'GET /orders/{order_id}', label({ failed: true })],
];

/** Refusals that the specification shows for what the sink writes. */
type Refused = {
  operation: string;
  status: number;
  write: RegExp;
  push: PushRequest;
  code: string;
  settings: Record<string, unknown>;
};
const refused = (
  operation: string,
  status: number,
  write: RegExp,
  push: PushRequest,
  code: string,
  settings: Record<string, unknown> = {},
): Refused => ({ operation, status, write, push, code, settings });

const REFUSALS: readonly Refused[] = [
  refused(
    'PUT /catalog/products',
    207,
    /^\/v3\/catalog\/products$/u,
    publishing([{ handle: 'a', skus: ['A-1'] }]),
    'partial_failure',
  ),
  refused('POST /catalog/products', 207, /^\/v3\/catalog\/products$/u, preview(), 'partial_failure'),
  refused(
    'PUT /catalog/variants',
    413,
    /^\/v3\/catalog\/variants$/u,
    prices([{ sku: 'A-1', price: '15' }]),
    'payload_too_large',
  ),
  refused(
    'PUT /catalog/variants',
    422,
    /^\/v3\/catalog\/variants$/u,
    prices([{ sku: 'A-1', price: '15' }]),
    'contract_mapping_error',
  ),
  refused(
    'PUT /pricelists/{price_list_id}/records',
    422,
    /records$/u,
    prices([{ sku: 'A-1', price: '15' }]),
    'contract_mapping_error',
    { price_list: 7 },
  ),
  refused(
    'PUT /pricelists/{price_list_id}/records',
    429,
    /records$/u,
    prices([{ sku: 'A-1', price: '15' }]),
    'retry',
    { price_list: 7 },
  ),
  refused(
    'PUT /inventory/adjustments/absolute',
    422,
    /absolute$/u,
    stockOf('inventory.set', [{ sku: 'A-1', units: 4 }]),
    'sku_mapping_failed',
  ),
  refused(
    'POST /inventory/adjustments/relative',
    422,
    /relative$/u,
    stockOf('inventory.adjust', [{ sku: 'A-1', units: 4 }]),
    'inventory_mismatch',
  ),
  refused(
    'PUT /promotions/{id}',
    404,
    /^\/v3\/promotions\/31$/u,
    promo('promo.activate', { discounts: ['31'] }),
    'sink_rejected',
  ),
  refused('POST /catalog/products', 409, /^\/v3\/catalog\/products$/u, preview(), 'resource_state_conflict'),
  refused('POST /catalog/products', 422, /^\/v3\/catalog\/products$/u, preview(), 'contract_mapping_error'),
  refused(
    'PUT /catalog/products',
    404,
    /^\/v3\/catalog\/products$/u,
    publishing([{ handle: 'a', skus: ['A-1'] }]),
    'sink_rejected',
  ),
  refused(
    'PUT /catalog/products',
    409,
    /^\/v3\/catalog\/products$/u,
    publishing([{ handle: 'a', skus: ['A-1'] }]),
    'conflicting_write',
  ),
  refused(
    'PUT /catalog/products',
    413,
    /^\/v3\/catalog\/products$/u,
    publishing([{ handle: 'a', skus: ['A-1'] }]),
    'payload_too_large',
  ),
  refused(
    'PUT /catalog/products',
    422,
    /^\/v3\/catalog\/products$/u,
    publishing([{ handle: 'a', skus: ['A-1'] }]),
    'contract_mapping_error',
  ),
  refused(
    'PUT /catalog/products/channel-assignments',
    422,
    /channel-assignments$/u,
    publishing([{ handle: 'a', skus: ['A-1'] }]),
    'contract_mapping_error',
  ),
];

describe.skipIf(!SPECS_HERE)(
  `BigCommerce as specified (${SPECS_HERE ? 'by its OpenAPI files' : SKIPPED})`,
  () => {
    afterAll(() => {
      reportConformance('bigcommerce', { operations: operations.size, error_codes: errors.size });
    });

    it.each(PUSHES)(
      '$name is called as specified, looked up as specified, and repeated',
      async ({ push, settings }) => {
        const shop = await openShop();
        furnish(shop);
        shop.products[0]?.images.push(
          { id: 71, description: 'Old', sort_order: 0, url: 'copy' },
          { id: 72, description: 'Kept', sort_order: 1, url: 'copy' },
        );
        if (push.operation === 'promo.deactivate')
          shop.promotions.set(31, { ...shop.promotions.get(31), status: 'ENABLED' });
        const problems = validated(shop);
        const { pusher, sink } = openBigCommerce(shop.url, { check_previous: false, ...settings });
        expect(await toTheEnd(pusher, push)).toMatchObject({ kind: 'delivered' });
        await sink.reconcile({ ...push, unsettled: true });
        await toTheEnd(pusher, push);
        expect(problems).toEqual([]);
        expect(shop.effects.length).toBeGreaterThan(0);
      },
    );

    it('reading, probing and rehearsing are called as specified', async () => {
      const shop = await openShop();
      furnish(shop);
      const problems = validated(shop);
      const { sink } = openBigCommerce(shop.url, { staging: true, price_lists: { retail: 7 } });
      await sink.read?.(['A-1', 'Z-1'], {});
      await sink.probe?.();
      await sink.rehearse?.(prices([{ sku: 'A-1', price: '15' }]));
      expect(problems).toEqual([]);
    });

    it.each(READS)(
      'the specification’s own answer about %s can be read',
      async (_, path, operation, push) => {
        const shop = await openShop();
        furnish(shop);
        let served = 0;
        shop.answer((call) => {
          if (call.method !== 'GET' || !path.test(call.path)) return null;
          served += 1;
          return { status: 200, body: specFor(call.path).example(operation, 200) };
        });
        const { pusher } = openBigCommerce(shop.url);
        const outcome = await pusher.push(push);
        expect(served).toBeGreaterThan(0);
        expect(outcome).not.toMatchObject({ exception_code: 'invalid_answer' });
        expect(outcome.kind).not.toBe('retry');
      },
    );

    it.each(REFUSALS)(
      '$operation refused with $status is read',
      async ({ operation, status, write, push, code, settings }) => {
        const shop = await openShop();
        furnish(shop);
        shop.answer((call) =>
          call.method !== 'GET' && write.test(call.path)
            ? { status, body: specFor(call.path).example(operation, status) }
            : null,
        );
        const { pusher } = openBigCommerce(shop.url, settings);
        const outcome = await toTheEnd(pusher, push);
        expect(outcome.kind === 'failed' ? outcome.exception_code : outcome.kind).toBe(code);
        errors.add(`${operation} ${String(status)}`);
      },
    );
  },
);

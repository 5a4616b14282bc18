import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import {
  buildClientSchema,
  execute,
  type GraphQLSchema,
  getVariableValues,
  type IntrospectionQuery,
  isEnumType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  parse,
  validate,
} from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Call, gidOf } from '../../sandbox/sinks/shopify/shop.ts';
import type { PushRequest } from '../../src/sinks/port.ts';
import { MEANINGS, USER_ERRORS } from '../../src/sinks/shopify/errors.ts';
import * as mutations from '../../src/sinks/shopify/mutations.ts';
import * as queries from '../../src/sinks/shopify/queries.ts';
import { API_VERSIONS } from '../../src/sinks/shopify/settings.ts';
import { ManualClock } from '../support/manual-clock.ts';
import {
  aProduct,
  aRequest,
  aShop,
  carryOut,
  line,
  openShop,
  openSink,
  priceBody,
} from '../unit/sinks/shopify-shop.ts';
import { reportConformance } from './support/report.ts';
import { SKIPPED, SPECS_HERE, specPath } from './support/specs.ts';

type AnyDocument = { name: string; text: string };

function isDocument(value: unknown): value is AnyDocument {
  return typeof value === 'object' && value !== null && 'text' in value && 'name' in value;
}

const DOCUMENTS = [...Object.values(queries), ...Object.values(mutations)].flatMap((value) =>
  value instanceof Map ? [...value.values()] : isDocument(value) ? [value] : [],
);

/** graphql-js 17 calls a deprecated field of the schema a defect, so the schema itself is not checked. */
function readSchema(version: string): GraphQLSchema {
  const file = gunzipSync(readFileSync(specPath(`shopify/admin_${version}.json.gz`)));
  const { data } = JSON.parse(file.toString('utf8')) as { data: IntrospectionQuery };
  return buildClientSchema(data, { assumeValid: true });
}

const schemas = new Map<string, GraphQLSchema>();
const seen = new Set<string>();

/** Interfaces whose nodes are asked for no id. */
const ONLY_TYPE: Readonly<Record<string, string>> = { ReturnLineItemType: 'ReturnLineItem' };

/** What is wrong with a call's document and variables, or with the answer that the shop gave. */
async function faultsOf(schema: GraphQLSchema, { name, query, variables }: Call, data: unknown) {
  seen.add(name);
  const document = parse(query);
  const operation = document.definitions.find(
    (each): each is OperationDefinitionNode => each.kind === Kind.OPERATION_DEFINITION,
  );
  const read = getVariableValues(schema, operation?.variableDefinitions ?? [], variables);
  const result = await execute({
    schema,
    document,
    rootValue: data,
    variableValues: variables,
    // The data are in the form of the answer, so fields are found by the name they have there.
    fieldResolver: (source: Record<string, unknown>, _args, _context, info) => source[info.path.key],
    typeResolver: (value: { __typename?: string; id?: string }, _context, _info, type) =>
      value.__typename ?? ONLY_TYPE[type.name] ?? String(value.id).split('/').at(-2),
  });
  const errors = [...validate(schema, document), ...(read.errors ?? []), ...(result.errors ?? [])];
  return errors.map(({ message }) => `${name}: ${message}`);
}

const HOUR = 3_600_000;

function shopForAll(clock: ManualClock) {
  const discount = (n: number, type: string) => ({
    id: gidOf('DiscountAutomaticNode', n),
    type,
    title: type,
    startsAt: new Date(clock.now() + HOUR).toISOString(),
    endsAt: null,
  });
  const shop = aShop({
    now: () => clock.now(),
    discounts: [...mutations.SetSchedule.keys()].map((type, n) => discount(n + 1, type)),
    products: [
      aProduct(1, { status: 'DRAFT', media: [{ id: gidOf('MediaImage', 1), alt: 'Old' }] }),
      aProduct(2),
    ],
    orders: [
      {
        id: gidOf('Order', 1),
        name: '#1',
        items: [{ id: gidOf('FulfillmentLineItem', 1), sku: 'A-1', quantity: 3 }],
        returns: [],
        waiting: [{ id: gidOf('FulfillmentOrder', 1), location: gidOf('Location', 1) }],
        fulfillments: [],
      },
    ],
  });
  return shop;
}

function pushes(clock: ManualClock, types: number): readonly PushRequest[] {
  const end = new Date(clock.now() + 24 * HOUR).toISOString();
  const discounts = Array.from({ length: types }, (_, n) => ({
    channel: 'shopify',
    discount_id: String(n + 1),
    schedule: { starts_at: new Date(clock.now() + 2 * HOUR).toISOString(), ends_at: null },
  }));
  const promo = (price: string, previous: string) => ({
    window: { end },
    currency: 'EUR',
    channels: ['shopify'],
    set_prices_on: ['shopify'],
    discounts,
    lines: [line('A-1', { price, compare_at: '25.00', previous: { price: previous } })],
  });
  const at = { location: 'wh-berlin' };
  const returned = line('A-1', { quantity: 1, reason: 'late', condition: 'opened' });
  const variant = line('H-1', {
    gtin: '04012345000009',
    price: '9.00',
    compare_at: '12.00',
    weight: { value: '120', unit: 'g' },
    options: ['Red'],
  });
  return [
    aRequest('price.set', priceBody([['A-1', '18.00']])),
    aRequest('inventory.set', {
      reason_code: 'count',
      lines: [line('A-1', { ...at, previous: 10, quantity: 4 })],
    }),
    aRequest('inventory.adjust', { reason_code: 'damage', lines: [line('A-1', { ...at, delta: -1 })] }),
    aRequest('promo.activate', promo('15.00', '18.00')),
    aRequest('promo.deactivate', promo('18.00', '15.00')),
    aRequest('product.preview', {
      handle: 'hat',
      title: 'Hat',
      description: 'Warm',
      vendor: 'Acme',
      product_type: 'Hats',
      tags: ['winter'],
      currency: 'EUR',
      options: [{ name: 'Colour', values: ['Red'] }],
      variants: [variant],
      images: [{ url: 'https://img.example/hat.jpg', alt: 'A hat' }],
    }),
    aRequest('product.publish', {
      products: [{ handle: 'product-1', skus: ['A-1'] }],
      publish_at: end,
    }),
    aRequest('content.update', {
      lines: [
        line('A-1', {
          changed: ['title', 'description', 'bullets', 'images'],
          before: null,
          after: {
            title: 'New',
            description: 'Words',
            bullets: ['One'],
            images: [{ url: 'https://img.example/1.jpg', alt: 'One' }],
          },
        }),
      ],
    }),
    aRequest('packaging.update', {
      lines: [
        line('A-1', {
          after: { weight: { value: '2.5', unit: 'lb' } },
          weight_g: '1133.980925',
          length_mm: '300',
          width_mm: '200',
          height_mm: '100.5',
        }),
      ],
    }),
    aRequest('return.open', { order_id: '#1', return_id: 'R-1', lines: [returned] }),
    aRequest('label.record', {
      order_id: gidOf('Order', 1),
      result: {
        status: 'created',
        carrier: 'FedEx',
        tracking_number: 'T-1',
        tracking_url: 'https://track.example/T-1',
      },
    }),
  ];
}

/** Types of `userErrors` by the family that their codes are read in. */
const ERROR_TYPES = {
  price: ['ProductVariantsBulkUpdateUserError'],
  inventory: ['InventorySetQuantitiesUserError', 'InventoryAdjustQuantitiesUserError'],
  discount: ['DiscountUserError'],
  product: ['ProductSetUserError'],
  content: ['FilesUserError'],
  metafield: ['MetafieldsSetUserError'],
  order: ['ReturnUserError'],
} as const satisfies Record<keyof typeof USER_ERRORS, readonly string[]>;

function codesOf(schema: GraphQLSchema, errorType: string): readonly string[] {
  const type = schema.getType(errorType);
  const code = isObjectType(type) ? type.getFields()['code']?.type : undefined;
  return isEnumType(code) ? code.getValues().map((value) => value.name) : [];
}

describe.skipIf(!SPECS_HERE)(`Shopify Admin GraphQL${SPECS_HERE ? '' : ` (${SKIPPED})`}`, () => {
  let operations = 0;
  const codes = new Set<string>();

  beforeAll(() => {
    for (const version of API_VERSIONS) schemas.set(version, readSchema(version));
  });
  afterAll(() => reportConformance('shopify', { operations, error_codes: codes.size }));

  it.each(API_VERSIONS)('has every document of ours in %s', (version) => {
    const schema = schemas.get(version);
    if (!schema) throw new Error('The schema was not read.');
    for (const { name, text } of DOCUMENTS)
      expect({ name, errors: validate(schema, parse(text)) }).toEqual({ name, errors: [] });
  });

  it.each(API_VERSIONS)('takes what every operation sends, and answers it, in %s', async (version) => {
    const schema = schemas.get(version);
    if (!schema) throw new Error('The schema was not read.');
    const clock = new ManualClock();
    const far = await openShop(shopForAll(clock));
    seen.clear();
    const checks: Promise<string[]>[] = [];
    far.watch((call, data) => checks.push(faultsOf(schema, call, data)));
    const settings = { api_version: version, locations: { 'wh-berlin': '1' }, staging: true };
    const sink = openSink(far, settings, { clock });
    const all = pushes(clock, far.shop.discounts.length);
    for (const request of all) {
      const { outcome, request: last } = await carryOut((next) => sink.push(next), request);
      expect({ operation: request.operation, outcome }).toMatchObject({ outcome: { kind: 'delivered' } });
      await sink.reconcile(last);
    }
    const asking = openSink(far, { ...settings, returns: 'request' }, { clock });
    const returned = { ...all[9], body: { ...all[9]?.body, return_id: 'R-2' } } as PushRequest;
    expect((await asking.push(returned)).kind).toBe('delivered');
    const byNumber = { ...all[10], body: { ...all[10]?.body, order_id: '1' } } as PushRequest;
    far.shop.orders[0] = { ...far.shop.orders[0], name: '#A' } as (typeof far.shop.orders)[number];
    await sink.push(byNumber);
    await sink.read?.(['A-1'], {});
    await sink.probe?.();
    await sink.rehearse?.(aRequest('price.set', priceBody([['A-1', '15.00']])));
    expect((await Promise.all(checks)).flat()).toEqual([]);
    expect(DOCUMENTS.map(({ name }) => name).filter((name) => !seen.has(name))).toEqual([]);
    operations = Math.max(operations, all.length);
  });

  it.each(API_VERSIONS)('has the codes that are read, in %s', (version) => {
    const schema = schemas.get(version);
    if (!schema) throw new Error('The schema was not read.');
    const known = new Set<string>();
    for (const [family, types] of Object.entries(ERROR_TYPES)) {
      const theirs = new Set(types.flatMap((type) => codesOf(schema, type)));
      const product = family === 'product' ? codesOf(schema, 'ProductSetUserError') : [];
      const ours = Object.keys(USER_ERRORS[family as keyof typeof USER_ERRORS]);
      expect({ family, unknown: ours.filter((code) => !theirs.has(code)) }).toEqual({ family, unknown: [] });
      for (const code of [...theirs, ...product]) known.add(code);
      for (const code of ours) codes.add(`${family}.${code}`);
    }
    expect(Object.keys(MEANINGS).filter((code) => !known.has(code))).toEqual([]);
  });

  it('tells every idempotent mutation its key, and what stood before, even where it is null', async () => {
    const clock = new ManualClock();
    const far = await openShop(shopForAll(clock));
    const sink = openSink(far, {}, { clock });
    const [, set, adjust] = pushes(clock, 0);
    for (const request of [set, adjust]) if (request) await carryOut((next) => sink.push(next), request);
    for (const call of [...far.named('SetStock'), ...far.named('MoveStock')]) {
      expect(call.query).toContain('@idempotent(key: $key)');
      expect(JSON.stringify(call.variables)).toContain('"changeFromQuantity":');
    }
  });
});

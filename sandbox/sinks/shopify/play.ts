import { z } from 'zod';
import type { Clock } from '../../../src/clock.ts';
import type { Json } from '../../../src/exports/envelope.ts';
import type { Holding } from '../../ui-contract.ts';
import type { Asked, Said } from '../carriers/carrier.ts';
import { DOWN, type Heard, LOST, type Played } from '../far-side.ts';
import { answerOf } from './answer.ts';
import { forbidden } from './changes.ts';
import { firstShop } from './first.ts';
import { statusOf } from './reads.ts';
import type { Call, Shop } from './shop.ts';

const Request = z.object({
  query: z.string(),
  operationName: z.string(),
  variables: z.record(z.string(), z.unknown()).default({}),
});

const PATH = /^\/admin\/api\/([^/]+)\/graphql\.json$/u;
/** Points of the cost budget; as on Shopify's smallest plan. */
const MOST = 2_000;
const RESTORED_A_SECOND = 100;
const COST = 10;

const MODES = [
  { id: 'ok', label: 'Works' },
  { id: 'unavailable', label: 'Service unavailable (503)' },
  { id: 'rate_limited', label: 'Rate limited (THROTTLED)' },
  { id: 'prices_refused', label: 'Refuses prices: a rule forbids them' },
  LOST,
  DOWN,
];

/** Answers with an error inside: the document could not run, or its mutation said no. */
const Refusal = z.union([
  z.object({ errors: z.array(z.unknown()).min(1) }),
  z.object({ data: z.object({ result: z.object({ userErrors: z.array(z.unknown()).min(1) }) }) }),
]);

function callOf({ json, headers }: Asked): Call | null {
  const read = Request.safeParse(json);
  if (!read.success) return null;
  const { query, operationName: name, variables } = read.data;
  return { name, query, variables, token: String(headers['x-shopify-access-token']) };
}

/** Shopify's own name of what is done, such as "productVariantsBulkUpdate". */
function fieldOf({ query, name }: Call): string {
  return /result: (\w+)/u.exec(query)?.[1] ?? name;
}

function priceList(shop: Shop): Holding {
  const rows = shop.variants.flatMap((variant) => {
    const product = shop.products.find(({ id }) => id === variant.product);
    if (!product) return [];
    const title = variant.name ? `${product.title}, ${variant.name}` : product.title;
    const stock = Object.values(variant.stock).reduce((sum, n) => sum + n, 0);
    const price = `${variant.price} ${shop.currency}`;
    return [[title, price, variant.compareAtPrice ?? '', String(stock), seen(product), variant.sku]];
  });
  const columns = ['Item', 'Price', 'Was', 'Stock', 'Shop', 'SKU'];
  return { title: 'Price list', columns, rows, empty: 'It sells nothing.' };
}

function seen({ status, publications }: Shop['products'][number]): string {
  if (status !== 'ACTIVE') return 'draft';
  return publications.size > 0 ? 'live' : 'active, unpublished';
}

/** Products without a variant of their own in the list: previews before they are staged with their SKUs. */
function products(shop: Shop): Holding {
  const sold = new Set(shop.variants.map(({ product }) => product));
  const rows = shop.products.filter(({ id }) => !sold.has(id)).map((each) => [each.title, seen(each)]);
  return { title: 'Previews', columns: ['Product', 'Shop'], rows, empty: 'None.' };
}

function discounts(shop: Shop): Holding {
  const rows = shop.discounts.map((each) => [
    each.title,
    statusOf(shop, each).toLowerCase(),
    each.startsAt.slice(0, 10),
    each.endsAt?.slice(0, 10) ?? 'open',
  ]);
  return { title: 'Discounts', columns: ['Discount', 'State', 'From', 'To'], rows, empty: 'None.' };
}

/** A shop whose Admin API knows the documents that Meshline sends, out of memory. */
export function playShop(clock: Clock, token: string): Played & { shop(): Shop } {
  const open = () => firstShop(() => clock.now());
  let shop = open();
  let left = MOST;
  let at = clock.now();

  const said = (status: number, body: { [key: string]: Json }): Said => ({ status, body });
  const spent = (cost: number) => {
    const now = clock.now();
    left = Math.min(MOST, left + ((now - at) / 1000) * RESTORED_A_SECOND) - cost;
    at = now;
    return {
      cost: {
        requestedQueryCost: COST,
        actualQueryCost: cost,
        throttleStatus: {
          maximumAvailable: MOST,
          currentlyAvailable: Math.floor(left),
          restoreRate: RESTORED_A_SECOND,
        },
      },
    };
  };
  const error = (message: string, code: string): Said =>
    said(200, { errors: [{ message, extensions: { code } }], extensions: spent(0) });

  return {
    name: 'shopify',
    title: 'Shop (sample of Shopify)',
    note: 'Plays the part of Shopify’s Admin API that Meshline calls, in memory. It is not Shopify, and knows no other document.',
    key_label: 'Idempotency key',
    modes: MODES,
    shop: () => shop,
    hear(asked): Heard | null {
      const call = PATH.test(asked.path) ? callOf(asked) : null;
      if (!call) return null;
      const key = typeof call.variables['key'] === 'string' ? call.variables['key'] : '';
      const writes = call.query.startsWith('mutation');
      return { operation: fieldOf(call), key, writes, repeat: shop.keys.has(key), shown: call.variables };
    },
    instead(mode, { headers }, { operation }) {
      if (headers['x-shopify-access-token'] !== token)
        return said(401, { errors: '[API] Invalid API key or access token' });
      if (mode === 'unavailable') return said(503, { errors: 'Service Unavailable' });
      if (mode === 'rate_limited') return error('Throttled', 'THROTTLED');
      const refused = mode === 'prices_refused' && operation === 'productVariantsBulkUpdate';
      return refused ? said(200, { data: forbidden(0), extensions: spent(COST) }) : null;
    },
    answer(asked): Said {
      const call = callOf(asked);
      const data = call ? answerOf(shop, call) : null;
      if (!call || data === null)
        return error('This sample shop does not know the document.', 'undefinedField');
      const version = PATH.exec(asked.path)?.[1] ?? '';
      const body = { data: data as Json, extensions: spent(COST) };
      return { ...said(200, body), headers: { 'x-shopify-api-version': version } };
    },
    refuses: ({ body }) => Refusal.safeParse(body).success,
    holds: () => [priceList(shop), products(shop), discounts(shop)],
    reset() {
      shop = open();
      left = MOST;
    },
  };
}

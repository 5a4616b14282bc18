import Big from 'big.js';
import { z } from 'zod';
import { fromIso, toIso } from '../../clock.ts';
import { grams } from '../../exports/fields.ts';
import type { HttpClient } from '../../sinks/http-client.ts';
import { ask } from '../api.ts';
import type { Fetched, Stream } from '../define.ts';
import type { Fact, PostalAddress } from '../facts.ts';
import { under } from '../platform.ts';

/** What a pointer of this kind holds until it is followed. */
export const Pointer = z.discriminatedUnion('ask', [
  z.strictObject({ ask: z.literal('order'), order: z.string(), at: z.int() }),
  z.strictObject({
    ask: z.literal('stock'),
    product: z.string(),
    variant: z.string().nullable(),
    /** Null when the webhook did not say how many there are. */
    quantity: z.int().nullable(),
    at: z.int(),
  }),
]);
export type Pointer = z.infer<typeof Pointer>;

export type Store = {
  http: HttpClient;
  /** Up to the store's hash, with a slash at the end. */
  base: string;
  token: string;
  now: () => number;
  placed: readonly number[];
  weight_unit: 'g' | 'kg' | 'oz' | 'lb' | null;
};

const Text = z.string().nullish();
/** RFC 2822, as V2 writes instants. */
const Written = z
  .string()
  .transform(fromIso)
  .refine((at) => !Number.isNaN(at), 'This is not a date.');

const Order = z.object({
  id: z.int(),
  status_id: z.int(),
  date_created: Written,
  date_modified: Written,
  currency_code: z.string(),
  is_deleted: z.boolean().nullish(),
});

/** Only what exports need; prices and e-mail addresses stay out. */
const Products = z.array(
  z.object({
    sku: z.string(),
    name: z.string(),
    quantity: z.int(),
    type: Text,
    weight: z.union([z.string(), z.number()]).nullish(),
  }),
);

const Addresses = z
  .array(
    z.object({
      first_name: Text,
      last_name: Text,
      company: Text,
      street_1: Text,
      street_2: Text,
      city: Text,
      state: Text,
      zip: Text,
      country_iso2: Text,
      phone: Text,
    }),
  )
  .nullable();

const Item = z.object({ data: z.object({ sku: Text, name: Text, inventory_level: z.int() }) });

function get<Schema extends z.ZodType>(store: Store, path: string, schema: Schema) {
  const headers = { 'x-auth-token': store.token };
  return ask(store.http, { method: 'GET', url: under(store.base, path), headers }, schema, store.now());
}

/** The bucket of V3 has levels by product or variant, all locations together; it is called "default". */
const LOCATION = 'default';

async function stockOf(
  store: Store,
  { product, variant, at }: Extract<Pointer, { ask: 'stock' }>,
): Promise<Fetched<readonly Fact[]>> {
  const product_path = `v3/catalog/products/${product}`;
  const path = variant === null ? product_path : `${product_path}/variants/${variant}`;
  const found = await get(store, path, Item);
  if (found.kind !== 'ok') return found;
  const { sku, name, inventory_level } = found.value.data;
  const item = variant ?? `product-${product}`;
  const fact: Fact = {
    what: 'inventory_below',
    key: `stock:${item}:${Math.floor(at / 1000)}`,
    at,
    as_of: store.now(),
    item,
    sku: sku || null,
    title: name ?? null,
    location: LOCATION,
    quantity: inventory_level,
  };
  return { kind: 'ok', value: [fact] };
}

/** All parcels together; null when any part is not known. */
function weightOf(products: z.infer<typeof Products>, unit: Store['weight_unit']): number | null {
  if (unit === null) return null;
  let total = new Big(0);
  for (const { weight, quantity, type } of products) {
    if (type === 'digital') continue;
    const value = /^\d{1,7}(?:\.\d{1,4})?$/.test(String(weight)) ? String(weight) : null;
    if (value === null) return null;
    total = total.plus(grams({ value, unit }).times(quantity));
  }
  return total.round(0, Big.roundUp).toNumber();
}

/** V2 writes states as names; the United States, Canada and Australia need theirs, so that people see it. */
function addressOf(to: NonNullable<z.infer<typeof Addresses>>[number]): PostalAddress {
  return {
    name: [to.first_name, to.last_name].filter(Boolean).join(' ') || null,
    company: to.company || null,
    line1: to.street_1 || null,
    line2: to.street_2 || null,
    city: to.city || null,
    region: to.state || null,
    postal_code: to.zip || null,
    country: to.country_iso2 || null,
    phone: to.phone || null,
  };
}

/** BigCommerce gives at most this many lines of an order at once. */
const MOST_LINES = 250;

async function productsOf(store: Store, order: string): Promise<Fetched<z.infer<typeof Products>>> {
  const all: z.infer<typeof Products> = [];
  for (let page = 1; ; page += 1) {
    const path = `${order}/products?limit=${MOST_LINES}&page=${page}`;
    const found = await get(store, path, Products.nullable());
    if (found.kind !== 'ok') return found;
    const lines = found.value ?? [];
    all.push(...lines);
    if (lines.length < MOST_LINES) return { kind: 'ok', value: all };
  }
}

async function orderOf(store: Store, id: string): Promise<Fetched<readonly Fact[]>> {
  const path = `v2/orders/${id}`;
  const found = await get(store, path, Order);
  if (found.kind !== 'ok') return found;
  const order = found.value;
  if (order.is_deleted === true || !store.placed.includes(order.status_id)) return { kind: 'ok', value: [] };
  const products = await productsOf(store, path);
  if (products.kind !== 'ok') return products;
  const addresses = await get(store, `${path}/shipping_addresses?limit=2`, Addresses);
  if (addresses.kind !== 'ok') return addresses;
  // Which of several addresses gets which parcel is for people to say.
  const [to, ...others] = addresses.value ?? [];
  const fact: Fact = {
    what: 'order_placed',
    key: orderKey(id),
    at: order.date_created,
    order: id,
    currency: order.currency_code,
    ships: products.value.some((each) => each.type !== 'digital'),
    ship_to: to && others.length === 0 ? addressOf(to) : null,
    grams: weightOf(products.value, store.weight_unit),
    items: products.value.map(({ sku, name, quantity }) => ({ sku, title: name, quantity })),
  };
  return { kind: 'ok', value: [fact] };
}

const orderKey = (id: string) => `order:${id}`;

/** Fetches what a webhook only points at. */
export function follow(store: Store, pointer: Pointer): Promise<Fetched<readonly Fact[]>> {
  switch (pointer.ask) {
    case 'order':
      return orderOf(store, pointer.order);
    case 'stock':
      return stockOf(store, pointer);
  }
}

const PAGE = 50;
const MOST_PAGES = 50;

/** Orders placed since Meshline began to ask, the longest unchanged first; each is then fetched whole. */
export function ordersOf(store: Store): Stream {
  return {
    name: 'orders',
    async *pull(from, began_at) {
      for (let page = 1; page <= MOST_PAGES; page += 1) {
        const range = new URLSearchParams({
          min_date_modified: toIso(from),
          sort: 'date_modified:asc',
          limit: String(PAGE),
          page: String(page),
        });
        const found = await get(store, `v2/orders?${range.toString()}`, z.array(Order).nullable());
        if (found.kind !== 'ok') {
          yield found;
          return;
        }
        const orders = found.value ?? [];
        const wanted = orders.filter(
          (order) =>
            order.is_deleted !== true &&
            order.date_created >= began_at &&
            store.placed.includes(order.status_id),
        );
        const items = wanted.map(({ id, date_created }) => {
          const pointer: Pointer = { ask: 'order', order: String(id), at: date_created };
          const about = { what: 'order_placed', quantity: null } as const;
          return {
            id: `pull:${orderKey(String(id))}`,
            topic: 'store/order/created',
            understood: { kind: 'pointer' as const, about, pointer },
          };
        });
        const mark = Math.max(from, ...orders.map((order) => order.date_modified));
        yield { kind: 'ok', value: { items, mark } };
        if (orders.length < PAGE) return;
      }
    },
  };
}

import { z } from 'zod';
import { toIso } from '../../clock.ts';
import type { HttpClient } from '../../sinks/http-client.ts';
import { ask } from '../api.ts';
import type { Fetched, Pulled, Stream } from '../define.ts';
import type { Fact, OrderPlaced } from '../facts.ts';
import { draftOf, idOf, levelKey, orderKey, type Pointer } from './shopify-events.ts';
import {
  Discount,
  Errors,
  Levels,
  Lines,
  Locations,
  MoreLines,
  type Order,
  Orders,
  QUERIES,
  Sku,
} from './shopify-queries.ts';

/** How long Shopify's bucket takes to hold enough for a query again. */
const THROTTLED_MS = 2_000;
/** Pages of one look; what is left is asked for at the next. */
const MOST_PAGES = 50;

export type Shop = {
  http: HttpClient;
  url: URL;
  token: string;
  now: () => number;
  /** Location ids that the configuration names; all of the shop's when it names none. */
  locations: readonly string[];
};

/** One query; the status first, then `errors`, and only then the data. */
export async function query<T>(
  { http, url, token, now }: Shop,
  text: string,
  variables: { [key: string]: string | null },
  schema: z.ZodType<T>,
): Promise<Fetched<T>> {
  const Answer = z.object({ data: z.unknown(), errors: Errors });
  const headers = { 'x-shopify-access-token': token };
  const answered = await ask(
    http,
    { method: 'POST', url, headers, body: { query: text, variables } },
    Answer,
    now(),
  );
  if (answered.kind !== 'ok') return answered;
  const code = answered.value.errors?.[0]?.extensions?.code;
  if (code === 'THROTTLED') {
    return { kind: 'later', after_ms: THROTTLED_MS, reason: 'Shopify asks to be asked more slowly.' };
  }
  if (answered.value.errors && answered.value.errors.length > 0) {
    return { kind: 'failed', reason: `Shopify refused the query (${code ?? 'no code'}).` };
  }
  const parsed = schema.safeParse(answered.value.data);
  if (parsed.success) return { kind: 'ok', value: parsed.data };
  const path = parsed.error.issues[0]?.path.join('.') ?? '';
  return { kind: 'failed', reason: `Shopify's answer is not as agreed at "${path}".` };
}

/** A fraction such as 0.2 as the percentage "20". */
const percent = (fraction: number) => String(Math.round(fraction * 10_000) / 100);

/** Adds what a webhook left out. */
export async function follow(shop: Shop, pointer: Pointer): Promise<Fetched<readonly Fact[]>> {
  switch (pointer.ask) {
    case 'sku': {
      const { item, location, quantity, updated_at, at } = pointer;
      const found = await query(shop, QUERIES.sku, { id: `gid://shopify/InventoryItem/${item}` }, Sku);
      if (found.kind !== 'ok') return found;
      const { sku, variant } = found.value.inventoryItem ?? {};
      const key = levelKey(item, location, updated_at);
      const named = { sku: sku || null, title: variant?.displayName ?? null };
      const fact: Fact = { what: 'inventory_below', key, at, as_of: at, item, location, quantity, ...named };
      return { kind: 'ok', value: [fact] };
    }
    case 'discount': {
      const found = await query(shop, QUERIES.discount, { id: pointer.discount }, Discount);
      if (found.kind !== 'ok') return found;
      const draft = draftOf(pointer, pointer.updated_at);
      const discount = found.value.discountNode?.discount;
      if (!discount) return { kind: 'ok', value: [draft] };
      const { percentage, amount } = discount.customerGets?.value ?? {};
      const off =
        percentage === undefined
          ? amount && { kind: 'amount_off' as const, value: amount.amount, currency: amount.currencyCode }
          : { kind: 'percent_off' as const, value: percent(percentage) };
      const fact: Fact = {
        ...draft,
        title: discount.title ?? draft.title,
        starts_at: discount.startsAt ?? null,
        ends_at: discount.endsAt ?? null,
        code: discount.codes?.nodes[0]?.code ?? null,
        off: off ?? null,
      };
      return { kind: 'ok', value: [fact] };
    }
  }
}

const SHIPPED: ReadonlySet<string> = new Set(['FULFILLED', 'FULFILLMENT_NOT_REQUIRED', 'RESTOCKED']);

function placed(order: Order, lines: Lines['nodes']): OrderPlaced {
  const id = idOf(order.id, order.id);
  const to = order.shippingAddress;
  return {
    what: 'order_placed',
    key: orderKey(id),
    at: order.createdAt,
    order: order.name,
    currency: order.currencyCode,
    ships: order.requiresShipping && !SHIPPED.has(order.displayFulfillmentStatus),
    ship_to: to
      ? {
          name: to.name ?? null,
          company: to.company ?? null,
          line1: to.address1 ?? null,
          line2: to.address2 ?? null,
          city: to.city ?? null,
          region: to.provinceCode ?? null,
          postal_code: to.zip ?? null,
          country: to.countryCodeV2 ?? null,
          phone: to.phone ?? null,
        }
      : null,
    grams: order.totalWeight,
    items: lines.map(({ sku, ...item }) => ({ ...item, sku: sku ?? '' })),
  };
}

/** The lines that did not fit into the list of orders, too. */
async function linesOf(shop: Shop, { id, lineItems }: Order): Promise<Fetched<Lines['nodes']>> {
  const lines = [...lineItems.nodes];
  let { hasNextPage, endCursor }: Lines['pageInfo'] = lineItems.pageInfo;
  while (hasNextPage) {
    const variables = { order: id, after: endCursor ?? null };
    const found: Fetched<z.infer<typeof MoreLines>> = await query(shop, QUERIES.lines, variables, MoreLines);
    if (found.kind !== 'ok') return found;
    const more: Lines | undefined = found.value.order?.lineItems;
    lines.push(...(more?.nodes ?? []));
    ({ hasNextPage, endCursor } = more?.pageInfo ?? { hasNextPage: false });
  }
  return { kind: 'ok', value: lines };
}

const since = (at: number) => `updated_at:>='${toIso(at)}'`;

/** Orders placed since Meshline began to ask, the longest unchanged first. */
function ordersOf(shop: Shop): Stream {
  return {
    name: 'orders',
    async *pull(from, began_at) {
      let after: string | null = null;
      for (let page = 0; page < MOST_PAGES; page += 1) {
        const found: Fetched<z.infer<typeof Orders>> = await query(
          shop,
          QUERIES.orders,
          { changed: since(from), after },
          Orders,
        );
        if (found.kind !== 'ok') {
          yield found;
          return;
        }
        const { nodes, pageInfo }: z.infer<typeof Orders>['orders'] = found.value.orders;
        const wanted = nodes.filter(
          (order) => !order.test && !order.cancelledAt && order.createdAt >= began_at,
        );
        const items: Pulled[] = [];
        for (const order of wanted) {
          const lines = await linesOf(shop, order);
          if (lines.kind !== 'ok') {
            yield lines;
            return;
          }
          const fact = placed(order, lines.value);
          const understood = { kind: 'facts' as const, facts: [fact] };
          items.push({ id: `pull:${fact.key}`, topic: 'orders/create', understood });
        }
        const mark = Math.max(from, ...nodes.map((order) => order.updatedAt));
        yield { kind: 'ok', value: { items, mark } };
        after = pageInfo.endCursor ?? null;
        if (!pageInfo.hasNextPage || after === null) return;
      }
    },
  };
}

/** The levels of one location in no order: the mark moves only after the last page of the last one. */
function levelsOf(shop: Shop): Stream {
  return {
    name: 'inventory',
    async *pull(from) {
      const begun = shop.now();
      const all = await locationsOf(shop);
      if (all.kind !== 'ok') {
        yield all;
        return;
      }
      for (const location of all.value) {
        let after: string | null = null;
        do {
          const variables: { [key: string]: string | null } = {
            location: `gid://shopify/Location/${location}`,
            changed: since(from),
            after,
          };
          const found: Fetched<z.infer<typeof Levels>> = await query(shop, QUERIES.levels, variables, Levels);
          if (found.kind !== 'ok') {
            yield found;
            return;
          }
          const levels: LevelPage | undefined = found.value.location?.inventoryLevels;
          const items = (levels?.nodes ?? []).flatMap((level) => levelOf(level, location, begun));
          yield { kind: 'ok', value: { items, mark: from } };
          after = levels?.pageInfo.hasNextPage ? (levels.pageInfo.endCursor ?? null) : null;
        } while (after !== null);
      }
      yield { kind: 'ok', value: { items: [], mark: begun } };
    },
  };
}

type LevelPage = NonNullable<z.infer<typeof Levels>['location']>['inventoryLevels'];
type Level = LevelPage['nodes'][number];

function levelOf({ updatedAt, item, quantities }: Level, location: string, readAt: number): Pulled[] {
  const quantity = quantities[0]?.quantity;
  if (quantity === undefined) return [];
  const id = idOf(item.id, item.id);
  const key = levelKey(id, location, updatedAt);
  const named = { sku: item.sku || null, title: item.variant?.displayName ?? null };
  const level = { item: id, location, quantity, at: updatedAt, as_of: readAt, ...named };
  const facts: Fact[] = [{ what: 'inventory_below', key, ...level }];
  return [{ id: `pull:${key}`, topic: 'inventory_levels/update', understood: { kind: 'facts', facts } }];
}

async function locationsOf(shop: Shop): Promise<Fetched<readonly string[]>> {
  if (shop.locations.length > 0) return { kind: 'ok', value: shop.locations };
  const found = await query(shop, QUERIES.locations, {}, Locations);
  if (found.kind !== 'ok') return found;
  return { kind: 'ok', value: found.value.locations.nodes.map(({ id }) => idOf(id, id)) };
}

export const streamsOf = (shop: Shop): readonly Stream[] => [ordersOf(shop), levelsOf(shop)];

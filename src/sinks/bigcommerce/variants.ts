import { z } from 'zod';
import type { PushRequest } from '../port.ts';
import { chunks } from '../shared/chunks.ts';
import { failed, Stopped } from '../shared/ending.ts';
import type { Refusal } from './causes.ts';
import { failedBy, type Shop } from './client.ts';

/** A variant by which a SKU is known at the shop. A product without options has one, its base variant. */
export type Item = { variant_id: number; product_id: number; sku: string };

export type Named = { sku: string; canonical_sku: string };

/** By canonical SKU. */
export type Items = ReadonlyMap<string, Item>;

const Identities = z.object({
  data: z.array(
    z.object({
      identity: z.object({
        sku: z.string().nullish(),
        variant_id: z.int().nullish(),
        product_id: z.int(),
      }),
    }),
  ),
});
const Singles = z.object({
  data: z.array(z.object({ id: z.int(), product_id: z.int(), sku: z.string().nullish() })),
});

/** Names in one query: fewer than the 1000 of an answer, and short enough for an address. */
const MOST_NAMES = 100;
const LONGEST_QUERY = 3_000;
/** What the list of inventory items does not know is looked up one by one, up to this many. */
const MOST_SINGLES = 100;

/** What this shop calls a SKU of ours. */
export function nameOf(line: Named, aliases: PushRequest['aliases']): string {
  return aliases[line.canonical_sku] ?? line.sku;
}

/** SKUs are unique at BigCommerce whatever their case. */
const folded = (name: string) => name.toLowerCase();

function queriesOf(names: readonly string[]): string[][] {
  const queries: string[][] = [];
  let length = 0;
  for (const name of names) {
    const size = encodeURIComponent(name).length + 3;
    const last = queries.at(-1);
    if (last && last.length < MOST_NAMES && length + size <= LONGEST_QUERY) last.push(name);
    else {
      queries.push([name]);
      length = 0;
    }
    length += size;
  }
  return queries;
}

function addTo(found: Map<string, Item[]>, item: Item): void {
  const same = found.get(folded(item.sku)) ?? [];
  if (!same.some((other) => other.variant_id === item.variant_id)) same.push(item);
  found.set(folded(item.sku), same);
}

/** The items of each name, in small letters; a name with several is ambiguous. */
async function lookUp(shop: Shop, names: readonly string[]): Promise<ReadonlyMap<string, Item[]>> {
  const found = new Map<string, Item[]>();
  // A comma parts the names of a list.
  for (const query of queriesOf(names.filter((name) => !name.includes(',')))) {
    const asked = { 'sku:in': query.join(','), limit: 1000 };
    const { data } = await shop.get('/v3/inventory/items', asked, Identities);
    for (const { identity } of data) {
      const { sku, variant_id, product_id } = identity;
      if (typeof sku === 'string' && typeof variant_id === 'number')
        addTo(found, { variant_id, product_id, sku });
    }
  }
  const singles = names.filter((name) => !found.has(folded(name))).slice(0, MOST_SINGLES);
  for (const sku of singles) {
    const asked = { sku, include_fields: 'product_id,sku' };
    const { data } = await shop.get('/v3/catalog/variants', asked, Singles);
    for (const { id, product_id, sku: held } of data)
      if (typeof held === 'string') addTo(found, { variant_id: id, product_id, sku: held });
  }
  return found;
}

/** The items that exist, and our SKUs of those that do not or are several. */
export async function findItems(
  shop: Shop,
  lines: readonly Named[],
  aliases: PushRequest['aliases'],
): Promise<{ items: Map<string, Item>; missing: string[]; ambiguous: string[] }> {
  const found = await lookUp(shop, [...new Set(lines.map((line) => nameOf(line, aliases)))]);
  const items = new Map<string, Item>();
  const missing: string[] = [];
  const ambiguous: string[] = [];
  for (const line of lines) {
    const [item, ...others] = found.get(folded(nameOf(line, aliases))) ?? [];
    if (!item) missing.push(line.sku);
    else if (others.length > 0) ambiguous.push(line.sku);
    else items.set(line.canonical_sku, item);
  }
  return { items, missing: [...new Set(missing)], ambiguous: [...new Set(ambiguous)] };
}

/** Every line's item. Ends the attempt when a SKU is not exactly one item, before anything is written. */
export async function itemsOf(
  shop: Shop,
  lines: readonly Named[],
  aliases: PushRequest['aliases'],
): Promise<Items> {
  const { items, missing, ambiguous } = await findItems(shop, lines, aliases);
  const skus = [...missing, ...ambiguous];
  if (skus.length === 0) return items;
  const [first = ''] = skus;
  const what = missing.length > 0 ? `does not know SKU ${first}` : `has several items with SKU ${first}`;
  const more = skus.length > 1 ? `, and ${skus.length - 1} more cannot be told either` : '';
  throw new Stopped(failed('sku_mapping_failed', `BigCommerce ${what}${more}.`, { skus }));
}

export function itemOf(items: Items, line: Named): Item {
  const item = items.get(line.canonical_sku);
  if (!item) throw new Error('A line has no item although its SKU was found.');
  return item;
}

const PRODUCTS_AT_ONCE = 50;
const PAGE = 250;

const Paged = z.object({ pagination: z.object({ total_pages: z.int() }).optional() }).optional();

/** Fields of these items' variants, by variant id. */
export async function readVariants<S extends z.ZodType<{ id: number }>>(
  shop: Shop,
  items: Iterable<Item>,
  fields: string,
  schema: S,
): Promise<ReadonlyMap<number, z.infer<S>>> {
  const all = [...items];
  const wanted = new Set(all.map((item) => item.variant_id));
  const found = new Map<number, z.infer<S>>();
  const Answer = z.object({ data: z.array(schema), meta: Paged });
  for (const ids of chunks([...new Set(all.map((item) => item.product_id))], PRODUCTS_AT_ONCE)) {
    for (let page = 1, pages = 1; page <= pages; page += 1) {
      const asked = { 'product_id:in': ids.join(','), include_fields: fields, limit: PAGE, page };
      const answer = await shop.get('/v3/catalog/variants', asked, Answer);
      pages = answer.meta?.pagination?.total_pages ?? 1;
      for (const variant of answer.data) if (wanted.has(variant.id)) found.set(variant.id, variant);
    }
  }
  return found;
}

/** Variants in one `PUT /catalog/variants`. */
export const VARIANTS_AT_ONCE = 50;

/** What was refused of a batch, by variant id. */
export type RefusedItems = ReadonlyMap<number, { code: string; message: string }>;

/** A refusal that may be the fault of one line of many, or of their number. */
export const mayBeOneLine = ({ status }: Refusal) => [400, 404, 409, 413, 422].includes(status);

/**
 * Writes fields of at most 50 variants. BigCommerce refuses a batch as a whole and names no line, so a
 * refused batch is halved until the lines at fault stand alone.
 */
export async function putVariants(
  shop: Shop,
  batch: readonly { item: Item; fields: object }[],
): Promise<RefusedItems> {
  const body = batch.map(({ item, fields }) => ({ id: item.variant_id, ...fields }));
  const written = await shop.write('PUT', '/v3/catalog/variants', body, z.unknown());
  if (written.ok) return new Map();
  const { refusal } = written;
  if (!mayBeOneLine(refusal)) throw new Stopped(failedBy(refusal));
  const [first, ...others] = batch;
  if (first && others.length === 0)
    return new Map([[first.item.variant_id, { code: refusal.code, message: refusal.message }]]);
  const half = Math.ceil(batch.length / 2);
  const left = await putVariants(shop, batch.slice(0, half));
  return new Map([...left, ...(await putVariants(shop, batch.slice(half)))]);
}

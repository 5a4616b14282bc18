import { z } from 'zod';
import { canonicalSku } from '../../exports/identifiers.ts';
import type { Found, PushRequest, SinkOutcome } from '../port.ts';
import { chunks } from '../shared/chunks.ts';
import { failed, Stopped } from '../shared/ending.ts';
import { bodyOf, PublishBody } from './bodies.ts';
import { failedBy, type Shop } from './client.ts';
import { refuseEarly } from './due.ts';
import { before, cursorOf, ended, partial, type RefusedLine } from './refused.ts';
import { findItems, mayBeOneLine } from './variants.ts';

type Live = { handle: string; sku: string; id: number; is_visible: boolean };

const Products = z.object({ data: z.array(z.object({ id: z.int(), is_visible: z.boolean() })) });
const Assignments = z.object({ data: z.array(z.object({ product_id: z.int(), channel_id: z.int() })) });

/** Products in one `PUT /catalog/products`. */
const AT_ONCE = 10;
const IDS_AT_ONCE = 100;

/** The product of each handle. Ends the attempt when one is gone, or its SKUs belong to several. */
async function productsOf(shop: Shop, request: PushRequest): Promise<Live[]> {
  const { products, publish_at } = bodyOf(request, PublishBody);
  refuseEarly(shop, 'a product', publish_at);
  const lines = products.flatMap(({ skus }) =>
    skus.map((sku) => ({ sku, canonical_sku: canonicalSku(sku) })),
  );
  const { items, missing, ambiguous } = await findItems(shop, lines, request.aliases);
  const gone = products.find(({ skus }) => skus.every((sku) => missing.includes(sku)));
  if (gone) {
    const message = `BigCommerce has no product with the SKUs of ${gone.handle}. Stage it again.`;
    throw new Stopped(failed('preview_missing', message, { skus: [...gone.skus] }));
  }
  const found = products.map(({ handle, skus }) => {
    const ids = new Set(skus.flatMap((sku) => items.get(canonicalSku(sku))?.product_id ?? []));
    return { handle, sku: skus[0] ?? handle, ids: [...ids], skus };
  });
  const torn = found.filter(({ ids }) => ids.length !== 1).flatMap(({ skus }) => skus);
  const skus = [...new Set([...missing, ...ambiguous, ...torn])];
  if (skus.length > 0) {
    const message = `SKU ${skus[0] ?? ''} is not in exactly one product of BigCommerce with the others of its product.`;
    throw new Stopped(failed('sku_mapping_failed', message, { skus }));
  }
  const visible = new Map<number, boolean>();
  for (const some of chunks(found, IDS_AT_ONCE)) {
    const asked = {
      'id:in': some.flatMap(({ ids }) => ids).join(','),
      include_fields: 'is_visible',
      limit: IDS_AT_ONCE,
    };
    const { data } = await shop.get('/v3/catalog/products', asked, Products);
    for (const { id, is_visible } of data) visible.set(id, is_visible);
  }
  return found.map(({ handle, sku, ids: [id = 0] }) => ({
    handle,
    sku,
    id,
    is_visible: visible.get(id) ?? false,
  }));
}

/** Assignments to the configured channels that these products lack. */
async function unassigned(shop: Shop, products: readonly Live[]) {
  const { channel_ids } = shop.settings;
  const wanted = products.flatMap(({ id }) =>
    channel_ids.map((channel_id) => ({ product_id: id, channel_id })),
  );
  const held = new Set<string>();
  const most = Math.max(1, Math.floor(IDS_AT_ONCE / channel_ids.length));
  for (const some of chunks(products, most)) {
    const asked = {
      'product_id:in': some.map(({ id }) => id).join(','),
      'channel_id:in': channel_ids.join(','),
      limit: IDS_AT_ONCE,
    };
    const { data } = await shop.get('/v3/catalog/products/channel-assignments', asked, Assignments);
    for (const each of data) held.add(`${each.product_id} ${each.channel_id}`);
  }
  return wanted.filter((each) => !held.has(`${each.product_id} ${each.channel_id}`));
}

/** What a batch left hidden; a multi-status answer may be about something else than visibility. */
async function stillHidden(shop: Shop, batch: readonly Live[]): Promise<Set<number>> {
  const asked = {
    'id:in': batch.map(({ id }) => id).join(','),
    include_fields: 'is_visible',
    limit: IDS_AT_ONCE,
  };
  const { data } = await shop.get('/v3/catalog/products', asked, Products);
  return new Set(data.filter(({ is_visible }) => !is_visible).map(({ id }) => id));
}

async function show(shop: Shop, batch: readonly Live[]): Promise<RefusedLine[]> {
  const body = batch.map(({ id }) => ({ id, is_visible: true }));
  const written = await shop.write('PUT', '/v3/catalog/products', body, z.unknown());
  if (written.ok && written.status !== 207) return [];
  if (!written.ok && !mayBeOneLine(written.refusal)) throw new Stopped(failedBy(written.refusal));
  const hidden = await stillHidden(shop, batch);
  const left = batch.filter(({ id }) => hidden.has(id));
  if (left.length === 1 || (written.ok && left.length > 0)) {
    const { code, message } = written.ok
      ? { code: 'partial_failure', message: 'BigCommerce has left it hidden.' }
      : written.refusal;
    return left.map(({ sku, handle }) => ({ sku, code, message: `${handle}: ${message}` }));
  }
  const refused: RefusedLine[] = [];
  // A batch that is refused names no product: each is tried alone.
  for (const one of left) refused.push(...(await show(shop, [one])));
  return refused;
}

/** Assigns products to the storefronts first, so that none is visible where it is not meant to be sold. */
export async function publish(shop: Shop, request: PushRequest): Promise<SinkOutcome> {
  const cursor = cursorOf(request);
  const refused = [...cursor.refused];
  const products = (await productsOf(shop, request)).slice(cursor.at);
  const facts = before(
    request,
    Object.fromEntries(products.map(({ handle, is_visible }) => [handle, { is_visible }])),
  );
  const missing = await unassigned(shop, products);
  for (const some of chunks(missing, IDS_AT_ONCE)) {
    const path = '/v3/catalog/products/channel-assignments';
    const written = await shop.write('PUT', path, some, z.unknown());
    if (!written.ok) return failedBy(written.refusal);
  }
  for (let at = 0; at < products.length; at += AT_ONCE) {
    const batch = products.slice(at, at + AT_ONCE).filter(({ is_visible }) => !is_visible);
    if (batch.length === 0) continue;
    refused.push(...(await show(shop, batch)));
    const next = at + AT_ONCE;
    if (shop.late() && next < products.length) return partial({ at: cursor.at + next, refused }, facts);
  }
  const reference = products.length === 1 ? String(products[0]?.id ?? '') : null;
  return ended(cursor.at + products.length - refused.length, refused, {
    kind: 'delivered',
    reference,
    facts,
  });
}

export async function findPublished(shop: Shop, request: PushRequest): Promise<Found> {
  const products = await productsOf(shop, request);
  if (products.some(({ is_visible }) => !is_visible)) return { kind: 'absent' };
  const missing = await unassigned(shop, products);
  if (missing.length > 0) return { kind: 'absent' };
  return { kind: 'delivered', reference: products.length === 1 ? String(products[0]?.id ?? '') : null };
}

import { z } from 'zod';
import type { Facts, Found, PushRequest, SinkOutcome } from '../port.ts';
import { chunks } from '../shared/chunks.ts';
import { failed, Stopped } from '../shared/ending.ts';
import { bodyOf, StockBody } from './bodies.ts';
import { failedBy, type Shop } from './client.ts';
import { before, cursorOf, ended, partial, type RefusedLine } from './refused.ts';
import { readStock } from './stock.ts';
import { type Item, itemOf, itemsOf } from './variants.ts';

type Line = StockBody['lines'][number];

/** One movement: `held` units stand there now (null: the shop has none on record), `target` are to. */
type Step = { line: Line; item: Item; location: number; held: number | null };

/** Items in one call of the inventory API. */
const AT_ONCE = 2_000;
const PRODUCTS_IN_QUERY = 250;

const Products = z.object({ data: z.array(z.object({ id: z.int(), inventory_tracking: z.string() })) });
const Transaction = z.object({ transaction_id: z.string().optional() }).nullable();

function locationsOf(shop: Shop, lines: readonly Line[]): ReadonlyMap<string, number> {
  const { locations } = shop.settings;
  const unmapped = [...new Set(lines.map((line) => line.location))].filter(
    (label) => !Object.hasOwn(locations, label),
  );
  if (unmapped.length > 0) {
    const message = `Location ${unmapped[0] ?? ''} is not mapped to one of BigCommerce; add it to the sink's locations in meshline.yml.`;
    throw new Stopped(failed('location_mapping_failed', message, { locations: unmapped }));
  }
  return new Map(Object.entries(locations));
}

async function stepsOf(shop: Shop, request: PushRequest, lines: readonly Line[]): Promise<Step[]> {
  const locations = locationsOf(shop, lines);
  const items = await itemsOf(shop, lines, request.aliases);
  const stock = await readStock(shop, items.values());
  return lines.map((line): Step => {
    const item = itemOf(items, line);
    const location = locations.get(line.location) ?? 0;
    return { line, item, location, held: stock.get(item.variant_id)?.get(location) ?? null };
  });
}

/** Products whose stock is kept as one figure are addressed by product id, and by one line only. */
async function kindsOf(shop: Shop, steps: readonly Step[]): Promise<ReadonlySet<number>> {
  const whole = new Set<number>();
  const ids = [...new Set(steps.map(({ item }) => item.product_id))];
  for (const some of chunks(ids, PRODUCTS_IN_QUERY)) {
    const asked = { 'id:in': some.join(','), include_fields: 'inventory_tracking', limit: PRODUCTS_IN_QUERY };
    const { data } = await shop.get('/v3/catalog/products', asked, Products);
    for (const { id, inventory_tracking } of data) if (inventory_tracking === 'product') whole.add(id);
  }
  const taken = new Set<string>();
  const skus = steps.flatMap(({ line, item, location }) => {
    const key = `${String(item.product_id)} ${String(location)}`;
    const again = whole.has(item.product_id) && taken.has(key);
    taken.add(key);
    return again ? [line.sku] : [];
  });
  if (skus.length === 0) return whole;
  const message = `BigCommerce counts the product of SKU ${skus[0] ?? ''} as one, so its variants have no stock of their own.`;
  throw new Stopped(failed('sku_mapping_failed', message, { skus }));
}

function told(steps: readonly Step[]): Facts {
  const facts: Record<string, Record<string, number | null>> = {};
  for (const { line, held } of steps) (facts[line.canonical_sku] ??= {})[line.location] = held;
  return facts;
}

const Told = z.record(z.string(), z.record(z.string(), z.number().nullable()));

/** Units told to be there before the push began; undefined when that was not told. */
function heldBefore(line: Line, facts: Facts): number | null | undefined {
  const known = Told.safeParse(facts['before']);
  return known.success ? known.data[line.canonical_sku]?.[line.location] : undefined;
}

/** Units there are to be: as asked for, or as many more or fewer than before the push began. */
function targetOf(line: Line, facts: Facts): number | null {
  if (line.quantity !== undefined) return line.quantity;
  const held = heldBefore(line, facts);
  return held === undefined ? null : (held ?? 0) + (line.delta ?? 0);
}

function drifted(shop: Shop, steps: readonly Step[]): RefusedLine[] {
  if (!shop.settings.check_previous) return [];
  return steps.flatMap(({ line, held }) => {
    const unmoved = line.previous === null || held === null || held === line.previous;
    if (line.quantity === undefined || unmoved || held === line.quantity) return [];
    const message = `BigCommerce holds ${String(held)} at ${line.location}, but ${String(line.previous)} were read before.`;
    return [{ sku: line.sku, code: 'inventory_mismatch', message }];
  });
}

/** The lines a refusal names by their identity at the shop, or all of them. */
function refusedBy(refusal: { code: string; message: string }, batch: readonly Step[]): RefusedLine[] {
  const ids = new Set(
    [...refusal.message.matchAll(/(variant_id|product_id|sku) "?([^\s\],"]+)/gu)].map(
      ([, kind, id]) => `${kind ?? ''} ${id ?? ''}`,
    ),
  );
  const named = batch.filter(({ item }) =>
    [`variant_id ${item.variant_id}`, `product_id ${item.product_id}`, `sku ${item.sku}`].some((id) =>
      ids.has(id),
    ),
  );
  const { code, message } = refusal;
  return (named.length > 0 ? named : batch).map(({ line }) => ({ sku: line.sku, code, message }));
}

/** Reads only: what stands there is told before anything is written, so that a lost answer can be judged. */
async function begin(shop: Shop, request: PushRequest, body: StockBody): Promise<SinkOutcome> {
  const steps = await stepsOf(shop, request, body.lines);
  await kindsOf(shop, steps);
  const drift = drifted(shop, steps);
  if (drift.length > 0) return ended(0, drift);
  if (steps.every(({ line, held }) => line.quantity === held || line.delta === 0))
    return { kind: 'delivered', reference: null, facts: before(request, told(steps)) };
  return partial({ at: 0, refused: [] }, before(request, told(steps)));
}

/**
 * Sets or moves stock, up to 2000 items a call, one call an attempt. A batch is one transaction: it is
 * taken or refused as a whole.
 */
export async function moveStock(shop: Shop, request: PushRequest): Promise<SinkOutcome> {
  const body = bodyOf(request, StockBody);
  if (request.cursor === null) return begin(shop, request, body);
  const { at } = cursorOf(request);
  const steps = await stepsOf(shop, request, body.lines.slice(at, at + AT_ONCE));
  const whole = await kindsOf(shop, steps);
  // A relative change that stands as if it were done is done only when an earlier attempt may have done it.
  const open = steps.filter(({ line, held }) => {
    if (line.quantity === undefined && request.unsettled !== true) return line.delta !== 0;
    return held === null || held !== targetOf(line, request.facts);
  });
  const relative = request.operation === 'inventory.adjust';
  let reference: string | null = null;
  if (open.length > 0) {
    const written = await shop.write(
      relative ? 'POST' : 'PUT',
      relative ? '/v3/inventory/adjustments/relative' : '/v3/inventory/adjustments/absolute',
      {
        reason: body.note ?? `Meshline: ${body.reason_code}`,
        items: open.map(({ line, item, location }) => ({
          location_id: location,
          ...(whole.has(item.product_id) ? { product_id: item.product_id } : { variant_id: item.variant_id }),
          quantity: line.quantity ?? line.delta ?? 0,
        })),
      },
      Transaction,
    );
    if (!written.ok) {
      const { refusal } = written;
      if (refusal.status !== 422) return failedBy(refusal);
      return ended(at, refusedBy(refusal, open));
    }
    reference = written.value?.transaction_id ?? null;
  }
  const next = at + AT_ONCE;
  if (next < body.lines.length) return partial({ at: next, refused: [] }, {});
  return { kind: 'delivered', reference };
}

/**
 * Whether the stock of the batch under way stands as it was to. Between the two figures it has moved
 * for another reason, and nobody can tell from here.
 */
export async function findStock(shop: Shop, request: PushRequest): Promise<Found> {
  const body = bodyOf(request, StockBody);
  // Until the first batch has a cursor, nothing is written.
  if (request.cursor === null) return { kind: 'absent' };
  const { at } = cursorOf(request);
  const batch = body.lines.slice(at, at + AT_ONCE);
  const steps = await stepsOf(shop, request, batch);
  const done = steps.filter(({ line, held }) => held === targetOf(line, request.facts));
  if (done.length === steps.length)
    return at + AT_ONCE < body.lines.length ? { kind: 'absent' } : { kind: 'delivered', reference: null };
  // A batch is taken as a whole: where one line has moved and another has not, somebody else has moved it.
  const untouched = steps.every(
    ({ line, held }) => held === heldBefore(line, request.facts) || held === targetOf(line, request.facts),
  );
  const moved = done.filter(({ line, held }) => held !== heldBefore(line, request.facts));
  return untouched && moved.length === 0 ? { kind: 'absent' } : { kind: 'unknown' };
}

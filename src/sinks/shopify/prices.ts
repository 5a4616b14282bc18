import { z } from 'zod';
import { Amount, compareAmounts } from '../../exports/money.ts';
import type { Facts, Found, PushRequest, SinkOutcome } from '../port.ts';
import { chunks } from '../shared/chunks.ts';
import { failed } from '../shared/ending.ts';
import { SetPrices } from './mutations.ts';
import { PricesNow } from './queries.ts';
import { byId, knownIds, SkuLine, survey, type VariantIds } from './variants.ts';
import {
  bodyOf,
  change,
  conclude,
  cursorOf,
  goOn,
  type Operation,
  type Refused,
  RefusedFact,
  told,
  type Work,
} from './work.ts';

/** What a line is to cost. A `compare_at` of undefined stays as it is; null takes it away. */
export type PriceLine = SkuLine & {
  price: string;
  compare_at: string | null | undefined;
  /** What it costs as far as those who accepted it know; null when they do not say. */
  previous: string | null;
};

type Held = { price: string; compareAtPrice: string | null };

const Before = z.object({ price: z.string(), compare_at: z.string().nullable() });

/** Variants of one call; Shopify takes no longer list. */
const MOST_VARIANTS = 250;
/** Variants whose prices are read together before their products are written. */
const READ_AHEAD = 100;

function sameAmount(one: string | null, other: string | null): boolean {
  if (one === null || other === null) return one === other;
  return Amount.safeParse(one).success && Amount.safeParse(other).success
    ? compareAmounts(one, other) === 0
    : one === other;
}

function isAt(held: Held, line: PriceLine): boolean {
  if (!sameAmount(held.price, line.price)) return false;
  return line.compare_at === undefined || sameAmount(held.compareAtPrice, line.compare_at);
}

/** Whether it is neither what people were shown nor what it is to become. */
function hasDrifted(held: Held, line: PriceLine): boolean {
  if (line.previous === null || sameAmount(held.price, line.price)) return false;
  return !sameAmount(held.price, line.previous);
}

export type PricesRead =
  | { kind: 'stop'; outcome: SinkOutcome }
  | { kind: 'ready'; pending: boolean; facts: Facts };

/** Finds the variants, keeps what they cost until now, and refuses when that is not what people accepted. */
export async function readPrices(
  work: Work,
  lines: readonly PriceLine[],
  currency: string,
  drift: { code: string; sentence: string },
): Promise<PricesRead> {
  const surveyed = await survey(work, lines, {
    currency,
    keep: (node, of) => ({ price: node.price, compare_at: node.compareAtPrice, currency: of }),
  });
  if (surveyed.kind === 'stop') return surveyed;
  const held = lines.flatMap((line) => {
    const before = Before.safeParse(surveyed.before[line.canonical_sku]);
    if (!before.success) return [];
    const { price, compare_at } = before.data;
    return [{ line, now: { price, compareAtPrice: compare_at } }];
  });
  const drifted = held.filter(({ line, now }) => hasDrifted(now, line));
  const [first] = drifted;
  if (first && work.settings.check_previous) {
    const { line, now } = first;
    const message = `${drift.sentence} SKU ${line.sku} costs ${now.price} in Shopify, not ${line.previous ?? ''}.`;
    const told = drifted.map((each) => ({
      sku: each.line.sku,
      code: drift.code,
      message: `It costs ${each.now.price}, not ${each.line.previous ?? ''}.`,
    }));
    const skus = told.map(({ sku }) => sku);
    return { kind: 'stop', outcome: failed(drift.code, message, { lines: told, skus }) };
  }
  const pending = held.some(({ line, now }) => !isAt(now, line));
  return { kind: 'ready', pending, facts: surveyed.facts };
}

type ProductLines = { product: string; lines: readonly PriceLine[] };

/** Lines by product, always in the same order, so that a cursor counts products. */
function byProduct(
  lines: readonly PriceLine[],
  ids: ReadonlyMap<string, VariantIds>,
): readonly ProductLines[] {
  const products = new Map<string, PriceLine[]>();
  for (const line of lines) {
    const of = ids.get(line.canonical_sku);
    if (of) products.set(of.product, [...(products.get(of.product) ?? []), line]);
  }
  return [...products].map(([product, of]) => ({ product, lines: of }));
}

async function heldNow(work: Work, lines: readonly PriceLine[], ids: ReadonlyMap<string, VariantIds>) {
  const variants = lines.flatMap((line) => ids.get(line.canonical_sku)?.variant ?? []);
  return byId<Held & { id: string }>(variants, (some) => work.client.ask(PricesNow, { ids: [...some] }));
}

export type PricesWritten =
  | { kind: 'stop'; outcome: SinkOutcome }
  | { kind: 'done'; products: number; refused: readonly Refused[] };

/** Sets what does not stand at its target yet, from the product at which an earlier attempt stopped. */
export async function writePrices(work: Work, lines: readonly PriceLine[]): Promise<PricesWritten> {
  const { request, client } = work;
  const ids = knownIds(request);
  const products = byProduct(lines, ids);
  const earlier = told(request, 'refused', RefusedFact);
  const refused = new Map<string, Refused>(
    lines.flatMap((line) => {
      const known = earlier[line.canonical_sku];
      return known ? [[line.canonical_sku, { sku: line.sku, ...known }]] : [];
    }),
  );
  const facts = () => ({
    refused: Object.fromEntries(
      [...refused].map(([sku, { code, message }]) => [sku, { code, message }] as const),
    ),
  });
  const { at } = cursorOf(request);
  let held: Awaited<ReturnType<typeof heldNow>> = new Map();
  let readUntil = at;
  for (let place = at; place < products.length; place += 1) {
    if (place > at && !work.inTime())
      return { kind: 'stop', outcome: goOn({ phase: 'write', at: place }, facts()) };
    if (place >= readUntil) {
      const ahead: PriceLine[] = [];
      for (; readUntil < products.length && ahead.length < READ_AHEAD; readUntil += 1)
        ahead.push(...(products[readUntil]?.lines ?? []));
      held = await heldNow(work, ahead, ids);
    }
    const { product, lines: of } = products[place] ?? { product: '', lines: [] };
    const due = of.flatMap((line) => {
      const id = ids.get(line.canonical_sku)?.variant ?? '';
      const now = held.get(id);
      return now !== undefined && isAt(now, line) ? [] : [{ id, line }];
    });
    for (const chunk of chunks(due, MOST_VARIANTS)) {
      const variants = chunk.map(({ id, line: { price, compare_at } }) =>
        compare_at === undefined ? { id, price } : { id, price, compareAtPrice: compare_at },
      );
      const changed = await change(client, SetPrices, { product, variants }, 'price');
      if (changed.ok) continue;
      const { code, message } = changed;
      for (const { line } of chunk) refused.set(line.canonical_sku, { sku: line.sku, code, message });
    }
  }
  return { kind: 'done', products: products.length, refused: [...refused.values()] };
}

/** Whether every line stands at its target now; false while its variants have not been found. */
export async function pricesStand(work: Work, lines: readonly PriceLine[]): Promise<boolean> {
  const ids = knownIds(work.request);
  if (lines.some((line) => !ids.has(line.canonical_sku))) return false;
  const held = await heldNow(work, lines, ids);
  return lines.every((line) => {
    const now = held.get(ids.get(line.canonical_sku)?.variant ?? '');
    return now !== undefined && isAt(now, line);
  });
}

const PriceSet = z.object({
  price_list: z.object({ id: z.string() }),
  currency: z.string(),
  lines: z.array(
    SkuLine.extend({
      price: z.string(),
      previous_price: z.string().nullish(),
      compare_at: z.string().nullish(),
    }),
  ),
});

export function linesOfPriceSet(request: PushRequest): { currency: string; lines: PriceLine[] } {
  const { currency, lines } = bodyOf(PriceSet, request);
  return {
    currency,
    lines: lines.map(({ sku, canonical_sku, price, previous_price, compare_at }) => ({
      sku,
      canonical_sku,
      price,
      // A price update that names no "was" price says nothing about the one that stands.
      compare_at: compare_at ?? undefined,
      previous: previous_price ?? null,
    })),
  };
}

/** Prices of a list for other customers must not become those of the shop. */
function refuseList({ request, settings }: Work): SinkOutcome | null {
  const { id } = bodyOf(PriceSet, request).price_list;
  if (settings.price_lists === undefined || settings.price_lists.includes(id)) return null;
  const message = `The price list "${id}" is not among the price_lists of this sink, which writes the shop's own prices.`;
  return failed('unsupported_capability', message);
}

export const priceSet: Operation = {
  async push(work) {
    const refused = refuseList(work);
    if (refused) return refused;
    const { currency, lines } = linesOfPriceSet(work.request);
    if (cursorOf(work.request).phase === 'read') {
      const read = await readPrices(work, lines, currency, {
        code: 'price_conflict',
        sentence: 'A price has changed since it was read.',
      });
      if (read.kind === 'stop') return read.outcome;
      if (!read.pending) return { kind: 'delivered', reference: null, facts: read.facts };
      return goOn({ phase: 'write', at: 0 }, read.facts);
    }
    const written = await writePrices(work, lines);
    if (written.kind === 'stop') return written.outcome;
    return conclude(written.refused, lines.length, { kind: 'delivered', reference: null });
  },
  async reconcile(work): Promise<Found> {
    const { lines } = linesOfPriceSet(work.request);
    return (await pricesStand(work, lines)) ? { kind: 'delivered', reference: null } : { kind: 'absent' };
  },
};

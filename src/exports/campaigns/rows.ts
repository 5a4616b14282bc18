import Big from 'big.js';
import type { Json } from '../envelope.ts';
import { changesShelfPrice, promised } from '../offer.ts';
import { itemName, money } from '../phrases.ts';
import type { Export } from '../state.ts';
import type { Brief } from './brief.ts';

/** One item as the card shows it. */
export type Row = { name: string; before: string; after: string };

function amount(value: Json | undefined): string | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  return typeof value['price'] === 'string' ? value['price'] : null;
}

type Known = ReadonlyMap<string, { before: string | null; after: string | null }>;

/** What the activation says of each SKU; empty where it says nothing. */
function linesOf(activation: Export | null): Known {
  const lines = activation?.revision?.payload['lines'];
  const known = new Map<string, { before: string | null; after: string | null }>();
  for (const line of Array.isArray(lines) ? lines : []) {
    if (typeof line !== 'object' || line === null || Array.isArray(line)) continue;
    if (typeof line['sku'] === 'string')
      known.set(line['sku'], { before: amount(line['before']), after: amount(line['after']) });
  }
  return known;
}

/** How many of the brief's products the activation still has; all of them while there is none. */
export function productsIn({ products }: Brief, activation: Export | null): number {
  const known = linesOf(activation);
  return known.size === 0 ? products.length : products.filter(({ sku }) => known.has(sku)).length;
}

/**
 * Prices as the activation has them, where there is one; else as the brief says, as far as it knows.
 * What was taken out of the activation comes last.
 */
export function contentRows(brief: Brief, activation: Export | null, most: number): readonly Row[] {
  const known = linesOf(activation);
  const isOut = ({ sku }: { sku: string }) => known.size > 0 && !known.has(sku);
  const { products } = brief;
  const stays = products.filter((product) => !isOut(product)).slice(0, most);
  const shown = [...stays, ...products.filter(isOut).slice(0, most - stays.length)];
  return shown.map((product) => {
    const line = known.get(product.sku);
    const before = line?.before ?? product.price;
    const after = line?.after ?? product.promo_price ?? planned(brief, before);
    const promo = after === null ? 'by the offer' : money(after, brief.currency);
    return {
      name: itemName(product),
      before: before === null ? 'asked of the shop' : money(before, brief.currency),
      after: isOut(product) ? 'taken out' : promo,
    };
  });
}

function planned({ offer }: Brief, before: string | null): string | null {
  if (before === null || !changesShelfPrice(offer)) return before;
  return promised(offer, before)?.round(2, Big.roundHalfUp).toFixed(2) ?? null;
}

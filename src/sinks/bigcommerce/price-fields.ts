import Big from 'big.js';
import { z } from 'zod';
import type { BigCommerceSettings } from './settings.ts';
import type { Item, RefusedItems } from './variants.ts';

/** A price as asked for. `previous` is what the sender believes to stand there, null for no matter. */
export type PriceLine = {
  sku: string;
  canonical_sku: string;
  price: string;
  compare_at: string | null;
  previous: string | null;
};

/** Price fields as the shop holds them; null where a field is empty or inherited. */
export const Held = z.object({
  price: z.number().nullish(),
  sale_price: z.number().nullish(),
  retail_price: z.number().nullish(),
  calculated_price: z.number().nullish(),
});
export type Held = z.infer<typeof Held>;

/** Fields to write; one that is absent stays as it is. */
export type Fields = { price: number; sale_price: number | null; retail_price?: number | null };

/** A place that holds prices: the catalogue, or one price list. */
export interface Shelf {
  /** Lines in one call. */
  readonly cap: number;
  /** What it holds of these items now, by variant id. */
  read(items: readonly Item[]): Promise<ReadonlyMap<number, Held>>;
  /** Writes one batch and tells what was refused, by variant id. */
  write(batch: readonly PriceStep[]): Promise<RefusedItems>;
}

/** One price to write, and what was held there before. */
export type PriceStep = { item: Item; fields: Fields; held: Held | undefined };

/** With a sale, shoppers see the former price struck through; without a "was" price there is none. */
export function fieldsOf(line: PriceLine, wasPrice: BigCommerceSettings['was_price']): Fields {
  const price = Number(line.price);
  const was = line.compare_at === null ? null : Number(line.compare_at);
  switch (wasPrice) {
    case 'sale':
      return was === null ? { price, sale_price: null } : { price: was, sale_price: price };
    case 'retail_price':
      return { price, sale_price: null, retail_price: was };
  }
}

/** The shop shows an empty sale or retail price as null or as 0. */
export const empty = (value: number | null | undefined) =>
  value === null || value === undefined || value === 0;

export function stands(held: Held | undefined, fields: Fields): boolean {
  if (!held || held.price !== fields.price) return false;
  const same = (now: number | null | undefined, then: number | null | undefined) =>
    then === undefined || now === then || (empty(now) && empty(then));
  return same(held.sale_price, fields.sale_price) && same(held.retail_price, fields.retail_price);
}

const amount = (value: number) => new Big(value).toFixed();

/** What shoppers pay and what is struck through. Null when the place holds no price of the item. */
export function present(
  held: Held | undefined,
  wasPrice: BigCommerceSettings['was_price'],
): { price: string; compare_at: string | null } | null {
  const base = held?.price ?? held?.calculated_price;
  if (held === undefined || base === null || base === undefined) return null;
  const sale = empty(held.sale_price) ? null : (held.sale_price ?? null);
  const price = amount(sale ?? base);
  switch (wasPrice) {
    case 'sale':
      return { price, compare_at: sale === null ? null : amount(base) };
    case 'retail_price':
      return { price, compare_at: empty(held.retail_price) ? null : amount(held.retail_price ?? 0) };
  }
}

import { z } from 'zod';
import { canonicalSku } from '../../src/exports/identifiers.ts';
import { GOODS } from './goods.ts';

type Item = { price: string; compare_at: string | null; currency: string; stock: number };

const Line = z.object({
  sku: z.string(),
  price: z.string().optional(),
  compare_at: z.string().nullish(),
  delta: z.number().optional(),
  quantity: z.number().optional(),
});
const Data = z.object({ currency: z.string().optional(), lines: z.array(Line) });

const item = (price: string, stock: number): Item => ({ price, compare_at: null, currency: 'EUR', stock });

function first(): Map<string, Item> {
  return new Map(GOODS.map(({ sku, price, stock }) => [canonicalSku(sku), item(price, stock)]));
}

/** Prices and stock as a sample system holds them; what it carries out changes them. */
export class Shelf {
  #items = first();

  reset(): void {
    this.#items = first();
  }

  /** Of these SKUs; those it does not sell are left out. */
  values(skus: readonly string[]): Record<string, Item> {
    const known = skus.flatMap((sku): [string, Item][] => {
      const found = this.#items.get(canonicalSku(sku));
      return found ? [[sku, found]] : [];
    });
    return Object.fromEntries(known);
  }

  apply(operation: string, data: unknown): void {
    const read = Data.safeParse(data);
    if (!read.success) return;
    const { currency = 'EUR', lines } = read.data;
    for (const line of lines) {
      const sku = canonicalSku(line.sku);
      const held = this.#items.get(sku) ?? { ...item('0', 0), currency };
      const next = changed(operation, held, line, currency);
      if (next) this.#items.set(sku, next);
    }
  }
}

/** What the operation makes of an item; null where it is no matter of prices or stock. */
function changed(operation: string, held: Item, line: z.infer<typeof Line>, currency: string): Item | null {
  switch (operation) {
    case 'price.set':
    case 'promo.activate':
    case 'promo.deactivate': {
      const { price = held.price, compare_at = null } = line;
      return { ...held, price, compare_at, currency };
    }
    case 'inventory.set':
      return { ...held, stock: line.quantity ?? held.stock };
    case 'inventory.adjust':
      return { ...held, stock: held.stock + (line.delta ?? 0) };
    default:
      return null;
  }
}

import { z } from 'zod';
import { canonicalSku } from '../../src/exports/identifiers.ts';
import type { Shelf } from './shelf.ts';

/** Units that the sample systems want on the shelf of everything they are to sell, where nobody says how many. */
const WANTED = 100;

/** Named one by one at most; a real system would not list thousands either. */
const MOST = 100;

const Item = z.object({ sku: z.string(), quantity: z.number().positive().optional() });
const Items = z.object({ skus: z.array(z.string()) });

type Short = { sku: string; requested: number; available: number };

/** Everything with a SKU anywhere in the body, each once. */
function itemsIn(body: unknown): ReadonlyMap<string, z.infer<typeof Item>> {
  const found = new Map<string, z.infer<typeof Item>>();
  const waiting = [body];
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const named = Items.safeParse(next).data?.skus.map((sku) => ({ sku })) ?? [];
    const one = Item.safeParse(next).data;
    for (const item of one ? [one, ...named] : named) {
      const key = canonicalSku(item.sku);
      if (!found.has(key)) found.set(key, item);
    }
    if (typeof next === 'object' && next !== null) waiting.push(...Object.values(next));
  }
  return found;
}

function shortOf(body: unknown, shelf: Shelf): readonly Short[] {
  const items = [...itemsIn(body).values()];
  const values = shelf.values(items.map((item) => item.sku));
  const stocked = items.map((item): Short => {
    return { sku: item.sku, requested: item.quantity ?? WANTED, available: values[item.sku]?.stock ?? 0 };
  });
  const short = stocked.filter((each) => each.available < each.requested);
  if (short.length > 0) return short;
  // Told to refuse, it finds its least filled place too empty.
  const [least] = stocked.toSorted((a, b) => a.available - b.available);
  return least ? [{ ...least, requested: least.available + WANTED }] : [];
}

function words(short: readonly Short[]): string {
  const [first] = short;
  if (!first) return 'There is too little stock for this.';
  if (short.length === 1)
    return `Only ${first.available} of ${first.requested} units of ${first.sku} are available.`;
  return `There are not enough units of ${short.length} SKUs.`;
}

/** The refusal of what there is too little of, with the figures of the system's own shelf. */
export function shortage(body: unknown, shelf: Shelf): Record<string, unknown> {
  const short = shortOf(body, shelf);
  return {
    exception_code: 'insufficient_inventory',
    exception_metadata: { lines: short.slice(0, MOST) },
    message: words(short),
  };
}

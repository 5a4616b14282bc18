import { z } from 'zod';
import { chunks } from '../shared/chunks.ts';
import type { Shop } from './client.ts';
import { type Item } from './variants.ts';

const Stocks = z.object({
  data: z.array(
    z.object({
      identity: z.object({ variant_id: z.int().nullish() }),
      locations: z.array(z.object({ location_id: z.int(), total_inventory_onhand: z.int() })).default([]),
    }),
  ),
});

/** Variant ids in one query, so that its address stays short. */
const IDS_AT_ONCE = 250;

/** Units on hand by location id, by variant id. A fresh item has none on record. */
export type Stock = ReadonlyMap<number, ReadonlyMap<number, number>>;

export async function readStock(shop: Shop, items: Iterable<Item>): Promise<Stock> {
  const found = new Map<number, Map<number, number>>();
  const ids = [...new Set([...items].map((item) => item.variant_id))];
  for (const some of chunks(ids, IDS_AT_ONCE)) {
    const asked = { 'variant_id:in': some.join(','), limit: 1000 };
    const { data } = await shop.get('/v3/inventory/items', asked, Stocks);
    for (const { identity, locations } of data) {
      if (typeof identity.variant_id !== 'number') continue;
      const places = found.get(identity.variant_id) ?? new Map<number, number>();
      for (const { location_id, total_inventory_onhand } of locations)
        places.set(location_id, total_inventory_onhand);
      found.set(identity.variant_id, places);
    }
  }
  return found;
}

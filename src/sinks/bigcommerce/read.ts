import { canonicalSku } from '../../exports/identifiers.ts';
import type { PresentValues, PushRequest } from '../port.ts';
import type { Shop } from './client.ts';
import { present } from './price-fields.ts';
import { shelfFor } from './prices.ts';
import { readStock } from './stock.ts';
import { findItems } from './variants.ts';

/**
 * Price and stock as the shop holds them now. Stock is the sum over the mapped locations, over all of
 * them when none is mapped.
 */
export async function readPresent(
  shop: Shop,
  skus: readonly string[],
  aliases: PushRequest['aliases'],
): Promise<PresentValues> {
  const { currency, was_price, locations } = shop.settings;
  const lines = skus.map((sku) => ({ sku, canonical_sku: canonicalSku(sku) }));
  const { items } = await findItems(shop, lines, aliases);
  const prices = await shelfFor(shop, currency, null).read([...items.values()]);
  const mapped = new Set(Object.values(locations));
  const stock = await readStock(shop, items.values());
  const unitsOf = (variant: number) => {
    const places = [...(stock.get(variant) ?? [])].filter(([id]) => mapped.size === 0 || mapped.has(id));
    return places.length === 0 ? undefined : places.reduce((sum, [, units]) => sum + units, 0);
  };
  return Object.fromEntries(
    [...items].map(([sku, { variant_id }]) => {
      const price = present(prices.get(variant_id), was_price);
      const units = unitsOf(variant_id);
      return [
        sku,
        {
          ...(price === null ? {} : { ...price, currency }),
          ...(units === undefined ? {} : { stock: units }),
        },
      ];
    }),
  );
}

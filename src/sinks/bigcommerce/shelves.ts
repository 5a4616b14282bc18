import { z } from 'zod';
import { chunks } from '../shared/chunks.ts';
import { Stopped } from '../shared/ending.ts';
import { wordsOf } from './causes.ts';
import { failedBy, type Shop } from './client.ts';
import { empty, Held, type PriceStep, type Shelf, stands } from './price-fields.ts';
import { mayBeOneLine, putVariants, type RefusedItems, readVariants, VARIANTS_AT_ONCE } from './variants.ts';

const Variant = Held.extend({ id: z.int() });

/** The catalogue's own prices, in the store's currency. */
export function catalogueShelf(shop: Shop): Shelf {
  const fields = 'price,sale_price,retail_price,calculated_price';
  return {
    cap: VARIANTS_AT_ONCE,
    read: (items) => readVariants(shop, items, fields, Variant),
    write: (batch) => putVariants(shop, batch),
  };
}

/** Records of a price list in one `PUT /pricelists/{id}/records`. */
const RECORDS_AT_ONCE = 1_000;
/** Variant ids in one query, so that its address stays short. */
const IDS_AT_ONCE = 250;

const Records = z.object({ data: z.array(Held.extend({ variant_id: z.int(), currency: z.string() })) });
const BatchErrors = z.object({
  batch_errors: z.array(
    z.looseObject({ data: z.looseObject({ variant_id: z.int(), currency: z.string().optional() }) }),
  ),
});

/** Lines that the answer to a refused batch names. */
function namedIn(answer: unknown, code: string): RefusedItems {
  const read = BatchErrors.safeParse(answer);
  if (!read.success) return new Map();
  return new Map(
    read.data.batch_errors.map((each) => [
      each.data.variant_id,
      { code, message: wordsOf(each) || 'BigCommerce refused this record.' },
    ]),
  );
}

/** A record has no way to say "no sale price" but to leave it out. */
const given = (value: number | null | undefined, name: string) =>
  value === null || value === undefined ? {} : { [name]: value };

const clears = ({ held, fields }: PriceStep) =>
  (fields.sale_price === null && !empty(held?.sale_price)) ||
  (fields.retail_price === null && !empty(held?.retail_price));

/** One price list. Part of a batch may be taken and part refused, so what stands is read back. */
export function listShelf(shop: Shop, list: number, currency: string): Shelf {
  const path = `/v3/pricelists/${String(list)}/records`;
  const read: Shelf['read'] = async (items) => {
    const found = new Map<number, Held>();
    const ids = [...new Set(items.map((item) => item.variant_id))];
    for (const some of chunks(ids, IDS_AT_ONCE)) {
      const asked = { 'variant_id:in': some.join(','), currency: currency.toLowerCase(), limit: IDS_AT_ONCE };
      const { data } = await shop.get(path, asked, Records);
      for (const record of data)
        if (record.currency.toUpperCase() === currency) found.set(record.variant_id, record);
    }
    return found;
  };
  const missed = async (batch: readonly PriceStep[]): Promise<PriceStep[]> => {
    const held = await read(batch.map(({ item }) => item));
    return batch.filter(({ item, fields }) => !stands(held.get(item.variant_id), fields));
  };
  const write = async (batch: readonly PriceStep[]): Promise<RefusedItems> => {
    const body = batch.map(({ item, fields: { price, sale_price, retail_price } }) => ({
      variant_id: item.variant_id,
      currency: currency.toLowerCase(),
      price,
      ...given(sale_price, 'sale_price'),
      ...given(retail_price, 'retail_price'),
    }));
    const written = await shop.inTurn(() => shop.write('PUT', path, body, z.unknown()));
    if (written.ok) {
      const kept = await missed(batch.filter(clears));
      const message = 'The price list still holds a former sale or retail price. Take it out at the shop.';
      return new Map(kept.map(({ item }) => [item.variant_id, { code: 'price_conflict', message }]));
    }
    const { refusal } = written;
    if (!mayBeOneLine(refusal)) throw new Stopped(failedBy(refusal));
    const named = namedIn(refusal.answer, refusal.code);
    const [first, ...others] = batch;
    if (first && others.length === 0)
      return new Map([[first.item.variant_id, { code: refusal.code, message: refusal.message }]]);
    const rest = await missed(batch.filter(({ item }) => !named.has(item.variant_id)));
    const half = rest.length < batch.length ? rest.length : Math.ceil(rest.length / 2);
    const parts = [rest.slice(0, half), rest.slice(half)].filter((part) => part.length > 0);
    const refused = new Map(named);
    for (const part of parts) for (const [id, words] of await write(part)) refused.set(id, words);
    return refused;
  };
  return { cap: RECORDS_AT_ONCE, read, write };
}

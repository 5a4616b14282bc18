import { z } from 'zod';
import type { Facts, Found, PushRequest, SinkOutcome } from '../port.ts';
import { bodyOf, PackagingBody } from './bodies.ts';
import type { Shop } from './client.ts';
import { lengthIn, weightIn } from './measures.ts';
import { before, cursorOf, ended, partial } from './refused.ts';
import { type Item, itemOf, itemsOf, putVariants, readVariants, VARIANTS_AT_ONCE } from './variants.ts';

const Measures = z.object({
  id: z.int(),
  weight: z.number().nullish(),
  width: z.number().nullish(),
  height: z.number().nullish(),
  depth: z.number().nullish(),
});
type Measures = z.infer<typeof Measures>;

type Fields = { weight: number; width: number; height: number; depth: number };
type Step = { sku: string; canonical_sku: string; item: Item; fields: Fields; held: Measures | undefined };

const NAMES = ['weight', 'width', 'height', 'depth'] as const;
const stands = ({ held, fields }: Step) => NAMES.every((name) => held?.[name] === fields[name]);

async function stepsOf(shop: Shop, request: PushRequest, from: number): Promise<Step[]> {
  const { weight_unit, length_unit } = shop.settings;
  const lines = bodyOf(request, PackagingBody).lines.slice(from);
  const items = await itemsOf(shop, lines, request.aliases);
  const held = await readVariants(shop, items.values(), NAMES.join(','), Measures);
  return lines.map((line) => {
    const item = itemOf(items, line);
    return {
      sku: line.sku,
      canonical_sku: line.canonical_sku,
      item,
      held: held.get(item.variant_id),
      fields: {
        weight: weightIn(line.weight_g, weight_unit),
        width: lengthIn(line.width_mm, length_unit),
        height: lengthIn(line.height_mm, length_unit),
        depth: lengthIn(line.length_mm, length_unit),
      },
    };
  });
}

/** Sets weight and size of variants, in the store's own units. */
export async function repack(shop: Shop, request: PushRequest): Promise<SinkOutcome> {
  const cursor = cursorOf(request);
  const refused = [...cursor.refused];
  const steps = await stepsOf(shop, request, cursor.at);
  const held: Facts = Object.fromEntries(
    steps.map(({ canonical_sku, held }) => [
      canonical_sku,
      Object.fromEntries(NAMES.map((name) => [name, held?.[name] ?? null])),
    ]),
  );
  const facts = before(request, held);
  for (let at = 0; at < steps.length; at += VARIANTS_AT_ONCE) {
    const batch = steps.slice(at, at + VARIANTS_AT_ONCE).filter((step) => !stands(step));
    if (batch.length === 0) continue;
    const bad = await putVariants(shop, batch);
    for (const { sku, item } of batch) {
      const words = bad.get(item.variant_id);
      if (words) refused.push({ sku, ...words });
    }
    const next = at + VARIANTS_AT_ONCE;
    if (shop.late() && next < steps.length) return partial({ at: cursor.at + next, refused }, facts);
  }
  return ended(cursor.at + steps.length - refused.length, refused, {
    kind: 'delivered',
    reference: null,
    facts,
  });
}

export async function findPackaging(shop: Shop, request: PushRequest): Promise<Found> {
  const steps = await stepsOf(shop, request, 0);
  return steps.every(stands) ? { kind: 'delivered', reference: null } : { kind: 'absent' };
}

import { z } from 'zod';
import type { PushRequest, SinkOutcome } from '../port.ts';
import { failed } from '../shared/ending.ts';
import { DiscountRef, discountStands, readDiscounts, startDiscount, stopDiscount } from './discounts.ts';
import { type PriceLine, pricesStand, readPrices, writePrices } from './prices.ts';
import type { ShopifySettings } from './settings.ts';
import { SkuLine } from './variants.ts';
import { bodyOf, cursorOf, goOn, type Operation, type Refused, type Work } from './work.ts';

const Promo = z.object({
  window: z.object({ end: z.string() }),
  currency: z.string(),
  channels: z.array(z.string()),
  set_prices_on: z.array(z.string()),
  discounts: z.array(DiscountRef),
  lines: z.array(
    SkuLine.extend({
      price: z.string(),
      compare_at: z.string().nullish(),
      previous: z.object({ price: z.string() }).nullish(),
    }),
  ),
});

type Part = {
  currency: string;
  end: string;
  here: boolean;
  discounts: readonly DiscountRef[];
  lines: readonly PriceLine[];
};

/** What of the promo is for this shop. */
export function partOf(request: PushRequest, { channel }: ShopifySettings): Part {
  const promo = bodyOf(Promo, request);
  const priced = promo.set_prices_on.includes(channel);
  return {
    currency: promo.currency,
    end: promo.window.end,
    here: promo.channels.includes(channel),
    discounts: promo.discounts.filter((ref) => ref.channel === channel),
    lines: priced
      ? promo.lines.map(({ sku, canonical_sku, price, compare_at, previous }) => ({
          sku,
          canonical_sku,
          price,
          compare_at: compare_at ?? null,
          previous: previous?.price ?? null,
        }))
      : [],
  };
}

const DRIFT = {
  start: { code: 'price_conflict', sentence: 'A price has changed since the promo was planned.' },
  end: { code: 'rollback_drifted', sentence: 'A price has changed since the promo began.' },
} as const;

function nothingToDo(part: Part, { channel }: ShopifySettings): SinkOutcome {
  if (!part.here) return { kind: 'delivered', reference: null };
  const message = `The promo names no discount for "${channel}", and its offer changes no price there. Add the id of its discount in Shopify.`;
  return failed('unsupported_capability', message);
}

async function read(work: Work, part: Part, starting: boolean): Promise<SinkOutcome> {
  const discounts = await readDiscounts(work, part.discounts, starting);
  if (discounts.kind === 'stop') return discounts.outcome;
  const facts = { discounts: discounts.facts };
  if (part.lines.length === 0) return goOn({ phase: 'write', at: 0 }, facts);
  const prices = await readPrices(work, part.lines, part.currency, starting ? DRIFT.start : DRIFT.end);
  if (prices.kind === 'stop') return prices.outcome;
  return goOn({ phase: 'write', at: 0 }, { ...prices.facts, ...facts });
}

/** Prices and discounts that were refused, as one outcome. */
function ended(part: Part, lines: readonly Refused[], discounts: readonly Refused[]): SinkOutcome {
  const refused = [...lines, ...discounts];
  const [first] = refused;
  const [only] = part.discounts;
  const reference = part.discounts.length === 1 ? (only?.discount_id ?? null) : null;
  if (first === undefined) return { kind: 'delivered', reference };
  const all = part.lines.length + part.discounts.length;
  const oneCause = refused.every(({ code }) => code === first.code);
  const code = refused.length === all && oneCause ? first.code : 'partial_failure';
  const message = `Shopify took ${String(all - refused.length)} of ${String(all)} prices and discounts, not ${first.sku}: ${first.message}`;
  return failed(code, message, {
    lines: lines.map((line) => ({ ...line })),
    skus: lines.map(({ sku }) => sku),
    discounts: discounts.map(({ sku, ...why }) => ({ discount_id: sku, ...why })),
  });
}

async function write(work: Work, part: Part, starting: boolean): Promise<SinkOutcome> {
  const prices =
    part.lines.length === 0 ? { kind: 'done' as const, refused: [] } : await writePrices(work, part.lines);
  if (prices.kind === 'stop') return prices.outcome;
  const refused: Refused[] = [];
  for (const ref of part.discounts) {
    const why = starting ? await startDiscount(work, ref, part.end) : await stopDiscount(work, ref);
    if (why) refused.push({ ...why, sku: ref.discount_id });
  }
  return ended(part, prices.refused, refused);
}

function switching(starting: boolean): Operation {
  return {
    async push(work) {
      const part = partOf(work.request, work.settings);
      if (part.lines.length === 0 && part.discounts.length === 0) return nothingToDo(part, work.settings);
      return cursorOf(work.request).phase === 'read'
        ? read(work, part, starting)
        : write(work, part, starting);
    },
    async reconcile(work) {
      // Nothing is written before the reading part has ended.
      if (cursorOf(work.request).phase === 'read') return { kind: 'absent' };
      const part = partOf(work.request, work.settings);
      if (part.lines.length > 0 && !(await pricesStand(work, part.lines))) return { kind: 'absent' };
      for (const ref of part.discounts)
        if (!(await discountStands(work, ref, starting ? part.end : null))) return { kind: 'absent' };
      return { kind: 'delivered', reference: part.discounts[0]?.discount_id ?? null };
    },
  };
}

/** Discounts start and prices go down; discounts stop and prices go back. */
export const promoActivate: Operation = switching(true);
export const promoDeactivate: Operation = switching(false);

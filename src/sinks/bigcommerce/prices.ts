import Big from 'big.js';
import type { Facts, Found, PushRequest, SinkOutcome } from '../port.ts';
import { failed, Stopped } from '../shared/ending.ts';
import type { PriceBody } from './bodies.ts';
import { type Shop } from './client.ts';
import { refuseEarly } from './due.ts';
import { fieldsOf, type PriceLine, type PriceStep, present, type Shelf, stands } from './price-fields.ts';
import { before, cursorOf, ended, partial, type RefusedLine } from './refused.ts';
import { catalogueShelf, listShelf } from './shelves.ts';
import { itemOf, itemsOf } from './variants.ts';

/** Where prices of this export go. Ends the attempt when the currency is not one the catalogue holds. */
export function shelfFor(shop: Shop, currency: string, priceList: string | null): Shelf {
  const { settings } = shop;
  const mapped = priceList === null ? undefined : settings.price_lists[priceList];
  const target = mapped ?? settings.price_list ?? 'catalogue';
  if (target !== 'catalogue') return listShelf(shop, target, currency);
  if (currency !== settings.currency) {
    const message = `The catalogue holds prices in ${settings.currency}, not in ${currency}. Name a price list for ${currency} in meshline.yml.`;
    throw new Stopped(failed('currency_invalid', message));
  }
  return catalogueShelf(shop);
}

export type PriceWork = {
  lines: readonly PriceLine[];
  shelf: Shelf;
  currency: string;
  /** The code when a price has changed since the sender read it. */
  drift: string;
};

/** Lines whose prices are read and written together, so that no attempt holds too many. */
const SLICE = 1_000;

type Step = PriceStep & { line: PriceLine };

async function stepsOf(shop: Shop, request: PushRequest, work: PriceWork, from: number): Promise<Step[]> {
  const lines = work.lines.slice(from);
  const items = await itemsOf(shop, lines, request.aliases);
  return lines.map((line) => ({
    line,
    item: itemOf(items, line),
    fields: fieldsOf(line, shop.settings.was_price),
    held: undefined,
  }));
}

async function heldBy(shelf: Shelf, steps: readonly Step[]): Promise<Step[]> {
  const held = await shelf.read(steps.map(({ item }) => item));
  return steps.map((step) => ({ ...step, held: held.get(step.item.variant_id) }));
}

function told(shop: Shop, steps: readonly Step[], currency: string): Facts {
  return Object.fromEntries(
    steps.map(({ line, held }) => {
      const now = present(held, shop.settings.was_price);
      return [line.canonical_sku, now === null ? null : { ...now, currency }];
    }),
  );
}

/** Lines whose price is neither the one to set nor the one the sender has read. */
function drifted(shop: Shop, steps: readonly Step[], code: string): RefusedLine[] {
  if (!shop.settings.check_previous) return [];
  return steps.flatMap(({ line, fields, held }) => {
    const now = present(held, shop.settings.was_price);
    if (now === null || line.previous === null || stands(held, fields)) return [];
    if (new Big(now.price).eq(line.previous) || new Big(now.price).eq(line.price)) return [];
    const message = `It costs ${now.price} at BigCommerce, but ${line.previous} was read before.`;
    return [{ sku: line.sku, code, message }];
  });
}

/** Present prices, and the drift that would stop a push, without writing. */
export async function lookAtPrices(
  shop: Shop,
  request: PushRequest,
  work: PriceWork,
): Promise<{ held: Facts; drift: RefusedLine[]; done: boolean }> {
  const steps = await heldBy(work.shelf, await stepsOf(shop, request, work, 0));
  return {
    held: told(shop, steps, work.currency),
    drift: drifted(shop, steps, work.drift),
    done: steps.every(({ held, fields }) => stands(held, fields)),
  };
}

/** Sets prices from the request's cursor on. Lines that stand already are left alone. */
export async function setPrices(shop: Shop, request: PushRequest, work: PriceWork): Promise<SinkOutcome> {
  const cursor = cursorOf(request);
  const refused = [...cursor.refused];
  const steps = await stepsOf(shop, request, work, cursor.at);
  let held: Facts = {};
  for (let from = 0; from < steps.length; from += SLICE) {
    const slice = await heldBy(work.shelf, steps.slice(from, from + SLICE));
    held = { ...held, ...told(shop, slice, work.currency) };
    const drift = drifted(shop, slice, work.drift);
    if (drift.length > 0) return ended(cursor.at + from - refused.length, [...refused, ...drift]);
    for (let at = 0; at < slice.length; at += work.shelf.cap) {
      const batch = slice.slice(at, at + work.shelf.cap).filter((step) => !stands(step.held, step.fields));
      if (batch.length === 0) continue;
      const bad = await work.shelf.write(batch);
      for (const { line, item } of batch) {
        const words = bad.get(item.variant_id);
        if (words) refused.push({ sku: line.sku, ...words });
      }
      const next = cursor.at + from + at + work.shelf.cap;
      if (shop.late() && next < work.lines.length)
        return partial({ at: next, refused }, before(request, held));
    }
  }
  return ended(work.lines.length - refused.length, refused, {
    kind: 'delivered',
    reference: null,
    facts: before(request, held),
  });
}

/** Whether all prices stand as asked. When not, pushing again sets only the others. */
export async function findPrices(shop: Shop, request: PushRequest, work: PriceWork): Promise<Found> {
  const { done } = await lookAtPrices(shop, request, work);
  return done ? { kind: 'delivered', reference: null } : { kind: 'absent' };
}

export function priceWork(shop: Shop, body: PriceBody): PriceWork {
  refuseEarly(shop, 'a price', body.valid_from);
  return {
    lines: body.lines.map(({ previous_price, ...line }) => ({ ...line, previous: previous_price })),
    shelf: shelfFor(shop, body.currency, body.price_list.id),
    currency: body.currency,
    drift: 'price_conflict',
  };
}

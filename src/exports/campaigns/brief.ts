import { z } from 'zod';
import { fromIso } from '../../clock.ts';
import { checkCurrency, checkWindow, duplicates } from '../checks.ts';
import { Instant } from '../envelope.ts';
import { Channels, HttpsUrl, identifier, Label, maybe, Sku, TimeZone, text, title } from '../fields.ts';
import { Amount, Currency, compareAmounts, isZero } from '../money.ts';
import { Offer } from '../offer.ts';
import { error, type Problem } from '../problems.ts';

export const MOST_PRODUCTS = 5_000;

/** One product of a brief. Without a price of its own, its present one is asked of the shop when the promo goes out. */
export const BriefProduct = z.strictObject({
  sku: Sku,
  title: maybe(text(200)),
  /** Web address part of the product that the SKU belongs to. */
  handle: maybe(identifier('handle', 120)),
  price: maybe(Amount),
  compare_at: maybe(Amount),
  /** Null: what the offer makes of the price. */
  promo_price: maybe(Amount),
});
export type BriefProduct = z.infer<typeof BriefProduct>;

/** What a campaign is (R23): written once, versioned, and carried by every export that it causes. */
export const Brief = z.strictObject({
  name: title(120),
  products: z
    .array(BriefProduct)
    .min(1, 'Name at least one product.')
    .max(MOST_PRODUCTS, 'A campaign has at most 5,000 products. Split it.'),
  offer: Offer,
  currency: Currency,
  window: z.strictObject({ start: Instant, end: Instant, time_zone: TimeZone }),
  channels: Channels,
  keywords: z.array(title(100)).max(100, 'At most 100 keywords.').default([]),
  creative_ids: z.array(identifier('creative id', 120)).max(100, 'At most 100 creatives.').default([]),
  landing_urls: z.array(HttpsUrl).max(50, 'At most 50 landing pages.').default([]),
  /** Discounts that exist at a channel already and are to be switched rather than made. */
  discounts: z
    .array(z.strictObject({ channel: Label, discount_id: identifier('discount id', 200) }))
    .max(50)
    .default([]),
});
export type Brief = z.infer<typeof Brief>;

const LONGEST_DAYS = 92;

/** What is wrong with a brief although its fields are well formed; paths point into the brief. */
export function checkBrief(brief: Brief, now: number): Problem[] {
  const { window, offer, currency } = brief;
  const problems = [
    ...duplicates(brief.products, 'products'),
    ...checkWindow(
      window,
      { start: 'window.start', end: 'window.end' },
      { now, max_days: LONGEST_DAYS, what: 'promo' },
    ),
  ];
  if (fromIso(window.end) <= fromIso(window.start)) {
    const message = 'The promo ends before it starts. Set the end after the start.';
    if (!problems.some((each) => each.path === 'window.end' && each.severity === 'error'))
      problems.push(error('window_reversed', 'window.end', message));
  }
  if ('currency' in offer) problems.push(...checkCurrency(offer.currency, currency, 'offer', 'the brief'));
  for (const [index, { sku, price, promo_price }] of brief.products.entries()) {
    const path = `products.${index}.promo_price`;
    if (promo_price === null) continue;
    if (isZero(promo_price))
      problems.push(error('price_zero', path, `SKU ${sku} would cost nothing. Set a price.`));
    else if (price !== null && compareAmounts(promo_price, price) >= 0) {
      const message = `SKU ${sku} costs ${price} and would cost ${promo_price}: a promo price must be lower.`;
      problems.push(error('price_not_lower', path, message));
    }
  }
  for (const [index, { channel }] of brief.discounts.entries()) {
    if (brief.channels.includes(channel)) continue;
    const message = `There is a discount for ${channel}, but the promo does not run there.`;
    problems.push(error('discount_elsewhere', `discounts.${index}.channel`, message));
  }
  return problems;
}

/** A readable id of a new campaign, told from those there are: "summer-24", "summer-24-2". */
export function campaignId(name: string, isTaken: (id: string) => boolean): string {
  const plain = name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|(?<!-)-+$/g, '')
    .slice(0, 60)
    .replace(/(?<!-)-+$/, '');
  const stem = plain === '' ? 'campaign' : plain;
  let id = stem;
  for (let n = 2; isTaken(id); n += 1) id = `${stem}-${n}`;
  return id;
}

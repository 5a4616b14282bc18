import Big from 'big.js';
import { z } from 'zod';
import { fromIso } from '../../clock.ts';
import { checkCurrency, checkWindow, duplicates, fallsBeyond, tooMany } from '../checks.ts';
import { type CardContent, defineExport } from '../define.ts';
import { Instant, type Json } from '../envelope.ts';
import { pause } from '../exceptions.ts';
import {
  Channels,
  HttpsUrl,
  identifier,
  Label,
  maybe,
  Sku,
  TimeZone,
  text,
  title,
  Units,
} from '../fields.ts';
import { canonicalSku } from '../identifiers.ts';
import { Amount, Currency, compareAmounts, cutPercent, isZero } from '../money.ts';
import { changesShelfPrice, Offer, offerText, promised, termsText } from '../offer.ts';
import { isNamed, reverseGate } from '../own.ts';
import {
  changePercent,
  count,
  highest,
  itemName,
  lowest,
  lowestAmount,
  money,
  short,
  systemName,
  systemNames,
} from '../phrases.ts';
import { error, type Problem, warning } from '../problems.ts';
import { RETRY_FAST } from '../retries.ts';
import type { Line } from '../text.ts';
import { MINUTE_MS } from '../words.ts';

const Price = z.strictObject({ price: Amount, compare_at: maybe(Amount) });
type Price = z.infer<typeof Price>;

const PromoLine = z.strictObject({
  sku: Sku,
  title: maybe(text(200)),
  currency: maybe(Currency),
  before: Price,
  after: Price,
  /** What a rollback puts back. */
  rollback: Price,
  landing_url: maybe(HttpsUrl),
  expected_stock: maybe(Units),
});
type PromoLine = z.infer<typeof PromoLine>;

/** When a discount that stands at the shop runs by itself. */
const Schedule = z.strictObject({ starts_at: Instant, ends_at: maybe(Instant) });

const Payload = z.strictObject({
  /** `end` takes a promo back before its window closes, as a rollback does. */
  action: z.enum(['start', 'end']).default('start'),
  campaign_name: title(120),
  window: z.strictObject({ start: Instant, end: Instant, time_zone: TimeZone }),
  offer: Offer,
  currency: Currency,
  channels: Channels,
  lines: z.array(PromoLine).min(1),
  landing_urls: z.array(HttpsUrl).max(50).default([]),
  /** The discounts that exist at the sinks already, to be switched rather than made. */
  discounts: z
    .array(
      z.strictObject({
        channel: Label,
        discount_id: identifier('discount id', 200),
        /** What the end of the promo puts back. */
        schedule: maybe(Schedule),
      }),
    )
    .default([]),
  brief: maybe(
    z.strictObject({
      version: z.int().min(1),
      keywords: z.array(title(100)).max(100).default([]),
      creative_ids: z.array(identifier('creative id', 120)).max(100).default([]),
    }),
  ),
});
type Payload = z.infer<typeof Payload>;

/**
 * Where the prices of the lines are to be written. A channel that has a discount for the offer takes
 * it off by itself: writing the lower price too would take it off twice.
 */
function priceChannels({ offer, channels, discounts }: Payload): string[] {
  const discounted = new Set(discounts.map((discount) => discount.channel));
  return changesShelfPrice(offer) ? channels.filter((channel) => !discounted.has(channel)) : [];
}

/** Each discount with the schedule that its shop told it had before the promo. */
function withSchedules({ discounts }: Payload, told: { readonly [key: string]: Json }): Payload['discounts'] {
  const before = z.record(z.string(), Schedule.loose()).safeParse(told['discounts']);
  return discounts.map((each) => {
    const kept = before.data?.[each.discount_id];
    return kept ? { ...each, schedule: { starts_at: kept.starts_at, ends_at: kept.ends_at } } : each;
  });
}

function checkDiscounts({ discounts, channels }: Payload): Problem[] {
  return discounts.flatMap(({ channel }, index) => {
    if (channels.includes(channel)) return [];
    const message = `There is a discount for ${systemName(channel)}, but the promo does not run there. Add the channel or drop the discount.`;
    return [error('discount_elsewhere', `payload.discounts.${index}.channel`, message)];
  });
}

type Limits = { max_drift_percent: number; max_cut_percent: number; below_threshold: number };

function checkPrices(line: PromoLine, at: string, { offer }: Payload, rules: Limits): Problem[] {
  const before = line.before.price;
  const after = line.after.price;
  if (compareAmounts(after, before) > 0) {
    const message = `SKU ${line.sku} rises from ${before} to ${after}: a promo cannot raise a price. Correct it or take the line out.`;
    return [error('price_not_lower', `${at}.after.price`, message)];
  }
  if (isZero(after)) {
    const message = `SKU ${line.sku} would cost nothing. Set a price, or use a buy-and-get offer.`;
    return [error('price_zero', `${at}.after.price`, message)];
  }
  if (!changesShelfPrice(offer)) return [];
  if (compareAmounts(after, before) === 0) {
    const message = `SKU ${line.sku} stays at ${before}: a promo price must be lower. Correct it or take the line out.`;
    return [error('price_not_lower', `${at}.after.price`, message)];
  }
  const problems: Problem[] = [];
  const expected = promised(offer, before);
  const drift = new Big(before).times(rules.max_drift_percent).div(100);
  if (expected !== null && expected.minus(after).abs().gt(drift)) {
    const fair = expected.lt(0) ? 'less than nothing' : expected.round(2, Big.roundHalfUp).toFixed(2);
    const message = `The offer makes ${fair} of ${before} for SKU ${line.sku}, but its new price is ${after}. Check which one is right.`;
    problems.push(warning('offer_price_mismatch', `${at}.after.price`, message));
  }
  if (fallsBeyond(before, after, rules.max_cut_percent)) {
    const message = `SKU ${line.sku} falls from ${before} to ${after}, more than the usual ${rules.max_cut_percent} %. Check that this is meant.`;
    problems.push(warning('deep_cut', `${at}.after.price`, message));
  }
  return problems;
}

function samePrice(a: Price, b: Price): boolean {
  if (compareAmounts(a.price, b.price) !== 0) return false;
  if (a.compare_at === null || b.compare_at === null) return a.compare_at === b.compare_at;
  return compareAmounts(a.compare_at, b.compare_at) === 0;
}

function checkLine(line: PromoLine, index: number, payload: Payload, rules: Limits): Problem[] {
  const at = `payload.lines.${index}`;
  const problems = checkCurrency(line.currency, payload.currency, `${at}.currency`, 'the promo');
  if (payload.action === 'end') return problems;
  problems.push(...checkPrices(line, at, payload, rules));
  if (!samePrice(line.rollback, line.before)) {
    const message = `A rollback of SKU ${line.sku} would set ${line.rollback.price}, but it costs ${line.before.price} before the promo. Make both the same, "was" price included.`;
    problems.push(error('rollback_mismatch', `${at}.rollback`, message));
  }
  const was = line.after.compare_at;
  if (was !== null && compareAmounts(was, line.after.price) <= 0) {
    const message = `SKU ${line.sku} shows "was ${was}", which is not above its promo price ${line.after.price}. Raise it or leave it out.`;
    problems.push(error('compare_at_low', `${at}.after.compare_at`, message));
  }
  if (line.expected_stock !== null && line.expected_stock < rules.below_threshold) {
    const message = `Only ${line.expected_stock} of SKU ${line.sku} are expected in stock; the limit is ${rules.below_threshold}. Restock it or take it out.`;
    problems.push(warning('low_stock', `${at}.expected_stock`, message));
  }
  return problems;
}

function headline(payload: Payload): Line {
  const skus = count(payload.lines.length, 'SKU');
  const where = systemNames(payload.channels);
  const name = { strong: short(payload.campaign_name, 80) };
  if (payload.action === 'end') return ['End ', name, `: ${skus} back to their former prices on ${where}`];
  const what = `${offerText(payload.offer)} ${skus}`;
  return ['Activate ', name, `: ${what} on ${where}, from `, { at: fromIso(payload.window.start) }];
}

function facts(payload: Payload, campaign_id: string | null): CardContent['facts'] {
  const { window, lines } = payload;
  const deepest = highest(lines.map((line) => cutPercent(line.before.price, line.after.price)));
  const stocked = lines.flatMap((line) => (line.expected_stock === null ? [] : [line.expected_stock]));
  const pages = payload.landing_urls;
  const shown: { label: string; value: Line }[] = [
    {
      label: 'Runs',
      value: [
        { at: fromIso(window.start) },
        ' to ',
        { at: fromIso(window.end) },
        `, in your time (planned for ${window.time_zone})`,
      ],
    },
    { label: 'Offer', value: [termsText(payload.offer, payload.currency)] },
  ];
  if (payload.action === 'start' && deepest > 0)
    shown.push({ label: 'Deepest cut', value: [`${deepest} %`] });
  if (stocked.length > 0) {
    shown.push({ label: 'Lowest stock', value: [count(lowest(stocked), 'unit')] });
  }
  if (campaign_id !== null) shown.push({ label: 'Campaign', value: [campaign_id] });
  if (pages[0] !== undefined) {
    const more = pages.length > 1 ? ` and ${pages.length - 1} more` : '';
    shown.push({ label: 'Landing page', value: [`${short(pages[0])}${more}`] });
  }
  return shown;
}

export const promoActivation = defineExport({
  name: 'promo_activation',
  title: 'Promo activation',
  payload: Payload,
  intents: ['promo_schedule'],
  policy: {
    owner_role: 'marketing_ops',
    sla_ms: 15 * MINUTE_MS,
    gate_is_fixed: true,
    refresh: { price: { max_age_ms: 5 * MINUTE_MS }, stock: { max_age_ms: 15 * MINUTE_MS } },
    retry: RETRY_FAST,
  },
  rules: {
    max_lines: 5000,
    max_window_days: 92,
    max_cut_percent: 70,
    /** How far, in percent of the old price, a rounded promo price may be off the offer's terms. */
    max_drift_percent: 2,
    below_threshold: 5,
  },
  gate: (context) =>
    reverseGate(context) ?? {
      mode: 'two_step',
      roles: ['marketing_ops', 'operations'],
      raised: false,
      reason: 'Shoppers see this at once, so marketing and operations both sign.',
    },
  check({ payload, envelope, rules, now }) {
    const many = tooMany(payload.lines.length, rules.max_lines, 'payload.lines', 'line');
    if (many.length > 0) return many;
    const { offer } = payload;
    const problems = [
      ...duplicates(payload.lines, 'payload.lines'),
      ...payload.lines.flatMap((line, index) => checkLine(line, index, payload, rules)),
      ...checkDiscounts(payload),
    ];
    if ('currency' in offer) {
      problems.push(
        ...checkCurrency(offer.currency, payload.currency, 'payload.offer.currency', 'the promo'),
      );
    }
    if (payload.action === 'start') {
      const paths = { start: 'payload.window.start', end: 'payload.window.end' };
      const limits = { now, max_days: rules.max_window_days, what: 'promo' };
      problems.push(...checkWindow(payload.window, paths, limits));
    }
    if (envelope.campaign_id === undefined) {
      const message = 'This promo names no campaign, so its outcome cannot be measured. Add the campaign id.';
      problems.push(warning('campaign_missing', 'campaign_id', message));
    }
    return problems;
  },
  editable: [
    'payload.campaign_name',
    'payload.window.start',
    'payload.window.end',
    'payload.landing_urls',
    'payload.lines.*.after.price',
    'payload.lines.*.after.compare_at',
  ],
  subjects: (payload, envelope) => [`promo:${envelope.campaign_id ?? payload.campaign_name}`],
  card({ payload, envelope, now }) {
    const skus = count(payload.lines.length, 'SKU');
    const where = systemNames(payload.channels);
    const when = fromIso(payload.window.start) <= now ? 'at once' : 'when it starts';
    const name = `“${short(payload.campaign_name, 80)}”`;
    const starts = payload.action === 'start';
    return {
      headline: headline(payload),
      facts: facts(payload, envelope.campaign_id ?? null),
      changes: payload.lines.map((line) => ({
        item: itemName(line),
        before: money(line.before.price, payload.currency),
        after:
          compareAmounts(line.before.price, line.after.price) === 0
            ? `${money(line.after.price, payload.currency)}, unchanged at the shelf`
            : `${money(line.after.price, payload.currency)} (${changePercent(line.before.price, line.after.price)})`,
      })),
      totals: `${skus}, lowest new price ${money(lowestAmount(payload.lines.map((line) => line.after.price)), payload.currency)}`,
      rollback: starts
        ? `Ends by itself when its window closes. A rollback puts back the former prices of ${skus}.`
        : 'To bring the promo back, activate it again.',
      effect: starts
        ? `This accepts ${name}: ${skus} ${payload.lines.length === 1 ? 'goes' : 'go'} on sale on ${where} ${when}.`
        : `This ends ${name} for ${skus} on ${where} at once.`,
    };
  },
  operations(payload, envelope) {
    return [
      {
        name: payload.action === 'start' ? 'promo.activate' : 'promo.deactivate',
        ...(payload.action === 'start'
          ? { not_before: payload.window.start, not_after: payload.window.end }
          : {}),
        body: {
          campaign_id: envelope.campaign_id ?? null,
          campaign_name: payload.campaign_name,
          window: payload.window,
          offer: payload.offer,
          currency: payload.currency,
          channels: payload.channels,
          discounts: payload.discounts,
          set_prices_on: priceChannels(payload),
          landing_urls: payload.landing_urls,
          brief: payload.brief,
          lines: payload.lines.map((line) => ({
            sku: line.sku,
            canonical_sku: canonicalSku(line.sku),
            price: line.after.price,
            compare_at: line.after.compare_at,
            previous: line.before,
            rollback: line.rollback,
            landing_url: line.landing_url,
          })),
        },
      },
    ];
  },
  reverse(payload, skus, _envelope, told) {
    if (payload.action === 'end') return null;
    const lines = payload.lines
      .filter((line) => isNamed(line.sku, skus))
      .map((line) => ({ ...line, before: line.after, after: line.rollback, expected_stock: null }));
    if (lines.length === 0) return null;
    return {
      export_type: 'promo_activation',
      intent: 'promo_schedule',
      payload: { ...payload, action: 'end', lines, discounts: withSchedules(payload, told) },
    };
  },
  without(payload, skus) {
    const [fixed] = payload.discounts;
    if (fixed) {
      return { why: `the discount at ${systemName(fixed.channel)} says itself which items it takes in.` };
    }
    return {
      payload: { ...payload, lines: payload.lines.filter((line) => !skus.has(canonicalSku(line.sku))) },
    };
  },
  exceptions: {
    insufficient_inventory: pause(
      'supply_chain',
      'critical',
      'Restock, move stock, or take the SKUs out of the promo, then resume; both owners accept again.',
    ),
    window_over: pause(
      'marketing_ops',
      'high',
      'The promo was over before it could go out, so nothing was sent. Give it a later window, or withdraw it.',
    ),
    price_conflict: pause(
      'marketing_ops',
      'high',
      'A price has changed since the promo was planned. Plan it with the present price, then resume.',
    ),
  },
});

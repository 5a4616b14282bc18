import { z } from 'zod';
import { fromIso } from '../../clock.ts';
import { checkCurrency, checkWindow, duplicates, fallsBeyond, risesBeyond, tooMany } from '../checks.ts';
import { defineExport } from '../define.ts';
import { Instant } from '../envelope.ts';
import { pause } from '../exceptions.ts';
import { Channels, identifier, maybe, Sku, text, title } from '../fields.ts';
import { canonicalSku } from '../identifiers.ts';
import { Amount, Currency, compareAmounts, cutPercent, isZero } from '../money.ts';
import { isNamed, reverseGate } from '../own.ts';
import {
  changePercent,
  count,
  highest,
  itemName,
  lowestAmount,
  money,
  short,
  systemNames,
} from '../phrases.ts';
import { error, type Problem, warning } from '../problems.ts';
import { RETRY_FAST } from '../retries.ts';
import type { Line } from '../text.ts';
import { MINUTE_MS } from '../words.ts';

const PriceLine = z.strictObject({
  sku: Sku,
  title: maybe(text(200)),
  currency: maybe(Currency),
  old_price: Amount,
  new_price: Amount,
  compare_at: maybe(Amount),
});
type PriceLine = z.infer<typeof PriceLine>;

const Payload = z.strictObject({
  price_list: z.strictObject({ id: identifier('price list id', 80), name: maybe(text(80)) }),
  currency: Currency,
  channels: Channels,
  /** Null: as soon as it is accepted. */
  valid_from: maybe(Instant),
  /** Null: until the next price. */
  valid_until: maybe(Instant),
  reason: title(300),
  lines: z.array(PriceLine).min(1),
});
type Payload = z.infer<typeof Payload>;

type Limits = { max_cut_percent: number; max_rise_percent: number };

function isRisky(line: PriceLine, limit: number): boolean {
  return isZero(line.new_price) || fallsBeyond(line.old_price, line.new_price, limit);
}

function checkLine(line: PriceLine, index: number, { currency }: Payload, rules: Limits): Problem[] {
  const at = `payload.lines.${index}`;
  const { sku, old_price, new_price, compare_at } = line;
  const problems = checkCurrency(line.currency, currency, `${at}.currency`, 'the price list');
  if (isZero(new_price)) {
    const message = `SKU ${sku} would cost nothing. Set a price unless you mean to give it away.`;
    problems.push(warning('price_zero', `${at}.new_price`, message));
  } else if (fallsBeyond(old_price, new_price, rules.max_cut_percent)) {
    const message = `SKU ${sku} falls from ${old_price} to ${new_price}, more than the limit of ${rules.max_cut_percent} %. Check the decimal point.`;
    problems.push(warning('deep_cut', `${at}.new_price`, message));
  } else if (risesBeyond(old_price, new_price, rules.max_rise_percent)) {
    const message = `SKU ${sku} rises from ${old_price} to ${new_price}, more than the limit of ${rules.max_rise_percent} %. Check the decimal point.`;
    problems.push(warning('steep_rise', `${at}.new_price`, message));
  } else if (compareAmounts(old_price, new_price) === 0) {
    const message = `SKU ${sku} stays at ${new_price}. Take the line out unless only its "was" price changes.`;
    problems.push(warning('price_unchanged', `${at}.new_price`, message));
  }
  if (compare_at !== null && compareAmounts(compare_at, new_price) <= 0) {
    const message = `SKU ${sku} shows "was ${compare_at}", which is not above its new price ${new_price}. Raise it or leave it out.`;
    problems.push(error('compare_at_low', `${at}.compare_at`, message));
  }
  return problems;
}

function listName(payload: Payload): string {
  return short(payload.price_list.name ?? payload.price_list.id, 60);
}

function direction(lines: readonly PriceLine[]): string {
  const lower = lines.filter((line) => compareAmounts(line.new_price, line.old_price) < 0).length;
  const higher = lines.filter((line) => compareAmounts(line.new_price, line.old_price) > 0).length;
  return `${lower} lower, ${higher} higher, ${lines.length - lower - higher} unchanged`;
}

function since(payload: Payload, now: number): Line {
  const from = payload.valid_from === null ? now : fromIso(payload.valid_from);
  const until: Line = payload.valid_until === null ? [] : [' until ', { at: fromIso(payload.valid_until) }];
  return from <= now ? ['at once', ...until] : ['from ', { at: from }, ...until];
}

export const priceUpdate = defineExport({
  name: 'price_update',
  title: 'Price update',
  payload: Payload,
  intents: ['publish_live', 'reconcile'],
  policy: {
    owner_role: 'merchandising',
    sla_ms: 30 * MINUTE_MS,
    gate_is_fixed: false,
    refresh: { price: { max_age_ms: 5 * MINUTE_MS } },
    retry: RETRY_FAST,
  },
  rules: { max_lines: 5000, max_cut_percent: 30, max_rise_percent: 50, max_validity_days: 366 },
  gate(context) {
    const back = reverseGate(context);
    if (back) return back;
    const { payload, rules } = context;
    const risky = payload.lines.filter((line) => isRisky(line, rules.max_cut_percent)).length;
    if (risky === 0) {
      const reason = `No price is 0 or falls by more than ${rules.max_cut_percent} %.`;
      return { mode: 'single', roles: ['merchandising'], raised: false, reason };
    }
    const verb = risky === 1 ? 'falls' : 'fall';
    const reason = `${count(risky, 'price')} ${verb} by more than ${rules.max_cut_percent} % or to 0, so two people sign.`;
    return { mode: 'two_step', roles: ['merchandising', 'operations'], raised: true, reason };
  },
  check({ payload, rules, now }) {
    const many = tooMany(payload.lines.length, rules.max_lines, 'payload.lines', 'line');
    if (many.length > 0) return many;
    const paths = { start: 'payload.valid_from', end: 'payload.valid_until' };
    const limits = { now, max_days: rules.max_validity_days, what: 'price' };
    return [
      ...duplicates(payload.lines, 'payload.lines'),
      ...payload.lines.flatMap((line, index) => checkLine(line, index, payload, rules)),
      ...checkWindow({ start: payload.valid_from, end: payload.valid_until }, paths, limits),
    ];
  },
  editable: [
    'payload.reason',
    'payload.valid_from',
    'payload.valid_until',
    'payload.lines.*.new_price',
    'payload.lines.*.compare_at',
  ],
  subjects: (payload) =>
    payload.lines.map((line) => `price:${payload.price_list.id}:${canonicalSku(line.sku)}`),
  card({ payload, now }) {
    const { lines, currency } = payload;
    const skus = count(lines.length, 'SKU');
    // In a list of many alike, the SKU tells which this is.
    const only = lines.length === 1 ? lines[0] : undefined;
    const where = systemNames(payload.channels);
    const lowest = lowestAmount(lines.map((line) => line.new_price));
    const deepest = highest(lines.map((line) => cutPercent(line.old_price, line.new_price)));
    const later = payload.valid_from !== null && fromIso(payload.valid_from) > now;
    return {
      headline: [
        only ? 'Change the price of ' : 'Change prices of ',
        { strong: only ? short(only.sku, 40) : skus },
        ` in ${listName(payload)} on ${where}, `,
        ...since(payload, now),
      ],
      facts: [
        { label: 'Reason', value: [payload.reason] },
        { label: 'Prices', value: [direction(lines)] },
        ...(deepest > 0 ? [{ label: 'Deepest cut', value: [`${deepest} %`] }] : []),
        { label: 'Price list', value: [`${listName(payload)}, ${currency}`] },
      ],
      changes: lines.map((line) => ({
        item: itemName(line),
        before: money(line.old_price, currency),
        after: `${money(line.new_price, currency)} (${changePercent(line.old_price, line.new_price)})`,
      })),
      totals: `${skus}, lowest new price ${money(lowest, currency)}`,
      rollback: 'Can be undone by a price update with the old prices shown here.',
      effect: `This changes the price of ${skus} on ${where}${later ? ' when the new prices start' : ' at once'}.`,
    };
  },
  operations(payload) {
    return [
      {
        name: 'price.set',
        ...(payload.valid_from === null ? {} : { not_before: payload.valid_from }),
        body: {
          price_list: payload.price_list,
          currency: payload.currency,
          channels: payload.channels,
          valid_from: payload.valid_from,
          valid_until: payload.valid_until,
          reason: payload.reason,
          lines: payload.lines.map((line) => ({
            sku: line.sku,
            canonical_sku: canonicalSku(line.sku),
            price: line.new_price,
            previous_price: line.old_price,
            compare_at: line.compare_at,
          })),
        },
      },
    ];
  },
  reverse(payload, skus) {
    const lines = payload.lines
      .filter((line) => isNamed(line.sku, skus))
      .map((line) => ({
        ...line,
        old_price: line.new_price,
        new_price: line.old_price,
        compare_at: null,
      }));
    if (lines.length === 0) return null;
    const { price_list, currency, channels } = payload;
    const reason = short(`Back to the former prices: ${payload.reason}`, 300);
    return {
      export_type: 'price_update',
      intent: 'publish_live',
      payload: { price_list, currency, channels, valid_from: null, valid_until: null, reason, lines },
    };
  },
  exceptions: {
    promo_conflict: pause(
      'merchandising',
      'high',
      'A running promo holds this price. End it or wait, then resume.',
    ),
  },
});

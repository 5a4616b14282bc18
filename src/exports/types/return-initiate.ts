import { z } from 'zod';
import { checkCurrency, duplicates, tooMany } from '../checks.ts';
import { defineExport } from '../define.ts';
import { pause } from '../exceptions.ts';
import { identifier, Label, maybe, Sku, text } from '../fields.ts';
import { canonicalSku } from '../identifiers.ts';
import { Amount, Currency, compareAmounts, sumAmounts } from '../money.ts';
import { count, itemName, list, money, short, spoken } from '../phrases.ts';
import { error, type Problem, warning } from '../problems.ts';
import { RETRY_PATIENT } from '../retries.ts';
import { DAY_MS, HOUR_MS } from '../words.ts';

const ReturnLine = z.strictObject({
  sku: Sku,
  title: maybe(text(200)),
  quantity: z.int().min(1, 'At least one unit comes back.').max(100_000),
  ordered_quantity: maybe(z.int().min(1)),
  reason: z.enum([
    'unwanted',
    'wrong_item',
    'wrong_size',
    'damaged',
    'defective',
    'late',
    'not_as_described',
    'other',
  ]),
  condition: z.enum(['unopened', 'opened', 'damaged', 'defective', 'unknown']),
  restock: z.boolean().default(false),
});
type ReturnLine = z.infer<typeof ReturnLine>;

const Payload = z.strictObject({
  order_id: identifier('order id', 120),
  return_id: identifier('return id', 120),
  order_value: z.strictObject({ amount: Amount, currency: Currency }),
  refund: z.strictObject({ items: Amount, shipping: Amount.default('0'), currency: Currency }),
  restock_location: maybe(Label),
  lines: z.array(ReturnLine).min(1),
  /** What the customer said, without anything that names or locates them. */
  customer_note: maybe(text(500)),
});
type Payload = z.infer<typeof Payload>;

function refundTotal({ refund }: Payload): Amount {
  return sumAmounts([refund.items, refund.shipping]);
}

/** An e-mail address or an international phone number, told apart from an order number. */
function namesSomebody(note: string): boolean {
  const mail = note
    .split(/\s+/)
    .some((word) => word.indexOf('@') > 0 && word.includes('.', word.indexOf('@')));
  return mail || /(\+|\b00?)\d([ ()/.-]{0,2}\d){7,14}/.test(note);
}

function checkLine(line: ReturnLine, index: number): Problem[] {
  const at = `payload.lines.${index}`;
  const problems: Problem[] = [];
  if (line.ordered_quantity !== null && line.quantity > line.ordered_quantity) {
    const message = `${line.quantity} of SKU ${line.sku} would come back, but only ${line.ordered_quantity} were ordered. Correct the quantity.`;
    problems.push(error('quantity_over_order', `${at}.quantity`, message));
  }
  if (line.restock && (line.condition === 'damaged' || line.condition === 'defective')) {
    const message = `SKU ${line.sku} is ${line.condition} and would go back on the shelf. Do not restock it, or correct its condition.`;
    problems.push(warning('restock_damaged', `${at}.restock`, message));
  }
  return problems;
}

export const returnInitiate = defineExport({
  name: 'return_initiate',
  title: 'Return',
  payload: Payload,
  intents: ['fulfil'],
  policy: {
    owner_role: 'operations',
    sla_ms: 4 * HOUR_MS,
    gate_is_fixed: false,
    refresh: { order: { max_age_ms: DAY_MS } },
    retry: RETRY_PATIENT,
  },
  rules: { max_lines: 500, policy_limit: '50.00', policy_currency: 'EUR' },
  gate({ payload, rules }) {
    const total = refundTotal(payload);
    const { currency } = payload.refund;
    const limit = money(rules.policy_limit, rules.policy_currency);
    if (currency === rules.policy_currency && compareAmounts(total, rules.policy_limit) <= 0) {
      const reason = `The refund of ${money(total, currency)} is within the limit of ${limit}.`;
      return { mode: 'policy', roles: [], raised: false, reason };
    }
    const reason = `The refund of ${money(total, currency)} is not within the limit of ${limit}.`;
    return { mode: 'single', roles: ['operations'], raised: false, reason };
  },
  check({ payload, rules }) {
    const many = tooMany(payload.lines.length, rules.max_lines, 'payload.lines', 'line');
    if (many.length > 0) return many;
    const problems = [
      ...duplicates(
        payload.lines,
        'payload.lines',
        (line) => `${canonicalSku(line.sku)} ${line.condition} ${line.reason}`,
      ),
      ...payload.lines.flatMap(checkLine),
    ];
    const { order_value, refund } = payload;
    const mixed = checkCurrency(
      refund.currency,
      order_value.currency,
      'payload.refund.currency',
      'the order',
    );
    problems.push(...mixed);
    const total = refundTotal(payload);
    if (mixed.length === 0 && compareAmounts(total, order_value.amount) > 0) {
      const message = `The refund of ${money(total, refund.currency)} is more than the whole order, ${money(order_value.amount, order_value.currency)}. Lower it.`;
      problems.push(error('refund_over_order', 'payload.refund.items', message));
    }
    if (payload.restock_location === null && payload.lines.some((line) => line.restock)) {
      const message = 'Items go back on the shelf, but no location is named. Say where.';
      problems.push(error('restock_location_missing', 'payload.restock_location', message));
    }
    if (payload.customer_note !== null && namesSomebody(payload.customer_note)) {
      const message =
        'The note holds an e-mail address or a phone number. Take it out: it belongs in the order, not here.';
      problems.push(error('personal_data', 'payload.customer_note', message));
    }
    return problems;
  },
  editable: [
    'payload.refund.items',
    'payload.refund.shipping',
    'payload.restock_location',
    'payload.lines.*.quantity',
    'payload.lines.*.condition',
    'payload.lines.*.restock',
  ],
  subjects: (payload) => [`return:${payload.return_id}`],
  card({ payload }) {
    const units = payload.lines.reduce((sum, line) => sum + line.quantity, 0);
    const refund = money(refundTotal(payload), payload.refund.currency);
    const restocked = payload.lines.reduce((sum, line) => sum + (line.restock ? line.quantity : 0), 0);
    const shelf =
      restocked === 0
        ? 'nothing'
        : `${count(restocked, 'unit')} to ${payload.restock_location ?? 'no location'}`;
    return {
      headline: [
        'Open return ',
        { strong: short(payload.return_id, 60) },
        ` for ${count(units, 'unit')} of order ${short(payload.order_id, 60)} in the OMS, refund ${refund}`,
      ],
      facts: [
        {
          label: 'Refund',
          value: [`${refund} of ${money(payload.order_value.amount, payload.order_value.currency)}`],
        },
        { label: 'Why', value: [list([...new Set(payload.lines.map((line) => spoken(line.reason)))])] },
        { label: 'Back on the shelf', value: [shelf] },
        ...(payload.customer_note === null
          ? []
          : [{ label: 'Customer says', value: [payload.customer_note] }]),
      ],
      changes: payload.lines.map((line) => ({
        item: itemName(line),
        before: `${count(line.ordered_quantity ?? line.quantity, 'unit')} with the customer`,
        after: `${count(line.quantity, 'unit')} back, ${line.condition === 'unknown' ? 'condition not known' : line.condition}${line.restock ? '' : ', not restocked'}`,
      })),
      totals: `${count(units, 'unit')}, refund ${refund}`,
      rollback: 'The return can be cancelled until the refund is paid.',
      effect: `This opens the return of ${count(units, 'unit')} and allows a refund of ${refund}.`,
    };
  },
  operations(payload) {
    return [
      {
        name: 'return.open',
        body: {
          order_id: payload.order_id,
          return_id: payload.return_id,
          refund: { ...payload.refund, total: refundTotal(payload) },
          restock_location: payload.restock_location,
          lines: payload.lines.map((line) => ({
            sku: line.sku,
            canonical_sku: canonicalSku(line.sku),
            quantity: line.quantity,
            reason: line.reason,
            condition: line.condition,
            restock: line.restock,
          })),
          customer_note: payload.customer_note,
        },
      },
    ];
  },
  exceptions: {
    location_mapping_failed: pause('operations', 'high', 'Map the location that takes it back, then resume.'),
  },
});

import Big from 'big.js';
import { z } from 'zod';
import { fromIso } from '../../clock.ts';
import { checkCurrency } from '../checks.ts';
import { defineExport, type Operation, type Price } from '../define.ts';
import { curable, fail, pause } from '../exceptions.ts';
import {
  Address,
  Country,
  Dimensions,
  grams,
  identifier,
  Label,
  Money,
  maybe,
  Sku,
  title,
  Weight,
} from '../fields.ts';
import { MENDS } from '../label-mends.ts';
import { Amount, compareAmounts, isZero } from '../money.ts';
import { count, list, money, short, systemName } from '../phrases.ts';
import { error, type Problem, warning } from '../problems.ts';
import { RETRY_PATIENT } from '../retries.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../words.ts';

const Parcel = z.strictObject({
  reference: maybe(identifier('parcel reference', 60)),
  /** Needed for a label; its absence is a business problem, so that logistics can fill it in. */
  weight: maybe(Weight),
  dimensions: maybe(Dimensions),
});

const CustomsItem = z.strictObject({
  description: title(120),
  sku: maybe(Sku),
  quantity: z.int().min(1, 'The quantity is at least 1.').max(100_000),
  unit_value: Amount,
  currency: Money.shape.currency,
  origin_country: Country,
  hs_code: maybe(z.string().regex(/^\d{6,10}$/, 'A tariff code has 6 to 10 digits, without dots.')),
});

const Payload = z.strictObject({
  order_id: identifier('order id', 120),
  shipment_reference: identifier('shipment reference', 120),
  carrier: z.strictObject({
    preferred: Label,
    service: maybe(Label),
    /** Tried in this order by policy when the preferred one refuses. */
    alternates: z.array(Label).max(5).default([]),
  }),
  ship_from: Address,
  ship_to: Address,
  parcels: z.array(Parcel).min(1, 'Add at least one parcel.').max(200),
  ship_date: z.iso.date(),
  /** A dearer label is never bought. */
  max_cost: Money,
  quoted_cost: maybe(Money),
  customs: maybe(
    z.strictObject({
      contents: z.enum(['merchandise', 'gift', 'sample', 'documents', 'returned_goods']),
      items: z.array(CustomsItem).min(1).max(200),
    }),
  ),
  label_format: z.enum(['pdf', 'png', 'zpl']).default('pdf'),
});
type Payload = z.infer<typeof Payload>;
type Parcel = z.infer<typeof Parcel>;

/** Their post needs a state or province. */
const WITH_REGIONS: ReadonlySet<string> = new Set(['US', 'CA', 'AU']);

function place(address: Address): string {
  return `${short(address.city, 40)}, ${address.country}`;
}

function spot(address: Address): string {
  const parts = [address.country, address.postal_code, address.city, address.line1, address.line2];
  return parts
    .map((part) =>
      (part ?? '')
        .normalize('NFKC')
        .toLowerCase()
        .replace(/[\s.,-]+/g, ''),
    )
    .join('|');
}

/** Parcels between these states pass no customs. */
const EU: ReadonlySet<string> = new Set(
  'AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK'.split(' '),
);

function passesCustoms({ ship_from, ship_to }: Payload): boolean {
  if (ship_from.country === ship_to.country) return false;
  return !(EU.has(ship_from.country) && EU.has(ship_to.country));
}

function checkAddress(address: Address, path: string, who: string): Problem[] {
  const problems: Problem[] = [];
  const { country, postal_code } = address;
  if (WITH_REGIONS.has(country) && address.region === null) {
    const message = `The ${who} address is in ${country} and has no state or province. Add it.`;
    problems.push(error('region_missing', `${path}.region`, message));
  }
  if (country === 'US' && !/^\d{5}(-\d{4})?$/.test(postal_code ?? '')) {
    const message = `The ${who} address needs a ZIP code of 5 or 9 digits, such as 10001. Correct it.`;
    problems.push(error('postal_code_invalid', `${path}.postal_code`, message));
  }
  return problems;
}

function checkParcel(parcel: Parcel, index: number, maxKg: number): Problem[] {
  const at = `payload.parcels.${index}`;
  if (parcel.weight === null || grams(parcel.weight).eq(0)) {
    const message = `Parcel ${index + 1} has no weight, and no carrier makes a label without one. Weigh it.`;
    return [error('weight_missing', `${at}.weight`, message)];
  }
  if (grams(parcel.weight).gt(new Big(maxKg).times(1000))) {
    const { value, unit } = parcel.weight;
    const message = `Parcel ${index + 1} weighs ${value} ${unit}; parcel carriers take up to ${maxKg} kg. Check the unit, or split it.`;
    return [warning('parcel_heavy', `${at}.weight`, message)];
  }
  return [];
}

function checkCustoms(payload: Payload): Problem[] {
  if (!passesCustoms(payload)) return [];
  if (payload.customs === null) {
    const message = `The parcel goes from ${payload.ship_from.country} to ${payload.ship_to.country} and has no customs items. Add what is inside, with its value.`;
    return [error('customs_missing', 'payload.customs', message)];
  }
  const currency = payload.customs.items[0]?.currency ?? '';
  return payload.customs.items.flatMap((item, index) => {
    const at = `payload.customs.items.${index}`;
    const problems = checkCurrency(item.currency, currency, `${at}.currency`, 'the first customs item');
    if (isZero(item.unit_value)) {
      const message = `"${item.description}" is declared with no value, and customs refuse that. Give its real value.`;
      problems.push(error('customs_value', `${at}.unit_value`, message));
    }
    return problems;
  });
}

function totalKg(parcels: readonly Parcel[]): string {
  const sum = parcels.reduce(
    (total, { weight }) => (weight === null ? total : total.plus(grams(weight))),
    new Big(0),
  );
  return `${sum.div(1000).round(2, Big.roundHalfUp).toString()} kg`;
}

function carrierText({ preferred, service }: Payload['carrier']): string {
  return short(
    service === null ? systemName(preferred) : `${systemName(preferred)} ${systemName(service)}`,
    50,
  );
}

/** The label as one carrier is asked for it. A service is the carrier's own, and a price that was agreed to is the limit. */
function labelFrom(
  operation: Operation,
  { carrier, max_cost }: Payload,
  name: string | null,
  price: Price | null,
): Operation {
  const same = name === null || name.toLowerCase() === carrier.preferred.toLowerCase();
  const asked = same ? carrier : { preferred: name, service: null, alternates: [] };
  const agreed = price !== null && isAbove(price, max_cost);
  return {
    ...operation,
    body: {
      ...operation.body,
      carrier: { ...asked, service: price?.service ?? asked.service },
      max_cost: agreed ? { amount: price.amount, currency: price.currency } : max_cost,
    },
  };
}

function isAbove(price: Money, limit: Money): boolean {
  return price.currency !== limit.currency || compareAmounts(price.amount, limit.amount) > 0;
}

export const shippingLabelRequest = defineExport({
  name: 'shipping_label_request',
  title: 'Shipping label request',
  payload: Payload,
  intents: ['fulfil'],
  policy: {
    owner_role: 'logistics',
    sla_ms: 10 * MINUTE_MS,
    gate_is_fixed: false,
    refresh: { address: { max_age_ms: DAY_MS } },
    retry: RETRY_PATIENT,
  },
  rules: { cost_limit: '30.00', cost_currency: 'EUR', max_parcel_kg: 70 },
  gate({ payload, rules }) {
    const { amount, currency } = payload.quoted_cost ?? payload.max_cost;
    if (currency === rules.cost_currency && compareAmounts(amount, rules.cost_limit) <= 0) {
      return {
        mode: 'policy',
        roles: [],
        raised: false,
        reason: `It costs at most ${money(amount, currency)}.`,
      };
    }
    const limit = money(rules.cost_limit, rules.cost_currency);
    const reason =
      currency === rules.cost_currency
        ? `It may cost ${money(amount, currency)}, more than the limit of ${limit}.`
        : `Its cost is in ${currency}, and the limit of ${limit} cannot be compared with that.`;
    return { mode: 'single', roles: ['logistics'], raised: true, reason };
  },
  check({ payload, rules, now }) {
    const problems = [
      ...checkAddress(payload.ship_from, 'payload.ship_from', "sender's"),
      ...checkAddress(payload.ship_to, 'payload.ship_to', "recipient's"),
      ...payload.parcels.flatMap((parcel, index) => checkParcel(parcel, index, rules.max_parcel_kg)),
      ...checkCustoms(payload),
    ];
    if (spot(payload.ship_from) === spot(payload.ship_to)) {
      const message = 'The parcel would go to the address it comes from. Correct one of the two.';
      problems.push(error('same_address', 'payload.ship_to', message));
    }
    // A date lasts until it has ended everywhere: 12 hours behind UTC is the last zone.
    if (now >= fromIso(`${payload.ship_date}T00:00:00Z`) + DAY_MS + 12 * HOUR_MS) {
      const message = `The ship date ${payload.ship_date} has passed. Set today or a later day.`;
      problems.push(error('ship_date_past', 'payload.ship_date', message));
    }
    const { quoted_cost, max_cost } = payload;
    if (quoted_cost !== null) {
      const mixed = checkCurrency(
        quoted_cost.currency,
        max_cost.currency,
        'payload.quoted_cost.currency',
        'the highest cost',
      );
      problems.push(...mixed);
      if (mixed.length === 0 && compareAmounts(quoted_cost.amount, max_cost.amount) > 0) {
        const message = `The carrier asks ${money(quoted_cost.amount, quoted_cost.currency)}, more than the ${money(max_cost.amount, max_cost.currency)} allowed. Choose a cheaper service or raise the limit.`;
        problems.push(error('cost_over_max', 'payload.quoted_cost.amount', message));
      }
    }
    if (payload.carrier.alternates.includes(payload.carrier.preferred)) {
      const message = `${systemName(payload.carrier.preferred)} is both the first choice and an alternate. Name another alternate.`;
      problems.push(warning('alternate_same', 'payload.carrier.alternates', message));
    }
    return problems;
  },
  editable: [
    'payload.ship_date',
    'payload.carrier.service',
    'payload.max_cost.amount',
    'payload.parcels.*.weight',
    'payload.parcels.*.dimensions',
  ],
  subjects: (payload) => [`label:${payload.order_id}:${payload.shipment_reference}`],
  card({ payload }) {
    const parcels = count(payload.parcels.length, 'parcel');
    const { max_cost, quoted_cost, carrier } = payload;
    const limit = money(max_cost.amount, max_cost.currency);
    return {
      headline: [
        `Buy ${count(payload.parcels.length, 'label')} for `,
        { strong: `order ${short(payload.order_id, 50)}` },
        ` to ${place(payload.ship_to)} from ${carrierText(carrier)}, up to ${limit}`,
      ],
      facts: [
        { label: 'Parcels', value: [`${parcels}, ${totalKg(payload.parcels)}`] },
        { label: 'Route', value: [`${place(payload.ship_from)} to ${place(payload.ship_to)}`] },
        { label: 'Ships', value: [payload.ship_date] },
        ...(quoted_cost === null
          ? []
          : [{ label: 'Quoted', value: [money(quoted_cost.amount, quoted_cost.currency)] }]),
        ...(carrier.alternates.length === 0
          ? []
          : [{ label: 'If refused', value: [list(carrier.alternates.map(systemName))] }]),
        ...(payload.customs === null
          ? []
          : [{ label: 'Customs', value: [count(payload.customs.items.length, 'item')] }]),
      ],
      changes: [],
      totals: `${parcels}, ${totalKg(payload.parcels)}, up to ${limit}`,
      rollback: 'A label can be voided until the carrier has scanned it.',
      effect: `This buys ${count(payload.parcels.length, 'label')} from ${systemName(carrier.preferred)} for up to ${limit}.`,
    };
  },
  operations(payload) {
    return [
      {
        name: 'label.create',
        body: {
          order_id: payload.order_id,
          shipment_reference: payload.shipment_reference,
          carrier: payload.carrier,
          ship_from: payload.ship_from,
          ship_to: payload.ship_to,
          parcels: payload.parcels,
          ship_date: payload.ship_date,
          max_cost: payload.max_cost,
          customs: payload.customs,
          label_format: payload.label_format,
        },
      },
    ];
  },
  alternates: {
    wanted: ({ carrier }) => [carrier.preferred, ...carrier.alternates],
    costs: ({ quoted_cost, max_cost }) => ({ expected: quoted_cost ?? max_cost, allowed: max_cost }),
    operation: labelFrom,
  },
  mends: MENDS,
  exceptions: {
    // After half a minute of silence another carrier is quicker than waiting for this one.
    sink_unreachable: curable(
      fail('operations', 'high', 'The carrier does not answer. Check that it is up, then send it again.'),
    ),
    order_not_found: pause(
      'logistics',
      'high',
      'The carrier does not know this order. Check its number, then resume.',
    ),
    outcome_unknown: fail(
      'logistics',
      'critical',
      'The answer was lost and the label may be paid for. Look at the carrier before you buy another.',
    ),
  },
});

import Big from 'big.js';
import { z } from 'zod';
import { toIso } from '../../clock.ts';
import {
  Address,
  Dimensions,
  grams,
  identifier,
  Label,
  Money,
  maybe,
  millimetres,
  title,
  Weight,
} from '../../exports/fields.ts';
import { Amount, Currency, compareAmounts } from '../../exports/money.ts';
import { money } from '../../exports/phrases.ts';
import { evenTimeAt } from '../../exports/zones.ts';
import type { PushRequest, SinkOutcome } from '../port.ts';
import { failed } from '../shared/ending.ts';

const Customs = z.object({
  contents: z.enum(['merchandise', 'gift', 'sample', 'documents', 'returned_goods']),
  items: z
    .array(
      z.object({
        description: title(120),
        quantity: z.int().min(1),
        unit_value: Amount,
        currency: Currency,
        origin_country: z.string(),
        hs_code: maybe(z.string()),
      }),
    )
    .min(1),
});
export type Customs = z.infer<typeof Customs>;

/** The body of `label.create`, as far as a carrier needs it. */
const LabelRequest = z.object({
  order_id: identifier('order id', 120),
  shipment_reference: identifier('shipment reference', 120),
  carrier: z.object({ preferred: Label, service: maybe(Label), alternates: z.array(Label).default([]) }),
  ship_from: Address,
  ship_to: Address,
  parcels: z
    .array(z.object({ reference: maybe(z.string()), weight: maybe(Weight), dimensions: maybe(Dimensions) }))
    .min(1),
  ship_date: z.iso.date(),
  max_cost: Money,
  customs: maybe(Customs),
  label_format: z.enum(['pdf', 'png', 'zpl']).default('pdf'),
});
export type LabelRequest = z.infer<typeof LabelRequest>;

/** The body of `label.void`. */
const VoidRequest = z.object({
  tracking_numbers: z.array(identifier('tracking number', 60)).min(1).max(200),
});

export type Read<T> = { ok: true; value: T } | { ok: false; outcome: SinkOutcome };

function read<T>(schema: z.ZodType<T>, request: PushRequest): Read<T> {
  const parsed = schema.safeParse(request.body);
  if (parsed.success) return { ok: true, value: parsed.data };
  const [issue] = parsed.error.issues;
  const where = issue?.path.join('.') ?? '';
  const message = `The body of ${request.operation} does not fit: ${where} ${issue?.message ?? ''}`;
  return { ok: false, outcome: failed('contract_mapping_error', message.trim()) };
}

export const readLabelRequest = (request: PushRequest): Read<LabelRequest> => read(LabelRequest, request);
export const readVoidRequest = (request: PushRequest): Read<z.infer<typeof VoidRequest>> =>
  read(VoidRequest, request);

/**
 * The carrier's name of the service: as configured for ours, else ours in the carrier's spelling. A
 * service is meant for the preferred carrier, so an alternate ships with its own default.
 */
export function serviceOf(
  { carrier }: LabelRequest,
  own: {
    carrier: string;
    services: Readonly<Record<string, string>>;
    default_service?: string | undefined;
  },
): Read<string> {
  const is = (name: string) => name.toLowerCase() === own.carrier.toLowerCase();
  const preferred = is(carrier.preferred);
  if (!preferred && !carrier.alternates.some(is)) {
    const message = `The label is for ${carrier.preferred}, and this sink is ${own.carrier}. Route it there.`;
    return { ok: false, outcome: failed('carrier_mismatch', message) };
  }
  const named = preferred ? carrier.service : null;
  if (named !== null) {
    const mapped = Object.hasOwn(own.services, named) ? own.services[named] : undefined;
    return { ok: true, value: mapped ?? named.replaceAll('-', '_').toUpperCase() };
  }
  if (own.default_service !== undefined) return { ok: true, value: own.default_service };
  const message = 'No service is named, and the sink has no default_service. Name one.';
  return { ok: false, outcome: failed('carrier_service_unavailable', message) };
}

/** The ship date, or today in the zone the parcels leave from when that day has passed while people decided. */
export function shipDate(wanted: string, now: number, zone: string): string {
  const today = toIso(now + evenTimeAt(zone, now).offset).slice(0, 10);
  return wanted < today ? today : wanted;
}

const GRAMS_PER_POUND = '453.59237';
const MILLIMETRES_PER_INCH = '25.4';

/** Rounded up: a parcel is never declared lighter or smaller than it is. */
function up(exact: Big, places: number): number {
  return exact.round(places, Big.roundUp).toNumber();
}

export function weightIn(unit: 'KG' | 'LB', weight: Weight, places: number): number {
  return up(grams(weight).div(unit === 'KG' ? 1000 : GRAMS_PER_POUND), places);
}

/** Length, width, height. */
export function sizeIn(unit: 'CM' | 'IN', size: Dimensions, places: number): [number, number, number] {
  const [length, width, height] = millimetres(size);
  const convert = (side: Big) => up(side.div(unit === 'CM' ? 10 : MILLIMETRES_PER_INCH), places);
  return [convert(length), convert(width), convert(height)];
}

export type Price = { amount: string; currency: string };

/** A price as carriers write it, a JSON number. */
export function amountOf(written: number): string {
  return new Big(written).round(4, Big.roundHalfUp).toFixed();
}

/** Why a label at this price is not bought; null when it may be. */
export function tooDear(carrier: string, quoted: Price, max: Price): SinkOutcome | null {
  if (quoted.currency !== max.currency) {
    const message = `${carrier} quotes in ${quoted.currency}, and the highest cost is in ${max.currency}. Give it in ${quoted.currency}.`;
    return failed('currency_invalid', message, { quoted, max_cost: max });
  }
  if (compareAmounts(quoted.amount, max.amount) <= 0) return null;
  const message = `${carrier} asks ${money(quoted.amount, quoted.currency)}, more than the ${money(max.amount, max.currency)} allowed. Nothing was bought.`;
  return failed('label_pending', message, { quoted, max_cost: max });
}

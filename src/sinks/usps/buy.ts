import type { Clock } from '../../clock.ts';
import type { Json } from '../../exports/envelope.ts';
import { compareAmounts, sumAmounts } from '../../exports/money.ts';
import { MINUTE_MS } from '../../exports/words.ts';
import type { Budget } from '../carriers/budget.ts';
import { usedUp } from '../carriers/client.ts';
import { type LabelRequest, type Price, type Read, tooDear } from '../carriers/label-request.ts';
import { quotedAt, quoteStands } from '../carriers/quote-cursor.ts';
import type { PushRequest, SinkOutcome } from '../port.ts';
import { type KeptLabel, keptLabels, keptRefusal } from './answers.ts';
import type { UspsCalls } from './calls.ts';
import type { UspsShipment } from './shipment.ts';

export type Purchase = {
  request: PushRequest;
  label: LabelRequest;
  shipment: UspsShipment;
  carrier: string;
  reference: string;
};

export type Buying = { calls: UspsCalls; clock: Clock; budget: Budget };

/** Base64 that facts may hold, over all labels of a shipment: facts are kept for good. */
const MOST_LABEL_CHARS = 100_000;
/** Pricing many unlike parcels ends here, so that a push stays within its lease. */
const LONGEST_PRICING_MS = MINUTE_MS;

/** Where a push of several parcels takes bought labels back because a later one was refused. */
export const UNDO = 'undo';

/** Parcels that are priced alike are asked for once. */
export async function priceAll(shipment: UspsShipment, calls: UspsCalls, clock: Clock): Promise<Read<Price>> {
  const begun = clock.monotonic();
  const known = new Map<string, string>();
  const amounts: string[] = [];
  for (const { rate } of shipment.parcels) {
    const key = JSON.stringify(rate);
    let amount = known.get(key);
    if (amount === undefined) {
      if (clock.monotonic() - begun > LONGEST_PRICING_MS)
        return {
          ok: false,
          outcome: { kind: 'retry', after_ms: null, cause: 'USPS took too long to quote.' },
        };
      const price = await calls.rate(rate);
      if (!price.ok) return price;
      ({ amount } = price.value);
      known.set(key, amount);
    }
    amounts.push(amount);
  }
  return { ok: true, value: { amount: sumAmounts(amounts), currency: 'USD' } };
}

/** Calls that pricing takes. */
export function pricings(shipment: UspsShipment): number {
  return new Set(shipment.parcels.map(({ rate }) => JSON.stringify(rate))).size;
}

/** What the labels cost together; null when USPS did not tell it of each. */
function totalOf(labels: readonly KeptLabel[]): string | null {
  const amounts = labels.flatMap(({ cost }) => (cost === null ? [] : [cost.amount]));
  return amounts.length === labels.length ? sumAmounts(amounts) : null;
}

const kept = ({ tracking_number, cost, label }: KeptLabel) => ({
  tracking_number,
  cost,
  ...(label === undefined ? {} : { label }),
});

function factsOf({ label, shipment, carrier, reference }: Purchase, labels: readonly KeptLabel[]) {
  const facts: { [key: string]: Json } = {
    carrier,
    service: shipment.service,
    ship_date: shipment.ship_date,
    reference,
    tracking_number: labels[0]?.tracking_number ?? '',
    tracking_numbers: labels.map(({ tracking_number }) => tracking_number),
    label_format: label.label_format,
  };
  const [only] = labels;
  if (shipment.parcels.length > 1) facts['labels'] = labels.map(kept);
  else if (only?.label !== undefined) facts['label'] = only.label;
  const total = totalOf(labels);
  if (total !== null) facts['cost'] = { amount: total, currency: 'USD' };
  if (labels.some((one) => one.label === undefined))
    facts['notes'] = ['A label was too large to be kept here. Reprint it by its tracking number at USPS.'];
  return facts;
}

/**
 * USPS sells one label a call. Each is told to the ledger before the next is bought (`partial`), so
 * that no crash buys one twice. When a later one is refused, those bought are voided: all or nothing.
 */
async function buyNext(
  purchase: Purchase,
  labels: readonly KeptLabel[],
  { calls, clock, budget }: Buying,
): Promise<SinkOutcome> {
  const { request, label, shipment } = purchase;
  const index = labels.length;
  const first = index === 0;
  const parcel = shipment.parcels[index];
  if (!parcel)
    return {
      kind: 'delivered',
      reference: labels[0]?.tracking_number ?? null,
      facts: factsOf(purchase, labels),
    };
  const now = clock.now();
  const priced = quoteStands(request.cursor, now);
  // The first purchase is paid for together with its pricing.
  const needed = first ? (priced ? 0 : 1 + pricings(shipment)) : 1;
  const wait = needed === 0 ? null : budget.take(needed);
  if (wait !== null) return usedUp(wait);
  if (first && !priced) {
    const price = await priceAll(shipment, calls, clock);
    if (!price.ok) return price.outcome;
    const facts = { carrier: purchase.carrier, service: shipment.service, quoted: price.value };
    return tooDear('USPS', price.value, label.max_cost) ?? { kind: 'partial', cursor: quotedAt(now), facts };
  }
  const bought = await calls.label(parcel.label);
  if (!bought.ok) {
    if (first || bought.outcome.kind !== 'failed') return bought.outcome;
    const { exception_code, message, metadata } = bought.outcome;
    return { kind: 'partial', cursor: UNDO, facts: { refused: { exception_code, message, metadata } } };
  }
  const { tracking_number, cost, image } = bought.value;
  const held = labels.reduce((sum, one) => sum + (one.label?.length ?? 0), 0);
  const fits = image !== null && held + image.length <= MOST_LABEL_CHARS;
  const all = [...labels, { tracking_number, cost, ...(fits ? { label: image } : {}) }];
  const facts = factsOf(purchase, all);
  if (all.length < shipment.parcels.length) return { kind: 'partial', cursor: String(all.length), facts };
  const total = totalOf(all);
  const over = total !== null && compareAmounts(total, label.max_cost.amount) > 0;
  return {
    kind: 'delivered',
    reference: all[0]?.tracking_number ?? null,
    facts: over ? { ...facts, over_max_cost: true } : facts,
  };
}

/** Takes back what was bought; when it was all back already, the push begins anew. */
async function undo(purchase: Purchase, labels: readonly KeptLabel[], buying: Buying): Promise<SinkOutcome> {
  const refused = keptRefusal(purchase.request.facts);
  const standing: string[] = [];
  let fresh = 0;
  let problem = '';
  for (const { tracking_number } of labels) {
    const voided = await buying.calls.cancel(tracking_number);
    if (voided.ok) {
      if (voided.value !== 'already') fresh += 1;
    } else if (voided.outcome.kind === 'failed') {
      standing.push(tracking_number);
      problem = voided.outcome.message;
    } else return voided.outcome;
  }
  const cause = refused?.message ?? 'USPS refused a parcel.';
  if (standing.length > 0)
    return {
      kind: 'failed',
      exception_code: 'partial_failure',
      message: `${cause} Labels of other parcels are bought and could not be voided: ${standing.join(', ')}.`,
      metadata: {
        standing,
        lines: [
          {
            sku: `parcel ${String(labels.length + 1)}`,
            code: refused?.exception_code ?? 'sink_rejected',
            message: cause,
          },
          ...standing.map((number) => ({ sku: number, code: 'label_void_rejected', message: problem })),
        ],
      },
    };
  if (fresh === 0 || !refused) return await buyNext(purchase, [], buying);
  const { exception_code, message, metadata } = refused;
  return {
    kind: 'failed',
    exception_code,
    message: `Parcel ${String(labels.length + 1)}: ${message} The labels bought before it were voided.`,
    metadata,
  };
}

export function buyLabels(purchase: Purchase, buying: Buying): Promise<SinkOutcome> {
  const { cursor, facts } = purchase.request;
  const labels = keptLabels(facts);
  if (cursor === UNDO) return undo(purchase, labels, buying);
  // The cursor says how many stand; facts of a push that began anew may tell of more.
  const standing = /^\d+$/u.test(cursor ?? '') ? Number(cursor) : 0;
  return buyNext(purchase, labels.slice(0, standing), buying);
}

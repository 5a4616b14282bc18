import Big from 'big.js';
import { z } from 'zod';
import { compareAmounts } from '../../exports/money.ts';
import { amountOf, type Price } from '../carriers/label-request.ts';

/** What is needed of ShipStation's answers; everything else in them is ignored. */

const Id = z.string().min(1).max(60);
const Cost = z.object({ amount: z.number().nonnegative(), currency: z.string() });
const Web = z
  .url({ protocol: /^https?$/u })
  .max(2_000)
  .optional()
  .catch(undefined);

export const Shipment = z.object({
  shipment_id: Id,
  shipment_status: z.enum(['pending', 'processing', 'label_purchased', 'cancelled']),
});
export type Shipment = z.infer<typeof Shipment>;

export const Created = z.object({
  has_errors: z.boolean().default(false),
  shipments: z.array(z.object({ shipment_id: Id.optional(), errors: z.array(z.string()).nullish() })).min(1),
});

export const Label = z.object({
  label_id: Id,
  status: z.enum(['processing', 'completed', 'error', 'voided']),
  shipment_id: Id.optional(),
  tracking_number: z.string().max(100).nullish(),
  shipment_cost: Cost.nullish(),
  insurance_cost: Cost.nullish(),
  service_code: z.string().max(100).nullish(),
  voided: z.boolean().default(false),
  is_return_label: z.boolean().nullish(),
  ship_date: z.string().max(40).nullish(),
  label_download: z.object({ href: Web, pdf: Web, png: Web, zpl: Web }).nullish(),
  packages: z.array(z.object({ tracking_number: z.string().max(100).nullish() })).nullish(),
});
export type Label = z.infer<typeof Label>;

export const Labels = z.object({ labels: z.array(Label) });

export const Voided = z.object({
  approved: z.boolean(),
  message: z.string().nullish(),
  reason_code: z.string().nullish(),
});

const Estimate = z.object({
  carrier_id: z.string(),
  service_code: z.string(),
  service_type: z.string().nullish(),
  shipping_amount: Cost,
  insurance_amount: Cost.nullish(),
  confirmation_amount: Cost.nullish(),
  other_amount: Cost.nullish(),
  tax_amount: Cost.nullish(),
  validation_status: z.string().nullish(),
  error_messages: z.array(z.string()).nullish(),
});
export type Estimate = z.infer<typeof Estimate>;
export const Estimates = z.array(Estimate);

const Rate = Estimate.extend({ rate_id: Id });
export type Rate = z.infer<typeof Rate>;

export const Rated = z.object({
  rate_response: z.object({
    rates: z.array(Rate).nullish(),
    invalid_rates: z.array(Estimate.partial()).nullish(),
    errors: z.unknown(),
    status: z.string().nullish(),
  }),
});

/** All that is charged; null when nothing is told or in several currencies. Theirs are in lower case. */
export function priceOf(parts: readonly (z.infer<typeof Cost> | null | undefined)[]): Price | null {
  const told = parts.filter((part) => part !== null && part !== undefined);
  const charged = told.filter(({ amount }) => amount > 0);
  const currency = (charged[0] ?? told[0])?.currency.toUpperCase();
  if (currency === undefined || charged.some((part) => part.currency.toUpperCase() !== currency)) return null;
  const sum = charged.reduce((total, part) => total.plus(amountOf(part.amount)), new Big(0));
  return { amount: sum.toFixed(), currency };
}

function priceOfRate(rate: Estimate): Price | null {
  const { shipping_amount, insurance_amount, confirmation_amount, other_amount, tax_amount } = rate;
  return priceOf([shipping_amount, insurance_amount, confirmation_amount, other_amount, tax_amount]);
}

/** The cheapest of a carrier's rates that can be bought, of one service where one is named. */
export function cheapest<R extends Estimate>(
  rates: readonly R[],
  carrierId: string,
  service: string | null,
): { rate: R; price: Price } | null {
  const fit = rates.flatMap((rate) => {
    const wanted = rate.carrier_id === carrierId && (service === null || rate.service_code === service);
    const valid = rate.validation_status !== 'invalid' && (rate.error_messages ?? []).length === 0;
    const price = wanted && valid ? priceOfRate(rate) : null;
    return price === null ? [] : [{ rate, price }];
  });
  return fit.toSorted((one, other) => compareAmounts(one.price.amount, other.price.amount))[0] ?? null;
}

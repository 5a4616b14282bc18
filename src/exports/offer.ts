import Big from 'big.js';
import { z } from 'zod';
import { identifier, maybe } from './fields.ts';
import { Amount, Currency, compareAmounts, isZero } from './money.ts';
import { money } from './phrases.ts';

const Percent = Amount.refine(
  (value) => compareAmounts(value, '100') <= 0 && !isZero(value),
  'A percentage is above 0 and at most 100, such as "20".',
);

const terms = {
  /** Null when the offer applies by itself. */
  code: maybe(identifier('code', 60)),
  min_spend: maybe(Amount),
  stackable: z.boolean().default(false),
};

export const Offer = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('percent_off'), value: Percent, ...terms }),
  z.strictObject({ kind: z.literal('amount_off'), value: Amount, currency: Currency, ...terms }),
  z.strictObject({ kind: z.literal('fixed_price'), value: Amount, currency: Currency, ...terms }),
  z.strictObject({
    kind: z.literal('bogo'),
    buy: z.int().min(1).max(100),
    get: z.int().min(1).max(100),
    /** How much the items on top are reduced: "100" is free. */
    value: Percent,
    ...terms,
  }),
]);
export type Offer = z.infer<typeof Offer>;

export function offerText(offer: Offer): string {
  switch (offer.kind) {
    case 'percent_off':
      return `${offer.value} % off`;
    case 'amount_off':
      return `${money(offer.value, offer.currency)} off`;
    case 'fixed_price':
      return `${money(offer.value, offer.currency)} each for`;
    case 'bogo': {
      const reward = compareAmounts(offer.value, '100') === 0 ? 'free' : `${offer.value} % off`;
      return `buy ${offer.buy}, get ${offer.get} ${reward} on`;
    }
  }
}

export function termsText(offer: Offer, currency: string): string {
  const by = offer.code === null ? 'applies by itself' : `with code ${offer.code}`;
  const spend = offer.min_spend === null ? '' : `, from ${money(offer.min_spend, currency)}`;
  return `${by}${spend}, ${offer.stackable ? 'adds to' : 'not with'} other offers`;
}

/** The price the offer's own terms make of `before`; null where they leave single prices alone. */
export function promised(offer: Offer, before: Amount): Big | null {
  const old = new Big(before);
  switch (offer.kind) {
    case 'percent_off':
      return old.times(new Big(100).minus(offer.value)).div(100);
    case 'amount_off':
      return old.minus(offer.value);
    case 'fixed_price':
      return new Big(offer.value);
    case 'bogo':
      return null;
  }
}

/** Codes and buy-and-get offers take effect at the checkout and leave the price at the shelf. */
export function changesShelfPrice(offer: Offer): boolean {
  return offer.kind !== 'bogo' && offer.code === null && offer.min_spend === null;
}

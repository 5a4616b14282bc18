import Big from 'big.js';
import { z } from 'zod';

/**
 * A decimal amount as a string, so that no binary fraction ever touches a price. At most 4 places.
 * What is none ends the checking, because further checks calculate with it.
 */
export const Amount = z.string().regex(/^\d{1,12}(\.\d{1,4})?$/, {
  error: 'Write an amount as "19.90": digits and a point, no sign, no currency.',
  abort: true,
});
export type Amount = z.infer<typeof Amount>;

/** ISO 4217 code in capitals. */
export const Currency = z.string().regex(/^[A-Z]{3}$/, 'A currency is a three-letter code such as "EUR".');
export type Currency = z.infer<typeof Currency>;

/** How much lower `after` is than `before`, in percent with one decimal; negative when it rises. Rounded: for display, never for a limit. */
export function cutPercent(before: Amount, after: Amount): number {
  const old = new Big(before);
  if (old.eq(0)) return 0;
  return old.minus(after).div(old).times(100).round(1, Big.roundHalfUp).toNumber();
}

export function isZero(amount: Amount): boolean {
  return new Big(amount).eq(0);
}

/** -1, 0 or 1, as a compares to b. */
export function compareAmounts(a: Amount, b: Amount): -1 | 0 | 1 {
  return new Big(a).cmp(b);
}

/** Exact sum of amounts. */
export function sumAmounts(amounts: readonly Amount[]): Amount {
  return amounts.reduce((sum, amount) => sum.plus(amount), new Big(0)).toFixed();
}

import Big from 'big.js';
import type { BigCommerceSettings } from './settings.ts';

/** Grams in one of the unit; the pound and ounce of 1959 are exact. */
const GRAMS = { g: '1', kg: '1000', oz: '28.349523125', lb: '453.59237' } as const;
const MILLIMETRES = { cm: '10', in: '25.4' } as const;

/** BigCommerce keeps four places. */
const PLACES = 4;

const rounded = (value: Big) => value.round(PLACES, Big.roundHalfUp).toNumber();

/** Grams in the store's unit of weight. */
export function weightIn(grams: Big | string, unit: BigCommerceSettings['weight_unit']): number {
  return rounded(new Big(grams).div(GRAMS[unit]));
}

/** Millimetres in the store's unit of length. */
export function lengthIn(millimetres: Big | string, unit: BigCommerceSettings['length_unit']): number {
  return rounded(new Big(millimetres).div(MILLIMETRES[unit]));
}

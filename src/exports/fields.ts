import Big from 'big.js';
import { z } from 'zod';
import { canonicalGtin } from './identifiers.ts';
import { Amount, Currency } from './money.ts';

/**
 * Fields that several types share. What may be left out reads as null, so that leaving it out and
 * sending null are the same values with the same hash.
 */

/** May be left out. */
export function maybe<T extends z.ZodType>(schema: T) {
  return schema.nullable().default(null);
}

/** Controls, zero-width and direction marks, line separators: what an identifier hides behind. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

/** A name that systems match on: trimmed, visible characters only. `what` names it in the message. */
export function identifier(what: string, max: number) {
  return z
    .string()
    .trim()
    .min(1, `The ${what} is empty.`)
    .max(max, `The ${what} is longer than ${max} characters.`)
    .refine((text) => !INVISIBLE.test(text), `The ${what} holds an invisible character. Type it again.`);
}

/** Words for people, kept exactly as written; whatever shows them escapes them. */
export function text(max: number) {
  return z
    .string()
    .max(max, `This is longer than ${max} characters. Shorten it.`)
    .refine((words) => words.isWellFormed(), 'This holds half a character. Send valid Unicode.');
}

/** As `text`, and not blank. */
export function title(max: number) {
  return text(max).refine((words) => words.trim() !== '', 'This is blank. Fill it in.');
}

export const Sku = identifier('SKU', 80);

/** Kept as sent; `canonicalGtin` gives the key. */
export const Gtin = z
  .string()
  .trim()
  .regex(/^(\d{8}|\d{12,14})$/, 'A GTIN has 8, 12, 13 or 14 digits, as a string.')
  .refine(
    (digits) => canonicalGtin(digits) !== null,
    'The last digit of this GTIN does not fit the others, so one digit is mistyped. Copy it from the label.',
  );

function isHttps(url: string): boolean {
  return URL.canParse(url) && new URL(url).protocol === 'https:';
}

function hasCredentials(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { username, password } = new URL(url);
  return username !== '' || password !== '';
}

export const HttpsUrl = identifier('address', 2048)
  .refine(isHttps, 'This must be a web address that starts with https://.')
  .refine((url) => !hasCredentials(url), 'This address holds a user name or password. Remove it.');

/** A channel, carrier or location by its short name, such as `shopify` or `wh-berlin`. */
export const Label = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9_.:-]{0,59}$/,
    'A short name has letters, digits, dashes and underscores, such as "shopify".',
  );

export const Channels = z
  .array(Label)
  .min(1, 'Name at least one channel.')
  .max(20, 'At most 20 channels at once.')
  .refine((labels) => new Set(labels).size === labels.length, 'A channel is named twice. Name each once.');

export const Country = z.string().regex(/^[A-Z]{2}$/, 'A country is a two-letter code such as "DE".');

export const TimeZone = z.string().refine((zone) => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}, 'A time zone is an IANA name such as "Europe/Berlin".');

export const Money = z.strictObject({ amount: Amount, currency: Currency });
export type Money = z.infer<typeof Money>;

/** Whole units on a shelf or in a parcel. */
export const Units = z.int().min(0, 'This cannot be below 0.').max(100_000_000, 'This is above 100 million.');

const Measure = z
  .string()
  .regex(/^\d{1,7}(\.\d{1,4})?$/, 'A measure is a decimal string such as "1.25", without its unit.');

export const Weight = z.strictObject({ value: Measure, unit: z.enum(['g', 'kg', 'oz', 'lb']) });
export type Weight = z.infer<typeof Weight>;

export const Dimensions = z.strictObject({
  length: Measure,
  width: Measure,
  height: Measure,
  unit: z.enum(['mm', 'cm', 'm', 'in']),
});
export type Dimensions = z.infer<typeof Dimensions>;

/** International avoirdupois pound of 1959, exact. */
const GRAMS = { g: '1', kg: '1000', oz: '28.349523125', lb: '453.59237' } as const;
const MILLIMETRES = { mm: '1', cm: '10', m: '1000', in: '25.4' } as const;

/** Exact grams. */
export function grams(weight: Weight): Big {
  return new Big(weight.value).times(GRAMS[weight.unit]);
}

/** Exact length, width and height in millimetres. */
export function millimetres(size: Dimensions): readonly [Big, Big, Big] {
  const factor = MILLIMETRES[size.unit];
  return [
    new Big(size.length).times(factor),
    new Big(size.width).times(factor),
    new Big(size.height).times(factor),
  ];
}

/** Where a parcel comes from or goes to. Personal: it goes to the carrier and never onto a card. */
export const Address = z.strictObject({
  name: title(100),
  company: maybe(text(100)),
  line1: title(120),
  line2: maybe(text(120)),
  city: title(80),
  region: maybe(identifier('region', 40)),
  postal_code: maybe(identifier('postal code', 16)),
  country: Country,
  phone: maybe(identifier('phone number', 40)),
  email: maybe(z.email('This is not an e-mail address.').max(254)),
});
export type Address = z.infer<typeof Address>;

export const Image = z.strictObject({
  url: HttpsUrl,
  alt: title(512).refine(
    (words) => words.trim() !== '',
    'Say what the picture shows, for people who cannot see it.',
  ),
});

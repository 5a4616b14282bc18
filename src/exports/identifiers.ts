/**
 * Identifiers of things that are sold. A SKU is shown and sent exactly as its sender wrote it, and
 * compared by its canonical form.
 */

/** How SKUs of one company are told apart. */
export type SkuRule = {
  /** `upper` when "ab-1" and "AB-1" are one item. */
  letter_case: 'upper' | 'keep';
  /** `fold`: dash look-alikes are one dash and blanks one space. `drop`: separators do not count at all. */
  separators: 'fold' | 'drop';
};

/**
 * Careful on purpose: taking two items for one would let a price of the first supersede a price of
 * the second, so "A_1" and "A-1" stay apart unless the rule says otherwise.
 */
export const DEFAULT_SKU_RULE: SkuRule = { letter_case: 'upper', separators: 'fold' };

/** The form by which SKUs are compared: trimmed, Unicode NFKC, case and separators by rule. Idempotent. */
export function canonicalSku(sku: string, rule: SkuRule = DEFAULT_SKU_RULE): string {
  const composed = sku.normalize('NFKC').trim();
  const separated =
    rule.separators === 'drop'
      ? composed.replace(/[\s\p{Pd}\p{Pc}./−]+/gu, '')
      : composed.replace(/[\p{Pd}−]/gu, '-').replace(/\s+/gu, ' ');
  return rule.letter_case === 'upper' ? separated.toUpperCase().normalize('NFKC') : separated;
}

/** GS1 mod-10: the last digit of a GTIN, SSCC or GLN proves the others. */
export function hasValidCheckDigit(digits: string): boolean {
  if (!/^\d{2,18}$/.test(digits)) return false;
  const body = Array.from(digits.slice(0, -1), Number).reverse();
  const sum = body.reduce((total, digit, index) => total + digit * (index % 2 === 0 ? 3 : 1), 0);
  return (10 - (sum % 10)) % 10 === Number(digits.slice(-1));
}

/**
 * The GTIN-14 of a GTIN-8, -12, -13 or -14, so that the UPC and the EAN of one item are one key.
 * Null when the length or the check digit is wrong.
 */
export function canonicalGtin(gtin: string): string | null {
  if (!/^(\d{8}|\d{12,14})$/.test(gtin) || !hasValidCheckDigit(gtin)) return null;
  return gtin.padStart(14, '0');
}

import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { canonicalGtin, canonicalSku, hasValidCheckDigit } from '../../../src/exports/identifiers.ts';

describe('canonical SKU', () => {
  test.each([
    ['  ab-12 ', 'AB-12'],
    ['ab–12', 'AB-12'],
    ['ＡＢ１２', 'AB12'],
    ['ab\u00A0 12', 'AB 12'],
    ['stra\u00DFe', 'STRASSE'],
    ['00123', '00123'],
    ['1e5', '1E5'],
  ])('%j is compared as %j', (sku, canonical) => {
    expect(canonicalSku(sku)).toBe(canonical);
    expect(canonicalSku(canonical)).toBe(canonical);
  });

  test('underscore and dash keep two items apart unless the rule drops separators', () => {
    expect(canonicalSku('A_1')).not.toBe(canonicalSku('A-1'));
    const rule = { letter_case: 'upper', separators: 'drop' } as const;
    expect(canonicalSku('A_1', rule)).toBe(canonicalSku('a - 1', rule));
  });

  test('letters keep their case when the rule says so', () => {
    expect(canonicalSku('aB', { letter_case: 'keep', separators: 'fold' })).toBe('aB');
  });
});

describe('GTIN', () => {
  test('UPC-12, EAN-13 and GTIN-14 of one item are one key', () => {
    expect(canonicalGtin('614141007349')).toBe('00614141007349');
    expect(canonicalGtin('0614141007349')).toBe('00614141007349');
    expect(canonicalGtin('00614141007349')).toBe('00614141007349');
  });

  test.each(['614141007348', '61414100734', 'abc', '', '123456789', '４006381333931'])(
    '%j is none',
    (gtin) => {
      expect(canonicalGtin(gtin)).toBeNull();
    },
  );

  const vectors = new URL('../../../../shared/specs/gs1/vectors.json', import.meta.url);
  const missing = !existsSync(vectors);
  test.skipIf(missing)(
    `agrees with the vectors of GS1${missing ? ' (skipped: ../shared is absent)' : ''}`,
    () => {
      const { gtin_mod10, canonical_gtin14 } = JSON.parse(readFileSync(vectors, 'utf8')) as {
        gtin_mod10: [string, string, boolean][];
        canonical_gtin14: [string, string][];
      };
      for (const [, digits, valid] of gtin_mod10) expect(hasValidCheckDigit(digits)).toBe(valid);
      for (const [digits, canonical] of canonical_gtin14) expect(canonicalGtin(digits)).toBe(canonical);
    },
  );
});

import { describe, expect, test } from 'vitest';
import { plain } from '../../../../src/exports/text.ts';
import { type Changes, changed, examine, finding, READABLE } from '../../../support/examine.ts';
import { fixture } from '../../../support/fixtures.ts';

const TYPE = 'price_update';
const line = 'payload.lines.3';

test.each<[string, string, Changes]>([
  ['price_zero', `warning ${line}.new_price`, { [`${line}.new_price`]: '0' }],
  ['deep_cut', `warning ${line}.new_price`, { [`${line}.new_price`]: '2.19' }],
  ['steep_rise', `warning ${line}.new_price`, { [`${line}.new_price`]: '219.00' }],
  ['price_unchanged', `warning ${line}.new_price`, { [`${line}.new_price`]: '21.0' }],
  ['compare_at_low', `error ${line}.compare_at`, { [`${line}.compare_at`]: '21.90' }],
  ['currency_mismatch', `error ${line}.currency`, { [`${line}.currency`]: 'GBP' }],
  ['duplicate_sku', `error ${line}.sku`, { [`${line}.sku`]: 'mug-stone-350' }],
  ['window_past', 'error payload.valid_until', { 'payload.valid_until': '2026-11-24T08:00:00Z' }],
  ['window_reversed', 'error payload.valid_until', { 'payload.valid_until': '2026-11-24T11:00:00Z' }],
  ['window_too_long', 'error payload.valid_until', { 'payload.valid_until': '2028-11-24T11:00:00Z' }],
  ['window_started', 'warning payload.valid_from', { 'payload.valid_from': '2026-11-24T08:00:00Z' }],
])('%s at %s', (code, at, changes) => {
  const found = finding(examine(changed(TYPE, changes)).problems, code);
  expect(found?.at).toBe(at);
  expect(found?.message).toMatch(READABLE);
});

test('more lines than the limit are told once', () => {
  expect(examine(fixture(TYPE), { rules: { max_lines: 2 } }).problems).toHaveLength(1);
});

describe('gate', () => {
  test.each([
    ['14.70', 'single'],
    ['14.69', 'two_step'],
    ['0.00', 'two_step'],
    ['0', 'two_step'],
  ])('21.00 to %s calls for %s', (price, mode) => {
    const { gate } = examine(changed(TYPE, { [`${line}.new_price`]: price }));
    expect(gate.mode).toBe(mode);
    expect(gate.raised).toBe(mode === 'two_step');
    expect(gate.reason).toMatch(READABLE);
  });

  test('the limit is a rule', () => {
    expect(examine(fixture(TYPE), { rules: { max_cut_percent: 5 } }).gate.mode).toBe('two_step');
  });
});

test('says since when, and what it is about', () => {
  expect(plain(examine(fixture(TYPE)).card.headline)).toBe(
    'Change prices of 4 SKUs in EU retail on Shopify and BigCommerce, from 2026-11-24 12:00 UTC',
  );
  const now = examine(changed(TYPE, { 'payload.valid_from': undefined })).card;
  expect(plain(now.headline)).toContain(', at once');
  expect(now.effect).toBe('This changes the price of 4 SKUs on Shopify and BigCommerce at once.');
});

test('each price of a list is a subject of its own', () => {
  const { subjects } = examine(changed(TYPE, { [`${line}.sku`]: ' plate-stone-27 ' }));
  expect(subjects).toContain('price:eu-retail:PLATE-STONE-27');
  expect(subjects).toHaveLength(4);
});

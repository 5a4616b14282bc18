import { expect, test } from 'vitest';
import { type Changes, changed, examine, finding, READABLE, refused } from '../../../support/examine.ts';
import { fixture } from '../../../support/fixtures.ts';

const TYPE = 'staged_product';
const variant = 'payload.variants.1';

test.each<[string, string, Changes]>([
  ['duplicate_sku', `error ${variant}.sku`, { [`${variant}.sku`]: 'beanie-mer-cha' }],
  ['duplicate_gtin', `error ${variant}.gtin`, { [`${variant}.gtin`]: '04012345000016' }],
  ['duplicate_options', `error ${variant}.options`, { [`${variant}.options`]: ['Charcoal'] }],
  ['option_unknown', `error ${variant}.options.0`, { [`${variant}.options`]: ['Pink'] }],
  ['options_mismatch', `error ${variant}.options`, { [`${variant}.options`]: [] }],
  ['price_zero', `warning ${variant}.price`, { [`${variant}.price`]: '0.00' }],
  ['compare_at_low', `error ${variant}.compare_at`, { [`${variant}.compare_at`]: '29.90' }],
  ['description_short', 'warning payload.description', { 'payload.description': ' Beanie ' }],
  ['images_missing', 'warning payload.images', { 'payload.images': [] }],
  ['planned_past', 'warning payload.planned_live_at', { 'payload.planned_live_at': '2026-11-01T08:00:00Z' }],
])('%s at %s', (code, at, changes) => {
  const found = finding(examine(changed(TYPE, changes)).problems, code);
  expect(found?.at).toBe(at);
  expect(found?.message).toMatch(READABLE);
});

test('more variants than the limit are told once', () => {
  expect(examine(fixture(TYPE), { rules: { max_variants: 1 } }).problems).toHaveLength(1);
});

test.each<[string, Changes]>([
  [`${variant}.gtin`, { [`${variant}.gtin`]: '4012345000024' }],
  [`${variant}.gtin`, { [`${variant}.gtin`]: 4012345000023 }],
  ['payload.handle', { 'payload.handle': 'Merino Beanie' }],
  ['payload.images.0.url', { 'payload.images.0.url': 'http://cdn.example.com/a.jpg' }],
  ['payload.images.0.alt', { 'payload.images.0.alt': '' }],
])('refuses %s with a sentence', (path, changes) => {
  const [problem] = refused(TYPE, changes);
  expect(problem?.path).toBe(path);
  expect(problem?.message).toMatch(READABLE);
});

test('nothing it does writes to the live shop', () => {
  const { operations, gate, card } = examine(fixture(TYPE));
  expect(operations.map(({ name }) => name)).toEqual(['product.preview']);
  expect(gate).toMatchObject({ mode: 'single', roles: ['merchandising'] });
  expect(card.effect).toContain('Nothing goes live.');
});

test('GTINs go out with 14 digits', () => {
  const [preview] = examine(fixture(TYPE)).operations;
  expect(preview?.body).toMatchObject({ variants: [{ gtin: '04012345000016' }, { gtin: '04012345000023' }] });
});

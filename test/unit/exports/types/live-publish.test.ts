import { expect, test } from 'vitest';
import { plain } from '../../../../src/exports/text.ts';
import { type Changes, changed, examine, finding, READABLE } from '../../../support/examine.ts';
import { fixture } from '../../../support/fixtures.ts';

const TYPE = 'live_publish';

test.each<[string, string, Changes]>([
  ['duplicate_product', 'error payload.products.1.handle', { 'payload.products.1.handle': 'merino-beanie' }],
  ['duplicate_sku', 'error payload.products.1.skus.0', { 'payload.products.1.skus': ['beanie-mer-cha'] }],
  ['sku_not_listed', 'error payload.changes.1.sku', { 'payload.changes.1.sku': 'GLOVE' }],
  ['duplicate_change', 'error payload.changes.1', { 'payload.changes.1.sku': 'BEANIE-MER-CHA' }],
  ['unchanged', 'warning payload.changes.1.after', { 'payload.changes.1.after': 'preview' }],
  ['publish_past', 'error payload.publish_at', { 'payload.publish_at': '2026-11-23T08:00:00Z' }],
  ['publish_late', 'warning payload.publish_at', { 'payload.publish_at': '2026-11-24T08:00:00Z' }],
  ['publish_too_far', 'error payload.publish_at', { 'payload.publish_at': '2027-05-24T08:00:00Z' }],
])('%s at %s', (code, at, changes) => {
  const found = finding(examine(changed(TYPE, changes)).problems, code);
  expect(found?.at).toBe(at);
  expect(found?.message).toMatch(READABLE);
});

test('more products than the limit are told once', () => {
  expect(examine(fixture(TYPE), { rules: { max_products: 1 } }).problems).toHaveLength(1);
});

test('it always needs two signatures', () => {
  const { gate, type } = examine(fixture(TYPE));
  expect(gate).toMatchObject({ mode: 'two_step', roles: ['marketing_ops', 'operations'] });
  expect(type.policy.gate_is_fixed).toBe(true);
});

test('one product is named, several are counted', () => {
  expect(plain(examine(fixture(TYPE)).card.headline)).toBe(
    'Publish 2 products (3 SKUs) live on Shopify and BigCommerce, from 2026-11-24 10:00 UTC',
  );
  const one = changed(TYPE, {
    'payload.products': [{ handle: 'merino-scarf', title: 'Merino scarf', skus: ['SCARF-MER-CHA'] }],
    'payload.changes': [],
    'payload.publish_at': undefined,
  });
  const { card } = examine(one);
  expect(plain(card.headline)).toBe('Publish Merino scarf (1 SKU) live on Shopify and BigCommerce, at once');
  expect(card.changes).toEqual([{ item: 'Merino scarf', before: 'preview', after: 'live, 1 SKU' }]);
});

test('the trail of what led here goes out with it and is on the card', () => {
  const trail = [{ export_id: '01930000-0000-7000-8000-000000000001', summary: 'Paused: not enough stock' }];
  const { card, operations } = examine(changed(TYPE, { 'payload.trail': trail }));
  expect(card.facts.map((fact) => plain(fact.value))).toContain('Paused: not enough stock');
  expect(operations[0]?.body).toMatchObject({ trail });
});

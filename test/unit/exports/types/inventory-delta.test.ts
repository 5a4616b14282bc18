import { describe, expect, test } from 'vitest';
import { plain } from '../../../../src/exports/text.ts';
import { type Changes, changed, examine, finding, READABLE } from '../../../support/examine.ts';
import { fixture } from '../../../support/fixtures.ts';

const TYPE = 'inventory_delta';
const line = 'payload.lines.1';

const counted = {
  'payload.reason_code': 'count',
  'payload.lines': [{ sku: 'HAT', location: 'wh-1', previous: 38, absolute: 40 }],
};

test.each<[string, string, Changes]>([
  ['movement_unclear', `error ${line}`, { [`${line}.delta`]: undefined }],
  ['movement_unclear', `error ${line}`, { [`${line}.absolute`]: 4 }],
  ['negative_stock', `error ${line}.delta`, { [`${line}.delta`]: -39 }],
  ['below_threshold', `warning ${line}.delta`, { [`${line}.delta`]: -35 }],
  ['below_threshold', `warning ${line}.delta`, { [`${line}.threshold`]: 36 }],
  ['jump', `warning ${line}.delta`, { [`${line}.delta`]: 501 }],
  ['mixed_movements', 'error payload.lines', { [`${line}.delta`]: undefined, [`${line}.absolute`]: 36 }],
  ['negative_stock', 'error payload.lines.0.absolute', { ...counted, 'payload.lines.0.absolute': -1 }],
  ['duplicate_sku', `error ${line}.sku`, { [`${line}.sku`]: 'lin-shirt-wht-m' }],
])('%s at %s', (code, at, changes) => {
  const found = finding(examine(changed(TYPE, changes)).problems, code);
  expect(found?.at).toBe(at);
  expect(found?.message).toMatch(READABLE);
});

test('one SKU at two locations is no duplicate', () => {
  const { problems } = examine(changed(TYPE, { 'payload.lines.2.sku': 'STRAW-HAT-01' }));
  expect(problems).toEqual([]);
});

test('more lines than the limit are told once', () => {
  expect(examine(fixture(TYPE), { rules: { max_lines: 2 } }).problems).toHaveLength(1);
});

describe('gate', () => {
  test.each<[string, Changes]>([
    ['policy', {}],
    ['single', { [`${line}.delta`]: -34 }],
    ['policy', { [`${line}.delta`]: -33 }],
    ['single', { [`${line}.delta`]: 501 }],
    ['policy', { [`${line}.delta`]: 500 }],
  ])('%s for %o', (mode, changes) => {
    const { gate } = examine(changed(TYPE, changes));
    expect(gate.mode).toBe(mode);
    expect(gate.raised).toBe(mode === 'single');
    expect(gate.reason).toMatch(READABLE);
  });
});

test('movements all apply, so they have no subject; counts replace each other', () => {
  expect(examine(fixture(TYPE)).subjects).toEqual([]);
  expect(examine(changed(TYPE, counted)).subjects).toEqual(['stock:wh-1:HAT']);
});

test('movements adjust, counts set, each with the level expected before', () => {
  const [adjust] = examine(fixture(TYPE)).operations;
  expect(adjust).toMatchObject({
    name: 'inventory.adjust',
    body: { lines: [{ previous: 212, delta: -9 }, {}, {}] },
  });
  const [set] = examine(changed(TYPE, counted)).operations;
  expect(set).toMatchObject({ name: 'inventory.set', body: { lines: [{ previous: 38, quantity: 40 }] } });
});

test('an unknown level before is said to be unknown', () => {
  const { card, problems } = examine(changed(TYPE, { [`${line}.previous`]: null }));
  expect(problems).toEqual([]);
  expect(card.changes[1]).toMatchObject({ before: 'not known', after: '(-3)' });
});

test('says how much moves, where and why', () => {
  const { card } = examine(fixture(TYPE));
  expect(plain(card.headline)).toBe(
    'Adjust stock of 3 SKUs at wh-berlin and wh-leipzig on Shopify and OMS: sale',
  );
  expect(card.totals).toBe('3 SKUs at 2 locations, -28 in all');
});

import { describe, expect, test } from 'vitest';
import { plain } from '../../../../src/exports/text.ts';
import { type Changes, changed, examine, finding, READABLE } from '../../../support/examine.ts';
import { fixture } from '../../../support/fixtures.ts';

const TYPE = 'return_initiate';
const line = 'payload.lines.1';

test.each<[string, string, Changes]>([
  ['refund_over_order', 'error payload.refund.items', { 'payload.refund.items': '193.76' }],
  ['currency_mismatch', 'error payload.refund.currency', { 'payload.refund.currency': 'USD' }],
  ['quantity_over_order', `error ${line}.quantity`, { [`${line}.quantity`]: 3 }],
  ['restock_damaged', `warning ${line}.restock`, { [`${line}.restock`]: true }],
  ['restock_location_missing', 'error payload.restock_location', { 'payload.restock_location': undefined }],
  [
    'personal_data',
    'error payload.customer_note',
    { 'payload.customer_note': 'Write to jo@example.com please' },
  ],
  ['personal_data', 'error payload.customer_note', { 'payload.customer_note': 'Call +49 (30) 555-0100-2' }],
  ['personal_data', 'error payload.customer_note', { 'payload.customer_note': 'Call 030 5550 10022' }],
  [
    'duplicate_sku',
    `error ${line}.sku`,
    { [`${line}.sku`]: 'sandal-tan-39', [`${line}.reason`]: 'wrong_size', [`${line}.condition`]: 'unopened' },
  ],
])('%s at %s', (code, at, changes) => {
  const found = finding(examine(changed(TYPE, changes)).problems, code);
  expect(found?.at).toBe(at);
  expect(found?.message).toMatch(READABLE);
});

test.each(['Order 100391 from 2026-11-02, SKU 5123456789, arrived @ noon. Thanks.', '2 of 3 were torn'])(
  'the note %j names nobody',
  (note) => {
    expect(examine(changed(TYPE, { 'payload.customer_note': note })).problems).toEqual([]);
  },
);

test('a refund of the whole order is allowed', () => {
  expect(examine(changed(TYPE, { 'payload.refund.items': '193.75' })).problems).toEqual([]);
});

test('one SKU may come back in two conditions', () => {
  expect(examine(changed(TYPE, { [`${line}.sku`]: 'SANDAL-TAN-39' })).problems).toEqual([]);
});

test('more lines than the limit are told once', () => {
  expect(examine(fixture(TYPE), { rules: { max_lines: 1 } }).problems).toHaveLength(1);
});

describe('gate', () => {
  test.each<[string, Changes]>([
    ['single', {}],
    ['policy', { 'payload.refund.items': '45.05' }],
    ['single', { 'payload.refund.items': '45.06' }],
    [
      'single',
      {
        'payload.refund.items': '1',
        'payload.refund.currency': 'USD',
        'payload.order_value.currency': 'USD',
      },
    ],
  ])('%s for %o', (mode, changes) => {
    const { gate } = examine(changed(TYPE, changes));
    expect(gate.mode).toBe(mode);
    expect(gate.reason).toMatch(READABLE);
  });
});

test('the refund is the exact sum of items and shipping', () => {
  const raw = changed(TYPE, { 'payload.refund.items': '0.10', 'payload.refund.shipping': '0.20' });
  expect(examine(raw).operations[0]?.body).toMatchObject({ refund: { total: '0.3' } });
  expect(plain(examine(fixture(TYPE)).card.headline)).toBe(
    'Open return RMA-20931 for 2 units of order 100391 in the OMS, refund 133.85 EUR',
  );
});

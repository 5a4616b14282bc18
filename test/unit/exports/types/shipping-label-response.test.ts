import { describe, expect, test } from 'vitest';
import { plain } from '../../../../src/exports/text.ts';
import { type Changes, changed, examine, finding, READABLE, refused } from '../../../support/examine.ts';
import { fixture } from '../../../support/fixtures.ts';

const TYPE = 'shipping_label_response';

const failed = {
  'payload.result': {
    status: 'failed',
    carrier: 'fedex',
    code: 'address_invalid',
    message: 'The postal code does not match the city.',
    carrier_code: 'ADDRESS.POSTALCODE.INVALID',
  },
};

test.each<[string, string, Changes]>([
  ['carrier_mismatch', 'warning payload.result.carrier', { 'payload.result.carrier': 'dhl' }],
  ['cost_over_max', 'warning payload.result.cost.amount', { 'payload.result.cost.amount': '24.01' }],
  ['currency_mismatch', 'error payload.result.cost.currency', { 'payload.result.cost.currency': 'CHF' }],
  ['code_without_failure', 'error exception_code', { exception_code: 'label_pending' }],
  ['code_mismatch', 'error exception_code', { ...failed, exception_code: 'label_pending' }],
])('%s at %s', (code, at, changes) => {
  const found = finding(examine(changed(TYPE, changes)).problems, code);
  expect(found?.at).toBe(at);
  expect(found?.message).toMatch(READABLE);
});

test('a label without a tracking number or address is refused', () => {
  expect(refused(TYPE, { 'payload.result.tracking_number': undefined })[0]?.path).toBe(
    'payload.result.tracking_number',
  );
  expect(refused(TYPE, { 'payload.result.label_url': undefined })[0]?.path).toBe('payload.result.label_url');
});

describe('gate', () => {
  test.each<[string, string[], Changes]>([
    ['policy', [], {}],
    ['single', ['logistics'], { 'payload.result.carrier': 'dhl' }],
    ['single', ['logistics'], { 'payload.result.cost.amount': '30.00' }],
    ['single', ['logistics'], failed],
  ])('%s %o', (mode, roles, changes) => {
    expect(examine(changed(TYPE, changes)).gate).toMatchObject({ mode, roles });
  });
});

test('a failure goes to the role that owns its kind', () => {
  expect(examine(changed(TYPE, failed)).owner_role).toBe('logistics');
  const account = { ...failed, 'payload.result.code': 'carrier_account_invalid' };
  expect(examine(changed(TYPE, account))).toMatchObject({
    owner_role: 'operations',
    gate: { roles: ['operations'] },
  });
});

test('a failure marks its order as waiting for a label', () => {
  const { operations, card } = examine(changed(TYPE, failed));
  expect(operations).toMatchObject([{ name: 'label.record', body: { order_state: 'label_pending' } }]);
  expect(plain(card.headline)).toBe(
    'Take over order 100482: FedEx made no label (address invalid), it waits in the OMS',
  );
  expect(card.facts[0]).toEqual({ label: 'FedEx says', value: ['The postal code does not match the city.'] });
});

test('a label is recorded with its tracking number', () => {
  expect(examine(fixture(TYPE)).operations).toMatchObject([
    {
      name: 'label.record',
      body: { order_state: 'label_created', result: { tracking_number: '794644790138' } },
    },
  ]);
});

import { describe, expect, test } from 'vitest';
import { plain } from '../../../../src/exports/text.ts';
import { DAY_MS } from '../../../../src/exports/words.ts';
import { type Changes, changed, examine, finding, READABLE, refused } from '../../../support/examine.ts';
import { fixture } from '../../../support/fixtures.ts';
import { T0 } from '../../../support/manual-clock.ts';

const TYPE = 'shipping_label_request';
const parcel = 'payload.parcels.0';
const item = 'payload.customs.items.0';
const home = fixture(TYPE).payload['ship_from'] ?? null;

test.each<[string, string, Changes]>([
  ['weight_missing', `error ${parcel}.weight`, { [`${parcel}.weight`]: undefined }],
  ['weight_missing', `error ${parcel}.weight`, { [`${parcel}.weight.value`]: '0.00' }],
  ['parcel_heavy', `warning ${parcel}.weight`, { [`${parcel}.weight.value`]: '1850' }],
  ['same_address', 'error payload.ship_to', { 'payload.ship_to': home }],
  ['ship_date_past', 'error payload.ship_date', { 'payload.ship_date': '2026-11-22' }],
  ['cost_over_max', 'error payload.quoted_cost.amount', { 'payload.quoted_cost.amount': '24.01' }],
  ['currency_mismatch', 'error payload.quoted_cost.currency', { 'payload.quoted_cost.currency': 'CHF' }],
  ['customs_missing', 'error payload.customs', { 'payload.customs': undefined }],
  ['customs_value', `error ${item}.unit_value`, { [`${item}.unit_value`]: '0' }],
  ['region_missing', 'error payload.ship_to.region', { 'payload.ship_to.country': 'CA' }],
  ['postal_code_invalid', 'error payload.ship_to.postal_code', { 'payload.ship_to.country': 'US' }],
  ['alternate_same', 'warning payload.carrier.alternates', { 'payload.carrier.alternates': ['fedex'] }],
])('%s at %s', (code, at, changes) => {
  const found = finding(examine(changed(TYPE, changes)).problems, code);
  expect(found?.at).toBe(at);
  expect(found?.message).toMatch(READABLE);
});

test('customs items in two currencies are found', () => {
  const items = [
    { description: 'Shirt', quantity: 1, unit_value: '10', currency: 'EUR', origin_country: 'PT' },
    { description: 'Hat', quantity: 1, unit_value: '10', currency: 'USD', origin_country: 'PT' },
  ];
  const { problems } = examine(changed(TYPE, { 'payload.customs.items': items }));
  expect(finding(problems, 'currency_mismatch')?.at).toBe('error payload.customs.items.1.currency');
});

test('parcels inside a country or inside the European Union need no customs items', () => {
  for (const country of ['DE', 'FR']) {
    const { problems } = examine(
      changed(TYPE, { 'payload.customs': undefined, 'payload.ship_to.country': country }),
    );
    expect(problems).toEqual([]);
  }
});

test('a ship date counts until it has ended in every zone', () => {
  const raw = fixture(TYPE);
  const noonAfter = Date.UTC(2026, 10, 25, 12);
  expect(finding(examine(raw, { now: noonAfter - 1 }).problems, 'ship_date_past')).toBeNull();
  expect(finding(examine(raw, { now: noonAfter }).problems, 'ship_date_past')).not.toBeNull();
  expect(fixture(TYPE, { now: T0 + 7 * DAY_MS }).payload['ship_date']).toBe('2026-12-01');
});

describe('gate', () => {
  test.each<[string, Changes]>([
    ['policy', {}],
    ['policy', { 'payload.quoted_cost': undefined, 'payload.max_cost.amount': '30' }],
    ['single', { 'payload.quoted_cost': undefined, 'payload.max_cost.amount': '30.01' }],
    ['single', { 'payload.quoted_cost.currency': 'CHF', 'payload.max_cost.currency': 'CHF' }],
  ])('%s for %o', (mode, changes) => {
    const { gate } = examine(changed(TYPE, changes));
    expect(gate.mode).toBe(mode);
    expect(gate.reason).toMatch(READABLE);
  });
});

test('neither name nor street nor contact of the recipient is on the card', () => {
  const { card } = examine(fixture(TYPE));
  expect(JSON.stringify(card)).not.toMatch(/Camille|Musterweg|8004|camille@/);
  expect(plain(card.headline)).toBe(
    'Buy 1 label for order 100482 to Zürich, CH from FedEx Regional Economy, up to 24.00 EUR',
  );
});

test('weights of all units are summed exactly', () => {
  const parcels = [{ weight: { value: '1', unit: 'lb' } }, { weight: { value: '16', unit: 'oz' } }];
  const { card } = examine(changed(TYPE, { 'payload.parcels': parcels }));
  expect(card.totals).toBe('2 parcels, 0.91 kg, up to 24.00 EUR');
});

test('a weight sent as a number is refused', () => {
  expect(refused(TYPE, { [`${parcel}.weight.value`]: 1.85 })[0]?.message).toMatch(READABLE);
});

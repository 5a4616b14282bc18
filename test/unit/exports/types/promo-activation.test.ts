import { describe, expect, test } from 'vitest';
import type { Json } from '../../../../src/exports/envelope.ts';
import { plain } from '../../../../src/exports/text.ts';
import { type Changes, changed, examine, finding, READABLE, refused } from '../../../support/examine.ts';
import { fixture, put } from '../../../support/fixtures.ts';

const TYPE = 'promo_activation';
const line = 'payload.lines.3';

describe('rules', () => {
  test.each<[string, string, Changes]>([
    [
      'window_past',
      'error payload.window.end',
      { 'payload.window.end': '2026-11-23T09:00:00Z', 'payload.window.start': '2026-11-22T09:00:00Z' },
    ],
    ['window_reversed', 'error payload.window.end', { 'payload.window.end': '2026-11-25T07:00:00Z' }],
    ['window_too_long', 'error payload.window.end', { 'payload.window.end': '2027-11-25T07:00:00Z' }],
    ['window_started', 'warning payload.window.start', { 'payload.window.start': '2026-11-24T08:00:00Z' }],
    ['currency_mismatch', `error ${line}.currency`, { [`${line}.currency`]: 'USD' }],
    ['duplicate_sku', `error ${line}.sku`, { [`${line}.sku`]: ' lin–shirt-wht-s' }],
    ['price_not_lower', `error ${line}.after.price`, { [`${line}.after.price`]: '24.90' }],
    ['price_not_lower', `error ${line}.after.price`, { [`${line}.after.price`]: '29.90' }],
    ['price_zero', `error ${line}.after.price`, { [`${line}.after.price`]: '0.00' }],
    ['offer_price_mismatch', `warning ${line}.after.price`, { [`${line}.after.price`]: '9.92' }],
    ['deep_cut', `warning ${line}.after.price`, { [`${line}.after.price`]: '1.99' }],
    ['rollback_mismatch', `error ${line}.rollback`, { [`${line}.rollback.price`]: '19.92' }],
    ['rollback_mismatch', `error ${line}.rollback`, { [`${line}.rollback.compare_at`]: '30.00' }],
    ['compare_at_low', `error ${line}.after.compare_at`, { [`${line}.after.compare_at`]: '19.92' }],
    ['low_stock', `warning ${line}.expected_stock`, { [`${line}.expected_stock`]: 3 }],
    ['discount_elsewhere', 'error payload.discounts.0.channel', { 'payload.channels': ['oms'] }],
    ['campaign_missing', 'warning campaign_id', { campaign_id: undefined }],
  ])('%s at %s', (code, at, changes) => {
    const found = finding(examine(changed(TYPE, changes)).problems, code);
    expect(found?.at).toBe(at);
    expect(found?.message).toMatch(READABLE);
  });

  test('an offer in another currency than the prices is found', () => {
    const offer = { kind: 'amount_off', value: '5.00', currency: 'USD' };
    const { problems } = examine(changed(TYPE, { 'payload.offer': offer }));
    expect(finding(problems, 'currency_mismatch')?.at).toBe('error payload.offer.currency');
  });

  test('more lines than the limit are told once', () => {
    const { problems } = examine(fixture(TYPE), { rules: { max_lines: 3 } });
    expect(problems.map(({ message }) => message)).toEqual([
      '7 lines are more than the limit of 3 lines. Send them in smaller parts.',
    ]);
  });

  test.each<[string, Json]>([
    ['a code', { kind: 'percent_off', value: '20', code: 'SUMMER' }],
    ['a buy-and-get offer', { kind: 'bogo', buy: 2, get: 1, value: '100' }],
  ])('%s leaves the prices at the shelf alone', (_name, offer) => {
    const raw = changed(TYPE, { 'payload.offer': offer });
    put(raw, 'payload.lines', [
      { sku: 'A-1', before: { price: '10.00' }, after: { price: '10.00' }, rollback: { price: '10.00' } },
    ]);
    const { problems, card } = examine(raw);
    expect(problems).toEqual([]);
    expect(card.changes[0]?.after).toBe('10.00 EUR, unchanged at the shelf');
  });

  test('amounts are compared as decimals, not as text or binary fractions', () => {
    const offer = { kind: 'percent_off', value: '33.3333' };
    const raw = changed(TYPE, {
      'payload.offer': offer,
      'payload.lines': [
        { sku: 'A-1', before: { price: '0.30' }, after: { price: '0.20' }, rollback: { price: '0.3000' } },
      ],
    });
    const { problems, card } = examine(raw);
    expect(problems).toEqual([]);
    expect(card.changes[0]?.after).toBe('0.20 EUR (-33.3 %)');
  });

  test('5,000 lines are checked in a fifth of a second', () => {
    const lines = Array.from({ length: 5000 }, (_, n) => ({
      sku: `SKU-${n}`,
      before: { price: '19.90' },
      after: { price: '15.92', compare_at: '19.90' },
      rollback: { price: '19.90' },
      expected_stock: 50,
    }));
    const raw = changed(TYPE, { 'payload.lines': lines });
    const { type, envelope } = examine(raw);
    const payload = type.payload.parse(envelope.payload);
    const began = performance.now();
    const problems = type.check({ envelope, payload, rules: type.rules, now: 1_795_510_800_000, own: false });
    expect(performance.now() - began).toBeLessThan(200);
    expect(problems).toEqual([]);
  });
});

describe('schema', () => {
  test.each<[string, Changes]>([
    ['payload.offer.kind', { 'payload.offer.kind': 'half_price' }],
    ['payload.offer.value', { 'payload.offer.value': '120' }],
    ['payload.lines.0.after.price', { 'payload.lines.0.after.price': 39.92 }],
    ['payload.lines.0.after.price', { 'payload.lines.0.after.price': '-1' }],
    ['payload.window.time_zone', { 'payload.window.time_zone': 'Berlin' }],
    ['payload.window.start', { 'payload.window.start': '2026-11-25 08:00' }],
    ['payload.lines', { 'payload.lines': [] }],
    ['payload.channels', { 'payload.channels': ['oms', 'oms'] }],
    ['payload.lines.0', { 'payload.lines.0.approved_by': 'me' }],
  ])('refuses %s with a sentence', (path, changes) => {
    const [problem] = refused(TYPE, changes);
    expect(problem?.path).toBe(path);
    expect(problem?.message).toMatch(READABLE);
  });
});

describe('card', () => {
  test.each<[string, Json]>([
    ['20 % off 7 SKUs', { kind: 'percent_off', value: '20' }],
    ['5.00 EUR off 7 SKUs', { kind: 'amount_off', value: '5.00', currency: 'EUR' }],
    ['9.90 EUR each for 7 SKUs', { kind: 'fixed_price', value: '9.90', currency: 'EUR' }],
    ['buy 2, get 1 free on 7 SKUs', { kind: 'bogo', buy: 2, get: 1, value: '100' }],
    ['buy 2, get 1 50 % off on 7 SKUs', { kind: 'bogo', buy: 2, get: 1, value: '50' }],
  ])('says "%s"', (words, offer) => {
    const { card } = examine(changed(TYPE, { 'payload.offer': offer }));
    expect(plain(card.headline)).toBe(
      `Activate Summer 24: ${words} on Shopify and OMS, from 2026-11-25 08:00 UTC`,
    );
  });

  test('says what happens, and when', () => {
    expect(examine(fixture(TYPE)).card.effect).toBe(
      'This accepts “Summer 24”: 7 SKUs go on sale on Shopify and OMS when it starts.',
    );
    const now = changed(TYPE, { 'payload.window.start': '2026-11-24T08:00:00Z' });
    expect(examine(now).card.effect).toBe(
      'This accepts “Summer 24”: 7 SKUs go on sale on Shopify and OMS at once.',
    );
  });
});

test('it always needs two signatures', () => {
  expect(examine(fixture(TYPE)).gate).toMatchObject({
    mode: 'two_step',
    roles: ['marketing_ops', 'operations'],
  });
  expect(examine(fixture(TYPE)).type.policy.gate_is_fixed).toBe(true);
});

test('ending a promo takes prices up again and deactivates it', () => {
  const { problems, operations, card, subjects } = examine(
    changed(TYPE, {
      'payload.action': 'end',
      [`${line}.after.price`]: '24.90',
      [`${line}.before.price`]: '19.92',
    }),
  );
  expect(problems).toEqual([]);
  expect(operations.map(({ name }) => name)).toEqual(['promo.deactivate']);
  expect(plain(card.headline)).toBe('End Summer 24: 7 SKUs back to their former prices on Shopify and OMS');
  expect(subjects).toEqual(['promo:summer-24']);
});

test('the operation carries the values, the former values and the discount ids', () => {
  const [operation] = examine(fixture(TYPE)).operations;
  expect(operation).toMatchObject({
    name: 'promo.activate',
    body: {
      campaign_id: 'summer-24',
      discounts: [{ channel: 'shopify' }],
      lines: expect.arrayContaining([
        expect.objectContaining({
          sku: 'BEACH-TOTE-STR',
          price: '19.92',
          compare_at: '24.90',
          previous: { price: '24.90', compare_at: null },
          rollback: { price: '24.90', compare_at: null },
        }),
      ]),
    },
  });
});

test.each<[string, Json, string[]]>([
  ['where no discount of the channel takes them off already', { kind: 'percent_off', value: '20' }, ['oms']],
  ['nowhere for a code', { kind: 'percent_off', value: '20', code: 'SUMMER' }, []],
  ['nowhere above a spend', { kind: 'percent_off', value: '20', min_spend: '50.00' }, []],
])('prices are written %s', (_name, offer, channels) => {
  const [operation] = examine(changed(TYPE, { 'payload.offer': offer })).operations;
  expect(operation?.body['set_prices_on']).toEqual(channels);
});

import { describe, expect, it } from 'vitest';
import { createCatalog } from '../../../src/exports/catalog.ts';
import { type Draft, type Drafting, draftOfTopic, draftsOf } from '../../../src/sources/drafts.ts';
import type { Fact } from '../../../src/sources/facts.ts';
import { filled, fitsTopic, joined, ruleSchema } from '../../../src/sources/rules.ts';
import { T0 } from '../../support/manual-clock.ts';

const rule = (raw: object) => ruleSchema(createCatalog()).parse(raw);

const drafting = (...rules: object[]): Drafting => ({
  system: 'shopify',
  naming: { channels: ['shopify'], locations: { '7': 'wh-berlin' } },
  rules: rules.map(rule),
  intentOf: (type) => createCatalog().get(type)?.intents[0] ?? 'notify',
  now: T0,
});

const order: Fact = {
  what: 'order_placed',
  key: 'order:1',
  at: T0 - 1000,
  order: '#1001',
  currency: 'EUR',
  ships: true,
  ship_to: null,
  grams: 640,
  items: [
    { sku: 'A', title: 'Shirt', quantity: 2 },
    { sku: 'A', title: 'Shirt', quantity: 1 },
    { sku: 'B', title: null, quantity: 1 },
  ],
};

const payloadOf = (draft: Draft | undefined) => draft?.raw['payload'];

describe('topics', () => {
  it.each([
    ['orders/create', 'orders/create', true],
    ['orders/*', 'orders/create', true],
    ['*/create', 'orders/create', true],
    ['o*/c*e', 'orders/create', true],
    ['*', 'anything', true],
    ['orders', 'orders/create', false],
    ['*/create', 'orders/created', false],
    ['a*a', 'a', false],
    ['orders/*', 'draft_orders/create', false],
  ])('%s on %s is %s', (pattern, topic, fits) => {
    expect(fitsTopic(pattern, topic)).toBe(fits);
  });
});

describe('what a rule adds', () => {
  it('goes before what the event says, into every entry of a list', () => {
    const under = { lines: [{ sku: 'A' }, { sku: 'B', location: 'x' }], note: 'n' };
    expect(joined(under, { lines: { location: 'wh' }, note: null })).toEqual({
      lines: [
        { sku: 'A', location: 'wh' },
        { sku: 'B', location: 'wh' },
      ],
      note: null,
    });
    expect(joined({ channels: ['a'] }, { channels: ['b'] })).toEqual({ channels: ['b'] });
  });

  it('takes values from the event, and null for what is not there', () => {
    const body = { data: { id: 4, tags: ['x', 'y'] } };
    expect(filled({ a: '$.data.id', b: ['$.data.tags.1'], c: '$.no.thing', d: '$5 off' }, body)).toEqual({
      a: 4,
      b: ['y'],
      c: null,
      d: '$5 off',
    });
    expect(filled('$.constructor', body)).toBeNull();
  });
});

describe('drafts', () => {
  it('counts the units of an order as sold, one line a SKU', () => {
    const rules = {
      when: 'order_placed',
      then: 'inventory_delta',
      with: { lines: { location: 'wh-berlin' } },
    };
    const [draft, ...others] = draftsOf([order], drafting(rules));
    expect(others).toEqual([]);
    expect(draft?.key).toBe('shopify:order:1:inventory_delta');
    expect(payloadOf(draft)).toEqual({
      reason_code: 'sale',
      note: 'Order #1001',
      channels: ['shopify'],
      lines: [
        { sku: 'A', title: 'Shirt', delta: -3, previous: null, location: 'wh-berlin' },
        { sku: 'B', title: null, delta: -1, previous: null, location: 'wh-berlin' },
      ],
    });
  });

  it('asks for no label for what is not shipped', () => {
    const rules = { when: 'order_placed', then: 'shipping_label_request' };
    expect(draftsOf([{ ...order, ships: false }], drafting(rules))).toEqual([]);
  });

  it('uses the first rule of each type, and each type once', () => {
    const rules = [
      { when: 'inventory_below', threshold: 5, then: 'inventory_delta', owner_role: 'merchandising' },
      { when: 'inventory_below', threshold: 20, then: 'inventory_delta' },
      { when: 'inventory_below', threshold: 20, then: 'exception_notify' },
    ];
    const level = { what: 'inventory_below', key: 'k', at: T0, as_of: T0, item: '1', location: '7' } as const;
    const at = (quantity: number) =>
      draftsOf([{ ...level, sku: 'A', title: null, quantity }], drafting(...rules));
    expect(at(4).map(({ raw }) => [raw['export_type'], raw['owner_role']])).toEqual([
      ['exception_notify', undefined],
      ['inventory_delta', 'merchandising'],
    ]);
    expect(payloadOf(at(10).at(-1))).toMatchObject({ lines: [{ threshold: 20, location: 'wh-berlin' }] });
    expect(at(20)).toEqual([]);
  });

  it('fills the template of a rule for a topic, and keeps nothing else of the event', () => {
    const topic = rule({ when: 'topic', topic: 'x', then: 'exception_notify', with: { summary: '$.text' } });
    const body = { text: 'hello', secret: 'not needed' };
    const draft = draftOfTopic(topic, { id: 'e1', at: T0, body }, drafting());
    expect(draft.raw).toMatchObject({ intent: 'notify', idempotency_key: 'shopify:e1:exception_notify' });
    expect(payloadOf(draft)).toEqual({ summary: 'hello' });
  });

  it('promises the same key for a promo of a percentage, with the code that it asks for', () => {
    const promo: Fact = {
      what: 'promo_scheduled',
      key: 'promo:1',
      at: T0,
      discount: 'gid://shopify/DiscountCodeNode/1',
      title: 'Autumn',
      starts_at: '2026-12-01T00:00:00Z',
      ends_at: null,
      code: 'AUTUMN',
      off: { kind: 'percent_off', value: '20' },
    };
    const [draft] = draftsOf([promo], drafting({ when: 'promo_scheduled', then: 'promo_activation' }));
    expect(payloadOf(draft)).toMatchObject({
      campaign_name: 'Autumn',
      window: { start: '2026-12-01T00:00:00Z' },
      offer: { kind: 'percent_off', value: '20', code: 'AUTUMN' },
      discounts: [{ channel: 'shopify', discount_id: 'gid://shopify/DiscountCodeNode/1' }],
    });
  });
});

import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createCatalog, TYPES } from '../../../../src/exports/catalog.ts';
import { defineExport } from '../../../../src/exports/define.ts';
import { EXCEPTIONS } from '../../../../src/exports/exceptions.ts';
import { hashOf } from '../../../../src/exports/hash.ts';
import { plain } from '../../../../src/exports/text.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, Role } from '../../../../src/exports/words.ts';
import { changed, examine, READABLE, refused } from '../../../support/examine.ts';
import { fixture, put, type RawExport } from '../../../support/fixtures.ts';
import { T0 } from '../../../support/manual-clock.ts';

const NAMES = TYPES.map((type) => type.name);

/** Everything a card says, as one text. */
function wholeCard(raw: RawExport): string {
  const { card, gate } = examine(raw);
  return [
    plain(card.headline),
    ...card.facts.map((fact) => `${fact.label}: ${plain(fact.value)}`),
    ...card.changes.map((change) => `${change.item}: ${change.before} to ${change.after}`),
    card.totals ?? '',
    card.rollback ?? '',
    card.effect,
    gate.reason,
  ].join('\n');
}

test('there are ten types', () => {
  expect(NAMES.toSorted()).toEqual(
    [
      'promo_activation',
      'price_update',
      'inventory_delta',
      'staged_product',
      'live_publish',
      'shipping_label_request',
      'shipping_label_response',
      'return_initiate',
      'exception_notify',
      'content_package_change',
    ].toSorted(),
  );
});

test('two types of one name are refused', () => {
  const first = TYPES.slice(0, 1);
  expect(() => createCatalog([...first, ...first])).toThrow(/Two export types are called/);
});

describe.each(NAMES)('%s', (name) => {
  test('its fixture is read without a problem, today and in three years', () => {
    expect(examine(fixture(name)).problems).toEqual([]);
    const later = T0 + 1096 * DAY_MS + 5 * HOUR_MS;
    expect(examine(fixture(name, { now: later }), { now: later }).problems).toEqual([]);
  });

  test('its card is whole, short and free of machine words', () => {
    const raw = fixture(name);
    const { card } = examine(raw);
    const text = wholeCard(raw);
    expect(text).not.toMatch(/undefined|NaN|\bnull\b|\[object|Infinity|[{}]/);
    expect(text).not.toMatch(/\b[a-z]+_[a-z]+\b/);
    expect(plain(card.headline).length).toBeLessThan(250);
    expect(card.facts.length).toBeLessThanOrEqual(8);
    expect(card.effect).toMatch(/^[A-Z].*\.$/);
    expect(card.effect.length).toBeLessThan(300);
    expect(card.headline.some((part) => typeof part !== 'string')).toBe(true);
  });

  test('its headline stays short when every text is as long as allowed', () => {
    const long = 'W'.repeat(58);
    const raw = fixture(name);
    const stretched = {
      campaign_name: 'N'.repeat(120),
      title: 'T'.repeat(200),
      summary: 'S'.repeat(200),
      order_id: 'O'.repeat(120),
      return_id: 'R'.repeat(120),
      channels: [`${long}1`, `${long}2`, `${long}3`],
      price_list: { id: 'P'.repeat(80) },
    };
    for (const [key, value] of Object.entries(stretched)) {
      if (key in raw.payload) put(raw, `payload.${key}`, value);
    }
    expect(plain(examine(raw).card.headline).length).toBeLessThan(250);
  });

  test('a field that nobody declared is refused, in words', () => {
    const [problem] = refused(name, { 'payload.accepted_by': 'me' });
    expect(problem?.message).toBe(
      'Meshline does not know "accepted_by" here. Remove it, or check the spelling.',
    );
  });

  test('an empty payload is refused field by field, in words', () => {
    const type = createCatalog().get(name);
    const answer = type?.payload.safeParse({}).error?.issues ?? [];
    expect(answer.length).toBeGreaterThan(0);
    const fields = Object.keys(changed(name).payload);
    for (const field of fields) {
      for (const { message } of refused(name, { [`payload.${field}`]: undefined })) {
        expect(message).toMatch(READABLE);
      }
      for (const { message } of refused(name, { [`payload.${field}`]: 7 })) expect(message).toMatch(READABLE);
    }
  });

  test('its operations carry plain JSON, money as strings, and are the same every time', () => {
    const { operations } = examine(fixture(name));
    expect(operations.length).toBeGreaterThan(0);
    for (const operation of operations) {
      expect(operation.name).toMatch(/^[a-z]+\.[a-z]+$/);
      expect(JSON.parse(JSON.stringify(operation.body))).toEqual(operation.body);
      expect(JSON.stringify(operation.body)).not.toMatch(/"(price|amount|compare_at|refund)":\d/);
    }
    expect(hashOf(operations.map(({ body }) => body))).toBe(
      hashOf(examine(fixture(name)).operations.map(({ body }) => body)),
    );
  });

  test('what its schema has read is read again to the same values', () => {
    const { type, envelope } = examine(fixture(name));
    const once = type.payload.parse(envelope.payload);
    expect(type.payload.parse(structuredClone(once))).toEqual(once);
  });

  test('its subjects are distinct', () => {
    const { subjects } = examine(fixture(name));
    expect(new Set(subjects).size).toBe(subjects.length);
  });

  test('its policy is within reason', () => {
    const { type, gate } = examine(fixture(name));
    const steps = { policy: 0, single: 1, two_step: 2 };
    expect(gate.roles).toHaveLength(steps[gate.mode]);
    expect(new Set(gate.roles).size).toBe(gate.roles.length);
    expect(gate.reason).toMatch(READABLE);
    expect(type.policy.sla_ms).toBeGreaterThanOrEqual(5 * MINUTE_MS);
    const { max_attempts, first_delay_ms, max_delay_ms } = type.policy.retry;
    let delay = first_delay_ms;
    let total = 0;
    for (let attempt = 1; attempt < max_attempts; attempt += 1) {
      total += delay;
      delay = Math.min(delay * 2, max_delay_ms);
    }
    expect(total).toBeGreaterThan(50 * MINUTE_MS);
    expect(total < 70 * MINUTE_MS || total > 72 * HOUR_MS).toBe(true);
    for (const rule of Object.values(type.exceptions)) {
      expect(Role.options).toContain(rule.role);
      expect(rule.remedy).toMatch(READABLE);
    }
  });
});

test('hostile words pass through unchanged, for the surface to escape', () => {
  const hostile = '<!channel> *Approved by* <https://evil.example|ok> & \u202Egnp \u200B "; DROP';
  const raw = changed('promo_activation', { 'payload.campaign_name': hostile });
  expect(examine(raw).card.headline).toContainEqual({ strong: hostile });
});

test.each(['AB\u200B1', 'AB\u0007', 'A\u202EB', 'A\uFEFFB', 'A\u2028B', '   '])(
  'the SKU %j is refused',
  (sku) => {
    const [problem] = refused('price_update', { 'payload.lines.0.sku': sku });
    expect(problem?.path).toBe('payload.lines.0.sku');
    expect(problem?.message).toMatch(READABLE);
  },
);

test.each([
  'http://shop.example.com/x',
  'javascript:alert(1)',
  'https://user:secret@shop.example.com/',
  'shop.example.com',
  'https://',
])('the address %s is refused', (url) => {
  const [problem] = refused('promo_activation', { 'payload.landing_urls': [url] });
  expect(problem?.path).toBe('payload.landing_urls.0');
  expect(problem?.message).toMatch(READABLE);
});

test('every general exception has a role and a remedy that says what to do', () => {
  for (const [code, rule] of Object.entries(EXCEPTIONS)) {
    expect(code).toMatch(/^[a-z][a-z0-9_]{1,79}$/);
    expect(Role.options).toContain(rule.role);
    expect(rule.remedy).toMatch(READABLE);
  }
});

test('an eleventh type is one definition and one line', () => {
  const giftCard = defineExport({
    name: 'gift_card_issue',
    title: 'Gift card',
    payload: z.strictObject({ card: z.string(), amount: z.string() }),
    intents: ['fulfil'],
    policy: {
      owner_role: 'operations',
      sla_ms: HOUR_MS,
      gate_is_fixed: false,
      refresh: {},
      retry: { max_attempts: 3, first_delay_ms: 1000, max_delay_ms: 1000 },
    },
    rules: { limit: 100 },
    gate: () => ({ mode: 'single', roles: ['operations'], raised: false, reason: 'Money.' }),
    check: () => [],
    subjects: (payload) => [`gift:${payload.card}`],
    card: ({ payload, rules }) => ({
      headline: ['Issue ', { strong: payload.card }],
      facts: [{ label: 'Limit', value: [String(rules.limit)] }],
      changes: [],
      totals: null,
      rollback: null,
      effect: `This issues a card of ${payload.amount}.`,
    }),
    operations: (payload) => [{ name: 'card.issue', body: payload }],
    exceptions: {},
  });
  const catalog = createCatalog([...TYPES, giftCard]);
  expect(catalog.all()).toHaveLength(11);
  const raw = {
    ...fixture('return_initiate'),
    export_type: 'gift_card_issue',
    payload: { card: 'G-1', amount: '20' },
  };
  const { card, operations, subjects } = examine(raw, { catalog });
  expect(plain(card.headline)).toBe('Issue G-1');
  expect(operations).toEqual([{ name: 'card.issue', body: { card: 'G-1', amount: '20' } }]);
  expect(subjects).toEqual(['gift:G-1']);
});

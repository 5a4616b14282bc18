import { describe, expect, test } from 'vitest';
import type { Json } from '../../../../src/exports/envelope.ts';
import { plain } from '../../../../src/exports/text.ts';
import { type Changes, changed, examine, finding, READABLE } from '../../../support/examine.ts';
import { fixture } from '../../../support/fixtures.ts';

const TYPE = 'content_package_change';
const line = 'payload.lines.0';
const after = `${line}.packaging.after`;

function packed(value: string, unit: string, sides: readonly [string, string, string], size: string): Json {
  const [length, width, height] = sides;
  return { weight: { value, unit }, dimensions: { length, width, height, unit: size } };
}

test.each<[string, string, Changes]>([
  [
    'nothing_to_change',
    `error ${line}`,
    { [`${line}.content`]: undefined, [`${line}.packaging`]: undefined },
  ],
  ['weight_zero', `error ${after}.weight`, { [`${after}.weight.value`]: '0' }],
  ['weight_jump', `warning ${after}.weight`, { [`${after}.weight.value`]: '0.931' }],
  ['dimension_zero', `error ${after}.dimensions`, { [`${after}.dimensions.width`]: '0' }],
  ['title_blank', `error ${line}.content.after.title`, { [`${line}.content.after.title`]: ' ' }],
  [
    'images_removed',
    `warning ${line}.content.after.images`,
    {
      [`${line}.content.before.images`]: [{ url: 'https://cdn.example.com/a.jpg', alt: 'Tote' }],
      [`${line}.content.after.images`]: [],
    },
  ],
  ['duplicate_sku', 'error payload.lines.1.sku', { 'payload.lines.1.sku': 'beach-tote-str' }],
])('%s at %s', (code, at, changes) => {
  const found = finding(examine(changed(TYPE, changes)).problems, code);
  expect(found?.at).toBe(at);
  expect(found?.message).toMatch(READABLE);
});

test('more lines than the limit are told once', () => {
  expect(examine(fixture(TYPE), { rules: { max_lines: 1 } }).problems).toHaveLength(1);
});

describe('packaging', () => {
  test.each<[string, Json, Json]>([
    [
      'the same in other units',
      packed('1', 'lb', ['10', '8', '2'], 'in'),
      packed('453.5924', 'g', ['254', '203.2', '50.8'], 'mm'),
    ],
    [
      'rounded by a fraction of a gram',
      packed('0.5', 'lb', ['1', '1', '1'], 'm'),
      packed('227', 'g', ['100', '100', '100'], 'cm'),
    ],
  ])('%s is unchanged: policy accepts, no review', (_name, before, now) => {
    const raw = changed(TYPE, { [`${line}.packaging`]: { before, after: now } });
    const { gate, operations } = examine(raw);
    expect(gate.mode).toBe('policy');
    expect(operations.map(({ name }) => name)).toEqual(['content.update']);
  });

  test.each<[string, Json]>([
    ['weight', packed('622', 'g', ['42', '36', '6'], 'cm')],
    ['one side', packed('620', 'g', ['42', '36', '6.11'], 'cm')],
  ])('a changed %s needs logistics and a review', (_name, now) => {
    const { gate, operations } = examine(changed(TYPE, { [after]: now }));
    expect(gate).toMatchObject({ mode: 'two_step', roles: ['marketing_ops', 'logistics'], raised: true });
    expect(operations.map(({ name }) => name)).toEqual([
      'content.update',
      'packaging.update',
      'packaging.review',
    ]);
  });

  test('goes out in grams and millimetres beside what was sent', () => {
    const review = examine(fixture(TYPE)).operations.find(({ name }) => name === 'packaging.review');
    expect(review?.body).toMatchObject({
      lines: [{ sku: 'BEACH-TOTE-STR', weight_g: '700', length_mm: '440', width_mm: '380', height_mm: '80' }],
    });
  });
});

test('a change that changes nothing is an error', () => {
  const same = { title: 'Tote' };
  const raw = changed(TYPE, { 'payload.lines': [{ sku: 'A', content: { before: same, after: same } }] });
  const found = finding(examine(raw).problems, 'nothing_changed');
  expect(found?.at).toBe('error payload.lines');
  expect(found?.message).toMatch(READABLE);
});

test('says what changes', () => {
  const { card, subjects } = examine(fixture(TYPE));
  expect(plain(card.headline)).toBe(
    'Change content and packaging of 2 SKUs on Shopify and WMS; the warehouse reviews its packing',
  );
  expect(card.changes).toContainEqual({
    item: 'BEACH-TOTE-STR Beach tote, striped: weight',
    before: '0.62 kg',
    after: '0.70 kg',
  });
  expect(subjects).toEqual(['content:BEACH-TOTE-STR', 'packaging:BEACH-TOTE-STR', 'content:STRAW-HAT-01']);
});

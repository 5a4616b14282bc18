import { expect, it } from 'vitest';
import { decide } from '../../../src/exports/decide.ts';
import type { Repaired } from '../../../src/exports/events.ts';
import { canonicalSku } from '../../../src/exports/identifiers.ts';
import { isRefusal } from '../../../src/exports/refusals.ts';
import { type Held, heldOver, shortfallOf, withoutShort } from '../../../src/exports/shortfall.ts';
import type { Export } from '../../../src/exports/state.ts';
import { fixture, put } from '../../support/fixtures.ts';
import { T0 } from '../../support/manual-clock.ts';
import { catalog, context, personNamed, readAt, sceneOf } from '../bot/scenes.ts';
import { LINES, plainPromo, shortOf } from '../bot/short-scenes.ts';

const NOW = T0 + 400_000;

function left(state: Export): Repaired | null {
  const rest = withoutShort(state, catalog);
  if (!rest || 'why' in rest) return null;
  const { envelope: _, nobody_left: __, ...repaired } = readAt(rest.raw as never, NOW, 2);
  return repaired;
}

const takeOut = (state: Export, by: string, seen = 1, held: Held = new Map()) =>
  decide(state, { do: 'take_out', by: personNamed(by).id, seen, held, repaired: left(state) }, context(NOW));

it('reads what a system is short of, and passes over what makes no sense or is not short', () => {
  const { state } = shortOf({
    lines: [
      ...(LINES as []),
      { sku: 7 },
      null,
      { requested: 4 },
      { sku: 'NEW', requested: -1, available: 'x' },
    ],
  });
  expect(shortfallOf(state)).toEqual({
    sink: 'oms',
    needed: 200,
    there: 98,
    by: 102,
    lines: [
      { sku: 'straw-hat-01', title: 'Straw hat', needed: 100, there: 38, by: 62, ours: true },
      { sku: 'SANDAL-TAN-39', title: expect.any(String), needed: 100, there: 60, by: 40, ours: true },
      { sku: 'NEW', title: null, needed: null, there: null, by: null, ours: false },
    ],
  });
});

it('knows the SKUs where no figures came, and nothing where none were named', () => {
  expect(shortfallOf(shortOf({ skus: ['STRAW-HAT-01'] }).state)?.lines).toMatchObject([
    { by: null, ours: true },
  ]);
  expect(shortfallOf(shortOf({ sku: 'STRAW-HAT-01' }).state)?.lines).toHaveLength(1);
  expect(shortfallOf(shortOf({}).state)).toBeNull();
  expect(shortfallOf(sceneOf('promo_activation', 'failed').state)).toBeNull();
});

it('takes exactly the short lines out, and everybody accepts again', () => {
  const { state } = shortOf({ lines: LINES });
  const decision = takeOut(state, 'Grace');
  if (isRefusal(decision)) throw new Error(decision.refused);
  const [event] = decision.events;
  if (event?.type !== 'edited') throw new Error('It was not edited.');
  expect(event).toMatchObject({
    mended: 'insufficient_inventory',
    revision: { number: 2 },
    route: state.route,
  });
  const lines = event.revision?.payload['lines'] as { sku: string }[] | undefined;
  const skus = lines?.map((line) => line.sku);
  expect(skus).toEqual([
    'LIN-SHIRT-WHT-S',
    'LIN-SHIRT-WHT-M',
    'LIN-SHIRT-NVY-M',
    'BEACH-TOTE-STR',
    'SUN-TOWEL-XL',
  ]);
  expect(event.changes).toEqual([
    { path: 'payload.lines.4', before: 'straw-hat-01', after: 'taken out' },
    { path: 'payload.lines.5', before: 'SANDAL-TAN-39', after: 'taken out' },
  ]);
});

it('is for those who settle the shortage, on the values they saw', () => {
  const { state } = shortOf({ lines: LINES });
  expect(takeOut(state, 'Mei')).toMatchObject({ refused: 'not_allowed' });
  expect(takeOut(state, 'Priya')).not.toHaveProperty('refused');
  expect(takeOut(state, 'Grace', 0)).toMatchObject({ refused: 'stale_version' });
  expect(takeOut(sceneOf('promo_activation', 'delivered').state, 'Grace')).toHaveProperty('refused');
});

it('refuses when nothing would be left, when a discount decides, and when none of them is in it', () => {
  const all = (plainPromo().payload['lines'] as { sku: string }[]).map(({ sku }) => sku);
  expect(takeOut(shortOf({ skus: all }).state, 'Grace')).toMatchObject({
    refused: 'cannot_take_out',
    facts: { why: expect.stringContaining('nothing would be left') },
  });
  expect(takeOut(shortOf({ lines: LINES }, fixture('promo_activation')).state, 'Grace')).toMatchObject({
    facts: { why: expect.stringContaining('discount at Shopify') },
  });
  expect(takeOut(shortOf({ skus: ['ELSE'] }).state, 'Grace')).toMatchObject({
    facts: { why: expect.stringContaining('none of them') },
  });
});

it('refuses while another system may hold the values, which nobody would put back there', () => {
  const { state } = shortOf({ lines: LINES });
  const [push] = state.pushes;
  if (!push) throw new Error('Nothing went out.');
  const elsewhere = { ...state, pushes: [push, { ...push, sink: 'shopify', status: 'unknown' as const }] };
  expect(takeOut(elsewhere, 'Grace')).toMatchObject({
    facts: { why: expect.stringContaining('Shopify may hold them already') },
  });
});

it('remembers what a system took of an earlier revision, and refuses for that too', () => {
  const { state, recorded } = shortOf({ lines: LINES });
  expect(heldOver(state.id, recorded)).toEqual(new Map());
  const [push] = state.pushes;
  if (!push) throw new Error('Nothing went out.');
  const begun = recorded.map((each) =>
    each.event.type === 'delivery_begun'
      ? { ...each, event: { ...each.event, pushes: [push, { ...push, key: 'k2', sink: 'shopify' }] } }
      : each,
  );
  const taken = { type: 'push_delivered', key: 'k2', reference: null } as const;
  const history = [...begun, { export_id: state.id, n: 99, at: NOW, event: taken }];
  const held = heldOver(state.id, history);
  expect([...held.keys()]).toEqual(['shopify']);
  expect(held.get('shopify')?.has(canonicalSku('STRAW-HAT-01'))).toBe(true);
  expect(takeOut(state, 'Grace', 1, held)).toMatchObject({
    facts: { why: expect.stringContaining('Shopify may hold them already') },
  });
});

it('leaves the products of a live publish that still have a SKU', () => {
  const raw = fixture('live_publish', {
    edit(each) {
      put(each, 'payload.products', [
        { handle: 'a', title: null, skus: ['A-1', 'A-2'] },
        { handle: 'b', title: null, skus: ['B-1'] },
      ]);
      put(each, 'payload.changes', [{ sku: 'A-1', field: 'price', before: '2', after: '1' }]);
    },
  });
  const rest = withoutShort(shortOf({ skus: ['A-1', 'B-1'] }, raw).state, catalog);
  expect(rest).toMatchObject({
    left: 1,
    raw: { payload: { products: [{ handle: 'a', skus: ['A-2'] }], changes: [] } },
  });
});

import { describe, expect, it } from 'vitest';
import type { Pusher, PushRequest, SinkOutcome } from '../../../src/sinks/port.ts';
import type { ManualClock } from '../../support/manual-clock.ts';
import {
  content,
  label,
  openBigCommerce,
  packaging,
  preview,
  prices,
  promo,
  publishing,
  stockOf,
} from '../../unit/sinks/bigcommerce-pushes.ts';
import { type BigShop, openShop } from '../../unit/sinks/bigcommerce-shop.ts';
import type { Fault } from '../../unit/sinks/bigcommerce-shop-parts.ts';
import { countTries, met } from './tally.ts';

countTries();

type Case = {
  name: string;
  push: PushRequest;
  settings?: Record<string, unknown>;
  prepare(shop: BigShop): void;
  /** The call that has the effect. */
  write: RegExp;
  /** Whether the shop stands as asked, once and not twice. */
  stands(shop: BigShop): boolean;
};

const anItem = (shop: BigShop) => void shop.addProduct(['A-1']);
const stockAt = (shop: BigShop) => shop.stock.get(`${shop.variant('A-1').id} 1`);
const anOrder = (shop: BigShop) =>
  void shop.orders.set(501, {
    id: 501,
    status_id: 11,
    staff_notes: '',
    products: [{ id: 9, quantity: 2, quantity_shipped: 0, order_address_id: 4 }],
    shipments: [],
  });

const CASES: readonly Case[] = [
  {
    name: 'price.set to the catalogue',
    push: prices([{ sku: 'A-1', price: '15' }]),
    prepare: anItem,
    write: /^PUT \/v3\/catalog\/variants$/u,
    stands: (shop) => shop.variant('A-1').price === 15,
  },
  {
    name: 'price.set to a price list',
    push: prices([{ sku: 'A-1', price: '15' }]),
    settings: { price_list: 7 },
    prepare(shop) {
      anItem(shop);
      shop.lists.set(7, []);
    },
    write: /^PUT \/v3\/pricelists\/7\/records$/u,
    stands: (shop) => shop.lists.get(7)?.length === 1 && shop.lists.get(7)?.[0]?.price === 15,
  },
  {
    name: 'inventory.set',
    push: stockOf('inventory.set', [{ sku: 'A-1', units: 4 }]),
    prepare: anItem,
    write: /^PUT \/v3\/inventory\/adjustments\/absolute$/u,
    stands: (shop) => stockAt(shop) === 4,
  },
  {
    name: 'inventory.adjust',
    push: stockOf('inventory.adjust', [{ sku: 'A-1', units: -3 }]),
    prepare: anItem,
    write: /^POST \/v3\/inventory\/adjustments\/relative$/u,
    stands: (shop) => stockAt(shop) === 7,
  },
  {
    name: 'promo.activate of a promotion',
    push: promo('promo.activate', { discounts: ['31'] }),
    prepare: (shop) => void shop.promotions.set(31, { status: 'DISABLED' }),
    write: /^PUT \/v3\/promotions\/31$/u,
    stands: (shop) => shop.promotions.get(31)?.status === 'ENABLED',
  },
  {
    name: 'promo.deactivate of a promotion',
    push: promo('promo.deactivate', { discounts: ['31'] }),
    prepare: (shop) => void shop.promotions.set(31, { status: 'ENABLED' }),
    write: /^PUT \/v3\/promotions\/31$/u,
    stands: (shop) => shop.promotions.get(31)?.status === 'DISABLED',
  },
  {
    name: 'promo.activate of prices',
    push: promo('promo.activate', { prices: true }),
    prepare: anItem,
    write: /^PUT \/v3\/catalog\/variants$/u,
    stands: (shop) => shop.variant('A-1').sale_price === 15,
  },
  {
    name: 'product.preview',
    push: preview(),
    prepare: () => undefined,
    write: /^POST \/v3\/catalog\/products$/u,
    stands: (shop) => shop.products.length === 1 && shop.products[0]?.is_visible === false,
  },
  {
    name: 'product.publish',
    push: publishing([{ handle: 'a', skus: ['A-1'] }]),
    prepare: anItem,
    write: /^PUT \/v3\/catalog\/products$/u,
    stands: (shop) => shop.products[0]?.is_visible === true && shop.products[0].channels.size === 1,
  },
  {
    name: 'product.publish, its channels',
    push: publishing([{ handle: 'a', skus: ['A-1'] }]),
    prepare: anItem,
    write: /^PUT \/v3\/catalog\/products\/channel-assignments$/u,
    stands: (shop) => shop.products[0]?.is_visible === true && shop.products[0].channels.size === 1,
  },
  {
    name: 'content.update of words',
    push: content('A-1', { title: 'Old' }, { title: 'New' }),
    prepare: anItem,
    write: /^PUT \/v3\/catalog\/products$/u,
    stands: (shop) => shop.products[0]?.name === 'New',
  },
  {
    name: 'content.update of pictures',
    push: content('A-1', { images: [] }, { images: [{ url: 'https://c.example/f.jpg', alt: 'Front' }] }),
    prepare: anItem,
    write: /^POST \/v3\/catalog\/products\/\d+\/images$/u,
    stands: (shop) => shop.products[0]?.images.length === 1,
  },
  {
    name: 'packaging.update',
    push: packaging(['A-1']),
    prepare: anItem,
    write: /^PUT \/v3\/catalog\/variants$/u,
    stands: (shop) => shop.variant('A-1').weight === 1.5,
  },
  {
    name: 'label.record',
    push: label(),
    prepare: anOrder,
    write: /^POST \/v2\/orders\/501\/shipments$/u,
    stands: (shop) => shop.orders.get(501)?.shipments.length === 1,
  },
  {
    name: 'label.record of a failure',
    push: label({ failed: true }),
    prepare: anOrder,
    write: /^PUT \/v2\/orders\/501$/u,
    stands: (shop) => shop.orders.get(501)?.staff_notes.split('No label').length === 2,
  },
];

type Ill = { name: string; how: Fault['how']; after: boolean; first: SinkOutcome['kind'] };

const WINDOW = { 'x-rate-limit-time-reset-ms': '5000', 'x-rate-limit-requests-left': '0' };
const ILLS: readonly Ill[] = [
  { name: 'no answer, nothing done', how: 'hang', after: false, first: 'unknown' },
  { name: 'no answer after the effect', how: 'hang', after: true, first: 'unknown' },
  { name: 'a reset, nothing done', how: 'reset', after: false, first: 'unknown' },
  { name: 'a reset after the effect', how: 'reset', after: true, first: 'unknown' },
  { name: 'a 500 after the effect', how: { status: 500 }, after: true, first: 'unknown' },
  { name: 'a 503, nothing done', how: { status: 503 }, after: false, first: 'unknown' },
  { name: 'a page of HTML as success', how: 'html', after: true, first: 'unknown' },
  { name: 'an answer without end', how: 'flood', after: true, first: 'unknown' },
  { name: '429 with its window', how: { status: 429, headers: WINDOW }, after: false, first: 'retry' },
  { name: '429 without', how: { status: 429, body: { title: 'busy' } }, after: false, first: 'retry' },
];

/** What an attempt ends with; a call left without an answer is waited for by the clock. */
async function attempt(
  pusher: Pusher,
  request: PushRequest,
  clock: ManualClock,
  hung: Promise<void>,
): Promise<SinkOutcome> {
  const pushed = pusher.push(request);
  const timed = async () => {
    await hung;
    clock.advance(15_000);
  };
  await Promise.race([pushed, timed()]);
  return pushed;
}

/** As the outbox goes on: with the cursor and facts told, and unsettled after an unknown outcome. */
async function drive(
  pusher: Pusher,
  push: PushRequest,
  clock: ManualClock,
  hung: Promise<void>,
): Promise<SinkOutcome[]> {
  const outcomes: SinkOutcome[] = [];
  const never = new Promise<void>(() => undefined);
  let request = push;
  for (let attempts = 1; attempts <= 8; attempts += 1) {
    const waiting = outcomes.length === 0 ? hung : never;
    const outcome = await attempt(pusher, { ...request, attempt: attempts }, clock, waiting);
    if (outcome.kind !== 'partial') outcomes.push(outcome);
    if (outcome.kind === 'delivered' || outcome.kind === 'failed') break;
    const unsettled = outcome.kind === 'unknown';
    request = { ...request, unsettled };
    if (outcome.kind === 'partial')
      request = { ...request, cursor: outcome.cursor, facts: { ...request.facts, ...outcome.facts } };
    // Windows begin anew, breakers cool down.
    clock.advance(60_000);
  }
  return outcomes;
}

describe.each(CASES)('$name', ({ push, settings = {}, prepare, write, stands }) => {
  it.each(ILLS)('has its effect once after $name', async ({ how, after, first }) => {
    const shop = await openShop();
    prepare(shop);
    const { pusher, clock } = openBigCommerce(shop.url, settings);
    const hung = shop.spoil({ on: write, after, how });
    const outcomes = await drive(pusher, push, clock, hung);
    met(shop.effects.filter((effect) => write.test(effect)).length);
    expect(outcomes[0]?.kind).toBe(first);
    expect(outcomes.at(-1)?.kind).toBe('delivered');
    expect(shop.effects.filter((effect) => write.test(effect))).toHaveLength(1);
    expect(stands(shop)).toBe(true);
  });

  it('waits as long as the shop says after a 429', async () => {
    const shop = await openShop();
    prepare(shop);
    const { pusher, clock } = openBigCommerce(shop.url, settings);
    const hung = shop.spoil({ on: write, after: false, how: { status: 429, headers: WINDOW } });
    const [outcome] = await drive(pusher, push, clock, hung);
    expect(outcome).toEqual({
      kind: 'retry',
      after_ms: 5_000,
      cause: 'The store has used up its window of calls (429).',
    });
  });

  it('does nothing with a token that no longer holds, and all with a new one', async () => {
    const shop = await openShop();
    prepare(shop);
    const never = new Promise<void>(() => undefined);
    shop.allow('newer-token');
    const old = openBigCommerce(shop.url, settings);
    const [refused] = await drive(old.pusher, push, old.clock, never);
    expect(refused).toMatchObject({ kind: 'failed', exception_code: 'sink_unauthorized' });
    expect(shop.effects).toEqual([]);
    const renewed = openBigCommerce(shop.url, settings, { secrets: ['newer-token'] });
    const [done] = await drive(renewed.pusher, push, renewed.clock, never);
    expect(done?.kind).toBe('delivered');
    expect(stands(shop)).toBe(true);
  });

  it('is tried again when the shop cannot be reached, or what it reads cannot be', async () => {
    const nobody = openBigCommerce('http://127.0.0.1:9', settings);
    expect(await nobody.pusher.push(push)).toMatchObject({ kind: 'retry' });
    const shop = await openShop();
    prepare(shop);
    const { pusher } = openBigCommerce(shop.url, settings);
    void shop.spoil({ on: /^GET /u, after: false, how: 'html' });
    expect(await pusher.push(push)).toMatchObject({ kind: 'retry' });
    void shop.spoil({ on: /^GET /u, after: false, how: { status: 502 } });
    expect(await pusher.push(push)).toMatchObject({ kind: 'retry' });
    void shop.spoil({ on: /^GET /u, after: false, how: { status: 200, body: 'odd' } });
    expect(await pusher.push(push)).toMatchObject({ exception_code: 'invalid_answer' });
    expect(shop.effects).toEqual([]);
  });
});

describe('a multi-status answer', () => {
  const how = (body: object) => ({ status: 207, body });

  it('that left a product out of sight is told', async () => {
    const shop = await openShop();
    anItem(shop);
    const { pusher } = openBigCommerce(shop.url);
    void shop.spoil({
      on: /^PUT \/v3\/catalog\/products$/u,
      after: false,
      how: how({ data: [], errors: { title: 'URL' } }),
    });
    expect(await pusher.push(publishing([{ handle: 'a', skus: ['A-1'] }]))).toMatchObject({
      kind: 'failed',
      exception_code: 'partial_failure',
      metadata: { lines: [{ sku: 'A-1' }] },
    });
  });

  it('about something else than visibility is a success', async () => {
    const shop = await openShop();
    anItem(shop);
    const { pusher } = openBigCommerce(shop.url);
    const body = { data: [], errors: { title: 'The inventory failed to update' } };
    void shop.spoil({ on: /^PUT \/v3\/catalog\/products$/u, after: true, how: how(body) });
    expect(await pusher.push(publishing([{ handle: 'a', skus: ['A-1'] }]))).toMatchObject({
      kind: 'delivered',
    });
  });

  it('to a staged product tells that it was made, and a repeat makes no other', async () => {
    const shop = await openShop();
    const { pusher } = openBigCommerce(shop.url);
    const body = { data: { id: 1001 }, errors: { title: 'The URL is taken' } };
    void shop.spoil({ on: /^POST \/v3\/catalog\/products$/u, after: true, how: how(body) });
    expect(await pusher.push(preview())).toMatchObject({
      exception_code: 'partial_failure',
      message: 'Product 1001 was made, but not all of it: The URL is taken.',
      metadata: { reference: 1001 },
    });
    expect(await pusher.push(preview())).toMatchObject({ kind: 'delivered' });
    expect(shop.products).toHaveLength(1);
  });
});

describe('stock that has moved for another reason while an answer was lost', () => {
  it('is left to a person', async () => {
    const shop = await openShop();
    anItem(shop);
    const { pusher, clock } = openBigCommerce(shop.url);
    const write = /^POST \/v3\/inventory\/adjustments\/relative$/u;
    const push = stockOf('inventory.adjust', [{ sku: 'A-1', units: -3 }]);
    const begun = await pusher.push(push);
    if (begun.kind !== 'partial') throw new Error('It was to begin.');
    const going = { ...push, cursor: begun.cursor, facts: begun.facts ?? {} };
    void shop.spoil({ on: write, after: true, how: 'reset' });
    expect(await pusher.push(going)).toMatchObject({ kind: 'unknown' });
    shop.stock.set(`${shop.variant('A-1').id} 1`, 6);
    clock.advance(60_000);
    expect(await pusher.push({ ...going, unsettled: true })).toEqual({
      kind: 'unknown',
      cause: 'Whether the earlier attempt took effect cannot be told yet.',
    });
    expect(shop.effects.filter((effect) => write.test(effect))).toHaveLength(1);
  });
});

import { describe, expect, it } from 'vitest';
import { gidOf } from '../../../sandbox/sinks/shopify/shop.ts';
import { systemClock } from '../../../src/clock.ts';
import { createPusher } from '../../../src/sinks/perform.ts';
import type { PushRequest, Sink, SinkOutcome } from '../../../src/sinks/port.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { logInto } from '../../unit/sinks/far-side.ts';
import {
  aRequest,
  aShop,
  carryOut,
  type Far,
  type Fault,
  line,
  openShop,
  openSink,
  priceBody,
} from '../../unit/sinks/shopify-shop.ts';
import { countTries, met } from './tally.ts';

countTries();

type Operation = { mutation: string; request: () => PushRequest };

const promo = (over: object): PushRequest['body'] => ({
  window: { end: '2099-02-01T00:00:00.000Z' },
  currency: 'EUR',
  channels: ['shopify'],
  discounts: [],
  set_prices_on: [],
  lines: [],
  ...over,
});

/** One push of each operation that writes, and the mutation that is its effect. */
const OPERATIONS: Readonly<Record<string, Operation>> = {
  'price.set': { mutation: 'SetPrices', request: () => aRequest('price.set', priceBody([['A-1', '15.00']])) },
  'inventory.set': {
    mutation: 'SetStock',
    request: () =>
      aRequest('inventory.set', {
        reason_code: 'count',
        lines: [line('A-1', { location: 'wh-berlin', previous: 10, quantity: 4 })],
      }),
  },
  'inventory.adjust': {
    mutation: 'MoveStock',
    request: () =>
      aRequest('inventory.adjust', {
        reason_code: 'receipt',
        lines: [line('A-1', { location: 'wh-berlin', previous: null, delta: 5 })],
      }),
  },
  'promo.activate': {
    mutation: 'StartAutomatic',
    request: () =>
      aRequest('promo.activate', promo({ discounts: [{ channel: 'shopify', discount_id: '7' }] })),
  },
  'promo.deactivate': {
    mutation: 'SetPrices',
    request: () =>
      aRequest(
        'promo.deactivate',
        promo({
          set_prices_on: ['shopify'],
          lines: [line('A-1', { price: '25.00', compare_at: null, previous: { price: '20.00' } })],
        }),
      ),
  },
  'product.preview': {
    mutation: 'StageProduct',
    request: () =>
      aRequest('product.preview', {
        handle: 'hat',
        title: 'Hat',
        description: 'Warm',
        vendor: 'Acme',
        tags: [],
        currency: 'EUR',
        options: [],
        variants: [],
        images: [],
      }),
  },
  'product.publish': {
    mutation: 'PublishProduct',
    request: () => aRequest('product.publish', { products: [{ handle: 'product-1', skus: ['A-1'] }] }),
  },
  'content.update': {
    mutation: 'ChangeProduct',
    request: () =>
      aRequest('content.update', {
        lines: [
          line('A-1', {
            changed: ['images'],
            before: null,
            after: { images: [{ url: 'https://img.example/1.jpg', alt: 'One' }] },
          }),
        ],
      }),
  },
  'packaging.update': {
    mutation: 'SetWeight',
    request: () =>
      aRequest('packaging.update', {
        lines: [
          line('A-1', {
            after: { weight: { value: '2', unit: 'kg' } },
            weight_g: '2000',
            length_mm: '1',
            width_mm: '2',
            height_mm: '3',
          }),
        ],
      }),
  },
  'return.open': {
    mutation: 'OpenReturn',
    request: () =>
      aRequest('return.open', {
        order_id: '#1',
        return_id: 'R-1',
        lines: [line('A-1', { quantity: 1, reason: 'late', condition: 'opened' })],
      }),
  },
  'label.record': {
    mutation: 'ShipOrder',
    request: () =>
      aRequest('label.record', {
        order_id: '#1',
        result: { status: 'created', carrier: 'FedEx', tracking_number: 'T-1', tracking_url: null },
      }),
  },
};

function shopForAll() {
  const shop = aShop({
    discounts: [
      {
        id: gidOf('DiscountAutomaticNode', 7),
        type: 'DiscountAutomaticBasic',
        title: 'Ten off',
        startsAt: '2098-01-01T00:00:00.000Z',
        endsAt: '2099-02-01T00:00:00.000Z',
      },
    ],
    orders: [
      {
        id: gidOf('Order', 1),
        name: '#1',
        items: [{ id: gidOf('FulfillmentLineItem', 1), sku: 'A-1', quantity: 2 }],
        returns: [],
        waiting: [{ id: gidOf('FulfillmentOrder', 1), location: gidOf('Location', 1) }],
        fulfillments: [],
      },
    ],
  });
  return shop;
}

const send =
  (status: number, text: string, headers: Record<string, string> = {}): Fault['answer'] =>
  (response) => {
    response.writeHead(status, headers).end(text);
  };
/** Nothing comes back, and the time of the call passes. */
const silence = (clock: ManualClock) => (): void => clock.advance(2_000);
const reset: Fault['answer'] = (_, request) => request.socket.destroy();
const json = { 'content-type': 'application/json' };
const page = '<!doctype html><title>Log in</title>';

type Case = { effect: boolean; answer: Fault['answer'] | 'silence'; ends: Partial<SinkOutcome> };

const unknown = { kind: 'unknown' } as const;
/** What can happen to the mutation, and how the attempt must end. */
const FAULTS: Readonly<Record<string, Case>> = {
  'a silence before the effect': { effect: false, answer: 'silence', ends: unknown },
  'a silence after the effect': { effect: true, answer: 'silence', ends: unknown },
  'a reset before the effect': { effect: false, answer: reset, ends: unknown },
  'a reset after the effect': { effect: true, answer: reset, ends: unknown },
  'a 429 that says how long': {
    effect: false,
    answer: send(429, '', { 'retry-after': '7' }),
    ends: { kind: 'retry', after_ms: 7_000 },
  },
  'a bare 429': { effect: false, answer: send(429, ''), ends: { kind: 'retry', after_ms: null } },
  'a 500 before the effect': { effect: false, answer: send(500, ''), ends: unknown },
  'a 500 after the effect': { effect: true, answer: send(500, ''), ends: unknown },
  'a 503 after the effect': { effect: true, answer: send(503, page), ends: unknown },
  'a page with 200 after the effect': { effect: true, answer: send(200, page), ends: unknown },
  'an oversized answer after the effect': {
    effect: true,
    answer: send(200, `"${'x'.repeat(5 * 1024 * 1024)}"`, json),
    ends: unknown,
  },
  'JSON without a result': { effect: true, answer: send(200, '{"data":null}', json), ends: unknown },
  'a breakdown told as an error': {
    effect: true,
    answer: send(
      200,
      '{"errors":[{"message":"Internal error","extensions":{"code":"INTERNAL_SERVER_ERROR"}}]}',
      json,
    ),
    ends: unknown,
  },
  'a redirect': {
    effect: false,
    answer: send(302, '', { location: 'https://elsewhere.example/' }),
    ends: { kind: 'failed', exception_code: 'sink_rejected' },
  },
  'a token that is no longer taken': {
    effect: false,
    answer: send(401, '{"errors":"Invalid API key"}', json),
    ends: { kind: 'failed', exception_code: 'sink_unauthorized' },
  },
  'a missing scope': {
    effect: false,
    answer: send(200, '{"errors":[{"message":"Denied","extensions":{"code":"ACCESS_DENIED"}}]}', json),
    ends: { kind: 'failed', exception_code: 'sink_unauthorized' },
  },
};

function pusherOf(sink: Sink) {
  const pusher = createPusher({ sinks: new Map([[sink.name, sink]]), clock: systemClock, log: logInto([]) });
  return (request: PushRequest) => pusher.push(request);
}

function when(mutation: string): Fault['when'] {
  return (call) => call.name === mutation;
}

const SWEEP = Object.keys(OPERATIONS).flatMap((operation) =>
  Object.keys(FAULTS).map((fault) => [operation, fault] as const),
);

async function meet(operation: string, fault: string): Promise<{ far: Far; sink: Sink; last: PushRequest }> {
  const clock = new ManualClock();
  const far = await openShop(shopForAll());
  const sink = openSink(far, {}, { clock });
  const { mutation, request } = OPERATIONS[operation] as Operation;
  const { effect, answer, ends } = FAULTS[fault] as Case;
  far.faults.push({
    when: when(mutation),
    effect,
    answer: answer === 'silence' ? silence(clock) : answer,
  });
  const first = await carryOut(pusherOf(sink), request());
  expect(first.outcome).toMatchObject(ends);
  return { far, sink, last: first.request };
}

describe('every operation', () => {
  it.each(SWEEP)('%s has its effect once after %s', async (operation, fault) => {
    const { far, sink, last } = await meet(operation, fault);
    const { mutation } = OPERATIONS[operation] as Operation;
    const { ends } = FAULTS[fault] as Case;
    const unsettled = ends.kind === 'unknown';
    const next = await carryOut(pusherOf(sink), { ...last, attempt: 2, unsettled });
    const again = await carryOut(pusherOf(sink), { ...next.request, attempt: 3, unsettled: true });
    met(far.shop.effects.filter((name) => name === mutation).length);
    expect(next.outcome).toMatchObject({ kind: 'delivered' });
    expect(again.outcome).toMatchObject({ kind: 'delivered' });
    expect(far.shop.effects.filter((name) => name === mutation)).toHaveLength(1);
  });

  it.each(Object.keys(OPERATIONS))('%s waits for a shop that cannot be reached', async (operation) => {
    const sink = openSink({ url: 'http://127.0.0.1:1' });
    const { request } = OPERATIONS[operation] as Operation;
    expect(await sink.push(request())).toMatchObject({ kind: 'retry' });
  });

  it.each(Object.keys(OPERATIONS))('%s reads again what could not be read', async (operation) => {
    const far = await openShop(shopForAll());
    const clock = new ManualClock();
    const sink = openSink(far, {}, { clock });
    const { request } = OPERATIONS[operation] as Operation;
    for (const answer of [silence(clock), reset, send(500, ''), send(200, page)]) {
      far.faults.push({ when: () => true, effect: false, answer });
      expect((await sink.push(request())).kind).toBe('retry');
    }
    expect(far.shop.effects).toEqual([]);
  });
});

it('what was there before the first attempt is still known after a lost answer', async () => {
  const clock = new ManualClock();
  const far = await openShop();
  const sink = openSink(far, {}, { clock });
  far.faults.push({ when: when('SetPrices'), effect: true, answer: silence(clock) });
  const { request } = await carryOut(pusherOf(sink), aRequest('price.set', priceBody([['A-1', '15.00']])));
  const next = await carryOut(pusherOf(sink), { ...request, unsettled: true });
  expect(next.outcome.kind).toBe('delivered');
  expect(next.request.facts['before']).toMatchObject({ 'A-1': { price: '20.00' } });
});

it('a count is not set again over what was sold after it', async () => {
  const clock = new ManualClock();
  const far = await openShop();
  const sink = openSink(far, {}, { clock });
  far.faults.push({ when: when('SetStock'), effect: true, answer: silence(clock) });
  const request = OPERATIONS['inventory.set']?.request();
  if (!request) throw new Error('There is no such operation.');
  const { request: last } = await carryOut(pusherOf(sink), request);
  const [variant] = far.shop.variants;
  if (variant) variant.stock[gidOf('Location', 1)] = 3;
  const next = await carryOut(pusherOf(sink), { ...last, unsettled: true });
  expect(next.outcome.kind).toBe('delivered');
  expect(variant?.stock[gidOf('Location', 1)]).toBe(3);
});

it('an effect that cannot be looked up stays unknown', async () => {
  const clock = new ManualClock();
  const far = await openShop();
  const sink = openSink(far, {}, { clock });
  far.faults.push({ when: when('SetPrices'), effect: true, answer: silence(clock) });
  const { request } = await carryOut(pusherOf(sink), aRequest('price.set', priceBody([['A-1', '15.00']])));
  far.faults.push({ when: when('PricesNow'), effect: false, answer: send(500, '') });
  expect(await pusherOf(sink)({ ...request, unsettled: true })).toMatchObject({ kind: 'unknown' });
  expect(far.shop.effects).toEqual(['SetPrices']);
});

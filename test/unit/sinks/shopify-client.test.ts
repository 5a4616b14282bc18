import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createBudget } from '../../../src/sinks/shopify/budget.ts';
import { MEANINGS, QUERY_ERRORS, STATUSES, USER_ERRORS } from '../../../src/sinks/shopify/errors.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import type { Logged } from './far-side.ts';
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
  TOKEN,
} from './shopify-shop.ts';

const body = priceBody([['A-1', '15.00']]);
const price = () => aRequest('price.set', body);

function answers(status: number, content: unknown, headers: Record<string, string> = {}): Fault['answer'] {
  return (response) => {
    response
      .writeHead(status, { 'content-type': 'application/json', ...headers })
      .end(JSON.stringify(content));
  };
}

function onNext(far: Far, name: string, answer: Fault['answer'], effect = false): void {
  far.faults.push({ when: (call) => call.name === name, effect, answer });
}

function withErrors(...errors: { code?: string; message: string }[]): Fault['answer'] {
  return answers(200, {
    data: { result: { userErrors: errors.map((error) => ({ field: null, ...error })) } },
  });
}

describe('the cost budget', () => {
  it('is waited for before a call, not after a refusal', async () => {
    const clock = new ManualClock();
    const budget = createBudget(clock);
    budget.told({ maximumAvailable: 1_000, currentlyAvailable: 20, restoreRate: 50 });
    expect(budget.wait(120)).toBe(2_000);
    let spent = false;
    const spend = async () => {
      spent = await budget.spend(120, 5_000);
    };
    const spending = spend();
    clock.advance(1_900);
    await Promise.resolve();
    expect(spent).toBe(false);
    clock.advance(200);
    await spending;
    expect(spent).toBe(true);
    expect(await budget.spend(900, 5_000)).toBe(false);
  });

  it('that is used up leaves the push to a later attempt', async () => {
    const far = await openShop();
    const sink = openSink(far, {}, { clock: new ManualClock() });
    far.leaves(-900);
    expect((await sink.push(price())).kind).toBe('partial');
    expect(await sink.push(price())).toMatchObject({ kind: 'retry', after_ms: 10_000 });
    expect(far.calls).toHaveLength(1);
  });

  it.each([200, 429])('that Shopify finds exceeded (%i) is waited for and asked again', async (status) => {
    const far = await openShop();
    const throttleStatus = { maximumAvailable: 2_000, currentlyAvailable: 5, restoreRate: 2_000 };
    const errors = [{ message: 'Throttled', extensions: { code: 'THROTTLED' } }];
    onNext(
      far,
      'VariantsBySku',
      answers(status, { errors, extensions: { cost: { requestedQueryCost: 100, throttleStatus } } }),
    );
    expect((await openSink(far).push(price())).kind).toBe('partial');
    expect(far.named('VariantsBySku')).toHaveLength(2);
  });
});

describe('the access token', () => {
  it('is sent, and an older one while two replace each other', async () => {
    const far = await openShop();
    onNext(far, 'VariantsBySku', answers(401, { errors: 'Invalid API key or access token' }));
    await openSink(far, {}, { secrets: ['shpat_new00000000000000000000', TOKEN] }).push(price());
    expect(far.calls.map((call) => call.token)).toEqual(['shpat_new00000000000000000000', TOKEN]);
  });

  it('is fetched once for calls that come together, kept, and renewed after a 401', async () => {
    let granted = 0;
    const grants: string[] = [];
    const far = await openShop();
    const server = createServer((request: IncomingMessage, response: ServerResponse) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const sent = Buffer.concat(chunks).toString('utf8');
        if (request.url === '/admin/oauth/access_token') {
          granted += 1;
          grants.push(sent);
          return answers(200, { access_token: `shpat_${String(granted)}`, scope: 'x', expires_in: 86_399 })(
            response,
            request,
          );
        }
        void fetch(`${far.url}${request.url ?? ''}`, {
          method: 'POST',
          headers: { 'x-shopify-access-token': String(request.headers['x-shopify-access-token']) },
          body: sent,
        }).then(async (answer) => response.writeHead(answer.status).end(await answer.text()));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
    const sink = openSink({ url }, { client_id: 'app-1' }, { secrets: ['shpss_secret'] });
    await Promise.all([sink.push(price()), sink.push(price())]);
    expect(granted).toBe(1);
    expect(new URLSearchParams(grants[0]).get('grant_type')).toBe('client_credentials');
    onNext(far, 'VariantsBySku', answers(401, {}));
    expect((await sink.push(price())).kind).toBe('partial');
    expect(granted).toBe(2);
    expect(far.calls.at(-1)?.token).toBe('shpat_2');
  });

  it('that Shopify no longer takes goes to engineering, and never into the message', async () => {
    const far = await openShop();
    onNext(far, 'VariantsBySku', answers(401, { errors: `Bad token ${TOKEN}` }));
    const outcome = await openSink(far).push(price());
    expect(outcome).toMatchObject({ kind: 'failed', exception_code: 'sink_unauthorized' });
    expect(JSON.stringify(outcome)).not.toContain(TOKEN);
  });
});

describe('an answer', () => {
  it.each(Object.entries(STATUSES))('with the status %s is %j', async (status, [code]) => {
    const far = await openShop();
    onNext(far, 'VariantsBySku', answers(Number(status), { errors: 'No.' }));
    expect(await openSink(far).push(price())).toMatchObject({ kind: 'failed', exception_code: code });
  });

  it.each([...Object.entries(QUERY_ERRORS), ['SOMETHING_NEW', 'sink_rejected']])(
    'with the error %s is %s',
    async (theirs, ours) => {
      const far = await openShop();
      const errors = [{ message: 'It says no.', extensions: { code: theirs } }];
      onNext(far, 'VariantsBySku', answers(200, { errors }));
      expect(await openSink(far).push(price())).toMatchObject({
        kind: 'failed',
        exception_code: ours,
        message: 'It says no.',
      });
    },
  );

  it('with a result and an error about one of its fields is a success', async () => {
    const far = await openShop();
    const sink = openSink(far);
    const data = { result: { productVariants: null, userErrors: [] } };
    onNext(far, 'SetPrices', answers(200, { data, errors: [{ message: 'Not this field.' }] }));
    expect((await carryOut((next) => sink.push(next), price())).outcome.kind).toBe('delivered');
  });

  it('of another version is alarmed about once', async () => {
    const logged: Logged[] = [];
    const far = await openShop();
    far.answers('2027-01');
    const sink = openSink(far, {}, { logged });
    const { outcome } = await carryOut((next) => sink.push(next), price());
    expect(outcome.kind).toBe('delivered');
    expect(logged).toEqual([
      expect.objectContaining({ facts: { sink: 'shop-eu', asked: '2026-10', answered: '2027-01' } }),
    ]);
  });
});

/** A push of each family whose mutation is refused as the table says. */
const PUSHES = {
  price: ['SetPrices', price],
  inventory: [
    'SetStock',
    () =>
      aRequest('inventory.set', {
        reason_code: 'count',
        lines: [line('A-1', { location: 'wh-berlin', previous: 10, quantity: 4 })],
      }),
  ],
  discount: [
    'StartAutomatic',
    () =>
      aRequest('promo.activate', {
        window: { end: '2099-01-01T00:00:00.000Z' },
        currency: 'EUR',
        channels: ['shopify'],
        set_prices_on: [],
        discounts: [{ channel: 'shopify', discount_id: '7' }],
        lines: [],
      }),
  ],
  product: [
    'StageProduct',
    () =>
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
  ],
  content: [
    'DetachMedia',
    () =>
      aRequest('content.update', {
        lines: [line('A-1', { changed: ['images'], before: null, after: { images: [] } })],
      }),
  ],
  metafield: [
    'SetMetafields',
    () =>
      aRequest('content.update', {
        lines: [line('A-1', { changed: ['bullets'], before: null, after: { bullets: ['One'] } })],
      }),
  ],
  order: [
    'OpenReturn',
    () =>
      aRequest('return.open', {
        order_id: '#1',
        return_id: 'R',
        lines: [line('A-1', { quantity: 1, reason: 'late', condition: 'opened' })],
      }),
  ],
} as const;

function shopForAll() {
  const shop = aShop({
    discounts: [
      {
        id: 'gid://shopify/DiscountAutomaticNode/7',
        type: 'DiscountAutomaticBasic',
        title: 'x',
        startsAt: '2098-01-01T00:00:00Z',
        endsAt: null,
      },
    ],
    orders: [
      {
        id: 'gid://shopify/Order/1',
        name: '#1',
        items: [{ id: 'gid://shopify/FulfillmentLineItem/1', sku: 'A-1', quantity: 1 }],
        returns: [],
        waiting: [],
        fulfillments: [],
      },
    ],
  });
  shop.products[0]?.media.push({ id: 'gid://shopify/MediaImage/1', alt: 'x' });
  return shop;
}

const ROWS = Object.entries(USER_ERRORS).flatMap(([family, rows]) =>
  Object.entries(rows).map(([theirs, ours]) => [family as keyof typeof PUSHES, theirs, ours] as const),
);

describe('userErrors', () => {
  it.each(ROWS)('of the family %s: %s is %s', async (family, theirs, ours) => {
    const far = await openShop(shopForAll());
    const [name, request] = PUSHES[family];
    const sink = openSink(far);
    onNext(far, name, withErrors({ code: theirs, message: 'Shopify’s words.' }));
    const { outcome } = await carryOut((next) => sink.push(next), request());
    expect(outcome).toMatchObject({ kind: 'failed', exception_code: ours });
    expect(JSON.stringify(outcome)).toContain('Shopify’s words.');
  });

  it.each(Object.entries(MEANINGS))('%s is about the call: %s', async (theirs, meaning) => {
    const far = await openShop(shopForAll());
    const [name, request] = PUSHES.inventory;
    const sink = openSink(far);
    onNext(far, name, withErrors({ code: theirs, message: 'Not now.' }));
    const { outcome } = await carryOut((next) => sink.push(next), request());
    expect(outcome.kind).toBe(meaning === 'new_key' ? 'delivered' : meaning);
  });

  it('without a code, or with one nobody knows, go to a person', async () => {
    const far = await openShop();
    const sink = openSink(far);
    onNext(far, 'SetPrices', withErrors({ message: 'No code.' }));
    onNext(far, 'SetPrices', withErrors({ code: 'BRAND_NEW', message: '' }));
    for (const words of ['No code.', 'without saying why']) {
      const { outcome } = await carryOut((next) => sink.push(next), price());
      expect(outcome).toMatchObject({ exception_code: 'sink_rejected' });
      expect(JSON.stringify(outcome)).toContain(words);
    }
  });
});

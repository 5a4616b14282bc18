import { type IncomingMessage, type ServerResponse } from 'node:http';
import { onTestFinished } from 'vitest';
import { answerOf } from '../../../sandbox/sinks/shopify/answer.ts';
import {
  type Call,
  gidOf,
  type Product,
  SCOPES,
  type Shop,
  type Variant,
} from '../../../sandbox/sinks/shopify/shop.ts';
import { type Clock, systemClock } from '../../../src/clock.ts';
import type { Log } from '../../../src/log.ts';
import type { PushRequest, Sink, SinkOutcome } from '../../../src/sinks/port.ts';
import { createSinks } from '../../../src/sinks/registry.ts';
import { countingIds } from '../../support/manual-clock.ts';
import { aPush, farSide, type Logged, logInto, type Seen } from './far-side.ts';

export const TOKEN = 'shpat_canary0000000000000000000001';

/** What goes wrong with a call; `after` its effect, or instead of it. */
export type Fault = {
  when: (call: Call) => boolean;
  effect: boolean;
  answer: (response: ServerResponse, request: IncomingMessage) => void;
};

export function aVariant(n: number, sku: string, over: Partial<Variant> = {}): Variant {
  return {
    id: gidOf('ProductVariant', n),
    product: gidOf('Product', 1),
    item: gidOf('InventoryItem', n),
    sku,
    name: null,
    price: '20.00',
    compareAtPrice: null,
    weight: { value: 0, unit: 'KILOGRAMS' },
    sides: {},
    stock: { [gidOf('Location', 1)]: 10 },
    ...over,
  };
}

export function aProduct(n: number, over: Partial<Product> = {}): Product {
  return {
    id: gidOf('Product', n),
    handle: `product-${String(n)}`,
    title: `Product ${String(n)}`,
    descriptionHtml: '<p>Soft &amp; warm.</p>',
    status: 'ACTIVE',
    mark: null,
    bullets: null,
    media: [],
    publications: new Set(),
    ...over,
  };
}

export function aShop(over: Partial<Shop> = {}): Shop {
  return {
    now: () => Date.now(),
    name: 'Acme',
    forbids: (price) => price === '0.13',
    currency: 'EUR',
    development: true,
    scopes: [...SCOPES],
    locations: [
      { id: gidOf('Location', 1), name: 'wh-berlin', isActive: true },
      { id: gidOf('Location', 2), name: 'wh-closed', isActive: false },
    ],
    publications: [{ id: gidOf('Publication', 1), name: 'Online Store' }],
    products: [aProduct(1), aProduct(2)],
    variants: [
      aVariant(1, 'A-1'),
      aVariant(2, 'A-2'),
      aVariant(3, 'a-1', { product: gidOf('Product', 2) }),
      aVariant(4, 'B-1', { product: gidOf('Product', 2), price: '30.00' }),
    ],
    discounts: [],
    running: 3,
    orders: [],
    drafts: [],
    keys: new Map(),
    effects: [],
    ...over,
  };
}

function answered(shop: Shop, call: Call): unknown {
  const answer = answerOf(shop, call);
  if (answer === null) throw new Error(`The shop knows no ${call.name}.`);
  return answer;
}

/** A shop on loopback with its Admin API, which answers out of what it holds. */
export async function openShop(shop: Shop = aShop()) {
  const calls: Call[] = [];
  const faults: Fault[] = [];
  let version: string | null = null;
  let available = 2_000;
  let watch: ((call: Call, answer: unknown) => void) | null = null;
  const far = await farSide((response, request, seen: Seen) => {
    const path = /^\/admin\/api\/(?<version>[^/]+)\/graphql\.json$/u.exec(seen.path);
    const parsed = JSON.parse(seen.body) as { query: string; operationName: string; variables: object };
    const call: Call = {
      name: parsed.operationName,
      query: parsed.query,
      variables: parsed.variables as Record<string, unknown>,
      token: String(seen.headers['x-shopify-access-token']),
    };
    calls.push(call);
    const place = faults.findIndex((fault) => fault.when(call));
    const [fault] = place < 0 ? [] : faults.splice(place, 1);
    const data = fault && !fault.effect ? null : answered(shop, call);
    if (data !== null) watch?.(call, data);
    if (fault) return fault.answer(response, request);
    const throttleStatus = { maximumAvailable: 2_000, currentlyAvailable: available, restoreRate: 100 };
    const cost = { requestedQueryCost: 10, actualQueryCost: 10, throttleStatus };
    response.writeHead(200, {
      'content-type': 'application/json',
      'x-shopify-api-version': version ?? path?.groups?.['version'] ?? '',
    });
    response.end(JSON.stringify({ data, extensions: { cost } }));
  });
  return {
    shop,
    calls,
    faults,
    url: far.url.replace(/\/effects$/u, ''),
    answers: (answered: string) => {
      version = answered;
    },
    leaves: (points: number) => {
      available = points;
    },
    watch: (look: (call: Call, answer: unknown) => void) => {
      watch = look;
    },
    named: (name: string) => calls.filter((call) => call.name === name),
  };
}

export type Far = Awaited<ReturnType<typeof openShop>>;

export function openSink(
  far: { url: string },
  settings: Record<string, unknown> = {},
  over: { clock?: Clock; log?: Log; secrets?: string[]; logged?: Logged[] } = {},
): Sink {
  const { clock = systemClock, logged = [], log = logInto(logged), secrets = [TOKEN] } = over;
  const sinks = createSinks(
    [
      {
        name: 'shop-eu',
        kind: 'shopify',
        settings: {
          shop: 'acme',
          base_url: far.url,
          allow_private: true,
          publications: ['1'],
          timeout_ms: 2_000,
          ...settings,
        },
        secrets,
      },
    ],
    { clock, ids: countingIds(), log, version: '0.0.0' },
  );
  const sink = sinks.get('shop-eu');
  if (!sink) throw new Error('The sink did not open.');
  onTestFinished(() => sink.close());
  return sink;
}

export function aRequest(operation: string, body: PushRequest['body'], over: Partial<PushRequest> = {}) {
  return aPush({ sink: 'shop-eu', operation, body, key: `exp_1-r1-shop-eu-${operation}`, ...over });
}

/** What the outbox makes of it: a partial outcome goes on from its cursor with what it told. */
export async function carryOut(
  push: (request: PushRequest) => Promise<SinkOutcome>,
  request: PushRequest,
): Promise<{ outcome: SinkOutcome; request: PushRequest; attempts: number }> {
  let next = request;
  for (let attempts = 1; attempts <= 50; attempts += 1) {
    const outcome = await push(next);
    if (outcome.kind !== 'partial') return { outcome, request: next, attempts };
    next = { ...next, cursor: outcome.cursor, facts: merged(next.facts, outcome.facts ?? {}) };
  }
  throw new Error('The push came to no end.');
}

/** As the ledger does: of a map the first value of a key stays. */
export function merged(known: PushRequest['facts'], more: PushRequest['facts']): PushRequest['facts'] {
  const isMap = (value: unknown): value is Record<string, never> =>
    typeof value === 'object' && value !== null && !Array.isArray(value);
  return {
    ...known,
    ...Object.fromEntries(
      Object.entries(more).map(([name, value]) => {
        const earlier = known[name];
        return [name, isMap(earlier) && isMap(value) ? { ...value, ...earlier } : value];
      }),
    ),
  };
}

export function line(sku: string, rest: Record<string, unknown> = {}) {
  return { sku, canonical_sku: sku.toUpperCase(), ...rest } as never;
}

export function priceBody(lines: [sku: string, price: string, previous?: string][]): PushRequest['body'] {
  return {
    price_list: { id: 'eu', name: null },
    currency: 'EUR',
    channels: ['shopify'],
    valid_from: null,
    valid_until: null,
    reason: 'season',
    lines: lines.map(([sku, price, previous]) =>
      line(sku, { price, previous_price: previous ?? '20.00', compare_at: null }),
    ),
  };
}

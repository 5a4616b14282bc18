import { onTestFinished } from 'vitest';
import type { Json } from '../../../src/exports/envelope.ts';
import { canonicalSku } from '../../../src/exports/identifiers.ts';
import { createPusher } from '../../../src/sinks/perform.ts';
import type { Pusher, PushRequest, Sink, SinkOutcome } from '../../../src/sinks/port.ts';
import { createSinks } from '../../../src/sinks/registry.ts';
import { countingIds, ManualClock } from '../../support/manual-clock.ts';
import { aPush, type Logged, logInto } from './far-side.ts';

export const TOKEN = 'canary-token';

/** A real BigCommerce sink named `shop` and the pusher in front of it, closed when the test ends. */
export function openBigCommerce(
  url: string,
  settings: Record<string, unknown> = {},
  over: { clock?: ManualClock; secrets?: string[]; lines?: Logged[] } = {},
): { sink: Sink; pusher: Pusher; clock: ManualClock } {
  const { clock = new ManualClock(), secrets = [TOKEN], lines = [] } = over;
  const log = logInto(lines);
  const sinks = createSinks(
    [
      {
        name: 'shop',
        kind: 'bigcommerce',
        secrets,
        settings: {
          store_hash: 'abc123',
          currency: 'EUR',
          base_url: url,
          allow_private: true,
          locations: { berlin: 1 },
          ...settings,
        },
      },
    ],
    { clock, ids: countingIds(), log, version: '0.0.0' },
  );
  const sink = sinks.get('shop');
  if (!sink) throw new Error('The sink did not open.');
  onTestFinished(() => sink.close());
  return { sink, pusher: createPusher({ sinks, clock, log }), clock };
}

const named = (sku: string) => ({ sku, canonical_sku: canonicalSku(sku) });

export function aCall(
  operation: string,
  body: { [key: string]: Json },
  over: Partial<PushRequest> = {},
): PushRequest {
  return aPush({ key: `push:${operation}:shop`, sink: 'shop', operation, body, ...over });
}

export function prices(
  lines: { sku: string; price: string; was?: string | null; previous?: string }[],
  over: { currency?: string; list?: string } = {},
): PushRequest {
  return aCall('price.set', {
    price_list: { id: over.list ?? 'retail', name: null },
    currency: over.currency ?? 'EUR',
    channels: ['bigcommerce'],
    valid_from: null,
    valid_until: null,
    reason: 'New season',
    lines: lines.map(({ sku, price, was = null, previous = '20' }) => ({
      ...named(sku),
      price,
      previous_price: previous,
      compare_at: was,
    })),
  });
}

export function stockOf(
  kind: 'inventory.set' | 'inventory.adjust',
  lines: { sku: string; units: number; previous?: number | null; location?: string }[],
): PushRequest {
  return aCall(kind, {
    reason_code: 'count',
    note: null,
    channels: ['bigcommerce'],
    lines: lines.map(({ sku, units, previous = null, location = 'berlin' }) => ({
      ...named(sku),
      location,
      previous,
      ...(kind === 'inventory.set' ? { quantity: units } : { delta: units }),
    })),
  });
}

export function promo(
  kind: 'promo.activate' | 'promo.deactivate',
  over: { discounts?: string[]; prices?: boolean; skus?: string[] } = {},
): PushRequest {
  const { discounts = [], prices: priced = false, skus = ['A-1'] } = over;
  const starts = kind === 'promo.activate';
  return aCall(kind, {
    campaign_id: 'spring',
    campaign_name: 'Spring',
    window: { start: '2026-11-24T00:00:00Z', end: '2026-12-01T00:00:00Z', time_zone: 'Europe/Berlin' },
    currency: 'EUR',
    channels: ['bigcommerce', 'shopify'],
    discounts: [
      { channel: 'shopify', discount_id: 'gid-9' },
      ...discounts.map((discount_id) => ({ channel: 'bigcommerce', discount_id })),
    ],
    set_prices_on: priced ? ['bigcommerce'] : [],
    landing_urls: [],
    brief: null,
    lines: skus.map((sku) => ({
      ...named(sku),
      price: starts ? '15' : '20',
      compare_at: starts ? '20' : null,
      previous: starts ? { price: '20', compare_at: null } : { price: '15', compare_at: '20' },
      rollback: { price: '20', compare_at: null },
      landing_url: null,
    })),
  });
}

export function preview(over: { [key: string]: Json } = {}): PushRequest {
  return aCall('product.preview', {
    handle: 'rain-jacket',
    title: 'Rain jacket',
    description: '<p>Keeps dry.</p>',
    vendor: 'Northwind',
    product_type: null,
    tags: ['rain', 'jacket'],
    currency: 'EUR',
    channels: ['bigcommerce'],
    options: [{ name: 'Size', values: ['S', 'M'] }],
    variants: ['S', 'M'].map((size) => ({
      ...named(`RJ-${size}`),
      gtin: '04006381333931',
      price: '89.90',
      compare_at: null,
      weight: { value: '0.5', unit: 'kg' },
      options: [size],
    })),
    images: [{ url: 'https://cdn.example.com/rj.jpg', alt: 'A rain jacket' }],
    ...over,
  });
}

export function publishing(products: { handle: string; skus: string[] }[]): PushRequest {
  return aCall('product.publish', {
    campaign_id: null,
    preview: { reference: '1001', export_id: null },
    products: products.map((product) => ({ ...product, title: null })),
    channels: ['bigcommerce'],
    publish_at: null,
    changes: [],
    trail: [],
  });
}

export function content(sku: string, before: object, after: object): PushRequest {
  const empty = { title: null, description: null, bullets: null, images: null };
  return aCall('content.update', {
    channels: ['bigcommerce'],
    reason: 'Better words',
    keywords: [],
    landing_urls: [],
    lines: [
      {
        ...named(sku),
        changed: Object.keys(after),
        before: { ...empty, ...before },
        after: { ...empty, ...after },
      },
    ],
  });
}

export function packaging(skus: string[]): PushRequest {
  const line = { weight_g: '1500', length_mm: '300', width_mm: '200', height_mm: '100' };
  return aCall('packaging.update', {
    channels: ['bigcommerce'],
    reason: 'New box',
    lines: skus.map((sku) => ({ ...named(sku), before: {}, after: {}, ...line })),
  });
}

export function label(over: { order_id?: string; failed?: boolean; carrier?: string } = {}): PushRequest {
  const { order_id = '501', failed = false, carrier = 'fedex' } = over;
  return aCall('label.record', {
    order_id,
    shipment_reference: 'S-1',
    request: { reference: 'R-1', export_id: null, carrier: null, max_cost: null },
    order_state: failed ? 'label_pending' : 'label_created',
    result: failed
      ? { status: 'failed', carrier, code: 'address_invalid', message: 'No such street', carrier_code: null }
      : {
          status: 'created',
          carrier,
          service: 'ground',
          tracking_number: '7946 1',
          tracking_url: 'https://track.example.com/7946',
          label_url: 'https://labels.example.com/1.pdf',
          cost: { amount: '9.90', currency: 'EUR' },
        },
  });
}

/** Pushes on while an attempt says there is more, as the outbox does. */
export async function toTheEnd(pusher: Pusher, request: PushRequest): Promise<SinkOutcome> {
  let { cursor, facts } = request;
  for (let attempts = 0; attempts < 100; attempts += 1) {
    const outcome = await pusher.push({ ...request, cursor, facts });
    if (outcome.kind !== 'partial') return outcome;
    cursor = outcome.cursor;
    facts = { ...facts, ...outcome.facts };
  }
  throw new Error('It never ended.');
}

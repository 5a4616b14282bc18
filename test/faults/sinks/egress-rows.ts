import { onTestFinished } from 'vitest';
import { type Clock, systemClock } from '../../../src/clock.ts';
import { type Resolver, systemResolver } from '../../../src/sinks/egress.ts';
import type { PushRequest, Sink } from '../../../src/sinks/port.ts';
import { createSinks } from '../../../src/sinks/registry.ts';
import { countingIds, T0 } from '../../support/manual-clock.ts';
import { prices } from '../../unit/sinks/bigcommerce-pushes.ts';
import { aLabel, aVoid } from '../../unit/sinks/carrier-far-side.ts';
import { aPush, type Logged, logInto, SECRET } from '../../unit/sinks/far-side.ts';
import { labelPush, voidPush } from '../../unit/sinks/shipstation-side.ts';
import { aRequest, priceBody } from '../../unit/sinks/shopify-shop.ts';
import type { Honest } from './hostile.ts';

/** A kind of sink as it meets a hostile far side: how it is set up, and what it is asked to do. */
export type Row = {
  kind: string;
  /** Settings at this address; `allow_private` is the test's. */
  at(url: string): Record<string, unknown>;
  secrets: readonly string[];
  pushes: readonly PushRequest[];
  /** How far the far side is honest before it turns, and which tokens it has given out by then. */
  turns: readonly { at: string; honest: Honest; tokens?: readonly string[] }[];
  /** The longest answer it reads, MiB. */
  cap_mib: number;
};

const BEARER = 'canary-bearer-0001';
const PAYMENT = 'canary-payment-0001';

const granting = (tokens: Readonly<Record<string, object>>): Honest => {
  return (path) => tokens[path.split('?')[0] ?? ''] ?? null;
};
const bearer = { access_token: BEARER, token_type: 'Bearer', expires_in: 3_600 };
const always: Row['turns'][number] = { at: 'the operation', honest: () => null };
const token: Row['turns'][number] = { at: 'the token', honest: () => null };

/** With a price that stands, so that the purchase itself is the first call. */
const priced = (push: PushRequest): PushRequest => ({
  ...push,
  key: `${push.key}:priced`,
  cursor: `quoted:${String(T0)}`,
  facts: { quoted: { amount: '12.5', currency: 'USD' } },
});

const shopifyPush = aRequest('price.set', priceBody([['A-1', '18.00']]));

/** One row or more for every kind that a configuration can name. */
export const ROWS: readonly Row[] = [
  {
    kind: 'webhook',
    cap_mib: 1,
    at: (url) => ({
      url: `${url}/effects`,
      values: { url: `${url}/values` },
      reconcile: { url: `${url}/effects/{key}` },
      staging: true,
      ping: true,
    }),
    secrets: [SECRET],
    pushes: [aPush()],
    turns: [always],
  },
  {
    kind: 'bigcommerce',
    cap_mib: 8,
    at: (url) => ({
      base_url: url,
      store_hash: 'abc123',
      currency: 'EUR',
      locations: { berlin: 1 },
      staging: true,
    }),
    secrets: ['canary-store-token-0001'],
    pushes: [prices([{ sku: 'A-1', price: '18.00' }])],
    turns: [always],
  },
  {
    kind: 'shopify',
    cap_mib: 4,
    at: (url) => ({ base_url: url, shop: 'acme', publications: ['1'], staging: true }),
    secrets: ['shpat_canary0000000000000000000001'],
    pushes: [shopifyPush],
    turns: [always],
  },
  {
    kind: 'shopify',
    cap_mib: 4,
    at: (url) => ({ base_url: url, shop: 'acme', client_id: 'app-1', publications: ['1'], staging: true }),
    secrets: ['canary-app-secret-0001'],
    pushes: [shopifyPush],
    turns: [
      token,
      {
        at: 'the operation',
        honest: granting({ '/admin/oauth/access_token': bearer }),
        tokens: [BEARER],
      },
    ],
  },
  {
    kind: 'shipstation',
    cap_mib: 4,
    at: (url) => ({
      base_url: `${url}/v2`,
      fallback_phone: '+1 512 555 0100',
      carriers: { ups: { carrier_id: 'se-100', services: { ground: 'ups_ground' } } },
    }),
    secrets: ['canary-key-0001'],
    pushes: [labelPush(), voidPush(['1Z101'])],
    turns: [always],
  },
  {
    kind: 'fedex',
    cap_mib: 4,
    at: (url) => ({ base_url: url, client_id: 'app-1', account_number: '740561073' }),
    secrets: ['canary-client-secret-0001'],
    pushes: [aLabel('fedex'), priced(aLabel('fedex')), aVoid('fedex', '794953555010')],
    turns: [token, { at: 'the operation', honest: granting({ '/oauth/token': bearer }), tokens: [BEARER] }],
  },
  {
    kind: 'usps',
    cap_mib: 4,
    at: (url) => ({
      base_url: url,
      client_id: 'app-1',
      crid: '12345678',
      mid: '901234567',
      manifest_mid: '901234568',
      account_number: '1000123456',
      calls_per_hour: 1_000,
    }),
    secrets: ['canary-client-secret-0001'],
    pushes: [aLabel('usps'), priced(aLabel('usps')), aVoid('usps', '9205590006662202')],
    turns: [
      token,
      { at: 'the payment token', honest: granting({ '/oauth2/v3/token': bearer }), tokens: [BEARER] },
      {
        at: 'the operation',
        honest: granting({
          '/oauth2/v3/token': bearer,
          '/payments/v3/payment-authorization': { paymentAuthorizationToken: PAYMENT },
        }),
        tokens: [BEARER, PAYMENT],
      },
    ],
  },
];

/** Real timers, and a wall clock that stands, so that a price that was quoted still does. */
const clock: Clock = { ...systemClock, now: () => T0 };

type Opening = { allow_private?: boolean; resolve?: Resolver; lines?: Logged[] };

/** A real sink of this row, closed when the test ends. */
export function openRow(row: Row, url: string, opening: Opening = {}): Sink {
  const { allow_private = true, resolve = systemResolver, lines = [] } = opening;
  const settings = { ...row.at(url), allow_private };
  const sinks = createSinks([{ name: 'far', kind: row.kind, settings, secrets: row.secrets }], {
    clock,
    ids: countingIds(),
    log: logInto(lines),
    version: '0.0.0',
    resolve,
  });
  const sink = sinks.get('far');
  if (!sink) throw new Error('The sink did not open.');
  onTestFinished(() => sink.close());
  return sink;
}

import { createHmac, createSign, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What nothing outside the tests is signed with. */
export const HOOK_SECRETS = {
  SHOPIFY_SECRET: 'shpss_test_secret_of_the_app',
  SHOPIFY_NEXT: 'next_secret_of_the_app',
  SHOPIFY_TOKEN: 'token-for-the-admin-api',
  BIGC_SECRET: 'client-secret-of-the-bigcommerce-app',
  BIGC_TOKEN: 'token-for-the-store',
  SHIPSTATION_KEY: 'api-key-of-shipstation',
} as const;

export type Hook = { body: string; headers: Record<string, string> };

let deliveries = 0;
const delivery = () => `delivery-${(deliveries += 1)}`;

/** A webhook as Shopify sends it. */
export function shopifyHook(
  topic: string,
  payload: unknown,
  {
    id = delivery(),
    event,
    at,
    secret = HOOK_SECRETS.SHOPIFY_SECRET,
  }: Partial<{ id: string; event: string; at: number; secret: string }> = {},
): Hook {
  const body = typeof payload === 'string' ? payload : JSON.stringify(payload);
  return {
    body,
    headers: {
      'content-type': 'application/json',
      'x-shopify-topic': topic,
      'x-shopify-webhook-id': id,
      'x-shopify-shop-domain': 'northwind.myshopify.com',
      'x-shopify-hmac-sha256': createHmac('sha256', secret).update(body).digest('base64'),
      ...(event === undefined ? {} : { 'x-shopify-event-id': event }),
      ...(at === undefined ? {} : { 'x-shopify-triggered-at': new Date(at).toISOString() }),
    },
  };
}

/** A webhook signed by Standard Webhooks with the raw bytes of a key, as BigCommerce does it. */
export function standardHook(
  payload: unknown,
  { id = delivery(), at, key = HOOK_SECRETS.BIGC_SECRET }: { id?: string; at: number; key?: string | Buffer },
): Hook {
  const body = typeof payload === 'string' ? payload : JSON.stringify(payload);
  const timestamp = String(Math.floor(at / 1000));
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return {
    body,
    headers: {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      'webhook-signature': `v1,${signature}`,
    },
  };
}

/** A key pair as ShipStation has one, and the set that its address gives. */
export function rsaKeys(kid = 'key-1') {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { kid, privateKey, jwks: { keys: [{ ...publicKey.export({ format: 'jwk' }), kid, use: 'sig' }] } };
}

export function shipstationHook(
  payload: unknown,
  { at, key, kid = 'key-1' }: { at: number; key: KeyObject; kid?: string },
): Hook {
  const body = typeof payload === 'string' ? payload : JSON.stringify(payload);
  const timestamp = new Date(at).toISOString();
  return {
    body,
    headers: {
      'content-type': 'application/json',
      'x-shipengine-timestamp': timestamp,
      'x-shipengine-rsa-sha256-key-id': kid,
      'x-shipengine-rsa-sha256-signature': createSign('RSA-SHA256')
        .update(`${timestamp}.${body}`)
        .sign(key, 'base64'),
    },
  };
}

export type Asked = { method: string; path: string; headers: IncomingMessage['headers']; body: string };
export type Platform = { url: string; host: string; asked: Asked[]; close(): Promise<void> };

/** A platform's API on a free port: `answer` gives what it says to each request; null is 404. */
export async function startPlatform(
  answer: (asked: Asked) => { status?: number; headers?: Record<string, string>; json?: unknown } | null,
): Promise<Platform> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const one = {
        method: request.method ?? '',
        path: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(chunks).toString('utf8'),
      };
      asked.push(one);
      const said = answer(one) ?? { status: 404, json: {} };
      response.writeHead(said.status ?? 200, { 'content-type': 'application/json', ...said.headers });
      response.end(said.json === undefined ? '' : JSON.stringify(said.json));
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const host = `127.0.0.1:${port}`;
  return {
    url: `http://${host}`,
    host,
    asked,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export async function post(base: string, source: string, { body, headers }: Hook): Promise<Response> {
  return fetch(`${base}/v1/hooks/${source}`, { method: 'POST', headers, body });
}

/** An order as Shopify's webhook tells it, with what it says of the customer. */
export function shopifyOrder(at: number, edit: { [key: string]: unknown } = {}) {
  const iso = new Date(at).toISOString();
  return {
    // As a reader of JSON sees it, whose numbers do not have that many digits.
    id: Number('820982911946154508'),
    admin_graphql_api_id: 'gid://shopify/Order/820982911946154508',
    name: '#1001',
    test: false,
    cancelled_at: null,
    created_at: iso,
    updated_at: iso,
    currency: 'EUR',
    email: 'camille@example.com',
    total_price: '79.84',
    fulfillment_status: null,
    total_weight: 640,
    customer: { id: 1, email: 'camille@example.com', note: 'likes linen' },
    shipping_address: {
      name: 'Camille Example',
      address1: 'Musterweg 8',
      city: 'Hamburg',
      zip: '20095',
      country_code: 'DE',
      province_code: null,
      phone: null,
    },
    line_items: [
      { sku: 'LIN-SHIRT-WHT-M', title: 'Linen shirt', quantity: 2, requires_shipping: true, price: '39.92' },
    ],
    ...edit,
  };
}

/** What a rule adds so that an order is enough for a label. */
export const LABEL_WITH = {
  carrier: { preferred: 'fedex', service: 'regional_economy' },
  ship_from: {
    name: 'Goods out',
    line1: 'Lagerstrasse 12',
    city: 'Berlin',
    postal_code: '12099',
    country: 'DE',
  },
  max_cost: { amount: '24.00', currency: 'EUR' },
};

import { createHmac, createSign } from 'node:crypto';
import type { OutgoingHttpHeaders } from 'node:http';
import { aBrief } from '../../support/campaigns.ts';
import { fixture } from '../../support/fixtures.ts';
import { HOOK_SECRETS, rsaKeys, shopifyOrder } from '../../support/hooks.ts';
import type { Chance } from '../town/chance.ts';
import { brokenBodies } from './bodies.ts';
import type { Knock } from './door.ts';
import { KEYS, RSA, type Stage } from './forged-house.ts';
import { forgedHeaders, genuine } from './forged-webhooks.ts';

const JSON_TYPE = { 'content-type': 'application/json' };
const TYPES = [
  'promo_activation',
  'price_update',
  'staged_product',
  'live_publish',
  'content_package_change',
] as const;

let used = 0;
const unused = () => `msg_forged_${(used += 1)}`;

/** An address, a body that would do something there, and who signs for it. */
type Door = {
  name: string;
  path: string;
  headers: OutgoingHttpHeaders;
  value: object;
  key: Buffer;
  other: Buffer;
};

function doors(random: Chance, { house, pending, delivered, task }: Stage): readonly Door[] {
  const now = house.clock.now();
  const type = random.pick(TYPES);
  const key = unused();
  const raw = fixture(type, {
    now,
    edit: (each) => Object.assign(each, { idempotency_key: key, campaign_id: key.replaceAll('_', '-') }),
  });
  const order = {
    scope: 'store/order/created',
    producer: 'stores/abc123',
    store_id: '1',
    hash: 'x',
    created_at: Math.floor(now / 1000),
    data: { type: 'order', id: random.between(1, 1e6) },
  };
  const { pim, erp, oms, wmsSink, bigc } = KEYS;
  const source = { ...JSON_TYPE, 'meshline-source': 'pim' };
  const sink = { ...JSON_TYPE, 'meshline-sink': 'oms' };
  return [
    { name: 'export', path: '/v1/exports', headers: source, value: raw, key: pim, other: erp },
    {
      name: 'exports',
      path: '/v1/exports',
      headers: { ...source, 'content-type': 'application/x-ndjson' },
      value: raw,
      key: pim,
      other: erp,
    },
    {
      name: 'brief',
      path: '/v1/campaigns',
      headers: source,
      value: { campaign_id: `forged-${used}`, brief: aBrief(now) },
      key: pim,
      other: erp,
    },
    {
      name: 'exception',
      path: `/v1/exports/${random.pick([pending, delivered])}/exceptions`,
      headers: sink,
      value: { exception_code: 'insufficient_inventory', exception_metadata: { message: 'None left.' } },
      key: oms,
      other: wmsSink,
    },
    {
      name: 'task',
      path: `/v1/tasks/${task}/close`,
      headers: sink,
      value: { closed: true },
      key: oms,
      other: wmsSink,
    },
    { name: 'bigcommerce', path: '/v1/hooks/bigc', headers: JSON_TYPE, value: order, key: bigc, other: pim },
  ];
}

/** Names that are not those of a sender, or are of everything. */
const NAMES = [
  '',
  'nobody',
  '__proto__',
  'constructor',
  'toString',
  'PIM',
  'pim,erp',
  '*',
  '../pim',
  'p'.repeat(5_000),
];

function atStandardDoor(random: Chance, door: Door, now: number): Knock[] {
  const { name, path, headers, value, key, other } = door;
  const body = JSON.stringify(value);
  const whose =
    'meshline-source' in headers ? 'meshline-source' : 'meshline-sink' in headers ? 'meshline-sink' : null;
  const say = (why: string, more: OutgoingHttpHeaders, what: Buffer | string = body): Knock => ({
    why: `${name}: ${why}`,
    path,
    headers: { ...headers, ...more },
    body: what,
  });
  const right = (what: Buffer | string = body) => genuine({ body: what, key, other, now, id: unused() });
  const forged = forgedHeaders(random, { body, key, other, now, id: unused() }).map(([why, more]) =>
    say(why, more),
  );
  // NDJSON answers line by line, and a line of it may be broken.
  const broken =
    name === 'exports' ? [] : brokenBodies(random, value).map(([why, what]) => say(why, right(what), what));
  const named =
    whose === null
      ? []
      : NAMES.map((each) => say(`signed by "${each.slice(0, 20)}"`, { ...right(), [whose]: each }));
  return [
    ...forged,
    ...broken,
    ...named,
    ...(whose === null ? [] : [say('two senders', { ...right(), [whose]: ['pim', 'erp'] })]),
    say('compressed', {
      ...right(),
      'content-encoding': random.pick(['gzip', 'br', 'deflate', 'zstd', 'x']),
    }),
    say('of another type', {
      ...right(),
      'content-type': random.pick([
        'text/plain',
        'text/html',
        'application/xml',
        'application/x-www-form-urlencoded',
        'multipart/form-data; boundary=x',
        'x',
      ]),
    }),
  ];
}

/** What another sink says about what is not its own, and what nobody asked it about. */
function callbacks(random: Chance, { house, pending, task }: Stage): Knock[] {
  const now = house.clock.now();
  const say = (why: string, path: string, value: object, sink: string, key: Buffer): Knock => {
    const body = JSON.stringify(value);
    return {
      why,
      path,
      headers: {
        ...JSON_TYPE,
        'meshline-sink': sink,
        ...genuine({ body, key, other: key, now, id: unused() }),
      },
      body,
    };
  };
  const report = { exception_code: 'insufficient_inventory', exception_metadata: {} };
  const ids = [
    'nosuch',
    '..%2f..%2fetc',
    '%00',
    '__proto__',
    '9'.repeat(3_000),
    "' OR 1=1 --",
    '%F0%9F%92%A9',
    '*',
  ].map(encodeURI);
  return [
    ...ids.map((id) =>
      say(`about ${id.slice(0, 20)}`, `/v1/exports/${id}/exceptions`, report, 'oms', KEYS.oms),
    ),
    ...ids.map((id) => say(`closes ${id.slice(0, 20)}`, `/v1/tasks/${id}/close`, {}, 'oms', KEYS.oms)),
    say('a sink that has no part in it', `/v1/exports/${pending}/exceptions`, report, 'wms', KEYS.wmsSink),
    say('a sink that keeps no tasks', `/v1/tasks/${task}/close`, {}, 'wms', KEYS.wmsSink),
    say('an exception without a code', `/v1/exports/${pending}/exceptions`, {}, 'oms', KEYS.oms),
    say(
      'a code that is none',
      `/v1/exports/${pending}/exceptions`,
      { exception_code: random.pick(['', 'x'.repeat(500), 'DROP TABLE', '<!channel>']) },
      'oms',
      KEYS.oms,
    ),
    say('a key too many', `/v1/exports/${pending}/exceptions`, { ...report, by: 'priya' }, 'oms', KEYS.oms),
  ];
}

function shopify(random: Chance, { house }: Stage): Knock[] {
  const now = house.clock.now();
  const order = shopifyOrder(now, { id: random.between(1, 1e9) });
  const body = JSON.stringify(order);
  const of = (what: Buffer | string, secret: string) => createHmac('sha256', secret).update(what).digest();
  const right = of(body, HOOK_SECRETS.SHOPIFY_SECRET);
  const b64 = right.toString('base64');
  const say = (
    why: string,
    more: OutgoingHttpHeaders,
    what: Buffer | string = body,
    source = 'storefront',
  ): Knock => ({
    why: `shopify: ${why}`,
    path: `/v1/hooks/${source}`,
    headers: {
      ...JSON_TYPE,
      'x-shopify-topic': 'orders/create',
      'x-shopify-webhook-id': unused(),
      'x-shopify-shop-domain': 'northwind.myshopify.com',
      'x-shopify-hmac-sha256': of(what, HOOK_SECRETS.SHOPIFY_SECRET).toString('base64'),
      ...more,
    },
    body: what,
  });
  const signature = (text: string | string[]) => ({ 'x-shopify-hmac-sha256': text });
  return [
    say('another secret', signature(of(body, 'guessed').toString('base64'))),
    say('an empty secret', signature(createHmac('sha256', '').update(body).digest('base64'))),
    say('the next secret, not configured', signature(of(body, HOOK_SECRETS.SHOPIFY_NEXT).toString('base64'))),
    say('another body', signature(of(`${body} `, HOOK_SECRETS.SHOPIFY_SECRET).toString('base64'))),
    say('no signature', signature('')),
    say('hex', signature(right.toString('hex'))),
    say('base64url', signature(right.toString('base64url'))),
    say('cut short', signature(b64.slice(0, random.between(0, 43)))),
    say('two signatures', signature([b64, b64])),
    say('a list', signature(`${b64},${b64}`)),
    say('another shop', { 'x-shopify-shop-domain': 'evil.myshopify.com' }),
    say('no id', { 'x-shopify-webhook-id': '' }),
    say('an id that is too long', { 'x-shopify-webhook-id': 'x'.repeat(301) }),
    say('no topic', { 'x-shopify-topic': '' }),
    say('compressed', { 'content-encoding': 'gzip' }),
    say('of another type', { 'content-type': 'text/plain' }),
    ...NAMES.filter((name) => name !== '').map((name) =>
      say(`for ${name.slice(0, 20)}`, {}, body, encodeURIComponent(name)),
    ),
    ...brokenBodies(random, order).map(([why, what]) => say(why, {}, what)),
  ];
}

const STRANGER = rsaKeys('key-1');

function shipstation(random: Chance, { house }: Stage): Knock[] {
  const now = house.clock.now();
  const value = {
    resource_type: 'API_TRACK',
    data: { status_code: 'EX', tracking_number: `1Z${random.between(1, 1e6)}`, label_id: 'se-1' },
  };
  const body = JSON.stringify(value);
  const iso = (at: number) => new Date(at).toISOString();
  const rsa = (stamp: string, what: Buffer | string, key = RSA.privateKey, algorithm = 'RSA-SHA256') =>
    createSign(algorithm).update(`${stamp}.`).update(what).sign(key, 'base64');
  const say = (
    why: string,
    more: OutgoingHttpHeaders,
    what: Buffer | string = body,
    stamp = iso(now),
  ): Knock => ({
    why: `shipstation: ${why}`,
    path: '/v1/hooks/parcels',
    headers: {
      ...JSON_TYPE,
      'x-shipengine-timestamp': stamp,
      'x-shipengine-rsa-sha256-key-id': RSA.kid,
      'x-shipengine-rsa-sha256-signature': rsa(stamp, what),
      ...more,
    },
    body: what,
  });
  const signature = (text: string) => ({ 'x-shipengine-rsa-sha256-signature': text });
  const right = rsa(iso(now), body);
  const far = random.between(300_001, 1e10);
  return [
    say('another key', signature(rsa(iso(now), body, STRANGER.privateKey))),
    say('SHA-1', signature(rsa(iso(now), body, RSA.privateKey, 'RSA-SHA1'))),
    say('another body', signature(rsa(iso(now), `${body} `))),
    say('another timestamp', signature(rsa(iso(now - 1), body))),
    say('old', {}, body, iso(now - far)),
    say('from the future', {}, body, iso(now + far)),
    say('no timestamp', {}, body, ''),
    say('a day without a zone', {}, body, '2026-11-24T09:00:00'),
    say('NaN', {}, body, 'NaN'),
    say('no key', { 'x-shipengine-rsa-sha256-key-id': '' }),
    say('an unknown key', {
      'x-shipengine-rsa-sha256-key-id': random.pick(['key-2', '__proto__', 'constructor', '../key-1']),
    }),
    say('no signature', signature('')),
    say('cut short', signature(right.slice(0, random.between(0, 300)))),
    say('too long', signature('A'.repeat(2_001))),
    say('not base64', signature('%%%')),
    ...brokenBodies(random, value).map(([why, what]) => say(why, {}, what)),
  ];
}

function replays({ captured }: Stage): Knock[] {
  const say = (why: string, more: OutgoingHttpHeaders, body = captured.body): Knock => ({
    why: `replay: ${why}`,
    path: '/v1/exports',
    headers: { ...captured.headers, ...more },
    body,
  });
  const sink = { 'meshline-sink': 'oms', 'meshline-source': 'pim' };
  return [
    say('to the byte', {}),
    say('another body', {}, captured.body.replace(/"reference":"[^"]*"/, '"reference":"forged"')),
    say('under another id', { 'webhook-id': unused() }),
    say('as another sender', { 'meshline-source': 'erp' }),
    say('as lines', { 'content-type': 'application/x-ndjson' }),
    { ...say('at another address', sink), path: `/v1/exports/${captured.id}/exceptions` },
    { ...say('at another address', sink), path: '/v1/campaigns' },
  ];
}

/** Every forged request that can be made to the machines' doors, with other chances each time. */
export function webForgeries(random: Chance, stage: Stage): Knock[] {
  const now = stage.house.clock.now();
  return [
    ...doors(random, stage).flatMap((door) => atStandardDoor(random, door, now)),
    ...callbacks(random, stage),
    ...shopify(random, stage),
    ...shipstation(random, stage),
    ...replays(stage),
  ];
}

import { describe, expect, test } from 'vitest';
import { checkCalls } from '../../../src/cli/check-calls.ts';
import type { SinkKind } from '../../../src/sinks/define.ts';
import { webhook as webhookKind } from '../../../src/sinks/webhook.ts';
import {
  big,
  check,
  configured,
  fedex,
  shipStation,
  shop,
  TOKENS,
  usps,
  webhook,
} from '../../support/check-sinks.ts';
import { load, SECRETS } from '../../support/config.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { openShop as bigCommerce } from '../sinks/bigcommerce-shop.ts';
import { FAULTS } from '../sinks/carrier-far-side.ts';
import { farSide, json, type Reply } from '../sinks/far-side.ts';
import { fedexFarSide } from '../sinks/fedex-far-side.ts';
import { shipStationSide } from '../sinks/shipstation-side.ts';
import { aShop, openShop as shopify } from '../sinks/shopify-shop.ts';
import { uspsFarSide } from '../sinks/usps-far-side.ts';

const RATES = '/rate/v1/rates/quotes';

/** Gives back all it was told, in every place that is read. */
const echo =
  (status: number): Reply =>
  (response, request, seen) =>
    json(status, {
      message: `${JSON.stringify(seen.headers)} ${seen.body}`,
      title: `${JSON.stringify(seen.headers)} ${seen.body}`,
      errors: [{ message: `${JSON.stringify(seen.headers)} ${seen.body}` }],
    })(response, request, seen);

describe('every kind of sink', () => {
  test('is called without harm, and is as it should be', async () => {
    const [hooks, store, platform] = [
      await farSide(json(200, { ok: true })),
      await bigCommerce(),
      await shopify(),
    ];
    const [express, post] = [await fedexFarSide(), await uspsFarSide()];
    const station = await shipStationSide(new ManualClock());
    const { code, text, lines } = await check({
      oms: webhook(hooks.url, { ping: true }),
      wms: webhook(hooks.url),
      outlet: big(store.url),
      eu: shop(platform.url),
      fedex: fedex(express.url),
      usps: usps(post.url),
      labels: shipStation(station.url),
    });
    expect(lines.map((line) => line.slice(0, 4)).filter((level) => level !== 'ok  ')).toEqual([]);
    expect(lines).toContain('ok   Sink oms (webhook), ping: it takes our signature.');
    expect(lines).toContain('ok   Sink fedex (fedex), token: live.');
    expect(lines).toContain('ok   Sink eu (shopify), scopes: as it should be.');
    expect(lines).toContain('ok   Sink labels (shipstation), carrier ups: UPS.');
    // In the order of the file, however long each takes.
    expect([...new Set(lines.map((line) => line.split(' ').find((word) => word.startsWith('('))))]).toEqual(
      ['webhook', 'bigcommerce', 'shopify', 'fedex', 'usps', 'shipstation'].map((kind) => `(${kind}),`),
    );
    expect(text).not.toContain('will fail');
    expect(code).toBe(0);
    expect(store.writes()).toEqual([]);
    expect(platform.shop.effects).toEqual([]);
    expect([express.labels, post.labels, station.labels, station.shipments]).toEqual([[], [], [], []]);
    expect(hooks.seen.map(({ body }) => JSON.parse(body)['operation'])).toEqual(['ping']);
  });
});

describe('a sink that is not as it should be is told with what to do', () => {
  test('scope missing', async () => {
    const platform = await shopify(aShop({ scopes: ['write_products', 'write_inventory'] }));
    const store = await bigCommerce();
    void store.spoil({ on: /promotions/u, after: false, how: { status: 403, body: { title: 'Forbidden' } } });
    const post = await uspsFarSide();
    post.fail('/payments/v3/payment-authorization', (response) => {
      const errors = [{ title: 'Forbidden', detail: 'Insufficient OAuth scope.', code: '403' }];
      response.writeHead(403).end(JSON.stringify({ error: { code: '403', message: 'Forbidden', errors } }));
    });
    const { code, text, lines } = await check({
      eu: shop(platform.url),
      outlet: big(store.url),
      usps: usps(post.url),
    });
    expect(lines.filter((line) => line.startsWith('fail'))).toEqual([
      expect.stringMatching(/^fail Sink eu \(shopify\), scopes: The app lacks .*write_discounts.* Add them/u),
      expect.stringMatching(
        /^fail Sink outlet \(bigcommerce\), promotions: .*needs the scope "Marketing: modify"/u,
      ),
      expect.stringMatching(/^fail Sink usps \(usps\), payment authorisation: .*OAuth scope/u),
    ]);
    expect(text).toContain('3 failed. What goes to these will fail.');
    expect(code).toBe(1);
  });

  test('version drifted', async () => {
    const platform = await shopify();
    platform.answers('2027-01');
    const { code, lines } = await check({ eu: shop(platform.url) });
    expect(lines.filter((line) => line.startsWith('fail'))).toEqual([
      expect.stringMatching(/version: Shopify answers with 2027-01 instead of 2026-10\. Set api_version/u),
    ]);
    expect(code).toBe(1);
  });

  test('location wrong', async () => {
    const platform = await shopify();
    const store = await bigCommerce();
    const station = await shipStationSide(new ManualClock());
    station.trouble('GET /v2/warehouses', { status: 200, body: { warehouses: [] } });
    const { lines } = await check({
      eu: shop(platform.url, { locations: { berlin: '99' } }),
      outlet: big(store.url, { locations: { berlin: 9 } }),
      labels: shipStation(station.url, { carriers: { dhl: { carrier_id: 'se-9' } } }),
    });
    expect(lines.filter((line) => line.startsWith('fail'))).toEqual([
      expect.stringMatching(/eu \(shopify\), locations: .*for berlin\. Correct locations/u),
      expect.stringMatching(/outlet \(bigcommerce\), locations: .*no location 9; correct/u),
      expect.stringMatching(/labels \(shipstation\), carrier dhl: The account se-9 is not there/u),
      expect.stringMatching(/labels \(shipstation\), warehouses: No warehouse is set up/u),
    ]);
  });

  test('credentials of a test system: an error where labels should be real, a warning where it is meant', async () => {
    const express = await fedexFarSide();
    express.state.alerts = [{ code: 'VIRTUAL.RESPONSE', message: 'virtual' }];
    const live = await check({ fedex: fedex(express.url) });
    expect(live.lines.filter((line) => line.startsWith('fail'))).toEqual([
      expect.stringMatching(/rates: FedEx answered from its test system.*production project/u),
    ]);
    const station = await shipStationSide(new ManualClock());
    const post = await uspsFarSide();
    const { code, lines } = await check(
      {
        fedex: fedex(express.url, { sandbox: true }),
        usps: usps(post.url, { sandbox: true }),
        labels: shipStation(station.url),
      },
      { env: { CARRIER_SECRET: 'TEST_canary-0001' } },
    );
    expect(lines.filter((line) => !line.startsWith('ok'))).toEqual([
      expect.stringMatching(/^warn Sink fedex .*labels ship nothing\. Take sandbox out to go live\.$/u),
      expect.stringMatching(/^warn Sink usps .*labels ship nothing\. Take sandbox out to go live\.$/u),
      expect.stringMatching(/^warn Sink labels .*test key.*Use a live one\.$/u),
    ]);
    expect(code).toBe(0);
  });

  test('nobody there, which may pass by itself', async () => {
    const gone = 'http://127.0.0.1:9';
    const all = { oms: webhook(`${gone}/oms`), ping: webhook(`${gone}/oms`, { ping: true }) };
    const { code, lines } = await check({
      ...all,
      outlet: big(gone, { price_list: 7, locations: { berlin: 1 } }),
      eu: shop(gone),
      fedex: fedex(gone),
      usps: usps(gone),
      labels: shipStation(`${gone}/v2`),
    });
    expect([...new Set(lines.map((line) => line.slice(0, 4)))]).toEqual(['warn']);
    for (const line of lines)
      expect(line).toMatch(/refused\. Check its address and the network, or run this/u);
    expect(code).toBe(0);
  });

  test('secret wrong, echoed by the far side or not', async () => {
    const hooks = await farSide(echo(401));
    const far = await farSide(echo(401));
    const url = far.url.replace('/effects', '');
    const { code, lines } = await check({
      oms: webhook(hooks.url, { ping: true }),
      outlet: big(url),
      eu: shop(url),
      fedex: fedex(url),
      usps: usps(url),
      labels: shipStation(url),
    });
    const failed = lines.filter((line) => line.startsWith('fail'));
    for (const name of ['oms', 'outlet', 'eu', 'fedex', 'usps', 'labels'])
      expect(failed.find((line) => line.includes(`Sink ${name} `))).toMatch(
        /secret_env|token|scope|install it again|signature/u,
      );
    expect(lines.filter((line) => line.startsWith('ok') && !line.includes('No location is mapped'))).toEqual(
      lines.filter((line) => line.includes('Prices go to the catalogue')),
    );
    expect(code).toBe(1);
  });

  test('a token given out and told back is kept to ourselves', async () => {
    const express = await fedexFarSide();
    const told = (message: string) => ({ errors: [{ code: 'X', message }] });
    express.fail(RATES, (response) => {
      const { headers } = express.asked(RATES).at(-1) ?? {};
      response.writeHead(400).end(JSON.stringify(told(`You sent ${String(headers?.authorization)}`)));
    });
    const { lines } = await check({ fedex: fedex(express.url) });
    expect(lines.find((line) => line.includes('rates'))).toMatch(/^fail .*You sent Bearer \[secret\]/u);
  });

  test('secret missing: told by the name of its variable, and the others are asked', async () => {
    const express = await fedexFarSide();
    const { code, text, lines } = await check(
      { outlet: big('http://127.0.0.1:9'), fedex: fedex(express.url) },
      { env: { SHOP_TOKEN: undefined } },
    );
    expect(text).toMatch(
      /^fail .*sinks\.outlet\.secret_env: The environment has no SHOP_TOKEN\. Set SHOP_TOKEN/mu,
    );
    expect(text).toContain('fail Sink outlet (bigcommerce): it is not asked, because its secret is missing');
    expect(lines).toContain('ok   Sink fedex (fedex), token: live.');
    expect(text).toContain('Meshline will not start like this.');
    expect(code).toBe(1);
  });

  test('answers that never come end by themselves', async () => {
    const far = await farSide(() => undefined);
    const loaded = load(configured({ outlet: big(far.url.replace('/effects', '')) }), {
      ...SECRETS,
      ...TOKENS,
    });
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.faults));
    expect(await checkCalls(loaded.config, { patience_ms: 50 })).toEqual([
      { level: 'warn', text: expect.stringContaining('has not answered everything within 0.05 seconds') },
    ]);
  });
});

test('no more than four are asked at the same moment', async () => {
  let open = 0;
  let most = 0;
  const far = await farSide((response) => {
    open += 1;
    most = Math.max(most, open);
    setImmediate(() => {
      open -= 1;
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  const many = Array.from({ length: 12 }, (_, n) => [`oms${n}`, webhook(far.url, { ping: true })] as const);
  const { lines } = await check(Object.fromEntries(many));
  expect(lines).toHaveLength(12);
  expect(far.seen).toHaveLength(12);
  expect(most).toBeLessThanOrEqual(4);
});

test('a kind without a call of its own is connected to', async () => {
  const far = await farSide(json(200, {}));
  const mute: SinkKind = {
    ...webhookKind,
    open(settings, context) {
      const { probe: _, ...sink } = webhookKind.open(settings, context);
      return sink;
    },
  };
  const loaded = load(configured({ oms: webhook(far.url) }), SECRETS);
  if (!loaded.ok) throw new Error('It has no faults.');
  expect(await checkCalls(loaded.config, { kinds: [mute] })).toEqual([
    { level: 'ok', text: 'Sink oms (webhook), address: a connection opens.' },
  ]);
  expect(far.connections()).toBe(1);
  expect(far.seen).toEqual([]);
});

test('plain check makes no call, and says which command does', async () => {
  const far = await farSide(json(200, {}));
  const { text, lines } = await check({ oms: webhook(far.url, { ping: true }) }, { args: [] });
  expect(lines).toEqual([]);
  expect(far.seen).toEqual([]);
  expect(text).toMatch(/^ok {3}Sink oms: a connection opens\.$/mu);
  expect(text).toMatch(/^ok {3}Sinks: no secret was tried\. .*check --sinks/mu);
});

test('a throttled or broken carrier is a warning', async () => {
  const express = await fedexFarSide();
  express.fail(RATES, FAULTS.throttled);
  express.fail('/track/v1/referencenumbers', FAULTS.broken);
  const { code, lines } = await check({ fedex: fedex(express.url) });
  expect(lines.map((line) => line.slice(0, 4))).toEqual(['ok  ', 'warn', 'warn']);
  expect(code).toBe(0);
});

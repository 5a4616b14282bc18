import { existsSync, readFileSync } from 'node:fs';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { createSigner } from '../../../src/sinks/signing.ts';
import { WebhookSettings } from '../../../src/sinks/webhook.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { aPush, farSide, json, type Logged, logInto, openWebhook, SECRET } from './far-side.ts';

const NEXT_SECRET = `whsec_${Buffer.from('canary-canary-canary-canary-0002').toString('base64')}`;
const VECTORS = new URL('../../../../shared/specs/webhooks/vectors.json', import.meta.url);

/** The library that the far side verifies with knows only the real time. */
const realTime = () => new ManualClock(Date.now());

describe('a push', () => {
  it('is a signed POST that says what, for which export, and under which key', async () => {
    const far = await farSide(json(200, { reference: 'OMS-7' }));
    const push = aPush({ attempt: 3 });
    const sink = openWebhook({ url: far.url }, { clock: realTime() });
    expect(await sink.push(push)).toEqual({ kind: 'delivered', reference: 'OMS-7' });
    const [seen] = far.seen;
    expect(seen).toMatchObject({
      method: 'POST',
      path: '/effects',
      headers: {
        'content-type': 'application/json',
        'user-agent': 'meshline/0.0.0',
        'webhook-id': push.key,
        'meshline-attempt': '3',
      },
    });
    expect(JSON.parse(seen?.body ?? '')).toEqual({
      type: 'set_prices',
      operation: 'set_prices',
      idempotency_key: push.key,
      timestamp: push.export.occurred_at,
      export: push.export,
      data: push.body,
    });
    expect(() =>
      new Webhook(SECRET).verify(seen?.body ?? '', seen?.headers as Record<string, string>),
    ).not.toThrow();
    expect(() =>
      new Webhook(NEXT_SECRET).verify(seen?.body ?? '', seen?.headers as Record<string, string>),
    ).toThrow('No matching signature found');
  });

  it('is signed by every secret while one replaces another', async () => {
    const far = await farSide(json(204, ''));
    const sink = openWebhook({ url: far.url }, { clock: realTime(), secrets: [NEXT_SECRET, SECRET] });
    await sink.push(aPush());
    const [seen] = far.seen;
    for (const secret of [SECRET, NEXT_SECRET])
      expect(() =>
        new Webhook(secret).verify(seen?.body ?? '', seen?.headers as Record<string, string>),
      ).not.toThrow();
    expect(String(seen?.headers['webhook-signature']).split(' ')).toHaveLength(2);
  });

  it('stops for good when the sink is gone, unless the sink refuses just this one', async () => {
    const far = await farSide(json(410, { exception_code: 'promo_over' }));
    const lines: Logged[] = [];
    const sink = openWebhook({ url: far.url }, { log: logInto(lines) });
    expect(await sink.push(aPush())).toMatchObject({ kind: 'failed', exception_code: 'promo_over' });
    far.answer(json(410, {}));
    expect(await sink.push(aPush())).toMatchObject({ kind: 'failed', exception_code: 'sink_gone' });
    expect(await sink.push(aPush())).toMatchObject({ kind: 'failed', exception_code: 'sink_gone' });
    expect(far.seen).toHaveLength(2);
    expect(lines).toEqual([expect.objectContaining({ level: 'warn', facts: { sink: 'oms' } })]);
  });

  it('takes only the operations it is configured for', async () => {
    const sink = openWebhook({ url: 'http://127.0.0.1:9/', operations: ['set_prices'] });
    expect([sink.accepts('set_prices'), sink.accepts('create_label')]).toEqual([true, false]);
    expect(openWebhook({ url: 'http://127.0.0.1:9/' }).accepts('anything')).toBe(true);
    expect(sink.limits).toEqual({ concurrency: 4, rate_per_second: null });
  });
});

describe('looking an effect up', () => {
  it.each([
    ['an effect', json(200, { key: 'k' }), 'delivered'],
    ['nothing', json(404, {}), 'absent'],
    ['an empty object', json(200, {}), 'unknown'],
    ['a list', json(200, []), 'unknown'],
    ['a breakdown', json(500, {}), 'unknown'],
    ['a refusal', json(401, {}), 'unknown'],
  ] as const)('reads %s', async (_, reply, expected) => {
    const far = await farSide(reply);
    const reconcile = { url: `${far.url}/{key}?of={key}` };
    const sink = openWebhook({ url: far.url, reconcile }, { clock: realTime() });
    expect(await sink.reconcile(aPush({ key: 'push:1/a b' }))).toMatchObject({ kind: expected });
    expect(far.seen[0]).toMatchObject({
      method: 'GET',
      path: '/effects/push%3A1%2Fa%20b?of=push%3A1%2Fa%20b',
      body: '',
    });
    expect(() =>
      new Webhook(SECRET).verify('', far.seen[0]?.headers as Record<string, string>),
    ).not.toThrow();
  });

  it('cannot tell without an address to ask', async () => {
    const found = await openWebhook({ url: 'http://127.0.0.1:9/' }).reconcile(aPush());
    expect(found).toEqual({ kind: 'unknown' });
  });
});

describe('settings', () => {
  const url = 'https://oms.example/hook';
  it('have defaults', () => {
    expect(WebhookSettings.parse({ url })).toEqual({
      url,
      timeout_ms: 10_000,
      allow_private: false,
      staging: false,
      ping: false,
      schedules: true,
      concurrency: 4,
    });
  });

  it.each([
    [{ url: 'http://oms.example/' }, /https/u],
    [{ url: 'https://10.0.0.1/' }, /private/u],
    [{ url, reconcile: { url: 'https://oms.example/effects' } }, /\{key\}/u],
    [{ url, reconcile: { url: 'https://{key}.example/effects' } }, /\{key\}|web address/u],
    [{ url, operations: [] }, /./u],
    [{ url, retries: 3 }, /retries/u],
  ])('refuse %j', (settings, sentence) => {
    const parsed = WebhookSettings.safeParse(settings);
    expect(parsed.success).toBe(false);
    expect(parsed.error?.message).toMatch(sentence);
  });
});

it('reads a secret with or without its prefix and padding, and refuses none', () => {
  const sign = (secret: string) => createSigner([secret])('id', 0, '{}')['webhook-signature'];
  const bare = SECRET.slice('whsec_'.length);
  expect(new Set([SECRET, bare, bare.replace(/=+$/u, '')].map(sign)).size).toBe(1);
  expect(() => sign('whsec_')).toThrow("Secret can't be empty.");
});

it.skipIf(!existsSync(VECTORS))('signs as the published vector says (skipped without ../shared)', () => {
  const { standard_webhooks: vector } = JSON.parse(readFileSync(VECTORS, 'utf8')) as {
    standard_webhooks: { secret: string; id: string; timestamp: number; body: string; signature: string };
  };
  const headers = createSigner([vector.secret])(vector.id, vector.timestamp * 1000, vector.body);
  expect(headers['webhook-signature']).toBe(vector.signature);
});

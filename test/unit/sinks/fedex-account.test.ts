import { describe, expect, it } from 'vitest';
import { FEDEX, fedexError } from '../../../sandbox/sinks/carriers/fedex.ts';
import { FedexSettings } from '../../../src/sinks/fedex/settings.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { aLabel, aVoid, CLIENT_SECRET, FAULTS, send } from './carrier-far-side.ts';
import type { Logged } from './far-side.ts';
import { fedexFarSide } from './fedex-far-side.ts';

describe('a token', () => {
  it('is fetched once for many, kept, and renewed before it ends', async () => {
    const far = await fedexFarSide();
    const clock = new ManualClock();
    const sink = far.open({}, { clock });
    await Promise.all([
      sink.push(aLabel('fedex', {}, { key: 'a' })),
      sink.push(aLabel('fedex', {}, { key: 'b' })),
    ]);
    expect(far.state.tokens).toBe(1);
    clock.advance(3_600_000 - 60_000);
    await sink.push(aLabel('fedex', {}, { key: 'c' }));
    expect(far.state.tokens).toBe(2);
    expect(far.seen[0]).toMatchObject({
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: `grant_type=client_credentials&client_id=app-1&client_secret=${CLIENT_SECRET}`,
    });
  });

  it('that is taken no more is renewed once', async () => {
    const far = await fedexFarSide();
    const sink = far.open();
    await sink.push(aLabel('fedex', {}, { key: 'a' }));
    far.revoke();
    expect(await sink.push(aLabel('fedex', {}, { key: 'b' }))).toMatchObject({ kind: 'delivered' });
    expect(far.state.tokens).toBe(2);
    far.fail(FEDEX.rate, FAULTS.expired);
    far.fail(FEDEX.rate, FAULTS.expired);
    expect(await sink.push(aLabel('fedex', {}, { key: 'c' }))).toMatchObject({
      kind: 'failed',
      exception_code: 'carrier_auth_expired',
    });
  });

  it('is asked for with the older secret while FedEx does not take the newer one', async () => {
    const far = await fedexFarSide();
    far.fail(FEDEX.token, (response) =>
      response.writeHead(401).end('{"errors":[{"code":"NOT.AUTHORIZED.ERROR","message":"Bad keys."}]}'),
    );
    const sink = far.open({}, { secrets: ['newer', CLIENT_SECRET] });
    expect(await sink.push(aLabel('fedex'))).toMatchObject({ kind: 'delivered' });
    expect(far.asked(FEDEX.token).map(({ body }) => body.split('=').at(-1))).toEqual([
      'newer',
      CLIENT_SECRET,
    ]);
  });

  it.each([
    ['403, which is a throttle', 403, { kind: 'retry', after_ms: 600_000 }],
    ['401', 401, { kind: 'failed', exception_code: 'carrier_auth_expired' }],
    ['503', 503, { kind: 'retry', after_ms: null }],
  ])('answered with %s', async (_, status, expected) => {
    const far = await fedexFarSide();
    far.fail(FEDEX.token, (response) => response.writeHead(status).end('{}'));
    expect(await far.open().push(aLabel('fedex'))).toMatchObject(expected);
    expect(far.labels).toEqual([]);
  });

  it('and secret are in no outcome and no log', async () => {
    const far = await fedexFarSide();
    const lines: Logged[] = [];
    const sink = far.open({}, { lines });
    far.fail(FEDEX.rate, (response) =>
      response.writeHead(400).end(
        JSON.stringify({
          errors: [{ code: `X ${CLIENT_SECRET}`, message: `with canary-token-1 ${CLIENT_SECRET}` }],
        }),
      ),
    );
    const outcome = await sink.push(aLabel('fedex'));
    expect(outcome).toMatchObject({ exception_code: 'sink_rejected', message: 'with [secret] [secret]' });
    expect(JSON.stringify([outcome, lines])).not.toMatch(/canary/u);
  });
});

describe('voiding', () => {
  it('cancels each shipment, and a void one counts as done', async () => {
    const far = await fedexFarSide();
    const sink = far.open();
    await sink.push(aLabel('fedex'));
    const gone = aVoid('fedex', '794953555010');
    for (const _ of [1, 2])
      expect(await sink.push(gone)).toMatchObject({ kind: 'delivered', facts: { voided: ['794953555010'] } });
    expect(far.labels).toMatchObject([{ void: true }]);
    expect(await sink.push(aVoid('fedex', '1'))).toMatchObject({ exception_code: 'label_void_rejected' });
  });
});

describe('voiding many', () => {
  it('stops after forty seconds and goes on in the next attempt', async () => {
    const far = await fedexFarSide();
    const clock = new ManualClock();
    const steps: string[] = [];
    const sink = far.open({ timeout_ms: 25_000 }, { clock, steps });
    for (const key of ['a', 'b', 'c']) await sink.push(aLabel('fedex', {}, { key }));
    steps.length = 0;
    far.fail(FEDEX.cancel, (response, effect) => {
      clock.advance(20_000);
      send(response, effect());
    });
    far.fail(FEDEX.cancel, (response, effect) => {
      for (let n = 0; n < 4; n += 1) clock.advance(6_000);
      send(response, effect());
    });
    await sink.push(aVoid('fedex', ...far.labels.map(({ tracking }) => tracking)));
    expect(steps).toEqual(['2']);
    expect(far.labels.every((label) => label.void)).toBe(true);
  });
});

describe('a quote and a probe', () => {
  it('buy nothing', async () => {
    const far = await fedexFarSide();
    const sink = far.open();
    expect(await sink.quote?.(aLabel('fedex'))).toEqual({
      amount: '12.5',
      currency: 'USD',
      service: 'FEDEX_GROUND',
    });
    expect(await sink.probe?.()).toEqual([
      { name: 'token', problem: null, detail: 'live' },
      { name: 'rates', problem: null, detail: 'answered' },
      { name: 'tracking by reference', problem: null, detail: 'answered' },
    ]);
    expect(far.labels).toEqual([]);
    far.fail(FEDEX.rate, (response) =>
      response.writeHead(400).end(JSON.stringify(fedexError(400, 'X').body)),
    );
    expect(await sink.quote?.(aLabel('fedex'))).toBeNull();
  });

  it('say what to do', async () => {
    const far = await fedexFarSide();
    far.state.alerts = [{ code: 'VIRTUAL.RESPONSE', message: 'virtual' }];
    const findings = (await far.open().probe?.()) ?? [];
    expect(findings.find(({ name }) => name === 'rates')?.problem).toMatch(/production project/u);
  });
});

describe('settings', () => {
  it('have defaults, and name the live system', () => {
    expect(FedexSettings.parse({ client_id: 'a', account_number: '740561073' })).toMatchObject({
      sandbox: false,
      carrier: 'fedex',
      timeout_ms: 15_000,
    });
  });
  it.each([
    [{ account_number: 'x' }],
    [{ base_url: 'http://fedex.example' }],
    [{ services: { ground: 'fedex ground' } }],
    [{ nonsense: 1 }],
  ])('refuse %j', (part) => {
    expect(FedexSettings.safeParse({ client_id: 'a', account_number: '740561073', ...part }).success).toBe(
      false,
    );
  });
});

import { describe, expect, it, onTestFinished } from 'vitest';
import { startSampleSinks } from '../../../sandbox/sinks/index.ts';
import { WebhookSettings } from '../../../src/sinks/webhook.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { aPush, farSide, json, openWebhook, SECRET } from './far-side.ts';

async function oms(settings: Record<string, unknown> = {}) {
  const clock = new ManualClock();
  const sinks = await startSampleSinks({ clock, secrets: { oms: SECRET, wms: SECRET } });
  onTestFinished(() => sinks.close());
  const { url } = sinks.oms;
  const sink = openWebhook({ url, values: { url }, staging: true, ping: true, ...settings }, { clock });
  return { clock, sinks, sink };
}

const price = (lines: { sku: string; price: string; compare_at: string | null }[]) =>
  aPush({ operation: 'price.set', body: { currency: 'EUR', lines } });

describe('present values', () => {
  it('are asked for under the names of the receiver, and told back under ours', async () => {
    const { sink } = await oms();
    expect(
      await sink.read?.(['MUG-STONE-350', 'OUR-BOWL', 'UNKNOWN'], { 'OUR-BOWL': 'BOWL-STONE-M' }),
    ).toEqual({
      'MUG-STONE-350': { price: '12.90', compare_at: null, currency: 'EUR', stock: 420 },
      'OUR-BOWL': { price: '18.00', compare_at: null, currency: 'EUR', stock: 180 },
    });
  });

  it('show what was pushed', async () => {
    const { sink } = await oms();
    await sink.push(price([{ sku: 'MUG-STONE-350', price: '9.90', compare_at: '12.90' }]));
    const lines = [{ sku: 'MUG-STONE-350', delta: -20 }];
    await sink.push(aPush({ key: 'k2', operation: 'inventory.adjust', body: { lines } }));
    expect(await sink.read?.(['MUG-STONE-350'], {})).toEqual({
      'MUG-STONE-350': { price: '9.90', compare_at: '12.90', currency: 'EUR', stock: 400 },
    });
  });

  it('are asked for in parts, signed, each with an id of its own', async () => {
    const far = await farSide(json(200, { values: {} }));
    const sink = openWebhook({ url: far.url, values: { url: far.url } });
    await sink.read?.(
      Array.from({ length: 501 }, (_, n) => `A-${String(n)}`),
      {},
    );
    expect(far.seen.map(({ body }) => (JSON.parse(body) as { skus: string[] }).skus.length)).toEqual([
      500, 1,
    ]);
    expect(JSON.parse(far.seen[1]?.body ?? '')).toMatchObject({
      type: 'values.read',
      operation: 'values.read',
    });
    expect(new Set(far.seen.map(({ headers }) => headers['webhook-id'])).size).toBe(2);
    expect(far.seen[0]?.headers['webhook-signature']).toMatch(/^v1,/u);
  });

  it.for([
    [
      json(200, { values: { 'A-1': { price: 9.9 } } }),
      'The values told by the sink cannot be read: look at values.A-1.price.',
    ],
    [json(200, {}), 'The values told by the sink cannot be read: look at values.'],
    [json(403, { message: `Not you, ${SECRET.replace('=', '')}.` }), 'Not you, [secret].'],
    [json(503, {}), 'The sink answered 503.'],
  ] as const)('are missing with a sentence', async ([reply, problem]) => {
    const far = await farSide(reply);
    const sink = openWebhook({ url: far.url, values: { url: far.url } });
    expect(await sink.read?.(['A-1'], {})).toEqual({ problem });
  });
});

describe('a rehearsal', () => {
  it('writes, reads and cleans a sample, and makes and cancels a test order', async () => {
    const { sinks, sink } = await oms();
    const findings = await sink.rehearse?.(price([]));
    expect(findings?.map(({ name, problem }) => [name, problem])).toEqual([
      ['sample.write', null],
      ['sample.read', null],
      ['sample.clean', null],
      ['order.test', null],
      ['order.cancel', null],
    ]);
    expect(findings?.[3]?.detail).toBe('A test order was placed.');
    expect(sinks.effects('oms')).toEqual([]);
  });

  it('tells what the staging system refuses, and still cleans up', async () => {
    const { sinks, sink } = await oms();
    sinks.setMode('oms', 'staging_fails');
    const findings = await sink.rehearse?.(price([]));
    expect(findings?.filter(({ problem }) => problem !== null)).toEqual([
      {
        name: 'sample.read',
        problem: 'The sample does not show on the test shop: its pages still hold the old values.',
        detail: null,
      },
    ]);
    expect(findings?.map(({ name }) => name)).toContain('sample.clean');
  });

  it('does not try what needs a step that failed, and takes no answer for a no', async () => {
    const far = await farSide(json(200, { ok: false, detail: 'No test orders today.' }));
    const sink = openWebhook({ url: far.url, staging: true });
    expect(await sink.rehearse?.(aPush())).toEqual(
      ['sample.write', 'sample.clean', 'order.test'].map((name) => ({
        name,
        problem: 'No test orders today.',
        detail: 'No test orders today.',
      })),
    );
    far.answer(json(200, {}));
    expect((await sink.rehearse?.(aPush()))?.[0]?.problem).toBe(
      'sample.write was not answered with {"ok": true}.',
    );
  });

  it('is never sent to a system that is not for tests', async () => {
    const { sink } = await oms({ staging: false });
    expect(sink.rehearse).toBeUndefined();
  });
});

describe('a check', () => {
  it('proves the secret with a ping, or only the address', async () => {
    const { sink } = await oms();
    expect(await sink.probe?.()).toEqual([{ name: 'ping', problem: null, detail: 'it takes our signature' }]);
    const { sink: plain } = await oms({ ping: false });
    expect(await plain.probe?.()).toEqual([
      { name: 'address', problem: null, detail: expect.stringContaining('ping: true') },
    ]);
    const closed = openWebhook({ url: 'http://127.0.0.1:9/' });
    expect((await closed.probe?.())?.[0]?.problem).toBe('It cannot be reached: the connection is refused.');
  });

  it('says that the secret is wrong', async () => {
    const { sinks } = await oms();
    const other = `whsec_${Buffer.from('another-another-another-another').toString('base64')}`;
    const sink = openWebhook({ url: sinks.oms.url, ping: true }, { secrets: [other] });
    expect((await sink.probe?.())?.[0]?.problem).toContain('The signature does not fit. Put the secret');
  });
});

describe('its settings', () => {
  it('refuse an address for values that is none', () => {
    const settings = { url: 'https://oms.example/hook', values: { url: 'http://oms.example/values' } };
    const [issue] = WebhookSettings.safeParse(settings).error?.issues ?? [];
    expect(issue?.path).toEqual(['values', 'url']);
  });
});

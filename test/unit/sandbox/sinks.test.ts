import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type SampleSinks, startSampleSinks } from '../../../sandbox/sinks/index.ts';
import { ManualClock, T0 } from '../../support/manual-clock.ts';

let sinks: SampleSinks;
beforeEach(async () => {
  sinks = await startSampleSinks({ clock: new ManualClock() });
});
afterEach(() => sinks.close());

const BODY = {
  operation: 'release_shipment',
  idempotency_key: 'k1',
  export: { export_id: 'e1', payload: { items: [{ sku: 'NW-CUP-7', quantity: 100 }] } },
};

function push(
  id: string,
  more: { at?: number; secret?: string; to?: 'oms' | 'wms'; body?: object } = {},
): Promise<Response> {
  const sink = sinks[more.to ?? 'oms'];
  const at = new Date(more.at ?? T0);
  const body = JSON.stringify(more.body ?? BODY);
  const signature = new Webhook(more.secret ?? sink.secret).sign(id, at, body);
  return fetch(sink.url, {
    method: 'POST',
    body,
    headers: {
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
      'webhook-signature': signature,
    },
  });
}

describe('a sample sink', () => {
  it('carries an idempotency key out once, however often it comes', async () => {
    expect(await (await push('k1')).json()).toMatchObject({ ok: true, repeat: false });
    expect(await (await push('k1')).json()).toMatchObject({ ok: true, repeat: true });
    expect(sinks.effects('oms').map((e) => e.key)).toEqual(['k1']);
    expect(sinks.effects('wms')).toEqual([]);
    const [oms] = sinks.state();
    expect(oms?.received.map((r) => [r.id, r.repeat])).toEqual([
      ['k1', true],
      ['k1', false],
    ]);
  });

  it('refuses a wrong signature and an old or future timestamp', async () => {
    expect((await push('k1', { secret: 'whsec_d3Jvbmc=' })).status).toBe(401);
    expect((await push('k1', { at: T0 - 301_000 })).status).toBe(401);
    expect((await push('k1', { at: T0 + 301_000 })).status).toBe(401);
    expect(sinks.effects('oms')).toEqual([]);
  });

  it('answers what became of a key', async () => {
    expect((await fetch(`${sinks.oms.url}effects/k1`)).status).toBe(404);
    sinks.setMode('oms', 'lost_answer');
    await expect(push('k1')).rejects.toThrow('fetch failed');
    const found = await fetch(`${sinks.oms.url}effects/k1`);
    expect(await found.json()).toEqual({ found: true, at: T0 });
    sinks.setMode('oms', 'ok');
    expect(await (await push('k1')).json()).toMatchObject({ repeat: true });
  });

  it('fails in the ways it is told to', async () => {
    const statusIn = async (mode: string) => {
      sinks.setMode('oms', mode);
      return push(mode);
    };
    expect((await statusIn('fail_500')).status).toBe(500);
    const limited = await statusIn('rate_limited');
    expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '2']);
    const refused = await statusIn('reject_422');
    expect(refused.status).toBe(422);
    expect(await refused.json()).toMatchObject({
      exception_code: 'insufficient_inventory',
      exception_metadata: { lines: [{ sku: 'NW-CUP-7', requested: 100, available: 0 }] },
    });
    expect((await statusIn('html')).headers.get('content-type')).toContain('text/html');
    expect((await statusIn('gone_410')).status).toBe(410);
    expect((await statusIn('fail_once_500')).status).toBe(500);
    expect(sinks.effects('oms')).toEqual([]);
    expect((await push('after')).status).toBe(200);
    expect(() => sinks.setMode('oms', 'sulk')).toThrow('no mode sulk');
  });

  it('sells what it was told, and says so', async () => {
    const lines = [{ sku: 'MUG-STONE-350', price: '9.90', compare_at: '12.90' }];
    await push('k1', { body: { operation: 'promo.activate', data: { currency: 'EUR', lines } } });
    const stock = [{ sku: 'mug-stone-350', quantity: 7 }];
    await push('k2', { body: { operation: 'inventory.set', data: { lines: stock } } });
    const asked = await push('k3', { body: { operation: 'values.read', skus: ['MUG-STONE-350', 'NO'] } });
    expect(await asked.json()).toEqual({
      values: { 'MUG-STONE-350': { price: '9.90', compare_at: '12.90', currency: 'EUR', stock: 7 } },
    });
    expect(sinks.effects('oms').map((e) => e.key)).toEqual(['k1', 'k2']);
    sinks.reset();
    const again = await push('k4', { body: { operation: 'values.read', skus: ['MUG-STONE-350'] } });
    expect(await again.json()).toMatchObject({ values: { 'MUG-STONE-350': { price: '12.90', stock: 420 } } });
  });

  it('is short of what its own shelf lacks, and of promos once when told so', async () => {
    const body = {
      operation: 'promo.activate',
      data: {
        lines: ['STRAW-HAT-01', 'MUG-STONE-350', 'SANDAL-TAN-39'].map((sku) => ({ sku, price: '9.90' })),
      },
    };
    sinks.setMode('oms', 'short_once');
    expect((await push('k0')).status).toBe(200);
    const refused = await push('k1', { body });
    expect(refused.status).toBe(422);
    expect(await refused.json()).toEqual({
      exception_code: 'insufficient_inventory',
      exception_metadata: {
        lines: [
          { sku: 'STRAW-HAT-01', requested: 100, available: 38 },
          { sku: 'SANDAL-TAN-39', requested: 100, available: 60 },
        ],
      },
      message: 'There are not enough units of 2 SKUs.',
    });
    expect((await push('k1', { body })).status).toBe(200);
    sinks.setMode('oms', 'reject_422');
    const full = await push('k2', {
      body: { operation: 'product.publish', data: { products: [{ skus: ['MUG-STONE-350'] }] } },
    });
    expect(await full.json()).toMatchObject({
      exception_metadata: { lines: [{ sku: 'MUG-STONE-350', requested: 520, available: 420 }] },
    });
  });

  it('can be rehearsed on, until its samples cannot be read back', async () => {
    const ask = (operation: string, sample_id = 's1') => push(operation, { body: { operation, sample_id } });
    for (const operation of [
      'ping',
      'sample.write',
      'sample.read',
      'sample.clean',
      'order.test',
      'order.cancel',
    ])
      expect(await (await ask(operation)).json()).toMatchObject({ ok: true });
    expect((await ask('sample.read')).status).toBe(422);
    expect((await ask('order.cancel')).status).toBe(422);
    sinks.setMode('oms', 'staging_fails');
    expect((await ask('sample.write')).status).toBe(200);
    expect(await (await ask('sample.read')).json()).toMatchObject({ ok: false });
    sinks.setMode('oms', 'gone_410');
    expect((await ask('ping')).status).toBe(410);
    expect(sinks.effects('oms')).toEqual([]);
  });
});

import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type SampleSinks, startSampleSinks } from '../../../sandbox/sinks/index.ts';
import { ManualClock, T0 } from '../../support/manual-clock.ts';

let sinks: SampleSinks;
beforeEach(async () => {
  sinks = await startSampleSinks({ clock: new ManualClock() });
});
afterEach(() => sinks.close());

const body = JSON.stringify({
  operation: 'release_shipment',
  idempotency_key: 'k1',
  export: { export_id: 'e1', payload: { items: [{ sku: 'NW-CUP-7', quantity: 100 }] } },
});

function push(
  id: string,
  more: { at?: number; secret?: string; to?: 'oms' | 'wms' } = {},
): Promise<Response> {
  const sink = sinks[more.to ?? 'oms'];
  const at = new Date(more.at ?? T0);
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
      exception_metadata: { shortfall: [{ sku: 'NW-CUP-7', needed: 100, available: 40 }] },
    });
    expect((await statusIn('html')).headers.get('content-type')).toContain('text/html');
    expect((await statusIn('gone_410')).status).toBe(410);
    expect((await statusIn('fail_once_500')).status).toBe(500);
    expect(sinks.effects('oms')).toEqual([]);
    expect((await push('after')).status).toBe(200);
    expect(() => sinks.setMode('oms', 'sulk')).toThrow('no mode sulk');
  });
});

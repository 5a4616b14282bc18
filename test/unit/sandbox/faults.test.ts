import { afterEach, describe, expect, it } from 'vitest';
import { actAs } from '../../../sandbox/client.ts';
import type { Sandbox } from '../../../sandbox/index.ts';
import { socketApp } from './support.ts';
import { clientOf, webClient } from './support-web.ts';

const CHANNEL = 'C02PROMO';
let stop: (() => Promise<void>) | undefined;
afterEach(async () => {
  await stop?.();
  stop = undefined;
});

async function started() {
  const { sandbox, client } = await webClient();
  stop = () => sandbox.close();
  return { sandbox, client };
}

const stored = (sandbox: Sandbox) => sandbox.control.messages(CHANNEL).map((m) => m.text);

describe('faults of the Web API', () => {
  it('cut the answer after the message was stored', async () => {
    const { sandbox, client } = await started();
    const faults = [
      ['stored_then_reset', 'A request error occurred'],
      ['stored_then_500', 'statusCode = 500'],
    ] as const;
    for (const [kind, says] of faults) {
      sandbox.control.addFault({ kind, match: { method: 'chat.postMessage', channel: CHANNEL } });
      await expect(client.chat.postMessage({ channel: CHANNEL, text: kind })).rejects.toThrow(says);
    }
    expect(stored(sandbox)).toEqual(['stored_then_reset', 'stored_then_500']);
    await client.chat.postMessage({ channel: CHANNEL, text: 'healed' });
    expect(stored(sandbox)).toHaveLength(3);
  });

  it('cut it before anything was stored', async () => {
    const { sandbox, client } = await started();
    const faults = [
      ['reset', 'A request error occurred'],
      ['500', 'statusCode = 500'],
      ['html', 'An API error occurred'],
      ['ratelimited_no_retry_after', 'Retry header did not contain a valid timeout'],
    ] as const;
    for (const [kind, says] of faults) {
      sandbox.control.addFault({ kind });
      await expect(client.chat.postMessage({ channel: CHANNEL, text: kind })).rejects.toThrow(says);
    }
    sandbox.control.addFault({ kind: 'ratelimited', retry_after: 7 });
    await expect(client.chat.postMessage({ channel: CHANNEL, text: 'a' })).rejects.toMatchObject({
      retryAfter: 7,
    });
    sandbox.control.addFault({ kind: 'hang' });
    const impatient = clientOf(sandbox, { timeout: 50 });
    await expect(impatient.chat.postMessage({ channel: CHANNEL, text: 'hang' })).rejects.toThrow(
      'A request error occurred',
    );
    expect(stored(sandbox)).toEqual([]);
  });

  it('hit as many calls as told, of the channel told, and are logged', async () => {
    const { sandbox, client } = await started();
    sandbox.control.addFault({ kind: '500', times: 2, match: { channel: CHANNEL } });
    await client.chat.postMessage({ channel: 'C03MERCH', text: 'spared' });
    for (const text of ['one', 'two']) {
      await expect(client.chat.postMessage({ channel: CHANNEL, text })).rejects.toThrow('statusCode = 500');
    }
    await client.chat.postMessage({ channel: CHANNEL, text: 'three' });
    const calls = sandbox.control.calls({ method: 'chat.postMessage', channel: CHANNEL });
    expect(calls.map((c) => [c.ok, c.error, c.status])).toEqual([
      [false, 'fault:500', 500],
      [false, 'fault:500', 500],
      [true, null, 200],
    ]);
  });

  it('are set and cleared over HTTP', async () => {
    const { sandbox, client } = await started();
    const url = `${sandbox.url}/control/faults`;
    const body = JSON.stringify({ kind: '500', times: 0 });
    await fetch(url, { method: 'POST', body });
    await expect(client.auth.test()).rejects.toThrow('statusCode = 500');
    await fetch(url, { method: 'DELETE' });
    await client.auth.test();
    const wrong = await fetch(url, { method: 'POST', body: JSON.stringify({ kind: 'flood' }) });
    expect(wrong.status).toBe(400);
  });
});

describe('sockets', () => {
  it('hand each payload to one connection, in turn', async () => {
    const seen: string[] = [];
    const { sandbox, close } = await socketApp((app) => {
      app.command('/promo', async ({ ack, command }) => {
        seen.push(command.text);
        await ack();
      });
    });
    stop = close;
    const priya = actAs(sandbox.url, 'U01PRIYA');
    const texts = Array.from({ length: 20 }, (_, i) => `n${i}`);
    const outcomes = await Promise.all(texts.map((text) => priya.command(CHANNEL, '/promo', text)));
    expect(outcomes.every((o) => o.acked)).toBe(true);
    expect(seen.toSorted()).toEqual(texts.toSorted());
  });

  it('lose what is sent while frozen, and go when dropped', async () => {
    const { sandbox, close } = await socketApp((app) => {
      app.command('/promo', async ({ ack }) => ack());
    });
    stop = close;
    const priya = actAs(sandbox.url, 'U01PRIYA');
    sandbox.control.sockets('freeze');
    const lost = priya.command(CHANNEL, '/promo', 'lost');
    await expect.poll(() => sandbox.control.deliveries({ type: '/promo' })).toHaveLength(1);
    sandbox.control.advance(3000);
    expect(await lost).toEqual({ acked: false, message: '/promo failed with the error "operation_timeout"' });
    sandbox.control.sockets('thaw');
    expect(await priya.command(CHANNEL, '/promo', 'again')).toEqual({ acked: true });
    sandbox.control.sockets('refresh');
    await expect.poll(() => sandbox.control.connections()).toBe(0);
    expect(await priya.command(CHANNEL, '/promo')).toMatchObject({ acked: false });
  });
});

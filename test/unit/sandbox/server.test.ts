import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { actAs } from '../../../sandbox/client.ts';
import { sign } from '../../../sandbox/delivery/http.ts';
import { type Sandbox, startSandbox } from '../../../sandbox/index.ts';
import { readBody } from '../../../sandbox/request.ts';
import { startSampleSinks } from '../../../sandbox/sinks/index.ts';
import { ManualClock, T0 } from '../../support/manual-clock.ts';
import { rawCall } from './support-web.ts';

const CHANNEL = 'C02PROMO';
let sandbox: Sandbox;
let clock: ManualClock;
beforeEach(async () => {
  clock = new ManualClock();
  sandbox = await startSandbox({ clock });
});
afterEach(() => sandbox.close());

const json = async (path: string, init: RequestInit = {}): Promise<unknown> => {
  const response = await fetch(`${sandbox.url}${path}`, init);
  return response.json();
};
const post = (path: string, body: unknown) => json(path, { method: 'POST', body: JSON.stringify(body) });

describe('the page', () => {
  it('boots with the company and the time', async () => {
    expect(await json('/ui/boot')).toMatchObject({
      team: { name: 'Northwind Goods' },
      app: { bot_user_id: 'U00APP', connected: false },
      now: T0,
      tour: null,
    });
    expect(JSON.stringify(await json('/ui/boot'))).not.toContain('@northwind.example');
  });

  it('is served with its modules as JavaScript', async () => {
    for (const path of ['/vendor/preact.mjs', '/vendor/preact-hooks.mjs', '/vendor/htm.mjs']) {
      const response = await fetch(`${sandbox.url}${path}`);
      expect([response.status, response.headers.get('content-type')]).toEqual([
        200,
        'text/javascript; charset=utf-8',
      ]);
    }
    for (const path of ['/vendor/nothing.mjs', '/page/..%2Fmain.ts', '/page/%2e%2e/main.ts', '/elsewhere']) {
      expect((await fetch(`${sandbox.url}${path}`)).status).toBe(404);
    }
  });

  it('answers no page of another site', async () => {
    const headers = { origin: 'http://evil.example' };
    expect((await fetch(`${sandbox.url}/ui/boot`, { headers })).status).toBe(404);
    expect((await fetch(`${sandbox.url}/ui/boot`, { headers: { origin: sandbox.url } })).status).toBe(200);
  });

  it('hears what changed, and nothing of private matters', async () => {
    const hearing = new AbortController();
    const stream = await fetch(`${sandbox.url}/ui/stream?user=U01PRIYA`, { signal: hearing.signal });
    let heard = '';
    const reading = (async () => {
      for await (const chunk of stream.body ?? []) heard += Buffer.from(chunk).toString('utf8');
    })().catch(() => undefined);
    await rawCall(sandbox, 'chat.postMessage', { channel: 'C08ONCALL', text: 'private' });
    await rawCall(sandbox, 'chat.postMessage', { channel: CHANNEL, text: 'public' });
    await expect.poll(() => heard).toContain(`data: {"kind":"channel","channel":"${CHANNEL}"}`);
    expect(heard).not.toContain('C08ONCALL');
    sandbox.control.advance(60_000);
    await expect.poll(() => heard).toContain(`{"kind":"clock","now":${T0 + 60_000}}`);
    hearing.abort();
    await reading;
  });

  it('refuses a guest or a stranger a channel that is not theirs', async () => {
    await expect(actAs(sandbox.url, 'U14GIL').messages('C03MERCH')).rejects.toMatchObject({ status: 404 });
    await expect(actAs(sandbox.url, 'U03MEI').messages('C08ONCALL')).rejects.toMatchObject({ status: 404 });
    await expect(actAs(sandbox.url, 'U03MEI').say('C04LOGISTICS', 'hi')).rejects.toMatchObject({
      status: 403,
    });
  });

  it('tells the sample sinks how to behave', async () => {
    const sinks = await startSampleSinks({ clock });
    const beside = await startSandbox({ clock, sampleSinks: sinks });
    const set = await fetch(`${beside.url}/ui/sinks/wms`, { method: 'POST', body: '{"mode":"reject_422"}' });
    expect(set.status).toBe(200);
    expect(sinks.state().map((s) => s.mode)).toEqual(['ok', 'reject_422']);
    const wrong = await fetch(`${beside.url}/ui/sinks/wms`, { method: 'POST', body: '{"mode":"sulk"}' });
    expect(wrong.status).toBe(400);
    await beside.close();
    await sinks.close();
  });
});

describe('control over HTTP', () => {
  it('moves time, people and channels, and shows the calls', async () => {
    expect(await post('/control/clock', { advance_ms: 5000 })).toEqual({ now: T0 + 5000 });
    await post('/control/people', { do: 'deactivate', user: 'U03MEI' });
    await post('/control/channels', { do: 'archive', channel: '#logistics' });
    await post('/control/channels', { do: 'remove_bot', channel: CHANNEL });
    await rawCall(sandbox, 'chat.postMessage', { channel: CHANNEL, text: 'a', token: 'secret' });
    expect(sandbox.control.person('U03MEI').deleted).toBe(true);
    expect(sandbox.control.channel('logistics').info.archived).toBe(true);
    expect(await json('/control/calls?method=chat.postMessage&ok=false')).toEqual([
      {
        method: 'chat.postMessage',
        args: { channel: CHANNEL, text: 'a' },
        machine_at: expect.any(Number),
        at: T0 + 5000,
        ok: false,
        error: 'not_in_channel',
        status: 200,
      },
    ]);
    expect(await post('/control/people', { do: 'deactivate', user: 'U99' })).toEqual({
      error: 'There is no person U99.',
    });
    await post('/control/reset', {});
    expect(sandbox.control.person('U03MEI').deleted).toBe(false);
    expect(await json('/control/calls')).toEqual([]);
  });
});

describe('signed HTTP delivery', () => {
  it('signs what it sends and sends an unanswered event three times more', async () => {
    const signingSecret = 'shh';
    const seen: { retry: string | undefined; reason: string | undefined; signed: boolean; type: unknown }[] =
      [];
    const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
      const body = (await readBody(request)).toString('utf8');
      const { headers } = request;
      const parsed = JSON.parse(body) as { type: string; challenge?: string };
      seen.push({
        retry: headers['x-slack-retry-num']?.toString(),
        reason: headers['x-slack-retry-reason']?.toString(),
        signed:
          headers['x-slack-signature'] ===
          sign(signingSecret, Number(headers['x-slack-request-timestamp']), body),
        type: parsed.type,
      });
      response.statusCode = parsed.challenge === undefined ? 500 : 200;
      response.end(parsed.challenge);
    };
    const app = createServer((request, response) => void answer(request, response));
    await new Promise<void>((resolve) => {
      app.listen(0, '127.0.0.1', resolve);
    });
    const address = app.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    sandbox.control.useHttp({ requestUrl: `http://127.0.0.1:${port}/`, signingSecret });
    expect(await sandbox.control.verifyRequestUrl()).toBe(true);
    expect(await json('/ui/boot')).toMatchObject({ app: { connected: true } });

    const priya = actAs(sandbox.url, 'U01PRIYA');
    expect((await priya.openHome()).acked).toBe(false);
    for (const [tries, wait] of [
      [3, 0],
      [4, 60_000],
      [5, 300_000],
    ] as const) {
      clock.advance(wait);
      await expect.poll(() => seen.length).toBe(tries);
      await expect
        .poll(() => sandbox.control.deliveries({ type: 'app_home_opened' }).at(-1)?.acked)
        .toBe(false);
    }
    expect(seen.map((s) => [s.type, s.retry, s.reason])).toEqual([
      ['url_verification', undefined, undefined],
      ['event_callback', undefined, undefined],
      ['event_callback', '1', 'http_error'],
      ['event_callback', '2', 'http_error'],
      ['event_callback', '3', 'http_error'],
    ]);
    expect(seen.every((s) => s.signed)).toBe(true);
    app.closeAllConnections();
    app.close();
  });
});

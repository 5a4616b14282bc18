import type { AddressInfo } from 'node:net';
import { createServer, type Socket } from 'node:net';
import { expect, it, onTestFinished, vi } from 'vitest';
import { systemClock } from '../../../src/clock.ts';
import type { Resolver } from '../../../src/sinks/egress.ts';
import { createHttpClient, type HttpClient, type HttpOptions } from '../../../src/sinks/http-client.ts';
import { classify } from '../../../src/sinks/outcome.ts';
import { ManualClock, T0 } from '../../support/manual-clock.ts';
import { farSide, json } from './far-side.ts';

const toLoopback: Resolver = (_, done) => done(null, [{ address: '127.0.0.1', family: 4 }]);

function client(over: Partial<HttpOptions> = {}): HttpClient {
  const made = createHttpClient({
    clock: systemClock,
    resolve: toLoopback,
    allow_private: true,
    timeout_ms: 10_000,
    concurrency: 4,
    user_agent: 'meshline/0.0.0',
    ...over,
  });
  onTestFinished(() => made.close());
  return made;
}

function post(http: HttpClient, url: string) {
  return http.call({
    method: 'POST',
    url: new URL(url),
    headers: { 'x-canary': 'canary-1' },
    body: '{"a":1}',
  });
}

/** A far side without manners: it gets the bare socket once the first bytes have come. */
async function rawSide(behave: (socket: Socket) => void): Promise<string> {
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.once('data', () => behave(socket));
    onTestFinished(() => void socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/`;
}

it('sends the body byte for byte and keeps connections', async () => {
  const far = await farSide(json(200, { ok: true }));
  const http = client();
  const body = '{"b":"é☕","a": 1}';
  for (let n = 0; n < 6; n += 1) {
    const result = await http.call({ method: 'POST', url: new URL(far.url), headers: {}, body });
    expect(result).toMatchObject({ kind: 'answer', status: 200, body: '{"ok":true}', complete: true });
  }
  expect(far.seen.map((one) => one.body)).toEqual(Array(6).fill(body));
  expect(far.seen[0]?.headers).toMatchObject({
    'user-agent': 'meshline/0.0.0',
    'accept-encoding': 'identity',
  });
  expect(far.connections()).toBeLessThanOrEqual(2);
});

it('gives a redirect as the answer and does not follow it', async () => {
  const trap = await farSide(json(200, {}));
  const far = await farSide(json(302, {}, { location: trap.url }));
  expect(await post(client(), far.url)).toMatchObject({ kind: 'answer', status: 302 });
  expect(trap.connections()).toBe(0);
});

it('counts a call as lost once it has begun', async () => {
  const gone = await rawSide((socket) => socket.destroy());
  expect(await post(client(), gone)).toEqual({
    kind: 'lost',
    cause: 'The connection was closed before the answer.',
  });
  const reset = await rawSide((socket) => socket.resetAndDestroy());
  expect((await post(client(), reset)).kind).toBe('lost');
});

it('does not count a refused connection, an unknown name or a failed handshake as sent', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  expect(await post(client(), `http://127.0.0.1:${String(port)}/`)).toEqual({
    kind: 'unsent',
    cause: 'The connection was refused.',
  });
  const resolve: Resolver = (_, done) => done(Object.assign(new Error('x'), { code: 'ENOTFOUND' }), []);
  expect(await post(client({ resolve }), 'http://nowhere.example/')).toEqual({
    kind: 'unsent',
    cause: 'The host name is unknown.',
  });
  const plain = await rawSide((socket) => socket.end('this is no TLS\r\n\r\n'));
  expect(await post(client(), plain.replace('http:', 'https:'))).toMatchObject({ kind: 'unsent' });
});

it('gives up on slow headers and on a slow body', async () => {
  const clock = new ManualClock();
  const silent = await farSide(() => undefined);
  const waiting = post(client({ clock }), silent.url);
  await vi.waitFor(() => expect(silent.seen).toHaveLength(1));
  clock.advance(10_000);
  expect(await waiting).toEqual({ kind: 'lost', cause: 'No answer came in time.' });

  const slow = await farSide((response) => response.writeHead(200).write('{"a":'));
  const half = post(client({ clock }), slow.url);
  await vi.waitFor(() => expect(slow.seen).toHaveLength(1));
  clock.advance(10_000);
  expect(classify(await half, { now: T0, redact: (text) => text }).kind).toBe('unknown');
});

it('never sends what was given up while it waited for a connection', async () => {
  const clock = new ManualClock();
  const far = await farSide(() => undefined);
  const http = client({ clock, concurrency: 1 });
  const first = post(http, far.url);
  await vi.waitFor(() => expect(far.seen).toHaveLength(1));
  const second = post(http, far.url);
  clock.advance(10_000);
  expect(await first).toMatchObject({ kind: 'lost' });
  expect(await second).toMatchObject({ kind: 'unsent' });
  far.answer(json(200, {}));
  expect(await post(http, far.url)).toMatchObject({ kind: 'answer', status: 200 });
  expect(far.seen).toHaveLength(2);
});

it('keeps the status of an answer that breaks off', async () => {
  const head = 'HTTP/1.1 422 No\r\ncontent-length: 100\r\n\r\n{"exc';
  const url = await rawSide((socket) => socket.write(head, () => socket.destroy()));
  expect(await post(client(), url)).toEqual(
    expect.objectContaining({ kind: 'answer', status: 422, body: '', complete: false }),
  );
});

it('stops reading an endless answer', async () => {
  let sent = 0;
  let stopped = false;
  const chunk = Buffer.alloc(64 * 1024, 'x');
  const far = await farSide((response) => {
    response.writeHead(200, { 'content-length': String(400 * 1024 * 1024) });
    response.on('close', () => {
      stopped = true;
    });
    const more = () => {
      while (!stopped && sent < 400 * 1024 * 1024) {
        sent += chunk.length;
        if (!response.write(chunk)) return void response.once('drain', more);
      }
    };
    more();
  });
  const before = process.memoryUsage().rss;
  expect(await post(client(), far.url)).toMatchObject({
    kind: 'answer',
    status: 200,
    body: '',
    complete: false,
  });
  await vi.waitFor(() => expect(stopped).toBe(true));
  expect(sent).toBeLessThan(32 * 1024 * 1024);
  expect(process.memoryUsage().rss - before).toBeLessThan(64 * 1024 * 1024);
});

it('opens no connection to a forbidden address, whatever it is called', async () => {
  const far = await farSide(json(200, {}));
  const port = String(far.port);
  const closed = client({ allow_private: false });
  const hosts = [
    '127.0.0.1',
    '2130706433',
    '0177.0.0.1',
    '0x7f.1',
    '127.1',
    '127.0.0.1.',
    '[::ffff:127.0.0.1]',
    '[::1]',
    'localhost',
    'localhost.',
    'localhost.localdomain',
    'oms.example',
    'user@127.0.0.1',
    '0.0.0.0',
    '0',
  ];
  for (const host of hosts)
    for (const scheme of ['http', 'https'])
      expect(await post(closed, `${scheme}://${host}:${port}/`)).toMatchObject({ kind: 'barred' });
  const open = client();
  for (const host of ['0.0.0.0', '0', '[::]', '[::ffff:0.0.0.0]'])
    expect(await post(open, `http://${host}:${port}/`)).toMatchObject({ kind: 'barred' });
  expect(far.connections()).toBe(0);
});

it('checks a name again for each connection and connects to what it has checked', async () => {
  const far = await farSide(json(200, {}, { connection: 'close' }));
  const answers = ['127.0.0.1', '169.254.169.254', '8.8.8.8'];
  let asked = 0;
  const resolve: Resolver = (_, done) => done(null, [{ address: answers[asked++] ?? '', family: 4 }]);
  const http = client({ resolve });
  const url = `http://oms.example:${String(far.port)}/`;
  expect(await post(http, url)).toMatchObject({ kind: 'answer' });
  expect(far.seen[0]?.headers.host).toBe(`oms.example:${String(far.port)}`);
  expect(await post(http, url)).toMatchObject({ kind: 'barred' });
  expect(await post(http, url)).toMatchObject({
    kind: 'barred',
    cause: expect.stringContaining('Plain http'),
  });
  expect(asked).toBe(3);
});

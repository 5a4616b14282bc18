import { connect, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import type { IntakeResult } from '../../src/store/port.ts';
import { type Running, send, signedHeaders, startWeb } from '../support/web.ts';

let web: Running;
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await web.close();
});

const BODY = '{"export_type":"price_update"}';

/** A connection of our own, so that a request can be sent slowly or wrongly. */
function open(): { socket: Socket; received: () => string; closed: () => boolean } {
  const socket = connect(web.port, '127.0.0.1');
  sockets.push(socket);
  let text = '';
  let closed = false;
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1');
  });
  socket.on('close', () => {
    closed = true;
  });
  socket.on('error', () => undefined);
  return { socket, received: () => text, closed: () => closed };
}

test('more requests at once than fit are told to come back, and clicks on other routes go on', async () => {
  const waiting: (() => void)[] = [];
  const receive = async (): Promise<IntakeResult> => {
    await new Promise<void>((resolve) => waiting.push(resolve));
    return { kind: 'repeat', answer: {} };
  };
  web = await startWeb({ receive, limits: { requests: 3 } });
  const inside = [send(web, BODY), send(web, BODY), send(web, BODY)];
  await expect.poll(() => waiting.length).toBe(3);
  const turned = await send(web, BODY);
  expect(turned.status).toBe(429);
  expect(Number(turned.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(await turned.json()).toMatchObject({ code: 'too_many_requests' });
  expect((await fetch(`${web.url}/healthz`)).status).toBe(200);
  for (const go of waiting.splice(0)) go();
  expect((await Promise.all(inside)).map((response) => response.status)).toEqual([200, 200, 200]);
  const after = send(web, BODY);
  await expect.poll(() => waiting.length).toBe(1);
  waiting[0]?.();
  expect((await after).status).toBe(200);
});

test('bodies in memory are bounded together', async () => {
  web = await startWeb({ limits: { bytes: 1000 } });
  expect((await send(web, JSON.stringify({ pad: 'x'.repeat(1000) }))).status).toBe(429);
  expect((await send(web, BODY)).status).toBe(200);
});

test.each([
  ['requests', { requests: 1 }, '30'],
  ['bytes', { bytes: 1000 }, '900'],
])(
  'who sends slowly makes room when there are too many %s, and nobody before five seconds',
  async (_what, limits, length) => {
    web = await startWeb({ limits });
    const { socket, received, closed } = open();
    const headers = { ...signedHeaders(web, BODY), 'content-length': length, host: 'meshline' };
    const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
    socket.write(`POST /v1/exports HTTP/1.1\r\n${head.join('\r\n')}\r\n\r\n{"a"`);
    const other = JSON.stringify({ pad: 'x'.repeat(200) });
    await expect.poll(async () => (await send(web, other)).status).toBe(429);
    web.clock.advance(5_000);
    expect((await send(web, other)).status).toBe(200);
    await expect.poll(closed).toBe(true);
    expect(received()).toMatch(/^HTTP\/1\.1 408 /);
    expect((await send(web, other)).status).toBe(200);
  },
);

test('a body for an address that does not exist is refused before it is read', async () => {
  web = await startWeb();
  const { socket, received, closed } = open();
  socket.write('POST /nothing HTTP/1.1\r\nhost: a\r\ncontent-length: 1000000\r\n\r\n{');
  await expect.poll(closed).toBe(true);
  expect(received()).toMatch(/^HTTP\/1\.1 404 /);
});

test('Slack has places of its own, which are bounded as well and left by who sends slowly', async () => {
  const slack = async () => ({ status: 200, headers: {}, body: '' });
  web = await startWeb({ slack, limits: { requests: 1, bytes: 1000 } });
  const { socket, received, closed } = open();
  const click = async () =>
    (await fetch(`${web.url}/slack/events`, { method: 'POST', body: 'x'.repeat(200) })).status;
  socket.write('POST /slack/events HTTP/1.1\r\nhost: a\r\ncontent-length: 900\r\n\r\n{');
  await expect.poll(click).toBe(429);
  expect((await send(web, BODY)).status).toBe(200);
  web.clock.advance(5_000);
  expect(await click()).toBe(200);
  await expect.poll(closed).toBe(true);
  expect(received()).toMatch(/^HTTP\/1\.1 408 /);
});

test('a full disk is answered with 503, when to come back, and nothing of the machine', async () => {
  web = await startWeb({
    receive: () =>
      Promise.reject(
        Object.assign(new Error('disk /var/lib/secret full'), { name: 'StorageFull', retry_after_s: 30 }),
      ),
  });
  const response = await send(web, BODY);
  expect(response.status).toBe(503);
  expect(response.headers.get('retry-after')).toBe('30');
  const problem: unknown = await response.json();
  expect(problem).toMatchObject({ code: 'unavailable', detail: expect.stringContaining('30 seconds') });
  expect(JSON.stringify(problem)).not.toContain('/var/lib');
});

test('a bug is answered with 500, logged, and not told to the sender', async () => {
  web = await startWeb({ receive: () => Promise.reject(new Error('password is hunter2 xoxb-1-abc')) });
  const response = await send(web, BODY);
  expect(response.status).toBe(500);
  expect(await response.text()).not.toContain('hunter2');
  expect(web.log()).toContain('request failed');
});

test.each([
  ['headers that never end', (head: string) => head.slice(0, -4)],
  ['a body that never ends', (head: string) => `${head}{"a"`],
])('%s are given up', async (_name, cut) => {
  web = await startWeb({ limits: { headers_ms: 300, request_ms: 600 } });
  const { socket, received, closed } = open();
  const headers = { ...signedHeaders(web, BODY), 'content-length': '30', host: 'meshline' };
  const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  socket.write(cut(`POST /v1/exports HTTP/1.1\r\n${head.join('\r\n')}\r\n\r\n`));
  await expect.poll(closed, { timeout: 5000 }).toBe(true);
  expect(received()).toMatch(/^HTTP\/1\.1 408 /);
  expect(received()).toContain('application/problem+json');
  expect(web.arrivals).toEqual([]);
});

test.each([
  ['what is no HTTP', 'hello\r\n\r\n', 400],
  [
    'two lengths',
    'POST /v1/exports HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n',
    400,
  ],
  [
    'a length beside chunks',
    'POST /v1/exports HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
    400,
  ],
  ['headers without end', `GET /healthz HTTP/1.1\r\nhost: a\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
])('%s is refused', async (_name, text, status) => {
  web = await startWeb();
  const { socket, received, closed } = open();
  socket.write(text);
  await expect.poll(closed).toBe(true);
  expect(received()).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  expect(received()).toContain('"code":"');
});

test('closing lets what is under way finish, but does not wait for a sender that never ends', async () => {
  let begun = false;
  let finish = () => {};
  const receive = async (): Promise<IntakeResult> => {
    begun = true;
    await new Promise<void>((resolve) => {
      finish = resolve;
    });
    return { kind: 'repeat', answer: {} };
  };
  web = await startWeb({ receive });
  const { socket, closed } = open();
  const headers = { ...signedHeaders(web, BODY), 'content-length': '30', host: 'meshline' };
  const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  socket.write(`POST /v1/exports HTTP/1.1\r\n${head.join('\r\n')}\r\n\r\n{"a"`);
  const underWay = send(web, BODY);
  await expect.poll(() => begun).toBe(true);
  const closing = web.close();
  finish();
  expect((await underWay).status).toBe(200);
  expect(closed()).toBe(false);
  await expect
    .poll(() => {
      web.clock.advance(1000);
      return closed();
    })
    .toBe(true);
  await closing;
});

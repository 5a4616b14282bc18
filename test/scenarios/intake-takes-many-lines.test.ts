import { afterEach, expect, test } from 'vitest';
import type { IntakeResult } from '../../src/store/port.ts';
import type { Arrival } from '../../src/web/deps.ts';
import {
  OMS_SECRET,
  type Running,
  type Sending,
  type Setup,
  send,
  signedHeaders,
  startWeb,
} from '../support/web.ts';

let web: Running;
afterEach(async () => {
  await web.close();
});

const NDJSON = 'application/x-ndjson';
const line = (n: number, extra = '') => `{"export_type":"price_update","n":${n}${extra}}`;

async function sendLines(setup: Setup, lines: readonly string[], sending: Sending = {}) {
  web = await startWeb(setup);
  return send(web, lines.join('\n'), { type: NDJSON, ...sending });
}

async function answers(response: Response): Promise<Record<string, unknown>[]> {
  const text = await response.text();
  return text
    .trimEnd()
    .split('\n')
    .map((each) => JSON.parse(each) as Record<string, unknown>);
}

test('each line has its own answer, in order, and a faulty one hurts no other', async () => {
  const refuse = async (arrival: Arrival): Promise<IntakeResult> => {
    const n = Number(arrival.raw['n']);
    if (n === 3) return { kind: 'refused', refusal: { refused: 'conflict', facts: { key: 'k3' } } };
    if (n === 4) throw new Error('a bug');
    if (n === 5) throw Object.assign(new Error('full'), { name: 'StorageFull', retry_after_s: 30 });
    return { kind: 'repeat', answer: { export_id: `export-${n}`, state: 'pending' } };
  };
  const response = await sendLines(
    { receive: refuse },
    [
      line(1),
      'null',
      '',
      line(3),
      line(4),
      line(5),
      `{"x":"${'x'.repeat(256 * 1024)}"}`,
      '{"__proto__":1}',
      line(9),
    ],
    { id: 'msg_batch' },
  );
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toMatch(/^application\/x-ndjson/);
  expect(await answers(response)).toMatchObject([
    { line: 1, status: 200, export_id: 'export-1' },
    { line: 2, status: 400, code: 'bad_request' },
    { line: 4, status: 409, code: 'conflict' },
    { line: 5, status: 500, code: 'internal' },
    { line: 6, status: 503, code: 'unavailable', detail: expect.stringContaining('the disk is full') },
    { line: 7, status: 413, code: 'too_large', detail: expect.stringContaining('256 KiB') },
    { line: 8, status: 400, code: 'bad_request' },
    { line: 9, status: 200, export_id: 'export-9' },
  ]);
});

test('a line without a key falls back on its delivery and place, so that a repeat meets the same key', async () => {
  const response = await sendLines({}, [line(1), '', line(2)], { id: 'msg_batch' });
  await response.text();
  expect(web.arrivals.map((arrival) => arrival.fallback_key)).toEqual(['msg_batch:1', 'msg_batch:3']);
});

test('nothing is received of a batch whose signature does not fit, however large it is', async () => {
  const lines = Array.from({ length: 3000 }, (_, n) => line(n, `,"pad":"${'x'.repeat(1000)}"`));
  const response = await sendLines({}, lines, { secret: OMS_SECRET });
  expect(response.status).toBe(401);
  expect(web.arrivals).toEqual([]);
});

test('a batch larger than memory allows waits on disk and comes out whole and in order', async () => {
  const lines = Array.from({ length: 5000 }, (_, n) => line(n, `,"pad":"${'é'.repeat(200)}"`));
  const response = await sendLines({ limits: { spool_bytes: 64 * 1024 } }, lines);
  const got = await answers(response);
  expect(got).toHaveLength(5000);
  expect(got.every((each, n) => each['line'] === n + 1 && each['status'] === 200)).toBe(true);
  expect(web.arrivals.map((arrival) => arrival.raw['n'])).toEqual(lines.map((_, n) => n));
});

test('a batch over the limit is answered with 413, whatever it says about its length', async () => {
  const lines = Array.from({ length: 400 }, (_, n) => line(n, `,"pad":"${'x'.repeat(1000)}"`));
  const response = await sendLines({ limits: { ndjson_bytes: 128 * 1024, spool_bytes: 1024 } }, lines);
  expect(response.status).toBe(413);
  expect(await response.json()).toMatchObject({ code: 'too_large' });
  expect(web.arrivals).toEqual([]);
});

test('no more lines are read than are under way, so that a slow ledger slows its sender', async () => {
  const waiting: (() => void)[] = [];
  let begun = 0;
  const receive = async (): Promise<IntakeResult> => {
    begun += 1;
    await new Promise<void>((resolve) => waiting.push(resolve));
    return { kind: 'repeat', answer: {} };
  };
  const pending = sendLines(
    { receive },
    Array.from({ length: 500 }, (_, n) => line(n)),
  );
  await expect.poll(() => begun).toBe(64);
  expect(begun).toBe(64);
  const release = setInterval(() => {
    for (const go of waiting.splice(0)) go();
  }, 1);
  expect(await answers(await pending)).toHaveLength(500);
  clearInterval(release);
});

test('a sender that goes away in the middle leaves the others unhurt', async () => {
  web = await startWeb({ limits: { batches: 1, spool_bytes: 1024 } });
  const gone = new AbortController();
  const endless = new ReadableStream<Uint8Array>({
    async pull(controller) {
      controller.enqueue(new TextEncoder().encode(`${line(1)}\n`));
      await new Promise((resolve) => setImmediate(resolve));
    },
  });
  const headers = { 'content-type': NDJSON, 'meshline-source': 'pim' };
  const sending = fetch(`${web.url}/v1/exports`, {
    method: 'POST',
    headers: { ...signedHeaders(web, ''), ...headers },
    body: endless,
    duplex: 'half',
    signal: gone.signal,
  });
  // While it goes on, there is no room for another batch.
  await expect.poll(async () => (await send(web, line(1), { type: NDJSON })).status).toBe(429);
  gone.abort();
  await expect(sending).rejects.toThrow(/abort/i);
  await expect.poll(async () => (await send(web, line(1), { type: NDJSON })).status).toBe(200);
});

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { T0 } from '../support/manual-clock.ts';
import {
  OMS_SECRET,
  PIM_NEXT_SECRET,
  PIM_SECRET,
  type Running,
  type Sending,
  send,
  signedHeaders,
  startWeb,
} from '../support/web.ts';

let web: Running;
beforeEach(async () => {
  web = await startWeb();
});
afterEach(async () => {
  await web.close();
});

const BODY = '{"export_type":"price_update"}';
const MINUTE = 60_000;

async function refusal(response: Response) {
  expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  const problem = (await response.json()) as Record<string, unknown>;
  expect(problem).toMatchObject({
    type: expect.stringMatching(/^urn:meshline:problem:/),
    title: expect.any(String),
    status: response.status,
    detail: expect.not.stringMatching(/[{}]/),
  });
  return { status: response.status, code: problem['code'] };
}

describe('intake takes only what its source has signed just now', () => {
  test('a genuine export is received once, with what the flow needs', async () => {
    const response = await send(web, BODY, { id: 'msg_genuine' });
    expect(response.status).toBe(200);
    expect(web.arrivals).toMatchObject([
      { source: 'pim', raw: { export_type: 'price_update' }, fallback_key: 'msg_genuine', now: T0 },
    ]);
  });

  const genuine: [string, Sending][] = [
    ['the secret that comes next', { secret: PIM_NEXT_SECRET }],
    ['a clock five minutes behind', { at: T0 - 5 * MINUTE }],
    ['a clock five minutes ahead', { at: T0 + 5 * MINUTE }],
    ['a content type with a charset', { type: 'application/json; charset=utf-8' }],
  ];
  test.each(genuine)('%s is genuine', async (_name, sending) => {
    expect((await send(web, BODY, sending)).status).toBe(200);
  });

  const forged: [string, Sending][] = [
    ['another secret', { secret: OMS_SECRET }],
    ['an unknown source', { source: 'nobody' }],
    ['a source that may only read', { source: 'bi' }],
    ['a prototype as source', { source: '__proto__' }],
    ['a stale instant', { at: T0 - 5 * MINUTE - 1000 }],
    ['a future instant', { at: T0 + 5 * MINUTE + 1000 }],
    ['no signature', { headers: { 'webhook-signature': '' } }],
    ['an unknown version', { headers: { 'webhook-signature': `v2,${'A'.repeat(43)}=` } }],
    ['a signature of another length', { headers: { 'webhook-signature': 'v1,AAAA' } }],
    ['an instant that is no number', { headers: { 'webhook-timestamp': 'now' } }],
    ['an instant in another notation', { headers: { 'webhook-timestamp': '1e9' } }],
    ['another id than was signed', { headers: { 'webhook-id': 'msg_other' } }],
    ['an empty id', { headers: { 'webhook-id': '' } }],
  ];
  test.each(forged)('%s is refused with 401', async (_name, sending) => {
    expect(await refusal(await send(web, BODY, sending))).toEqual({ status: 401, code: 'bad_signature' });
    expect(web.arrivals).toEqual([]);
  });

  test('a body changed after signing is refused', async () => {
    const headers = signedHeaders(web, BODY);
    const body = BODY.replace('price', 'Price');
    const response = await fetch(`${web.url}/v1/exports`, { method: 'POST', headers, body });
    expect(await refusal(response)).toEqual({ status: 401, code: 'bad_signature' });
    expect(web.arrivals).toEqual([]);
  });

  test('several signatures are tried, as during a rotation', async () => {
    const headers = signedHeaders(web, BODY, { secret: PIM_SECRET });
    headers['webhook-signature'] = `v1,${'A'.repeat(43)}= ${headers['webhook-signature']}`;
    const response = await fetch(`${web.url}/v1/exports`, { method: 'POST', headers, body: BODY });
    expect(response.status).toBe(200);
  });

  test('a delivery repeated with the same body goes on to its first answer; with another it is refused', async () => {
    expect((await send(web, BODY, { id: 'msg_again' })).status).toBe(200);
    web.clock.advance(MINUTE);
    expect((await send(web, BODY, { id: 'msg_again' })).status).toBe(200);
    expect(web.arrivals).toHaveLength(2);
    const other = await send(web, '{"export_type":"other"}', { id: 'msg_again' });
    expect(await refusal(other)).toEqual({ status: 401, code: 'replayed' });
    expect(web.arrivals).toHaveLength(2);
  });
});

describe('intake refuses what no export can be', () => {
  const deep = (levels: number) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
  const hostile: [string, string | Buffer][] = [
    ['null', 'null'],
    ['an array', '[{}]'],
    ['a text', '"export"'],
    ['a number', '1'],
    ['nothing', ''],
    ['broken JSON', '{"a":'],
    ['two objects', '{}{}'],
    ['33 levels', deep(33)],
    ['half a million levels', '['.repeat(500_000)],
    ['__proto__ at the top', '{"__proto__":{"x":1}}'],
    ['__proto__ inside', '{"payload":{"items":[{"__proto__":{"x":1}}]}}'],
    ['an escaped __proto__', '{"\\u005f_proto__":1}'],
    ['constructor', '{"payload":{"constructor":{"prototype":{}}}}'],
    ['a number beyond JSON', '{"a":1e999}'],
    ['half a character', '{"a":"\\ud800"}'],
  ];
  test.each(hostile)('%s is answered with 400 and stored nowhere', async (_name, body) => {
    expect(await refusal(await send(web, String(body)))).toEqual({ status: 400, code: 'bad_request' });
    expect(web.arrivals).toEqual([]);
  });

  test('32 levels are still read', async () => {
    expect((await send(web, deep(32))).status).toBe(200);
  });

  test('another content type is answered with 415', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/jsonx']) {
      expect(await refusal(await send(web, BODY, { type }))).toEqual({
        status: 415,
        code: 'unsupported_media_type',
      });
    }
    const headers = signedHeaders(web, '');
    delete headers['content-type'];
    const bare = await fetch(`${web.url}/v1/exports`, { method: 'POST', headers });
    expect(await refusal(bare)).toEqual({ status: 415, code: 'unsupported_media_type' });
    const gzip = await send(web, BODY, { headers: { 'content-encoding': 'gzip' } });
    expect(await refusal(gzip)).toEqual({ status: 415, code: 'unsupported_media_type' });
  });

  test('a body over 1 MiB is answered with 413, whether it says its length or not', async () => {
    const body = JSON.stringify({ text: 'x'.repeat(1024 * 1024) });
    expect(await refusal(await send(web, body))).toEqual({ status: 413, code: 'too_large' });
    const streamed = await fetch(`${web.url}/v1/exports`, {
      method: 'POST',
      headers: signedHeaders(web, body),
      body: new Blob([body]).stream(),
      duplex: 'half',
    });
    expect(await refusal(streamed)).toEqual({ status: 413, code: 'too_large' });
    expect(web.arrivals).toEqual([]);
  });
});

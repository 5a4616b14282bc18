import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Hooks } from '../../../src/sources/port.ts';
import { type Running, startWeb } from '../../support/web.ts';

let running: Running;
let taken: string[];
const hooks: Hooks = {
  has: (name) => name === 'shop',
  verify: async () => ({ id: 'one', event: null, topic: null, at: null }),
  async take(source, _claim, body) {
    taken.push(`${source} ${Object.keys(body).join()}`);
    return { outcome: 'noted' };
  },
  backlog: async () => ({ waiting: 2, failed: 1 }),
};
beforeEach(async () => {
  taken = [];
  running = await startWeb({ hooks, limits: { json_bytes: 1024 } });
});
afterEach(() => running.close());

const post = (body: string, headers: Record<string, string> = {}, source = 'shop') =>
  fetch(`${running.url}/v1/hooks/${source}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });

it('answers 202 for what was stored', async () => {
  const answer = await post('{"a":1}');
  expect([answer.status, await answer.json()]).toEqual([202, { outcome: 'noted' }]);
  expect(taken).toEqual(['shop a']);
});

it.each([
  ['too long', 413, 'too_large', () => post(`"${'x'.repeat(2000)}"`)],
  ['compressed', 415, 'unsupported_media_type', () => post('{}', { 'content-encoding': 'gzip' })],
  [
    'a form',
    415,
    'unsupported_media_type',
    () => post('a=1', { 'content-type': 'application/x-www-form-urlencoded' }),
  ],
  ['many lines', 415, 'unsupported_media_type', () => post('{}', { 'content-type': 'application/x-ndjson' })],
  ['empty', 400, 'bad_request', () => post('')],
  ['no object', 400, 'bad_request', () => post('[]')],
  ['of nobody', 401, 'hook_not_genuine', () => post('{}', {}, 'nobody')],
  ['read', 405, 'method_not_allowed', () => fetch(`${running.url}/v1/hooks/shop`)],
])('refuses what is %s', async (_what, status, code, send) => {
  const answer = await send();
  expect([answer.status, await answer.json()]).toMatchObject([status, { code }]);
  expect(answer.headers.get('content-type')).toContain('application/problem+json');
  expect(taken).toEqual([]);
});

it('measures what came and what waits', async () => {
  await post('{}');
  const metrics = await (await fetch(`${running.url}/metrics`)).text();
  expect(metrics).toContain('meshline_hooks_total{source="shop",outcome="noted"} 1');
  expect(metrics).toContain('meshline_inbound_waiting 2');
  expect(metrics).toContain('meshline_inbound_failed 1');
});

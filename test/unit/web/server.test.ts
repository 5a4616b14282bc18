import { Counter, Registry } from 'prom-client';
import { afterEach, expect, test } from 'vitest';
import { REFUSALS } from '../../../src/exports/refusals.ts';
import { type Running, startWeb } from '../../support/web.ts';

let web: Running;
afterEach(async () => {
  await web.close();
});

test('health is live, and ready only when every part is', async () => {
  const checks = [{ name: 'slack', ok: false, attention: true as const, detail: 'Not connected.' }];
  web = await startWeb({ health: async () => ({ ready: false, checks }) });
  const live = await fetch(`${web.url}/healthz`);
  expect({ status: live.status, body: await live.json() }).toEqual({ status: 200, body: { status: 'live' } });
  const ready = await fetch(`${web.url}/readyz`);
  expect({ status: ready.status, body: await ready.json() }).toEqual({
    status: 503,
    body: { status: 'not ready', attention: ['slack'], checks },
  });
});

test('metrics are those of the registry', async () => {
  const metrics = new Registry();
  const counter = new Counter({ name: 'meshline_test_total', help: 'Test.', registers: [metrics] });
  counter.inc(3);
  web = await startWeb({ metrics });
  const response = await fetch(`${web.url}/metrics`);
  expect(response.headers.get('content-type')).toContain('text/plain');
  expect(await response.text()).toContain('meshline_test_total 3');
});

test('the OpenAPI document is served', async () => {
  web = await startWeb();
  const response = await fetch(`${web.url}/openapi.json`);
  expect(await response.json()).toMatchObject({ openapi: '3.1.0', paths: { '/v1/exports': { post: {} } } });
});

test.each([
  ['GET', '/nothing', 404, 'no_route'],
  ['GET', '/v1/exports/1/2/3/4', 404, 'no_route'],
  ['DELETE', '/v1/exports', 405, 'method_not_allowed'],
  ['PUT', '/v1/exports/1', 405, 'method_not_allowed'],
  ['POST', '/healthz', 405, 'method_not_allowed'],
  ['GET', '/v1/exports/1/exceptions', 405, 'method_not_allowed'],
  ['GET', '/v1/exports/%zz', 400, 'malformed_request'],
])('%s %s is answered with a problem', async (method, path, status, code) => {
  web = await startWeb();
  const response = await fetch(`${web.url}${path}`, { method });
  expect(response.status).toBe(status);
  expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  expect(await response.json()).toMatchObject({ status, code });
  if (status === 405) expect(response.headers.get('allow')).toMatch(/GET|POST/);
});

test('every refusal has a status of HTTP and a sentence', () => {
  for (const { http, text } of Object.values(REFUSALS)) {
    expect(http).toBeGreaterThanOrEqual(400);
    expect(text).toMatch(/[.}]$/);
  }
});

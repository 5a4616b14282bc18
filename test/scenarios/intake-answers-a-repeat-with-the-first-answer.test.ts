import { afterEach, beforeEach, expect, test } from 'vitest';
import { EventsView, ExportView, ListView } from '../../src/web/views.ts';
import { fixture } from '../support/fixtures.ts';
import { type Intake, SECRET, startIntake } from '../support/intake.ts';
import { READ_TOKEN, type Sending, send, signedHeaders } from '../support/web.ts';

let intake: Intake;
beforeEach(async () => {
  intake = await startIntake();
});
afterEach(async () => {
  await intake.close();
});

const post = (body: object, sending: Sending = {}) =>
  send(intake, JSON.stringify(body), { secret: SECRET, ...sending });

async function get(path: string, token = READ_TOKEN): Promise<{ status: number; body: unknown }> {
  const response = await fetch(`${intake.url}${path}`, { headers: { authorization: `Bearer ${token}` } });
  return { status: response.status, body: await response.json() };
}

test('stored with 202, repeated with 200 and the same answer, changed with 409', async () => {
  const promo = fixture('promo_activation');
  const first = await post(promo);
  expect(first.status).toBe(202);
  const answer: unknown = await first.json();
  expect(answer).toMatchObject({ export_id: expect.any(String), state: 'pending' });

  const again = await post(promo);
  expect(again.status).toBe(200);
  expect(await again.json()).toEqual(answer);

  const changed = await post({ ...promo, campaign_id: 'another' });
  expect(changed.status).toBe(409);
  expect(changed.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  expect(await changed.json()).toMatchObject({ code: 'conflict', status: 409 });

  const list = ListView.parse((await get('/v1/exports')).body);
  expect(list.exports).toHaveLength(1);
});

test('what cannot be understood is stored in quarantine, with its problems, and says so with 202', async () => {
  const response = await post({ export_type: 'no_such_type', surprise: true });
  expect(response.status).toBe(202);
  const answer = (await response.json()) as { export_id: string; problems: unknown[] };
  expect(answer).toMatchObject({ state: 'quarantined' });
  expect(answer.problems.length).toBeGreaterThan(0);
  const { body } = await get(`/v1/exports/${answer.export_id}`);
  expect(ExportView.parse(body)).toMatchObject({
    state: 'quarantined',
    payload: null,
    route: { role: 'remediation' },
  });
});

test('a batch is stored line by line, and repeating it changes nothing', async () => {
  const lines = ['promo_activation', 'price_update', 'staged_product'].map((type) =>
    JSON.stringify(fixture(type)),
  );
  const batch = [...lines, '[]'].join('\n');
  const sending = { secret: SECRET, type: 'application/x-ndjson', id: 'msg_batch' };
  const read = async (response: Response) =>
    (await response.text())
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { status: number; export_id?: string });
  const first = await read(await send(intake, batch, sending));
  expect(first.map((each) => each.status)).toEqual([202, 202, 202, 400]);
  const second = await read(await send(intake, batch, sending));
  expect(second.map((each) => each.status)).toEqual([200, 200, 200, 400]);
  expect(second.map((each) => each.export_id)).toEqual(first.map((each) => each.export_id));
});

test('a reader lists page by page, reads one export and its events', async () => {
  for (const type of ['promo_activation', 'price_update', 'staged_product']) await post(fixture(type));
  const first = ListView.parse((await get('/v1/exports?limit=2')).body);
  expect(first.exports).toHaveLength(2);
  const second = ListView.parse((await get(`/v1/exports?limit=2&before=${first.next}`)).body);
  expect(second).toMatchObject({ exports: [{ source: 'pim' }], next: null });
  const only = ListView.parse((await get('/v1/exports?export_type=price_update&state=pending')).body);
  const id = only.exports[0]?.export_id ?? '';
  expect(ExportView.parse((await get(`/v1/exports/${id}`)).body)).toMatchObject({
    export_type: 'price_update',
  });
  const { events } = EventsView.parse((await get(`/v1/exports/${id}/events`)).body);
  expect(events[0]).toMatchObject({ n: 1, event: { type: 'received' } });
});

test('reading needs a token with the scope, and questions that make sense', async () => {
  expect((await fetch(`${intake.url}/v1/exports`)).status).toBe(401);
  expect(await get('/v1/exports', 'wrong')).toMatchObject({ status: 401, body: { code: 'no_token' } });
  expect(await get('/v1/exports?limit=1000')).toMatchObject({ status: 400, body: { code: 'bad_request' } });
  expect(await get('/v1/exports?colour=red')).toMatchObject({ status: 400, body: { code: 'bad_request' } });
  const nobody = '01930000-0000-7000-8000-ffffffffffff';
  expect(await get(`/v1/exports/${nobody}`)).toMatchObject({ status: 404, body: { code: 'not_found' } });
  expect(await get(`/v1/exports/${nobody}/events`)).toMatchObject({
    status: 404,
    body: { code: 'not_found' },
  });
});

async function raise(id: string, body: string, sending: Sending = {}) {
  const headers = {
    ...signedHeaders(intake, body, { secret: SECRET, ...sending }),
    'meshline-sink': 'oms',
    ...sending.headers,
  };
  const path = `/v1/exports/${id}/exceptions`;
  const response = await fetch(`${intake.url}${path}`, { method: 'POST', headers, body });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

const idOf = async (response: Response) => ((await response.json()) as { export_id: string }).export_id;
const SHORT = '{"exception_code":"insufficient_inventory"}';

test('a sink is heard only with its own signature, about an export that it was given', async () => {
  const id = await idOf(await post(fixture('promo_activation')));
  expect(await raise(id, SHORT, { headers: { 'meshline-sink': 'nobody' } })).toMatchObject({ status: 401 });
  const forged = { secret: `whsec_${Buffer.alloc(32, 5).toString('base64')}` };
  expect(await raise(id, SHORT, forged)).toMatchObject({ status: 401 });
  for (const body of ['{"code":1}', '{"exception_code":"No Such"}', 'null']) {
    expect(await raise(id, body)).toMatchObject({ status: 400, body: { code: 'bad_request' } });
  }
  const nobody = '01930000-0000-7000-8000-ffffffffffff';
  expect(await raise(nobody, SHORT)).toMatchObject({ status: 404, body: { code: 'not_found' } });
  // It waits for its owners, so no sink was given it yet.
  expect(await raise(id, SHORT)).toMatchObject({ status: 409, body: { code: 'not_waiting' } });
});

test('what a sink reports is recorded once, however often it is delivered', async () => {
  const id = await idOf(await post(fixture('inventory_delta'), { source: 'erp' }));
  const first = await raise(id, SHORT, { id: 'msg_short' });
  expect(first).toMatchObject({ status: 202, body: { export_id: id, state: 'paused' } });
  const again = await raise(id, SHORT, { id: 'msg_short' });
  expect(again).toEqual({ status: 200, body: first.body });
  const other = await raise(id, '{"exception_code":"price_conflict"}', { id: 'msg_short' });
  expect(other).toMatchObject({ status: 401, body: { code: 'replayed' } });
  const { body } = await get(`/v1/exports/${id}`);
  expect(ExportView.parse(body)).toMatchObject({
    state: 'paused',
    trouble: { code: 'insufficient_inventory', sink: 'oms' },
  });
  const { events } = EventsView.parse((await get(`/v1/exports/${id}/events`)).body);
  expect(events.filter(({ event }) => event.type === 'paused')).toHaveLength(1);
});

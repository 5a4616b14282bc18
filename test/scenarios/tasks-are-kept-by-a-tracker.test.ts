import { Webhook } from 'standardwebhooks';
import { expect, it, onTestFinished } from 'vitest';
import { SECRETS } from '../support/config.ts';
import { type House, openHouse } from '../support/house.ts';
import { farSide, json } from '../unit/sinks/far-side.ts';

const MINUTE = 60_000;
const TOKEN = SECRETS['READ_TOKEN'] ?? '';

let house: House;
let far: Awaited<ReturnType<typeof farSide>>;
let down = true;
async function open(): Promise<void> {
  far = await farSide((response, request, seen) =>
    down ? json(503, {})(response, request, seen) : json(200, { reference: 'T-1' })(response, request, seen),
  );
  house = await openHouse({
    configure(file) {
      Object.assign(file.sinks, {
        tracker: {
          kind: 'webhook',
          secret_env: 'TRACKER_SECRET',
          settings: { url: far.url, operations: ['task.open', 'task.close'], allow_private: true },
        },
      });
      Object.assign(file.sources['pim'] ?? {}, { token_env: 'READ_TOKEN', scopes: ['exports:read'] });
    },
  });
  onTestFinished(() => house.close());
}

async function close(id: string, sink: string, secret: string): Promise<Response> {
  const body = '{}';
  const at = new Date(house.clock.now());
  const name = `msg_${sink}_${id}_${at.getTime()}`;
  return fetch(`${house.meshline.url}/v1/tasks/${encodeURIComponent(id)}/close`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'meshline-sink': sink,
      'webhook-id': name,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
      'webhook-signature': new Webhook(secret).sign(name, at, body),
    },
    body,
  });
}

const sent = () =>
  far.seen.map((each) => JSON.parse(each.body) as { type: string; data: Record<string, string> });

it('tells the tracker of a task once it is up, and closes it from either side', async () => {
  await open();
  const { body } = await house.sendFixture('price_update', undefined, 'erp');
  const id = body.export_id ?? '';
  house.clock.leap(20 * MINUTE);
  await expect
    .poll(async () => (await house.meshline.flow.ledger.tasks({ export_id: id, limit: 5 })).length)
    .toBe(1);
  await expect.poll(() => far.seen.length).toBeGreaterThan(0);
  const putOff = async () => {
    const rows = await house.meshline.flow.ledger.waiting(house.clock.now() + 60 * MINUTE, 50);
    return rows.find((row) => row.effect.kind === 'track' && row.due_at > house.clock.now());
  };
  await expect.poll(putOff).toBeDefined();
  const tries = far.seen.length;
  down = false;
  house.clock.leap(((await putOff())?.due_at ?? 0) - house.clock.now());
  await house.restart();
  const { ledger } = house.meshline.flow;
  await expect.poll(() => far.seen.length).toBeGreaterThan(tries);
  expect(sent().at(-1)).toMatchObject({ type: 'task.open', data: { kind: 'high_priority', state: 'open' } });
  expect(new Set(far.seen.map((each) => each.headers['webhook-id'])).size).toBe(1);

  // It is listed for whoever may read.
  const listed = await fetch(`${house.meshline.url}/v1/tasks`, {
    headers: { authorization: `Bearer ${TOKEN}` },
  });
  const { tasks } = (await listed.json()) as { tasks: { task_id: string; export_id: string }[] };
  expect(tasks).toMatchObject([{ export_id: id, state: 'open' }]);
  const task = tasks[0]?.task_id ?? '';
  expect((await fetch(`${house.meshline.url}/v1/tasks`)).status).toBe(401);

  // The tracker closes it; a sink that keeps no tasks may not; again is as good as once.
  const oms = SECRETS['OMS_SECRET'] ?? '';
  const tracker = SECRETS['TRACKER_SECRET'] ?? '';
  expect((await close(task, 'oms', oms)).status).toBe(403);
  expect((await close(task, 'tracker', oms)).status).toBe(401);
  expect((await close('nothing', 'tracker', tracker)).status).toBe(404);
  expect((await close(task, 'tracker', tracker)).status).toBe(200);
  house.clock.leap(1_000);
  expect((await close(task, 'tracker', tracker)).status).toBe(200);
  expect(await ledger.task(task)).toMatchObject({ state: 'closed', closed_by: 'tracker' });
  expect((await ledger.events(id)).filter(({ event }) => event.type === 'task_closed')).toHaveLength(1);

  // What is settled in Slack is closed there too.
  const second = await house.sendFixture('staged_product');
  const other = second.body.export_id ?? '';
  const opened = { type: 'escalated' as const, to: [] };
  await ledger.update(other, house.clock.now(), () => ({ events: [opened] }));
  await expect.poll(() => sent().filter((each) => each.type === 'task.open').length).toBeGreaterThan(2);
  await ledger.update(other, house.clock.now(), () => ({
    events: [{ type: 'rejected', by: '', reason: 'no longer wanted' }],
  }));
  await expect.poll(() => sent().at(-1)).toMatchObject({ type: 'task.close', data: { state: 'closed' } });
}, 60_000);

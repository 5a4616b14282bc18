import { afterAll, beforeAll, expect, it } from 'vitest';
import { put } from '../support/fixtures.ts';
import { type House, openHouse } from '../support/house.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.close());

const iso = (offset: number) => new Date(house.clock.now() + offset).toISOString();

it('gives the first answer for a repeat, a conflict for another body, a new revision for newer values, and keeps what came too late out', async () => {
  const first = await house.sendFixture('price_update', undefined, 'erp');
  const id = first.body.export_id;
  expect(first).toMatchObject({ status: 202, body: { state: 'pending' } });

  const base = (await house.meshline.flow.ledger.get(id ?? ''))?.raw ?? {};
  const raw = () => structuredClone(base) as Parameters<typeof house.send>[0];
  expect(await house.send(raw(), 'erp')).toEqual({ status: 200, body: first.body });

  const other = raw();
  put(other, 'payload.lines.0.new_price', '13.70');
  expect((await house.send(other, 'erp')).status).toBe(409);

  const newer = raw();
  newer['idempotency_key'] = 'newer';
  newer['occurred_at'] = iso(0);
  put(newer, 'payload.lines.0.new_price', '13.70');
  expect(await house.send(newer, 'erp')).toMatchObject({
    status: 202,
    body: { export_id: id, state: 'pending' },
  });
  expect((await house.meshline.flow.ledger.get(id ?? ''))?.revision?.number).toBe(2);

  const late = raw();
  late['idempotency_key'] = 'late';
  late['occurred_at'] = iso(-3_600_000);
  expect(await house.send(late, 'erp')).toMatchObject({ status: 202, body: { state: 'superseded' } });

  const partly = raw();
  partly['idempotency_key'] = 'partly';
  partly['occurred_at'] = iso(-3_600_000);
  put(partly, 'payload.lines.0.sku', 'SOMETHING-ELSE');
  expect(await house.send(partly, 'erp')).toMatchObject({ status: 202, body: { state: 'quarantined' } });
});

it('accepts by policy without a word in Slack', async () => {
  const posts = house.sandbox.control.calls({ method: 'chat.postMessage' }).length;
  const { body } = await house.sendFixture('inventory_delta', undefined, 'wms');
  expect(body).toMatchObject({ state: 'delivering' });
  await expect
    .poll(async () => (await house.meshline.flow.ledger.get(body.export_id ?? ''))?.status)
    .toBe('delivered');
  expect(house.sinks.effects('wms')).toHaveLength(1);
  const after = house.sandbox.control.calls({ method: 'chat.postMessage' });
  expect(JSON.stringify(after.slice(posts))).not.toContain(body.export_id);
});

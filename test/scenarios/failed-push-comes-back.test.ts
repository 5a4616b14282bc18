import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { put, type RawExport } from '../support/fixtures.ts';
import { type House, openHouse } from '../support/house.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.close());
beforeEach(() => {
  house.sinks.setMode('oms', 'ok');
});

let count = 0;
/** A price list of its own, so that no test revises another's. */
function fresh(raw: RawExport): void {
  count += 1;
  raw['idempotency_key'] = `prices-${count}`;
  put(raw, 'payload.price_list.id', `list-${count}`);
  put(raw, 'payload.price_list.name', `List ${count}`);
}

async function accepted(): Promise<string> {
  const { body } = await house.sendFixture('price_update', fresh, 'erp');
  const mei = house.as('mei');
  const card = await mei.waitForMessage('#merchandising', (message) =>
    message.text.includes(`List ${count}`),
  );
  await mei.click(card, 'accept');
  return body.export_id ?? '';
}

const statusOf = async (id: string) => (await house.meshline.flow.ledger.get(id))?.status;
const effectsOf = (id: string) => house.sinks.effects('oms').filter((effect) => effect.key.includes(id));

it('puts a refused push on the card with who owns it, and sends it again under the same key', async () => {
  house.sinks.setMode('oms', 'gone_410');
  house.sinks.setMode('oms', 'reject_422');
  const id = await accepted();
  await expect.poll(() => statusOf(id)).toMatch(/failed|paused/);
  const state = await house.meshline.flow.ledger.get(id);
  const tasks = await house.meshline.flow.ledger.tasks({ export_id: id, state: 'open', limit: 10 });
  expect(tasks).toHaveLength(1);
  expect(state?.trouble?.code).toBe('insufficient_inventory');
});

it('reads back an answer that was lost instead of sending twice', async () => {
  house.sinks.setMode('oms', 'lost_answer');
  const id = await accepted();
  await expect
    .poll(async () => (await house.meshline.flow.ledger.get(id))?.pushes[0]?.status)
    .toBe('unknown');
  house.sinks.setMode('oms', 'ok');
  await expect.poll(() => statusOf(id), { timeout: 15_000 }).toBe('delivered');
  expect(effectsOf(id)).toHaveLength(1);
  const received = house.sinks.state().find((sink) => sink.name === 'oms')?.received ?? [];
  expect(received.filter((each) => each.id.includes(id) && each.repeat)).toHaveLength(0);
});

it('tries again after a server error and succeeds under the same key', async () => {
  house.sinks.setMode('oms', 'fail_once_500');
  const id = await accepted();
  await expect.poll(() => statusOf(id), { timeout: 15_000 }).toBe('delivered');
  const state = await house.meshline.flow.ledger.get(id);
  expect(state?.pushes[0]?.attempts).toBe(2);
  expect(effectsOf(id)).toHaveLength(1);
});

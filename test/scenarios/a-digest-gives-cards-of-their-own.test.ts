import { afterAll, beforeAll, expect, it } from 'vitest';
import { DEFAULT_PACE } from '../../src/flow/dispatch.ts';
import { type House, openHouse, PEOPLE } from '../support/house.ts';

const CHANNEL = '#merchandising';

let house: House;
beforeAll(async () => {
  // The first four are posted at once, the rest about one a second until the flood is noticed.
  house = await openHouse({ pace: { slack: { ...DEFAULT_PACE.slack, per_second: 4 } } });
});
afterAll(() => house.close());

async function price(n: number): Promise<string> {
  const { body } = await house.sendFixture(
    'price_update',
    (raw) => {
      raw['idempotency_key'] = `own-${n}`;
      raw.payload['lines'] = [{ sku: `OWN-${n}`, title: `Own ${n}`, old_price: '10.00', new_price: '9.90' }];
    },
    'erp',
  );
  return body.export_id ?? '';
}

it('gives one its card when it is opened, and all of them when they are asked for', {
  timeout: 40_000,
}, async () => {
  const mei = house.as('mei');
  const { ledger } = house.meshline.flow;
  const ids = await Promise.all(Array.from({ length: 24 }, (_, n) => price(n)));
  const waiting = async () => (await ledger.digestCounts(CHANNEL))[0]?.waiting ?? 0;
  const stands = (id: string) => ledger.message(`card:${id}:${CHANNEL}`);
  await expect.poll(waiting, { timeout: 10_000 }).toBeGreaterThan(8);
  const settled = async () => {
    const text = `${await waiting()} exports of low`;
    return mei.waitForMessage(CHANNEL, (m) => m.text.includes(text), 10_000);
  };

  // Opened from the list of the digest: held, and on a card of its own.
  const [row] = await ledger.digestRows(CHANNEL, 1);
  const opened = row?.export_id ?? '';
  expect(await stands(opened)).toBeNull();
  await mei.click(await settled(), 'digest_review');
  const list = await mei.waitForModal((view) =>
    JSON.stringify(view.blocks).includes('the most urgent first'),
  );
  await mei.clickInView(list, 'review');
  await expect.poll(async () => (await ledger.get(opened))?.lock?.by).toBe(PEOPLE.mei.guid);
  await expect.poll(() => stands(opened), { timeout: 10_000 }).not.toBeNull();

  // Somebody who decides nothing here cannot fill the channel.
  const before = await waiting();
  await house.as('sofia').click(await settled(), 'digest_expand');
  await expect
    .poll(() =>
      house.sandbox.control
        .ephemerals('C03MERCH')
        .map((m) => m.text)
        .join(' '),
    )
    .toContain('You cannot expand');
  expect(await waiting()).toBe(before);

  await mei.click(await settled(), 'digest_expand');
  await expect.poll(waiting).toBe(0);
  for (const id of ids) await expect.poll(() => stands(id), { timeout: 20_000 }).not.toBeNull();
  await mei.waitForMessage(CHANNEL, (m) => m.text.includes('of that flood waits here'), 10_000);
});

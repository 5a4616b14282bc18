import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Message } from '../../sandbox/ui-contract.ts';
import { DEFAULT_PACE } from '../../src/flow/dispatch.ts';
import { type House, openHouse } from '../support/house.ts';

const FLOOD = 500;
const CHANNEL = '#merchandising';

let house: House;
beforeAll(async () => {
  house = await openHouse({ pace: DEFAULT_PACE });
  house.sandbox.control.setRateLimits(true);
});
afterAll(() => house.close());

async function price(n: number, change: { gate?: 'two_step' } = {}): Promise<string> {
  const { body } = await house.sendFixture(
    'price_update',
    (raw) => {
      raw['idempotency_key'] = `flood-${n}`;
      raw.payload['lines'] = [
        {
          sku: `SKU-${n}`,
          title: `Thing ${n}`,
          old_price: '100.00',
          // A price that falls this far needs two people.
          new_price: change.gate === 'two_step' ? '40.00' : '99.00',
        },
      ];
    },
    'erp',
  );
  return body.export_id ?? '';
}

const textOf = (message: Message) => JSON.stringify(message.blocks ?? []);
const isDigest = (message: Message) => message.text.includes('of low risk');

it('shows a flood of 500 as one digest within seconds, loses nothing, and lets critical ones pass', {
  timeout: 90_000,
}, async () => {
  const mei = house.as('mei');
  const { ledger } = house.meshline.flow;
  const ids = await Promise.all(Array.from({ length: FLOOD }, (_, n) => price(n)));
  const begun = performance.now();

  await mei.waitForMessage(CHANNEL, isDigest, 10_000);
  expect(performance.now() - begun).toBeLessThan(10_000);
  const cards = async () => (await mei.messages(CHANNEL)).filter((m) => !isDigest(m));
  const waiting = async () =>
    (await ledger.digestCounts(CHANNEL)).reduce((sum, each) => sum + each.waiting, 0);
  /** The digest once it shows all that waits. */
  const settled = async () => {
    const text = `${await waiting()} exports of low`;
    return mei.waitForMessage(CHANNEL, (m) => m.text.includes(text), 20_000);
  };
  await expect.poll(async () => (await waiting()) + (await cards()).length, { timeout: 30_000 }).toBe(FLOOD);

  // A critical one keeps its own card and does not wait for the rest.
  const before = performance.now();
  const critical = await price(9_000, { gate: 'two_step' });
  expect((await ledger.get(critical))?.revision?.policy.gate.mode).toBe('two_step');
  await mei.waitForMessage(CHANNEL, (m) => textOf(m).includes('Thing 9000'), 6_000);
  expect(performance.now() - before).toBeLessThan(6_000);

  // Its review lists every one of them, page by page.
  await mei.click(await settled(), 'digest_review');
  const modal = await mei.waitForModal((view) => JSON.stringify(view.blocks).includes('Page 1 of'));
  const numbers = /Page 1 of (\d+)/.exec(JSON.stringify(modal.blocks));
  expect(Number(numbers?.[1])).toBe(Math.ceil((await waiting()) / 20));
  await mei.close(modal);

  // Escalation: one of the digest is released to a card of its own, in the next slot.
  const [row] = await ledger.digestRows(CHANNEL, 1);
  const late = row?.export_id ?? '';
  const state = await ledger.get(late);
  const escalated = { type: 'escalated' as const, to: [state?.route.backup ?? ''] };
  const posted = performance.now();
  await ledger.update(late, house.clock.now(), () => ({ events: [escalated] }));
  await expect
    .poll(async () => await ledger.message(`card:${late}:${CHANNEL}`), { timeout: 6_000 })
    .not.toBeNull();
  expect(performance.now() - posted).toBeLessThan(6_000);

  // One click accepts all that is left, each on its own record.
  const left = await waiting();
  const standing = await settled();
  await mei.click(standing, 'digest_accept');
  await expect.poll(waiting, { timeout: 20_000 }).toBe(0);
  await mei.waitForMessage(CHANNEL, (m) => m.text.includes('of that flood waits here'), 15_000);
  const told = house.sandbox.control.ephemerals('C03MERCH').map((m) => m.text);
  expect(told.join(' ')).toContain(`${left} accepted.`);

  // Nothing lost, nothing twice.
  const states = await Promise.all(ids.map((id) => ledger.get(id)));
  const accepted = states.filter((each) => each?.acceptances.length === 1);
  expect(accepted).toHaveLength(left);
  const shown = await cards();
  const ends = ids.map((id) => id.replaceAll('-', '').slice(-8));
  const times = ends.map((end) => shown.filter((m) => textOf(m).includes(`export ${end}`)).length);
  expect(Math.max(...times)).toBe(1);
  expect(times.filter((n) => n === 1)).toHaveLength(FLOOD - left);
});

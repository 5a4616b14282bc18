import { afterAll, beforeAll, expect, it } from 'vitest';
import { put } from '../support/fixtures.ts';
import { type House, openHouse } from '../support/house.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.close());

const HOUR = 3_600_000;
const EXPORTS = 12;

it('fires each step of the ladder once for every export after days without a process, and lets none expire unseen', {
  timeout: 40_000,
}, async () => {
  const ids: string[] = [];
  for (let n = 0; n < EXPORTS; n += 1) {
    const { body } = await house.sendFixture('staged_product', (raw) => {
      raw['idempotency_key'] = `downtime-${n}`;
      raw['sla_ms'] = (n + 1) * 5 * 60_000;
      put(raw, 'payload.handle', `downtime-${n}`);
    });
    ids.push(body.export_id ?? '');
  }
  const typesOf = async (id: string) =>
    (await house.meshline.flow.ledger.events(id)).map(({ event }) => event.type);
  const all = () => Promise.all(ids.map(typesOf));
  const expected = (...types: string[]) => ids.map(() => types);

  // The clock stands 72 hours later when the next process begins; nothing ran in between.
  await house.meshline.stop();
  house.clock.leap(72 * HOUR);
  await house.restart();
  await expect.poll(all).toEqual(expected('received', 'reminded', 'escalated', 'paged'));

  await house.restart();
  await expect.poll(all).toEqual(expected('received', 'reminded', 'escalated', 'paged'));
  const pages = () =>
    house.sandbox.control
      .messages('#on-call')
      .map(({ metadata }) => metadata?.event_payload['post_id'])
      .filter((post) => typeof post === 'string' && post.startsWith('page:'));
  await expect.poll(() => pages().length).toBe(EXPORTS);
  expect(new Set(pages()).size).toBe(EXPORTS);

  // Whoever comes back has one more SLA to decide before it expires.
  house.clock.leap(2 * HOUR);
  await expect
    .poll(all, { timeout: 15_000 })
    .toEqual(expected('received', 'reminded', 'escalated', 'paged', 'expired'));
  expect(house.sinks.effects('oms')).toEqual([]);
});

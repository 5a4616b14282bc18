import { afterEach, beforeEach, expect, it } from 'vitest';
import { promo } from '../support/clicks.ts';
import { put } from '../support/fixtures.ts';
import { type House, openHouse } from '../support/house.ts';

let house: House;
beforeEach(async () => {
  house = await openHouse();
});
afterEach(() => house.close());

const BACK_WITHIN_MS = 15_000;

const connected = async () => (await fetch(`${house.meshline.url}/readyz`)).status === 200;
const cardsOf = (id: string) =>
  house.sandbox.control
    .messages('#promo-approvals')
    .filter(({ metadata }) => String(metadata?.event_payload['post_id']).startsWith(`card:${id}:`));

it.each(['drop', 'freeze'] as const)(
  'is connected again within fifteen seconds when its sockets %s, and a click works as before',
  { timeout: 40_000 },
  async (how) => {
    const { id, card } = await promo(house, `Sockets ${how}`);
    const { control } = house.sandbox;
    const begun = performance.now();
    control.sockets(how);
    const { id: later, card: laterCard } = await promo(house, `Meanwhile ${how}`);
    const accepted = async () => (await house.meshline.flow.ledger.get(id))?.acceptances.length;
    // A frozen connection takes the click and says nothing; the person clicks again.
    await expect
      .poll(
        async () => {
          await house.as('priya').click(card, 'accept');
          return accepted();
        },
        { timeout: BACK_WITHIN_MS, interval: 250 },
      )
      .toBe(1);
    expect(performance.now() - begun).toBeLessThan(BACK_WITHIN_MS);
    expect(await connected()).toBe(true);
    await house.as('priya').click(laterCard, 'accept');
    await expect.poll(async () => (await house.meshline.flow.ledger.get(later))?.acceptances.length).toBe(1);
    expect(cardsOf(id)).toHaveLength(1);
    expect(cardsOf(later)).toHaveLength(1);
  },
);

it.each(['500', 'reset', 'stored_then_reset', 'html'] as const)(
  'posts the cards that waited once each when Slack works again (%s)',
  { timeout: 40_000 },
  async (kind) => {
    const { control } = house.sandbox;
    control.addFault({ match: { method: 'chat.postMessage' }, kind, times: 0 });
    const ids: string[] = [];
    for (let n = 0; n < 5; n += 1) {
      const { body, status } = await house.sendFixture('promo_activation', (raw) => {
        raw['idempotency_key'] = `outage-${kind}-${n}`;
        raw['campaign_id'] = `outage-${n}`;
        put(raw, 'payload.campaign_name', `Outage ${n}`);
      });
      expect(status).toBe(202);
      ids.push(body.export_id ?? '');
    }
    await expect
      .poll(() => control.calls({ method: 'chat.postMessage', ok: false }).length)
      .toBeGreaterThan(0);
    control.clearFaults();
    house.clock.leap(2 * 60_000);
    await expect
      .poll(() => ids.map((id) => cardsOf(id).length), { timeout: 25_000 })
      .toEqual(ids.map(() => 1));
    const texts = ids.map((id) => cardsOf(id)[0]?.text ?? '');
    expect(texts.every((text) => text.includes('Outage'))).toBe(true);
  },
);

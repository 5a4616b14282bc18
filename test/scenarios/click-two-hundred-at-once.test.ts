import { afterAll, beforeAll, expect, it } from 'vitest';
import { clickPayload, eventsOf, PROMO_CHANNEL, promo, stateOf } from '../support/clicks.ts';
import { type House, openHouse, PEOPLE } from '../support/house.ts';

let house: House;

beforeAll(async () => {
  house = await openHouse();
});

afterAll(() => house.close());

const CLICKS = 200;
/** Everyone who sees the channel; the guest is in no directory. */
const AROUND = ['priya', 'daniel', 'mei', 'jonas', 'hannah', 'omar', 'sofia', 'gil'] as const;

it('takes one acceptance from two hundred clicks at once, and answers each of the others privately', async () => {
  const { id, card } = await promo(house, 'Rush');
  const clicks = Array.from({ length: CLICKS }, (_, n) => {
    const person = AROUND[n % AROUND.length] ?? 'gil';
    // Daniel, Omar and the others are no owners of this one; Hannah's step is left open.
    const user = person === 'hannah' || person === 'omar' ? PEOPLE.sofia.slack : PEOPLE[person].slack;
    return clickPayload(card, 'accept', user);
  });
  const outcomes = await Promise.all(
    clicks.map((payload) => house.sandbox.control.deliver('interactive', payload)),
  );
  expect(outcomes.every((outcome) => outcome.acked)).toBe(true);
  await expect
    .poll(() => house.sandbox.control.ephemerals(PROMO_CHANNEL).length, { timeout: 15_000 })
    .toBe(CLICKS - 1);
  expect((await eventsOf(house, id)).filter((type) => type === 'acceptance_recorded')).toHaveLength(1);
  expect((await stateOf(house, id)).acceptances).toMatchObject([{ by: PEOPLE.priya.guid }]);
  const texts = house.sandbox.control.ephemerals(PROMO_CHANNEL).map((message) => message.text);
  expect(texts.filter((text) => text.includes('already accepted this')).length).toBe(CLICKS / 8 - 1);
  expect(texts.filter((text) => text.includes('does not know this Slack account')).length).toBe(CLICKS / 8);
});

it('lets one of many opposing decisions at the same moment win, and tells the others who was first', async () => {
  const { id, card } = await promo(house, 'Clash');
  const before = house.sandbox.control.ephemerals(PROMO_CHANNEL).length;
  await house.as('hannah').click(card, 'reject');
  const modal = await house.as('hannah').waitForModal();
  const accepts = Array.from({ length: 20 }, () =>
    house.sandbox.control.deliver('interactive', clickPayload(card, 'accept', PEOPLE.priya.slack)),
  );
  const [outcome] = await Promise.all([
    house.as('hannah').submit(modal, { value: 'Not this week.' }),
    ...accepts,
  ]);
  expect(outcome.action).toBe('close');
  await expect
    .poll(() => house.sandbox.control.ephemerals(PROMO_CHANNEL).length - before)
    .toBeGreaterThan(18);
  expect(await stateOf(house, id)).toMatchObject({ status: 'rejected', ending: { by: PEOPLE.hannah.guid } });
  expect(house.sinks.effects('oms')).toHaveLength(0);
});

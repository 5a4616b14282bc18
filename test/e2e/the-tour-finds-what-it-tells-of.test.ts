import { afterAll, beforeAll, expect, it } from 'vitest';
import { northwind } from '../../sandbox/company.ts';
import { sendBrief } from '../../sandbox/demo/sender.ts';
import { BRIEF, STORY, TOUR, TRAFFIC } from '../../sandbox/demo/story.ts';
import { campaignOf, exportIn } from '../support/campaigns.ts';
import { press, stateOf } from '../support/clicks.ts';
import { SECRETS } from '../support/config.ts';
import { type House, openHouse } from '../support/house.ts';

const PROMO = '#promo-approvals';

/** Priya and Hannah accept what waits of the campaign, once it can be; gives its export's id. */
async function bothAccept(own: House, what: string): Promise<string> {
  const id = await exportIn(own, 'summer-24', what, 'pending');
  const signed = async () => (await stateOf(own, id)).acceptances.length;
  const asks = await own.as('priya').waitForMessage(PROMO, ({ blocks }) => {
    const text = JSON.stringify(blocks ?? []);
    return text.includes(id) && text.includes('"accept"');
  });
  await press(own, 'priya', asks, 'accept');
  await expect.poll(signed).toBe(1);
  await press(own, 'hannah', asks, 'accept');
  await expect.poll(async () => (await stateOf(own, id)).status).not.toBe('pending');
  return id;
}

let house: House;
beforeAll(async () => {
  house = await openHouse({ farSides: true });
});
afterAll(() => house.close());

it('begins with two exports in quarantine, a stock count, prices and two labels that wait', async () => {
  const states: unknown[] = [];
  for (const { make, source } of STORY) {
    const { status, body } = await house.send(make(house.clock.now(), 1), source);
    states.push([status, body.state]);
  }
  const [waits, broken] = [
    [202, 'pending'],
    [202, 'quarantined'],
  ];
  expect(states).toEqual([broken, broken, waits, waits, waits, waits]);
});

it('lets its campaign live as it says: short once, live by a publish with its trail, and back to the old prices', async () => {
  const own = await openHouse({ farSides: true, staging: true, undo: true, mode: 'http' });
  try {
    own.sinks.setMode('oms', 'short_once');
    const brief = BRIEF.make(own.clock.now());
    const { body } = await sendBrief(
      own.meshline.url,
      BRIEF.source,
      SECRETS['PIM_SECRET'] ?? '',
      brief,
      own.clock.now(),
    );
    expect(body).toMatchObject({ campaign_id: 'summer-24', state: 'draft' });
    const card = () =>
      own.as('daniel').waitForMessage(PROMO, (m) => m.text.startsWith('📣') && m.text.includes('Summer 24'));
    await press(own, 'daniel', await card(), 'campaign_ready');

    const promo = await bothAccept(own, 'activate');
    own.clock.leap(21_000);
    await exportIn(own, 'summer-24', 'activate', 'paused');
    const grace = own.as('grace');
    const short = await grace.waitForMessage('#supply-chain', (m) => m.text.includes('3 SKUs are short'));
    await press(own, 'grace', short, 'resume');
    await grace.submit(await grace.waitForModal(), { value: 'Moved 110 units from Dallas.' });
    expect(await bothAccept(own, 'activate')).toBe(promo);
    own.clock.leap(21_000);
    await bothAccept(own, 'publish');
    own.clock.leap(11_000);
    const status = async () => (await campaignOf(own, 'summer-24'))?.status;
    await expect.poll(status, { timeout: 10_000 }).toBe('live');

    const priya = own.as('priya');
    await press(own, 'priya', await card(), 'campaign_roll_back');
    const why = await priya.waitForModal((view) => JSON.stringify(view).includes('"reason"'));
    await priya.submit(why, { value: 'Too many returns.' });
    await expect.poll(status, { timeout: 10_000 }).toBe('ended');
    const last = own.sinks.effects('oms').at(-1);
    expect(last?.operation).toBe('promo.deactivate');
    expect(JSON.stringify(last?.body)).toContain('"price":"19.90"');
  } finally {
    await own.close();
  }
}, 60_000);

it('goes on with exports that Meshline takes', async () => {
  for (const { make, source } of TRAFFIC) {
    const { status, body } = await house.send(make(house.clock.now(), 2), source);
    expect([status, body.state]).not.toContain('quarantined');
    expect(status).toBe(202);
  }
});

it('sends people only where they can be', () => {
  for (const { as, channel } of TOUR.steps) {
    const place = northwind.channels.find((each) => each.id === channel);
    expect(northwind.people.some((person) => person.id === as)).toBe(true);
    expect(channel === 'sinks' || place?.members === 'everyone' || place?.members.includes(as)).toBe(true);
  }
});

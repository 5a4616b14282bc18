import { afterAll, beforeAll, expect, it } from 'vitest';
import { northwind } from '../../sandbox/company.ts';
import { STORY, TOUR, TRAFFIC } from '../../sandbox/demo/story.ts';
import { type House, openHouse } from '../support/house.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.close());

it('begins with a promo, two exports in quarantine, a stock count, prices and a label that wait', async () => {
  const states: unknown[] = [];
  for (const { make, source } of STORY) {
    const { status, body } = await house.send(make(house.clock.now(), 1), source);
    states.push([status, body.state]);
  }
  const [waits, broken] = [
    [202, 'pending'],
    [202, 'quarantined'],
  ];
  expect(states).toEqual([waits, broken, broken, waits, waits, waits]);
});

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

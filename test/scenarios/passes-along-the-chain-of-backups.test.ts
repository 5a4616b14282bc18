import { afterAll, beforeAll, expect, it } from 'vitest';
import { type House, openHouse } from '../support/house.ts';
import { change, guidOf } from '../support/owners.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse({
    configure(file) {
      const people = file['people'] as Record<string, { backup?: string }>;
      // A circle: mei, jonas, priya, mei.
      if (people['jonas']) people['jonas'].backup = 'priya';
      if (people['priya']) people['priya'].backup = 'mei';
    },
  });
});
afterAll(() => house.close());

const out = (who: 'mei' | 'jonas' | 'priya') => {
  const person = guidOf(who);
  return change(house, {
    do: 'go_out',
    by: person,
    person,
    from: house.clock.now(),
    until: null,
    note: null,
  });
};

it('passes along the backups until somebody is there, and tells the whole way', async () => {
  await out('mei');
  await out('jonas');
  const { body } = await house.sendFixture('price_update', undefined, 'erp');
  const state = await house.meshline.flow.ledger.get(body.export_id ?? '');
  expect(state?.route).toMatchObject({
    owner: guidOf('priya'),
    for: guidOf('mei'),
    reason: 'Mei Tanaka is out, Jonas Weber is out, so it goes to the next in line, Priya Raman.',
  });
});

it('goes round no circle: with nobody left it is in remediation at once, and on-call is paged', async () => {
  await out('priya');
  const { body } = await house.sendFixture(
    'price_update',
    (raw) => {
      raw['idempotency_key'] = 'nobody-left';
    },
    'erp',
  );
  expect(body.state).toBe('quarantined');
  const id = body.export_id ?? '';
  const state = await house.meshline.flow.ledger.get(id);
  expect(state?.route).toMatchObject({ role: 'remediation', owner: guidOf('omar') });
  expect(state?.problems).toMatchObject([{ code: 'no_owner' }]);
  const types = (await house.meshline.flow.ledger.events(id)).map(({ event }) => event.type);
  expect(types).toEqual(['received', 'paged']);
  await house
    .as('eli')
    .waitForMessage('#on-call', (message) => message.text.includes('Nobody who could decide this is there'));
  await house
    .as('omar')
    .waitForMessage('#meshline-remediation', (message) => message.text.includes('EU retail'));
});

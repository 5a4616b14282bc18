import { afterAll, beforeAll, expect, it } from 'vitest';
import { encodeSubject } from '../../src/bot/ids.ts';
import { type House, openHouse, PEOPLE } from '../support/house.ts';
import { guidOf, openOwners, submitForm } from '../support/owners.ts';

const HOUR = 3_600_000;

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.close());

const changes = async () =>
  (await house.meshline.flow.ledger.directoryChanges())
    .map(({ event }) => event)
    .filter((event) => event.type !== 'slack_linked');

it('shows everybody the directory, with buttons for what is theirs alone', async () => {
  const daniel = house.as('daniel');
  const all = JSON.stringify(await openOwners(daniel));
  expect(all).toContain('Priya Raman');
  expect(all).toContain(encodeSubject(guidOf('daniel')));
  expect(all).not.toContain('owners_role');
  const other = JSON.stringify(await openOwners(daniel, 'Mei'));
  expect(other).toContain('Mei Tanaka');
  expect(other).not.toContain('owners_out');

  const priya = house.as('priya');
  expect(JSON.stringify(await openOwners(priya, 'marketing ops'))).toContain('owners_role');
  const nadia = house.as('nadia');
  expect(JSON.stringify(await openOwners(nadia, 'logistics', '#on-call'))).toContain('owners_role');
});

it('refuses a form that somebody makes up, privately and without an event', async () => {
  const daniel = house.as('daniel');
  const view = await openOwners(daniel, 'Daniel Ortiz');
  await daniel.clickInView(view, 'owners_out');
  const form = await daniel.waitForModal((each) => JSON.stringify(each).includes('Out of office'));
  const { user } = daniel;
  await house.sandbox.control.deliver('interactive', {
    type: 'view_submission',
    user: { id: user, username: user, team_id: 'T01NORTHWIND' },
    team: { id: 'T01NORTHWIND', domain: 'northwind' },
    api_app_id: 'A01',
    token: 'sandbox-verification',
    trigger_id: 'made.up',
    view: {
      id: form.id,
      type: 'modal',
      callback_id: 'owners_out',
      private_metadata: encodeSubject(guidOf('mei')),
      state: { values: {} },
    },
  });
  expect(await changes()).toEqual([]);
  const told = house.sandbox.control.ephemerals('C02PROMO').filter((each) => each.ephemeral_to !== user);
  expect(told).toEqual([]);
});

it('says beside the input what is wrong, and records who did what', async () => {
  const priya = house.as('priya');
  const view = await openOwners(priya, 'priya');
  await priya.clickInView(view, 'owners_cover');
  const form = await priya.waitForModal((each) => JSON.stringify(each).includes('Who covers'));
  const until = house.clock.now() + HOUR;
  const wrong = await submitForm(house, priya, form, {
    owner: { user: PEOPLE.mei.slack },
    until: { at: until },
  });
  expect(wrong.errors['owner']).toContain(
    'Mei Tanaka cannot cover for Priya Raman: they do not hold the role',
  );
  const guest = await submitForm(house, priya, form, { owner: { user: 'U14GIL' }, until: { at: until } });
  expect(guest.errors['owner']).toContain('does not know this Slack account');
  const late = await submitForm(house, priya, form, {
    owner: { user: PEOPLE.daniel.slack },
    until: { at: house.clock.now() - HOUR },
  });
  expect(late.errors['until']).toContain('it is over already');
  await submitForm(house, priya, form, { owner: { user: PEOPLE.daniel.slack }, until: { at: until } });
  await expect
    .poll(changes)
    .toMatchObject([
      { type: 'cover_set', by: guidOf('priya'), for: guidOf('priya'), by_person: guidOf('daniel') },
    ]);
});

it('lets the default owner change who holds a role, all at once, and never themselves out of it', async () => {
  const priya = house.as('priya');
  const view = await openOwners(priya, 'marketing_ops');
  await priya.clickInView(view, 'owners_members');
  const form = await priya.waitForModal((each) => JSON.stringify(each).includes('Members of a role'));
  const { slack } = PEOPLE.priya;
  const without = await submitForm(house, priya, form, { owner: { users: [PEOPLE.daniel.slack] } });
  expect(without.errors['owner']).toContain('they own it by default; name another owner first');
  await submitForm(house, priya, form, { owner: { users: [slack, PEOPLE.mei.slack] } });
  await expect
    .poll(async () => (await changes()).slice(1))
    .toMatchObject([
      { type: 'member_added', by: guidOf('priya'), role: 'marketing_ops', person: guidOf('mei') },
      { type: 'member_removed', by: guidOf('priya'), role: 'marketing_ops', person: guidOf('daniel') },
    ]);
  await priya.waitForModal((each) => JSON.stringify(each).includes('Also Mei Tanaka'));
});

it('says what to type when it does not understand', async () => {
  const said = async (text: string) => {
    const daniel = house.as('daniel');
    const before = house.sandbox.control.ephemerals('C02PROMO').length;
    await daniel.command('#promo-approvals', '/owners', text);
    await expect.poll(() => house.sandbox.control.ephemerals('C02PROMO').length).toBe(before + 1);
    return house.sandbox.control.ephemerals('C02PROMO').at(-1)?.text;
  };
  expect(await said('help')).toContain('`/owners NAME` for one person');
  expect(await said('frobnicate *now*')).toContain('Nobody and no role here is called “frobnicate');
  expect(await said('remediation team')).toContain('`/owners ROLE`');
});

import { afterAll, beforeAll, expect, it } from 'vitest';
import { type House, openHouse, PEOPLE } from '../support/house.ts';

let house: House;
let ids: string[];

async function price(name: string, campaign: string, sku: string): Promise<string> {
  const { body } = await house.sendFixture(
    'price_update',
    (raw) => {
      raw['idempotency_key'] = `find-${name}`;
      raw['campaign_id'] = campaign;
      raw['source'] = { ...(raw['source'] as object), requested_by: PEOPLE.sofia.guid };
      raw.payload['price_list'] = { id: `list-${name}`, name };
      raw.payload['lines'] = [{ sku, title: name, old_price: '10.00', new_price: '9.90' }];
    },
    'erp',
  );
  return body.export_id ?? '';
}

beforeAll(async () => {
  house = await openHouse();
  ids = [
    await price('Apple', 'c-spring', 'sku-apple'),
    await price('Pear', 'c-spring', 'sku-pear'),
    await price('Plum', 'c-winter', 'sku-plum'),
  ];
});
afterAll(() => house.close());

async function ask(person: keyof typeof PEOPLE, command: string, text: string): Promise<string> {
  const all = () =>
    house.sandbox.control.ephemerals('C01GENERAL').filter((m) => m.ephemeral_to === PEOPLE[person].slack);
  const before = all().length;
  await house.as(person).command('C01GENERAL', command, text);
  await expect.poll(() => all().length).toBeGreaterThan(before);
  const last = all().at(-1);
  return `${last?.text} ${JSON.stringify(last?.blocks ?? [])}`;
}
const find = (text: string) => ask('mei', '/exports', `find ${text}`);
const short = (n: number) => (ids[n] ?? '').replaceAll('-', '').slice(-8);

it.each([
  ['SKU-APPLE', [0]],
  ['sku:sku-pear', [1]],
  ['c-spring', [0, 1]],
  ['campaign:c-winter', [2]],
  ['pending mei', [0, 1, 2]],
  ['state:pending c-spring', [0, 1]],
  ['owner:me price_update', [0, 1, 2]],
  ['erp waiting', [0, 1, 2]],
])('finds by "%s"', async (words, found) => {
  const said = await find(words);
  for (const n of [0, 1, 2]) {
    if (found.includes(n)) expect(said).toContain(short(n));
    else expect(said).not.toContain(short(n));
  }
});

it('finds by the end of an id, and shows one with everything that happened', async () => {
  expect(await find(short(1))).toContain('Pear');
  await house.as('mei').waitForMessage('#merchandising', (m) => m.text.includes('Plum'));
  await house.meshline.flow.ledger.update(ids[2] ?? '', house.clock.now(), () => ({
    events: [{ type: 'reminded', to: [PEOPLE.mei.guid] }],
  }));
  const said = await ask('mei', '/exports', `show ${short(2)}`);
  expect(said).toContain('Came in from erp');
  expect(said).toContain('Reminder: this has waited');
  expect(said).toContain('<!date^');
});

it.each([
  ['find', 'Say what to look for'],
  ['find state:lost', 'There is no state'],
  ['find owner:nobody', 'is nobody here'],
  ['find type:lost', 'There is no type'],
  ['find shape:round', 'Use one of state:'],
  ['find one two', 'one campaign, SKU or id at a time'],
  ['find nothing-like-it', 'Nothing fits'],
  ['redeliver', 'Say which'],
  ['show 00000000', 'There is no export'],
  ['tasks', 'no open tasks'],
  ['help', '/exports find WORDS'],
])('says what to type for "%s"', async (text, said) => {
  expect(await ask('mei', '/exports', text)).toContain(said);
});

it('takes back and sends again by id, for those who may', async () => {
  expect(await ask('mei', '/exports', `withdraw ${short(0)}`)).toContain('cannot withdraw');
  expect(await ask('mei', '/exports', `redeliver ${short(0)}`)).toContain('nothing to send again');
  const sofia = house.as('sofia');
  await sofia.command('C01GENERAL', '/exports', `withdraw ${short(0)}`);
  const modal = await sofia.waitForModal((view) => JSON.stringify(view.blocks).includes('reason'));
  await sofia.submit(modal, {});
  await expect
    .poll(async () => (await house.meshline.flow.ledger.get(ids[0] ?? ''))?.status)
    .toBe('withdrawn');
});

it('tells who is on call and what is open, takes a page on, and hands over until a time', async () => {
  const { ledger, settings } = house.meshline.flow;
  expect(await ask('eli', '/oncall', '')).toContain('Nothing that was paged is open');
  const paged = { type: 'paged' as const, to: [PEOPLE.eli.guid], user_group: null, channel: '#on-call' };
  await ledger.update(ids[1] ?? '', house.clock.now(), () => ({ events: [paged] }));
  const open = await ask('eli', '/oncall', 'incidents');
  expect(open).toContain('1 page is open, 1 without an answer');
  expect(open).toContain(short(1));

  expect(await ask('eli', '/oncall', 'ack')).toContain('Say which');
  expect(await ask('eli', '/oncall', `ack ${short(1)}`)).toContain('You are on it');
  expect(await ask('eli', '/oncall', '')).toContain('all of them taken on');

  expect(await ask('eli', '/oncall', 'handover')).toContain('Say to whom');
  expect(await ask('eli', '/oncall', 'handover omar until someday')).toContain('do not understand that time');
  expect(await ask('sofia', '/oncall', 'handover omar until 18:00')).toContain('cannot hand over on-call');
  const before = settings().directory.on_call.people;
  expect(await ask('eli', '/oncall', 'handover @omar until 18:00')).toContain('handed over until');
  expect(settings().directory.on_call.people).toContain(PEOPLE.omar.guid);
  expect(settings().directory.on_call.people).not.toContain(PEOPLE.eli.guid);
  house.clock.leap(25 * 3_600_000);
  expect(settings().directory.on_call.people).toEqual(before);
  expect(await ask('eli', '/oncall', 'what')).toContain('/oncall ack ID');
});

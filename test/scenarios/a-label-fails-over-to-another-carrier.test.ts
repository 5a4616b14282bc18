import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { replay } from '../../src/exports/evolve.ts';
import { SINK_KINDS } from '../../src/sinks/registry.ts';
import {
  type Carriers,
  fakeCarriers,
  labelRequest,
  REFUSED,
  WRONG_ADDRESS,
  withFailover,
} from '../support/carriers.ts';
import { eventsOf, press, stateOf, told } from '../support/clicks.ts';
import { domestic } from '../support/domestic.ts';
import { put } from '../support/fixtures.ts';
import { type House, openHouse } from '../support/house.ts';

let house: House;
let carriers: Carriers;
beforeAll(async () => {
  carriers = fakeCarriers();
  house = await openHouse({
    sinkKinds: [...SINK_KINDS, carriers.kind],
    configure: withFailover('dearer'),
  });
});
afterAll(() => house.close());
beforeEach(() => {
  for (const carrier of [carriers.fedex, carriers.usps]) {
    Object.assign(carrier, { answers: [], found: { kind: 'unknown' }, asked: [], quotes: [], labels: [] });
    carrier.price = { amount: '7.90', currency: 'USD', service: 'priority' };
  }
});

const statusOf = async (id: string) => (await stateOf(house, id)).status;
const text = (blocks: unknown) => JSON.stringify(blocks);
const showing = (card: { ts: string }, words: string) =>
  house.as('amara').waitForMessage('#logistics', (m) => m.ts === card.ts && text(m.blocks).includes(words));
const tasksOf = (id: string) => house.meshline.flow.ledger.tasks({ export_id: id, state: 'open', limit: 10 });

it('asks the next carrier when the first has no such service, and shows both tries and the label', async () => {
  carriers.fedex.answers = [REFUSED];
  const { id, card } = await labelRequest(house, '200101');
  await expect.poll(() => statusOf(id)).toBe('delivered');
  expect(carriers.fedex.asked).toHaveLength(1);
  expect(carriers.usps.quotes).toHaveLength(1);
  expect(carriers.usps.asked).toHaveLength(1);
  const [first, second] = [carriers.fedex.asked[0], carriers.usps.asked[0]];
  expect(second?.key).toContain('usps');
  expect(second?.key).not.toBe(first?.key);
  expect(second?.body['carrier']).toEqual({ preferred: 'usps', service: 'priority', alternates: [] });

  const shown = text((await showing(card, 'Delivered')).blocks);
  for (const words of [
    'FedEx',
    'refused: ',
    'Service not available',
    'USPS',
    ' made it',
    '9.40 USD',
    '9400136208303312345671',
  ]) {
    expect(shown).toContain(words);
  }
  expect(shown).toContain('https://labels.example.com/');
  await house.as('amara').waitForReply(card, (m) => m.text.includes('so it goes to USPS'));
  expect(await tasksOf(id)).toEqual([]);
});

it('asks somebody when the next carrier is dearer, and takes their click as the word', async () => {
  carriers.fedex.answers = [REFUSED];
  carriers.usps.price = { amount: '9.40', currency: 'USD', service: 'priority' };
  const { id, card, amara } = await labelRequest(house, '200102');
  await expect.poll(() => statusOf(id)).toBe('paused');
  expect(carriers.usps.asked).toHaveLength(0);
  const asking = text((await showing(card, 'Use USPS')).blocks);
  expect(asking).toContain('label pending');
  expect(asking).toContain('Service not available to this destination');
  expect(asking).toContain('9.40 USD');
  expect(asking).toContain('1.20 USD more than ');
  await amara.waitForDirectMessage((m) => m.text.includes('1.20 USD more than FedEx'));

  // Marketing has no say in it.
  await press(house, 'priya', card, 'use_alternate');
  await vi.waitFor(() =>
    expect(told(house, 'priya', card.channel).join(' ')).toContain('You cannot use another carrier'),
  );
  expect(carriers.usps.asked).toHaveLength(0);

  await press(house, 'lucas', card, 'use_alternate');
  await expect.poll(() => statusOf(id)).toBe('delivered');
  expect(carriers.usps.labels).toHaveLength(1);
  const state = await stateOf(house, id);
  expect(replay(id, await house.meshline.flow.ledger.events(id))).toEqual(state);
  expect(state.acceptances).toHaveLength(1);
  expect(state.revision?.number).toBe(1);
  await amara.waitForReply(card, (m) => m.text.includes('Lucas Silva had it sent to USPS'));
  expect(await tasksOf(id)).toEqual([]);
});

it('asks for more than was allowed too, and lets the carrier charge what was agreed to', async () => {
  carriers.fedex.answers = [REFUSED];
  carriers.usps.price = { amount: '14.10', currency: 'USD', service: null };
  const { id, card } = await labelRequest(house, '200103');
  await showing(card, 'above the 12.00 USD allowed');
  await press(house, 'amara', card, 'use_alternate');
  await expect.poll(() => statusOf(id)).toBe('delivered');
  expect(carriers.usps.asked[0]?.body['max_cost']).toEqual({ amount: '14.10', currency: 'USD' });
});

it('gives a wrong address to logistics, who puts the right one in, and then the label is made', async () => {
  carriers.fedex.answers = [WRONG_ADDRESS];
  const { id, card, amara } = await labelRequest(house, '200104');
  await expect.poll(() => statusOf(id)).toBe('paused');
  expect(carriers.usps.quotes).toHaveLength(0);
  expect((await stateOf(house, id)).trouble).toMatchObject({ code: 'address_invalid', role: 'logistics' });
  expect(await tasksOf(id)).toHaveLength(1);

  await press(house, 'lucas', card, 'mend');
  const lucas = house.as('lucas');
  const form = await lucas.waitForModal((view) => view.title === 'Fix address');
  expect(text(form.blocks)).toContain('The street number was not found');
  const wrong = await lucas.submit(form, { 'edit:payload.ship_to.postal_code': '972' });
  expect(wrong).toMatchObject({ action: 'errors' });
  const { errors } = await lucas.waitForModal((view) => Object.keys(view.errors).length > 0);
  expect(errors['edit:payload.ship_to.postal_code']).toContain('ZIP code');
  const right = {
    'edit:payload.ship_to.postal_code': '97205',
    'edit:payload.ship_to.line1': '188 Example Avenue',
    'edit:payload.ship_to.line2': 'Floor 3',
  };
  expect(await lucas.submit(form, right)).toMatchObject({ action: 'close' });

  expect(await stateOf(house, id)).toMatchObject({
    status: 'pending',
    acceptances: [],
    trouble: null,
    revision: { number: 2 },
  });
  expect(await tasksOf(id)).toEqual([]);
  await press(house, 'amara', card, 'accept');
  await expect.poll(() => statusOf(id)).toBe('delivered');
  expect(carriers.fedex.asked[1]?.body['ship_to']).toMatchObject({
    line1: '188 Example Avenue',
    line2: 'Floor 3',
    postal_code: '97205',
  });
  expect(carriers.usps.labels).toHaveLength(0);
  expect(
    text(
      (
        await amara.waitForMessage(
          '#logistics',
          (m) => m.ts === card.ts && text(m.blocks).includes('Delivered'),
        )
      ).blocks,
    ),
  ).toContain('794644790138');
});

it('asks nobody else while an answer is lost, and goes on once it is known', async () => {
  carriers.fedex.answers = [{ kind: 'unknown', cause: 'The connection broke.' }];
  const { id } = await labelRequest(house, '200105');
  await expect.poll(async () => (await stateOf(house, id)).pushes[0]?.status).toBe('unknown');
  const rows = () => house.meshline.flow.ledger.waiting(house.clock.now() + 3_600_000, 100);
  house.clock.leap(5_000);
  await expect.poll(async () => (await stateOf(house, id)).pushes[0]?.attempts).toBeGreaterThan(1);
  expect(carriers.usps.quotes).toHaveLength(0);
  expect((await rows()).some((row) => row.effect.kind === 'quote')).toBe(false);

  // The first label was never made; asked again, FedEx refuses.
  carriers.fedex.found = { kind: 'absent' };
  carriers.fedex.answers = [REFUSED];
  await expect
    .poll(
      async () => {
        house.clock.leap(60_000);
        return statusOf(id);
      },
      { timeout: 15_000, interval: 200 },
    )
    .toBe('delivered');
  expect(carriers.fedex.labels).toHaveLength(0);
  expect(carriers.usps.labels).toHaveLength(1);
});

it('makes no second label when the lost answer turns out to have been one', async () => {
  carriers.fedex.answers = [{ kind: 'unknown', cause: 'The connection broke.' }];
  carriers.fedex.found = { kind: 'delivered', reference: '794', facts: { tracking_number: '794' } };
  const { id } = await labelRequest(house, '200106');
  await expect
    .poll(
      async () => {
        house.clock.leap(10_000);
        return statusOf(id);
      },
      { timeout: 15_000, interval: 200 },
    )
    .toBe('delivered');
  expect(carriers.usps.quotes).toHaveLength(0);
  expect(await eventsOf(house, id)).not.toContain('failed_over');
});

it('brings a label that policy had accepted to logistics, and goes on by itself once it is mended', async () => {
  carriers.fedex.answers = [WRONG_ADDRESS];
  const { body } = await house.sendFixture(
    'shipping_label_request',
    (raw) => {
      domestic('200108')(raw);
      put(raw, 'payload.max_cost.currency', 'EUR');
      put(raw, 'payload.quoted_cost', null);
    },
    'wms',
  );
  const id = body.export_id ?? '';
  const lucas = house.as('lucas');
  const card = await lucas.waitForMessage('#logistics', (m) => m.text.includes('200108'));
  await press(house, 'lucas', card, 'mend');
  const form = await lucas.waitForModal((view) => view.title === 'Fix address');
  await lucas.submit(form, { 'edit:payload.ship_to.line1': '188 Example Avenue' });
  await expect.poll(() => statusOf(id)).toBe('delivered');
  expect(carriers.fedex.labels).toHaveLength(1);
  expect(text((await showing(card, 'Delivered')).blocks)).toContain('794644790138');

  // What the ledger holds is what the events make.
  const state = await stateOf(house, id);
  expect(replay(id, await house.meshline.flow.ledger.events(id))).toEqual(state);
});

it('leaves the order to logistics when the last carrier refuses too', async () => {
  carriers.fedex.answers = [REFUSED];
  carriers.usps.answers = [
    { kind: 'failed', exception_code: 'package_over_limit', message: 'Over 70 lb.', metadata: {} },
  ];
  const { id, card } = await labelRequest(house, '200107');
  await expect.poll(() => statusOf(id)).toBe('paused');
  expect((await stateOf(house, id)).trouble).toMatchObject({ code: 'label_pending', role: 'logistics' });
  const shown = text((await showing(card, 'Paused')).blocks);
  expect(shown).toContain('Over 70 lb');
  expect(shown).toContain('Service not available');
  expect(shown).toContain('Change shipment…');
  expect(await tasksOf(id)).toMatchObject([{ role: 'logistics' }]);
});

import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { replay } from '../../src/exports/evolve.ts';
import { lateClick, press, promo, stateOf, told } from '../support/clicks.ts';
import { put, type RawExport } from '../support/fixtures.ts';
import { type House, openHouse, PEOPLE } from '../support/house.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse({
    staging: true,
    configure: ({ policies }) => {
      Object.assign(policies['shipping_label_response'] ?? {}, { staging: ['oms_staging'] });
      // The warehouse is no staging system.
      Object.assign(policies['inventory_delta'] ?? {}, { staging: ['wms'] });
    },
  });
});
afterAll(() => house.close());
beforeEach(() => house.sinks.setMode('oms_staging', 'ok'));

const CHANNEL = '#promo-approvals';
const text = (blocks: unknown) => JSON.stringify(blocks);
const showing = (card: { ts: string }, words: string) =>
  house
    .as('priya')
    .waitForMessage(CHANNEL, (m) => m.ts === card.ts && text(m.blocks).includes(words), 10_000);
const buttons = (blocks: unknown) =>
  [...text(blocks).matchAll(/"action_id":"(\w+)"/g)].map((match) => match[1]);
const asked = (id: string) =>
  (house.sinks.state().find((sink) => sink.name === 'oms_staging')?.received ?? [])
    .filter((each) => text(each.body).includes(id))
    .map((each) => each.operation)
    .toReversed();

it('tries a promo on staging first, shows what was found, and then lets people accept it', async () => {
  const { id, card } = await promo(house, 'Checked');
  const shown = await showing(card, 'test order ✓');
  expect(text(shown.blocks)).toContain(
    '✓ Safety checks on OMS Staging: sample write ✓ · read back ✓ · cleaned up ✓ · test order ✓ · order cancelled ✓',
  );
  expect(asked(id)).toEqual(['sample.write', 'sample.read', 'sample.clean', 'order.test', 'order.cancel']);
  expect(house.sinks.effects('oms')).toEqual([]);
  await press(house, 'priya', card, 'accept');
  await showing(card, '1 of 2');
  await press(house, 'hannah', card, 'accept');
  await expect.poll(async () => (await stateOf(house, id)).status).toBe('delivered');
  expect(house.sinks.effects('oms')).toHaveLength(1);
  expect(house.sinks.effects('oms_staging')).toEqual([]);
});

it('lets nobody accept what failed, until somebody entitled overrides it with a reason', async () => {
  house.sinks.setMode('oms_staging', 'staging_fails');
  const { id, card } = await promo(house, 'Failing', 'sofia');
  const failed = await showing(card, 'Safety checks failed');
  expect(text(failed.blocks)).toContain('read back ✗');
  expect(text(failed.blocks)).toContain('its pages still hold the old values.');
  expect(buttons(failed.blocks)).toEqual(['rerun_checks', 'override_checks', 'reject', 'review', 'withdraw']);
  await house.as('priya').waitForReply(card, (m) => m.text.includes('Safety checks failed'));
  await house.as('sofia').waitForDirectMessage((m) => m.text.includes('Safety checks failed'));

  // Marketing signs, and has no say in this; nor has whoever asked.
  for (const person of ['priya', 'sofia'] as const) {
    await press(house, person, card, 'override_checks');
    await vi.waitFor(() =>
      expect(told(house, person, card.channel).join(' ')).toContain(
        'Safety checks are overridden by members of operations and engineering',
      ),
    );
  }
  await press(house, 'hannah', card, 'override_checks');
  const hannah = house.as('hannah');
  const form = await hannah.waitForModal((view) => view.title === 'Override safety checks');
  expect(text(form)).toContain('What failed');
  await hannah.submit(form, { reason: 'The test shop lags; prices were checked by hand.' });

  const overridden = await showing(card, 'Safety checks overridden');
  expect(text(overridden.blocks)).toContain('The test shop lags; prices were checked by hand.');
  expect(text(overridden.blocks)).toContain('Hannah Lindqvist has overridden its safety checks');
  await hannah.waitForReply(card, (m) => m.text.includes('overrode the failed safety checks of revision 1'));
  await press(house, 'hannah', card, 'accept');
  await press(house, 'priya', card, 'accept');
  await expect.poll(async () => (await stateOf(house, id)).status).toBe('delivered');
  const recorded = await house.meshline.flow.ledger.events(id);
  expect(recorded.map(({ event }) => event)).toContainEqual({
    type: 'safety_checks_overridden',
    by: PEOPLE.hannah.guid,
    reason: 'The test shop lags; prices were checked by hand.',
    revision: 1,
  });
  expect(replay(id, recorded)).toEqual(await stateOf(house, id));
});

it('runs failed checks again when somebody says so', async () => {
  house.sinks.setMode('oms_staging', 'staging_fails');
  const { id, card } = await promo(house, 'Again');
  await showing(card, 'Safety checks failed');
  house.sinks.setMode('oms_staging', 'ok');
  await press(house, 'priya', card, 'rerun_checks');
  const passed = await showing(card, 'read back ✓');
  expect(buttons(passed.blocks)).toContain('accept');
  expect(asked(id).filter((operation) => operation === 'sample.write')).toHaveLength(2);
});

it('checks a revision anew, and an override of the earlier one does not count for it', async () => {
  const { id, card } = await promo(house, 'Revised');
  const passed = await showing(card, 'test order ✓');
  house.sinks.setMode('oms_staging', 'staging_fails');
  const newer = structuredClone((await stateOf(house, id)).raw) as RawExport;
  put(newer, 'idempotency_key', `${id}-2`);
  put(newer, 'payload.lines.0.after.price', '38.90');
  await house.send(newer);
  await showing(card, 'Safety checks failed');
  expect((await stateOf(house, id)).rehearsal).toMatchObject({ revision: 2, override: null });
  // The card as it was before: its Accept is about other values.
  await lateClick(house, passed, 'accept', 'priya');
  await vi.waitFor(() => expect(told(house, 'priya').join(' ')).toContain('revision 2 replaced 1'));
  expect((await stateOf(house, id)).acceptances).toEqual([]);
});

it('lets policy accept only what has passed', async () => {
  const { body } = await house.sendFixture('shipping_label_response', () => {}, 'wms');
  const id = body.export_id ?? '';
  await expect.poll(async () => (await stateOf(house, id)).status).toBe('delivered');
  const types = (await house.meshline.flow.ledger.events(id)).map(({ event }) => event.type);
  expect(types.slice(0, 3)).toEqual(['received', 'rehearsed', 'acceptance_recorded']);
  expect(asked(id)).toContain('order.test');
});

it('asks the owner in the place of policy when a system cannot be tried on', async () => {
  const { body } = await house.sendFixture('inventory_delta', () => {}, 'wms');
  const grace = house.as('grace');
  const card = await grace.waitForMessage('#supply-chain', (m) => m.text.includes('Safety checks failed'));
  expect(text(card.blocks)).toContain('This system cannot rehearse.');
  expect(await stateOf(house, body.export_id ?? '')).toMatchObject({
    status: 'pending',
    revision: { policy: { gate: { mode: 'single', steps: [{ role: 'supply_chain' }] } } },
  });
  await grace.waitForReply(card, (m) => m.text.includes('Policy would have accepted it'));
  await press(house, 'grace', card, 'override_checks');
  await vi.waitFor(() => expect(told(house, 'grace', card.channel).join(' ')).toContain('Hannah Lindqvist'));
});

it('asks a system that is down again, and then says that it did not answer', async () => {
  house.sinks.setMode('oms_staging', 'fail_500');
  const { id, card } = await promo(house, 'Down');
  const waits = await showing(card, 'Waiting for safety checks');
  expect(buttons(waits.blocks)).not.toContain('accept');
  const tries = () => asked(id).filter((operation) => operation === 'sample.write').length;
  let beside = 0;
  const triedAgain = async () => {
    house.clock.leap(20_000);
    beside += 1;
    // What comes in for the same system lets it look at what is due.
    await promo(house, `Beside ${beside}`);
    return tries();
  };
  await expect.poll(triedAgain, { timeout: 40_000, interval: 300 }).toBe(5);
  const failed = await showing(card, 'Safety checks failed');
  expect(text(failed.blocks)).toContain('No clear answer in 5 tries');
}, 60_000);

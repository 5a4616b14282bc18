import { afterEach, expect, it } from 'vitest';
import { toIso } from '../../src/clock.ts';
import { stageOf } from '../../src/exports/campaigns/campaign.ts';
import { isRefusal } from '../../src/exports/refusals.ts';
import { HOUR_MS } from '../../src/exports/words.ts';
import { createDesk } from '../../src/flow/desk.ts';
import { SINK_KINDS } from '../../src/sinks/registry.ts';
import { aBrief, campaignOf, done, exportIn } from '../support/campaigns.ts';
import { put } from '../support/fixtures.ts';
import { type House, openHouse, PEOPLE } from '../support/house.ts';
import { recordingSink, routed } from '../support/recording-sink.ts';

let house: House | null = null;
afterEach(async () => {
  await house?.close();
  house = null;
});

/** A house whose promos go to a system that keeps no schedules, and to those in `also`. */
async function scheduled(also: readonly string[] = []) {
  const shop = recordingSink({}, false);
  const here = await openHouse({
    sinkKinds: [...SINK_KINDS, shop.kind],
    configure(file) {
      routed(file, 'till', ['promo_activation']);
      Object.assign(file.policies['promo_activation'] ?? {}, {
        routes: ['till', ...also],
        staging: undefined,
      });
      delete file.policies['promo_activation']?.['staging'];
    },
  });
  house = here;
  const now = here.clock.now();
  const window = { start: toIso(now + 3 * HOUR_MS), end: toIso(now + 9 * HOUR_MS), time_zone: 'UTC' };
  const { id } = await done(
    here.meshline.campaigns.create(PEOPLE.sofia.guid, aBrief(now, { window }), 'slack'),
  );
  await done(here.meshline.campaigns.ready(id, PEOPLE.sofia.guid, 1));
  const promo = await exportIn(here, id, 'activate', 'pending');
  for (const person of [PEOPLE.priya, PEOPLE.hannah]) {
    const accepted = await desk(here).accept(promo, person.guid, 1, false);
    expect(isRefusal(accepted), JSON.stringify(accepted)).toBe(false);
  }
  return { here, shop, id, promo };
}

const desk = (here: House) => createDesk(here.meshline.flow, async () => PEOPLE.priya.guid);
const stage = async (here: House, id: string) => {
  const campaign = await campaignOf(here, id);
  return campaign ? `${campaign.status}, ${stageOf(campaign)}` : 'none';
};

/** Time passes; what waits in memory for the machine's own clock is read again as after a restart. */
async function leap(here: House, ms: number): Promise<void> {
  here.clock.leap(ms);
  await here.restart();
}

it('waits with what begins later, through restarts, and sends it at its start although it is hours old', async () => {
  const { here, shop, id, promo } = await scheduled();
  await expect.poll(() => stage(here, id)).toBe('ready, scheduled');
  await leap(here, 2 * HOUR_MS);
  await here.restart();
  expect(shop.pushes).toEqual([]);
  expect(await stage(here, id)).toBe('ready, scheduled');
  // The first try finds it busy: age alone must not take the acceptances away then.
  shop.answer = () =>
    (shop.pushes.length === 1 ? { kind: 'retry', after_ms: 1, cause: 'Busy.' } : null) as never;
  await leap(here, HOUR_MS + 1_000);
  await expect.poll(() => stage(here, id), { timeout: 10_000 }).toBe('live, live');
  expect(shop.pushes.map(({ operation }) => operation)).toEqual(['promo.activate', 'promo.activate']);
  const state = await here.meshline.flow.ledger.get(promo);
  expect(state).toMatchObject({ status: 'delivered', acceptances: [{ revision: 1 }, { revision: 1 }] });
}, 60_000);

it('sends at once to a system that keeps schedules, and later to one that does not', async () => {
  const { here, shop, id } = await scheduled(['oms']);
  await expect
    .poll(() => here.sinks.effects('oms').map(({ operation }) => operation))
    .toEqual(['promo.activate']);
  await expect.poll(() => stage(here, id)).toBe('ready, scheduled');
  expect(shop.pushes).toEqual([]);
  await expect.poll(async () => (await campaignOf(here, id))?.exports.at(-1)?.out).toBe(true);
  // Part of it stands at a system already, so it can be taken back before it ever began.
  await done(here.meshline.campaigns.rollBack(id, PEOPLE.priya.guid, 'Not this week.', false));
  await expect.poll(() => stage(here, id), { timeout: 10_000 }).toBe('ended, ended');
  await leap(here, 4 * HOUR_MS);
  await expect.poll(async () => (await here.meshline.flow.ledger.pulse(here.clock.now())).outbox).toBe(0);
  expect(shop.pushes.map(({ operation }) => operation)).toEqual(['promo.deactivate']);
}, 60_000);

it.each([
  ['rejected', 'The supplier is late.'],
  ['withdrawn', null],
] as const)(
  'lets it be %s until it starts, and then sends nothing',
  async (how, reason) => {
    const { here, shop, id, promo } = await scheduled();
    await expect.poll(() => stage(here, id)).toBe('ready, scheduled');
    await leap(here, HOUR_MS);
    const ended =
      how === 'rejected'
        ? await desk(here).reject(promo, PEOPLE.hannah.guid, 1, reason ?? '')
        : await desk(here).withdraw(promo, PEOPLE.sofia.guid, null);
    expect(isRefusal(ended), JSON.stringify(ended)).toBe(false);
    await expect.poll(() => stage(here, id)).toBe('draft, briefing');
    expect((await campaignOf(here, id))?.halt?.reason).toBe(reason ?? 'The promo was withdrawn.');
    await leap(here, 3 * HOUR_MS);
    await expect.poll(async () => (await here.meshline.flow.ledger.pulse(here.clock.now())).outbox).toBe(0);
    expect(shop.pushes).toEqual([]);
  },
  60_000,
);

it('stops at its start when the shop says that its prices have drifted', async () => {
  const { here, shop, id } = await scheduled();
  await expect.poll(() => stage(here, id)).toBe('ready, scheduled');
  shop.answer = () => ({
    kind: 'failed',
    exception_code: 'price_conflict',
    message: 'TEE-BLK-M costs 27.00.',
    metadata: {},
  });
  await leap(here, 3 * HOUR_MS + 1_000);
  await expect.poll(() => stage(here, id), { timeout: 10_000 }).toBe('paused, shortfall');
  expect((await campaignOf(here, id))?.halt).toMatchObject({ code: 'price_conflict', by: null });
}, 60_000);

it('sends nothing of a campaign whose window was over before it could go out', async () => {
  const { here, shop, id, promo } = await scheduled();
  await expect.poll(() => stage(here, id)).toBe('ready, scheduled');
  await leap(here, 10 * HOUR_MS);
  await expect.poll(() => stage(here, id), { timeout: 10_000 }).toBe('ended, ended');
  await expect.poll(async () => (await here.meshline.flow.ledger.get(promo))?.status).toBe('expired');
  await expect.poll(async () => (await here.meshline.flow.ledger.pulse(here.clock.now())).outbox).toBe(0);
  expect(shop.pushes).toEqual([]);
}, 60_000);

it('asks marketing operations about a promo of another system that came too late to be sent', async () => {
  const { here, shop } = await scheduled();
  const now = here.clock.now();
  const { body } = await here.sendFixture('promo_activation', (raw) => {
    const window = { start: toIso(now + HOUR_MS), end: toIso(now + 2 * HOUR_MS) };
    for (const [end, at] of Object.entries(window)) put(raw, `payload.window.${end}`, at);
  });
  const promo = body.export_id ?? '';
  for (const person of [PEOPLE.priya, PEOPLE.hannah])
    await done(desk(here).accept(promo, person.guid, 1, false));
  await leap(here, 3 * HOUR_MS);
  const paused = async () => (await here.meshline.flow.ledger.get(promo))?.status;
  await expect.poll(paused, { timeout: 10_000 }).toBe('paused');
  const state = await here.meshline.flow.ledger.get(promo);
  expect(state?.pushes).toMatchObject([{ status: 'failed', exception_code: 'window_over' }]);
  const card = await here
    .as('priya')
    .waitForMessage('#promo-approvals', (message) =>
      JSON.stringify(message.blocks).includes('Nothing was sent.'),
    );
  expect(JSON.stringify(card.blocks)).toContain('later window');
  expect(shop.pushes.filter(({ export: { export_id } }) => export_id === promo)).toEqual([]);
}, 60_000);

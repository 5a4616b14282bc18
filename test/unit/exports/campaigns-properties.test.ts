import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isRefusal } from '../../../src/exports/refusals.ts';
import type { WorldOptions } from '../../support/campaign-engine.ts';
import { BEGINNING, live, type Move, move, worlds } from '../../support/campaign-moves.ts';
import { CampaignWorld } from '../../support/campaign-world.ts';

const SEED = Number(process.env['MESHLINE_SEED'] ?? 20261122);
const RUNS = Number(process.env['MESHLINE_RUNS'] ?? 60);
it(`leaves every price where the ledger says, whatever comes in whatever order (seed ${SEED})`, async () => {
  const reached = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(
      worlds,
      fc.boolean(),
      fc.array(move, { minLength: 3, maxLength: 30 }),
      (options, begun, moves) => live(options, begun ? [...BEGINNING, ...moves] : moves, reached),
    ),
    { numRuns: RUNS, seed: SEED, endOnFailure: process.env['MESHLINE_SHRINK'] === undefined },
  );
  if (RUNS >= 60)
    for (const status of ['draft', 'ready', 'live', 'paused', 'ended'])
      expect(reached.get(status) ?? 0, status).toBeGreaterThan(0);
}, 600_000);

/** Each was found by the property above, and was wrong once. */
const SEEN: readonly (readonly [string, WorldOptions, readonly Move[]])[] = [
  [
    'a rollout is taken back before anything of it went out',
    { stages: [50, 100] },
    [
      { do: 'stage', what: 'back' },
      { do: 'mood', where: 'oms', mood: 'lost' },
      { do: 'end' },
      { do: 'pause' },
      { do: 'pass', ms: 360000 },
      { do: 'drain' },
    ],
  ],
  [
    'one system refuses what another only begins later',
    { starts_in: 7200000, schedules: true },
    [
      { do: 'mood', where: 'shop', mood: 'refuses' },
      { do: 'step', pick: 1 },
      { do: 'roll_back', leave: false },
      { do: 'drain' },
    ],
  ],
  [
    'a rollout of which nothing is out meets a price set by hand',
    { stages: [50, 100] },
    [
      { do: 'roll_back', leave: false },
      { do: 'stage', what: 'back' },
      { do: 'by_hand', sku: 'TEE-BLK-M' },
      { do: 'mood', where: 'shop', mood: 'busy' },
      { do: 'mood', where: 'oms', mood: 'refuses' },
    ],
  ],
  [
    'it goes out after its window, because the process was down',
    { stages: [50, 100] },
    [
      { do: 'mood', where: 'oms', mood: 'crash after' },
      { do: 'pass', ms: 46800000 },
      { do: 'mood', where: 'shop', mood: 'crash before' },
      { do: 'pass', ms: 46800000 },
    ],
  ],
  [
    'a shop reports a shortage while the way back is asked for',
    {},
    [
      { do: 'drain' },
      { do: 'mood', where: 'oms', mood: 'lost before' },
      { do: 'report' },
      { do: 'roll_back', leave: true },
      { do: 'step', pick: 3 },
      { do: 'step', pick: 3 },
      { do: 'report' },
      { do: 'withdraw' },
      { do: 'step', pick: 4 },
      { do: 'by_hand', sku: 'TEE-BLK-M' },
    ],
  ],
  [
    'a shop reports a shortage in the moment in which it has ended',
    {},
    [
      { do: 'pass', ms: 46800000 },
      { do: 'pass', ms: 46800000 },
      { do: 'drain' },
      { do: 'mood', where: 'shop', mood: 'crash after' },
      { do: 'reject' },
      { do: 'crash' },
      { do: 'mood', where: 'oms', mood: 'refuses' },
      { do: 'mood', where: 'oms', mood: 'refuses' },
      { do: 'end' },
      { do: 'report' },
      { do: 'drain' },
      { do: 'resolve' },
    ],
  ],
  [
    'a price is set by hand before it goes out, and it is rolled back half out',
    {},
    [
      { do: 'step', pick: 3 },
      { do: 'by_hand', sku: 'TEE-BLK-L' },
      { do: 'drain' },
      { do: 'accept' },
      { do: 'step', pick: 6 },
      { do: 'drain' },
    ],
  ],
  [
    'every price that it had set has been changed by hand',
    { stages: [50, 100] },
    [
      { do: 'by_hand', sku: 'CAP-RED' },
      { do: 'step', pick: 3 },
      { do: 'crash' },
      { do: 'accept' },
      { do: 'roll_back', leave: true },
      { do: 'by_hand', sku: 'TEE-BLK-M' },
    ],
  ],
  [
    'the process ends after the shop took it, and it stops for another reason meanwhile',
    {},
    [
      { do: 'pause' },
      { do: 'mood', where: 'shop', mood: 'crash after' },
      { do: 'step', pick: 6 },
      { do: 'step', pick: 3 },
      { do: 'ready' },
      { do: 'step', pick: 2 },
      { do: 'resolve' },
      { do: 'report' },
      { do: 'end' },
      { do: 'pass', ms: 3600000 },
    ],
  ],
  [
    'both the campaign and its rollout are rolled back at once',
    { stages: [50, 100] },
    [
      { do: 'drain' },
      { do: 'accept' },
      { do: 'crash' },
      { do: 'pass', ms: 360000 },
      { do: 'mood', where: 'oms', mood: 'crash before' },
      { do: 'drain' },
      { do: 'mood', where: 'oms', mood: 'busy' },
      { do: 'stage', what: 'back' },
      { do: 'roll_back', leave: true },
    ],
  ],
  [
    'news of it comes out of order',
    {},
    [
      { do: 'accept' },
      { do: 'step', pick: 2 },
      { do: 'step', pick: 6 },
      { do: 'mood', where: 'shop', mood: 'lost' },
      { do: 'mood', where: 'shop', mood: 'crash after' },
      { do: 'report' },
      { do: 'resolve' },
      { do: 'accept' },
      { do: 'withdraw' },
      { do: 'step', pick: 3 },
    ],
  ],
  [
    'it is rolled back in the very millisecond in which it was issued',
    { starts_in: 7200000, schedules: true },
    [
      { do: 'drain' },
      { do: 'step', pick: 1 },
      { do: 'roll_back', leave: true },
      { do: 'step', pick: 0 },
      { do: 'mood', where: 'oms', mood: 'crash before' },
      { do: 'crash' },
      { do: 'pass', ms: 46800000 },
      { do: 'step', pick: 3 },
      { do: 'drain' },
      { do: 'mood', where: 'shop', mood: 'crash after' },
      { do: 'crash' },
      { do: 'report' },
    ],
  ],
  [
    'its way back stops half-way while a lost answer of the promo is still looked for',
    { stages: [50, 100] },
    [
      { do: 'mood', where: 'shop', mood: 'lost' },
      { do: 'drain' },
      { do: 'ready' },
      { do: 'step', pick: 4 },
      { do: 'accept' },
      { do: 'mood', where: 'oms', mood: 'refuses' },
      { do: 'accept' },
      { do: 'resolve' },
      { do: 'roll_back', leave: false },
      { do: 'step', pick: 4 },
      { do: 'drain' },
    ],
  ],
];

it.each(SEEN)(
  'holds when %s',
  async (_, options, moves) => {
    await live(options, [...BEGINNING, ...moves]);
  },
  30_000,
);

it('brings a promo home from the straight way too', async () => {
  const here = await CampaignWorld.open();
  expect(isRefusal(await here.ready())).toBe(false);
  await here.drain();
  await here.accept();
  await here.accept();
  await here.drain();
  expect((await here.campaign()).status).toBe('live');
  expect(here.shop.prices.get('CAP-RED')).toBe('14.40');
  await here.bringHome();
  await here.close();
});

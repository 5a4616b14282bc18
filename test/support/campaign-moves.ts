import fc from 'fast-check';
import { HOUR_MS, MINUTE_MS } from '../../src/exports/words.ts';
import { FORMER, type WorldOptions } from './campaign-engine.ts';
import type { Mood } from './campaign-shop.ts';
import { CampaignWorld } from './campaign-world.ts';

/** One thing that somebody or something does to a campaign. */
export type Move =
  | {
      do:
        | 'ready'
        | 'accept'
        | 'reject'
        | 'withdraw'
        | 'resolve'
        | 'report'
        | 'pause'
        | 'resume'
        | 'end'
        | 'crash';
    }
  | { do: 'roll_back'; leave: boolean }
  | { do: 'stage'; what: 'advance' | 'hold' | 'back' }
  | { do: 'step'; pick: number }
  | { do: 'drain' }
  | { do: 'pass'; ms: number }
  | { do: 'mood'; where: 'shop' | 'oms'; mood: Mood }
  | { do: 'by_hand'; sku: string };

export const move: fc.Arbitrary<Move> = fc.oneof(
  { weight: 3, arbitrary: fc.constant<Move>({ do: 'ready' }) },
  { weight: 6, arbitrary: fc.constant<Move>({ do: 'accept' }) },
  {
    weight: 5,
    arbitrary: fc.constantFrom<Move>({ do: 'reject' }, { do: 'withdraw' }, { do: 'report' }, { do: 'crash' }),
  },
  {
    weight: 6,
    arbitrary: fc.constantFrom<Move>({ do: 'resolve' }, { do: 'pause' }, { do: 'resume' }, { do: 'end' }),
  },
  { weight: 2, arbitrary: fc.boolean().map<Move>((leave) => ({ do: 'roll_back', leave })) },
  {
    weight: 2,
    arbitrary: fc
      .constantFrom('advance' as const, 'hold' as const, 'back' as const)
      .map<Move>((what) => ({ do: 'stage', what })),
  },
  { weight: 8, arbitrary: fc.nat(6).map<Move>((pick) => ({ do: 'step', pick })) },
  { weight: 6, arbitrary: fc.constant<Move>({ do: 'drain' }) },
  {
    weight: 4,
    arbitrary: fc
      .constantFrom(2_000, 6 * MINUTE_MS, HOUR_MS, 13 * HOUR_MS)
      .map<Move>((ms) => ({ do: 'pass', ms })),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('mood' as const),
      where: fc.constantFrom('shop' as const, 'oms' as const),
      mood: fc.constantFrom<Mood>(
        'busy',
        'lost',
        'lost before',
        'short',
        'half',
        'refuses',
        'crash before',
        'crash after',
      ),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(...Object.keys(FORMER)).map<Move>((sku) => ({ do: 'by_hand', sku })),
  },
);

export const worlds: fc.Arbitrary<WorldOptions> = fc.constantFrom<WorldOptions>(
  {},
  { stages: [50, 100] },
  { starts_in: 2 * HOUR_MS },
  { starts_in: 2 * HOUR_MS, schedules: true },
);

let handMade = 0;

async function make(here: CampaignWorld, each: Move): Promise<void> {
  switch (each.do) {
    case 'roll_back':
      return void (await here.rollBack(each.leave));
    case 'stage':
      return here.stage(each.what);
    case 'step':
      return void (await here.step(each.pick));
    case 'pass':
      return here.pass(each.ms);
    case 'mood':
      return here.moods(each.where, each.mood);
    case 'by_hand':
      handMade += 1;
      return here.change(each.sku, `${40 + (handMade % 50)}.00`);
    case 'ready':
    case 'accept':
    case 'reject':
    case 'withdraw':
    case 'resolve':
    case 'report':
    case 'pause':
    case 'resume':
    case 'end':
    case 'crash':
    case 'drain':
      await here[each.do]();
  }
}

/** Lives through the moves, checks after each, at rest, and that people can bring it to its end. */
export async function live(
  options: WorldOptions,
  moves: readonly Move[],
  reached?: Map<string, number>,
): Promise<void> {
  const here = await CampaignWorld.open(options);
  try {
    for (const each of moves) {
      await make(here, each);
      await here.check();
    }
    await here.rest();
    if (process.env['MESHLINE_TELL']) await here.tell();
    await here.checkAtRest();
    const { status } = await here.campaign();
    reached?.set(status, (reached.get(status) ?? 0) + 1);
    await here.bringHome();
  } finally {
    await here.close();
  }
}

/** Most of what can happen begins with a promo that goes out. */
export const BEGINNING: readonly Move[] = [
  { do: 'ready' },
  { do: 'drain' },
  { do: 'accept' },
  { do: 'accept' },
];

import type { Locator } from 'playwright-core';
import { raiseException } from '../../src/flow/exceptions.ts';
import { type Seat, shows } from '../../test/e2e/seat.ts';
import { HOLD, prices, staged } from '../../test/support/rollout-prices.ts';
import type { Shot, Stage } from '../screenshots.ts';

const PLACE = '#merchandising';
const NAME = 'EU outlet';

type Rolling = { seat: Seat; card: Locator; id: string };

/** Accepted by Mei; its first stage goes out. */
async function rolling({ house, sit }: Stage): Promise<Rolling> {
  const { body } = await house.sendFixture('price_update', (raw) => prices(raw, NAME), 'erp');
  const seat = await sit('mei', PLACE);
  const card = seat.card(NAME);
  await shows(card, 'Waiting for acceptance');
  await seat.press(card, 'accept');
  return { seat, card, id: body.export_id ?? '' };
}

async function watched(stage: Stage): Promise<Rolling> {
  const found = await rolling(stage);
  await shows(found.card, '10 % live, watching');
  return found;
}

async function rolledBack(stage: Stage, says: string): Promise<Locator> {
  const { seat, card } = await watched(stage);
  if (says === 'Rolling back') stage.house.sinks.setMode('oms', 'fail_500');
  await seat.pressAndConfirm(card, 'rollout_roll_back');
  await shows(card, says);
  return card;
}

function shot(name: string, stage: Shot['stage'], rollout = {}): Shot {
  return { name: `card-rollout-${name}`, house: staged({ max_error_percent: 20, ...rollout }), stage };
}

/** An export that goes out in stages, in every state of it. */
export const ROLLOUT: readonly Shot[] = [
  shot('running', async (stage) => {
    stage.house.sinks.setMode('oms', 'fail_500');
    const { card } = await rolling(stage);
    await shows(card, '1 retry');
    return card;
  }),
  shot('watching', async (stage) => (await watched(stage)).card),
  shot('second', async (stage) => {
    const { card } = await watched(stage);
    stage.house.clock.leap(HOLD);
    await shows(card, '50 % live, watching');
    return card;
  }),
  shot('held', async (stage) => {
    const { card, id } = await watched(stage);
    const report = {
      exception_code: 'outcome_unknown',
      exception_metadata: { message: 'Two SKUs are unknown here.' },
    };
    await raiseException(stage.house.meshline.flow, id, 'oms', report);
    await shows(card, 'Held at 10 %');
    return card;
  }),
  shot('held-by-hand', async (stage) => {
    const { seat, card } = await watched(stage);
    await seat.pressAndConfirm(card, 'rollout_hold');
    await shows(card, 'Held at 10 %');
    return card;
  }),
  shot('asks', async (stage) => {
    const { seat, card } = await watched(stage);
    await seat.press(card, 'rollout_roll_back');
    return seat;
  }),
  shot('rolling-back', (stage) => rolledBack(stage, 'Rolling back')),
  shot('rolled-back', (stage) => rolledBack(stage, 'Rolled back')),
  shot('delivered', async (stage) => {
    const { card } = await watched(stage);
    stage.house.clock.leap(HOLD);
    await shows(card, '50 % live, watching');
    stage.house.clock.leap(HOLD);
    await shows(card, 'Delivered');
    return card;
  }),
  shot('thread', async (stage) => {
    const { seat, card } = await watched(stage);
    await seat.pressAndConfirm(card, 'rollout_hold');
    await shows(card, 'Held at 10 %');
    await seat.pressAndConfirm(card, 'rollout_advance');
    await shows(card, '50 % live, watching');
    return await seat.openThread(card);
  }),
];

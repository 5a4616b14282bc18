import { shows } from '../../test/e2e/seat.ts';
import type { Shot, Stage } from '../screenshots.ts';
import { bySofia, PROMO } from './steps.ts';

const HOUSE = { staging: true } as const;

/** A promo of Sofia's, as its safety checks leave it. */
async function checked({ house, sit }: Stage, mode: 'ok' | 'timeout' | 'staging_fails', until: string) {
  house.sinks.setMode('oms_staging', mode);
  await house.sendFixture('promo_activation', bySofia);
  const seat = await sit('hannah', PROMO);
  const card = seat.card('Summer 24');
  await shows(card, until);
  return { seat, card };
}

const failed = (stage: Stage) => checked(stage, 'staging_fails', 'Safety checks failed');

async function overriding(stage: Stage) {
  const { seat, card } = await failed(stage);
  await seat.press(card, 'override_checks');
  await shows(seat.modal, 'Override');
  await seat
    .field('reason')
    .fill('The pages of the test shop lag behind today; Mei and I checked the prices by hand.');
  return { seat, card };
}

/** What is tried before anybody can accept, and what people do when it fails. */
export const SAFETY: readonly Shot[] = [
  {
    name: 'card-safety-waiting',
    house: HOUSE,
    stage: async (stage) => (await checked(stage, 'timeout', 'Waiting for safety checks')).card,
  },
  {
    name: 'card-safety-passed',
    house: HOUSE,
    stage: async (stage) => (await checked(stage, 'ok', 'test order ✓')).card,
  },
  { name: 'card-safety-failed', house: HOUSE, stage: async (stage) => (await failed(stage)).card },
  {
    name: 'card-safety-overridden',
    house: HOUSE,
    async stage(stage) {
      const { seat, card } = await overriding(stage);
      await seat.submit();
      await shows(card, 'Safety checks overridden');
      return card;
    },
  },
  {
    name: 'modal-safety-override',
    house: HOUSE,
    stage: async (stage) => (await overriding(stage)).seat.modal,
  },
  {
    name: 'modal-safety-review',
    house: HOUSE,
    size: { width: 1280, height: 2200 },
    async stage(stage) {
      const { seat, card } = await failed(stage);
      await seat.press(card, 'review');
      const found = seat.modal.getByText('cleaned up', { exact: false }).first();
      await found.scrollIntoViewIfNeeded();
      return seat.modal;
    },
  },
  {
    name: 'page-safety-thread',
    house: HOUSE,
    async stage(stage) {
      const { seat, card } = await overriding(stage);
      await seat.submit();
      await shows(card, 'Safety checks overridden');
      await card.getByTestId('open-thread').click();
      await seat.page.getByText('overrode the failed safety checks').last().waitFor();
      return seat;
    },
  },
];

import { shows } from '../../test/e2e/seat.ts';
import type { Shot } from '../screenshots.ts';
import { bySofia, MINUTE_MS, ownerless, PROMO, promo, signed, typo } from './steps.ts';

/** Modals, dialogs, and whole pages. */
export const PLACES: readonly Shot[] = [
  {
    name: 'modal-review',
    async stage(stage) {
      const { seat, card } = await signed(stage, ['priya']);
      const hannah = await seat.go('hannah', PROMO);
      await hannah.press(hannah.card('Summer 24'), 'review');
      await shows(hannah.modal, 'As it was sent');
      await card.waitFor();
      return hannah.modal;
    },
  },
  {
    name: 'modal-review-scrolled',
    async stage(stage) {
      const { seat, card } = await signed(stage, ['priya']);
      await seat.press(card, 'review');
      await shows(seat.modal, 'As it was sent');
      await seat.modal.getByText('All values').scrollIntoViewIfNeeded();
      return seat.modal;
    },
  },
  {
    name: 'modal-review-end',
    async stage(stage) {
      const { seat, card } = await signed(stage, ['priya']);
      await seat.press(card, 'review');
      await shows(seat.modal, 'As it was sent');
      await seat.modal.getByText('As it was sent').scrollIntoViewIfNeeded();
      return seat.modal;
    },
  },
  {
    name: 'modal-reject',
    async stage(stage) {
      const { seat, card } = await promo(stage);
      await seat.press(card, 'reject');
      await seat.field('reason').waitFor();
      return seat.modal;
    },
  },
  {
    name: 'modal-reject-error',
    async stage(stage) {
      const { seat, card } = await promo(stage);
      await seat.press(card, 'reject');
      await seat.field('reason').fill('   ');
      await seat.submit();
      await seat.page.getByTestId('modal-error').waitFor();
      return seat.modal;
    },
  },
  {
    name: 'modal-withdraw',
    async stage(stage) {
      const { seat } = await promo(stage);
      await seat.go('sofia', PROMO);
      await seat.press(seat.card('Summer 24'), 'withdraw');
      await seat.field('reason').waitFor();
      return seat.modal;
    },
  },
  {
    name: 'modal-fix',
    async stage({ house, sit }) {
      await house.sendFixture('price_update', typo);
      const seat = await sit('omar', '#meshline-remediation');
      await seat.press(seat.card('quarantine'), 'fix');
      await shows(seat.modal, 'Check and continue');
      return seat.modal;
    },
  },
  {
    name: 'modal-assign-owner',
    async stage({ house, sit }) {
      await house.sendFixture('return_initiate', ownerless, 'erp');
      const seat = await sit('omar', '#meshline-remediation');
      await seat.press(seat.card('No owner'), 'assign_owner');
      await shows(seat.modal, 'Owner');
      return seat.modal;
    },
  },
  {
    name: 'modal-confirm',
    async stage(stage) {
      const { seat, card } = await promo(stage);
      await seat.press(card, 'accept');
      const dialog = seat.page.getByTestId('confirm-dialog');
      await dialog.waitFor();
      return dialog;
    },
  },
  {
    name: 'modal-confirm-stale',
    async stage({ house, sit }) {
      await house.sendFixture('price_update');
      const seat = await sit('mei', '#merchandising');
      const card = seat.card('EU retail');
      await shows(card, 'Waiting');
      house.clock.leap(8 * MINUTE_MS);
      // Tells the page what time it is.
      house.sandbox.control.advance(0);
      await seat.press(card, 'accept');
      await shows(seat.modal, 'Accept all the same');
      return seat.modal;
    },
  },
  {
    name: 'modal-resume',
    async stage(stage) {
      stage.house.sinks.setMode('oms', 'reject_422');
      const { seat, card } = await signed(stage);
      await shows(card, 'Paused');
      await seat.go('grace', PROMO);
      await seat.press(seat.card('Summer 24'), 'resume');
      await shows(seat.modal, 'What was done');
      return seat.modal;
    },
  },
  {
    name: 'home',
    async stage({ house, sit }) {
      await house.sendFixture('promo_activation', bySofia);
      await house.sendFixture('live_publish');
      await house.sendFixture('content_package_change');
      const seat = await sit('priya', 'home');
      await shows(seat.page.getByTestId('home'), '3 exports wait');
      return seat;
    },
  },
  {
    name: 'page-ephemeral',
    async stage(stage) {
      const { seat, card } = await signed(stage, ['priya']);
      await seat.pressAndConfirm(card, 'accept');
      await seat.page.getByTestId('ephemeral').waitFor();
      return seat;
    },
  },
  {
    name: 'page-thread',
    async stage(stage) {
      const { seat, card } = await promo(stage);
      stage.house.clock.leap(6 * MINUTE_MS);
      await card.getByTestId('open-thread').waitFor();
      stage.house.clock.leap(5 * MINUTE_MS);
      await shows(card, 'Was due');
      await shows(card.getByTestId('open-thread'), '2 replies');
      stage.house.clock.leap(6 * MINUTE_MS);
      await shows(card.getByTestId('open-thread'), '3 replies');
      await shows(await seat.openThread(card), 'paged');
      return seat;
    },
  },
  {
    name: 'page-on-call',
    async stage(stage) {
      const { seat, card } = await promo(stage);
      stage.house.clock.leap(16 * MINUTE_MS);
      await shows(card.getByTestId('open-thread'), 'repl');
      await seat.go('eli', '#on-call');
      await seat.card('paged').waitFor();
      return seat;
    },
  },
  {
    name: 'page-messages',
    async stage(stage) {
      const { seat, card } = await promo(stage);
      await seat.press(card, 'reject');
      await seat.field('reason').fill('The discount is higher than agreed with the supplier.');
      await seat.submit();
      await shows(card, 'Rejected');
      await seat.go('sofia', 'messages');
      await seat.card('rejected').waitFor();
      return seat;
    },
  },
  {
    name: 'page-inbox-command',
    async stage(stage) {
      const { seat } = await promo(stage);
      await seat.page.getByTestId('composer').first().fill('/exports');
      await seat.page.getByTestId('send').first().click();
      await seat.page.getByTestId('ephemeral').waitFor();
      return seat;
    },
  },
  {
    name: 'sinks',
    async stage(stage) {
      const { seat, card } = await signed(stage);
      await shows(card, 'Delivered');
      await seat.go('priya', 'sinks');
      await seat.page.locator('[data-sink-call]').first().waitFor();
      return seat;
    },
  },
  {
    name: 'hero',
    size: { width: 1200, height: 1000 },
    async stage(stage) {
      const { seat } = await signed(stage, ['priya']);
      return seat;
    },
  },
];

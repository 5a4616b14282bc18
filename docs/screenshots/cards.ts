import type { Command } from '../../src/exports/commands.ts';
import { decide } from '../../src/exports/decide.ts';
import { contextOf } from '../../src/flow/settings.ts';
import { shows } from '../../test/e2e/seat.ts';
import { put } from '../../test/support/fixtures.ts';
import type { Shot } from '../screenshots.ts';
import { fix, MINUTE_MS, ownerless, PROMO, promo, signed, typo, waiting } from './steps.ts';

/** Every state of a card, and a waiting card of every type. */
export const CARDS: readonly Shot[] = [
  { name: 'card-promo-pending', stage: async (stage) => (await promo(stage)).card },
  {
    name: 'card-promo-again',
    async stage(stage) {
      const { seat, card } = await promo(stage);
      const { control } = stage.house.sandbox;
      const [posted] = control.messages(PROMO).filter(({ thread_ts }) => thread_ts === null);
      control.deleteMessage(PROMO, posted?.ts ?? '');
      await shows(card, 'here it is again');
      return seat.card('here it is again');
    },
  },
  { name: 'card-promo-half', stage: async (stage) => (await signed(stage, ['priya'])).card },
  {
    name: 'card-promo-accepted',
    house: { configure: (file) => put(file as never, 'policies.promo_activation.undo_ms', 60_000) },
    async stage(stage) {
      const { card } = await signed(stage);
      await shows(card, 'Accepted: goes out');
      return card;
    },
  },
  {
    name: 'card-promo-delivering',
    async stage(stage) {
      stage.house.sinks.setMode('oms', 'fail_500');
      const { card } = await signed(stage);
      await shows(card, 'Going out');
      await shows(card, 'failed');
      return card;
    },
  },
  {
    name: 'card-promo-delivered',
    async stage(stage) {
      const { card } = await signed(stage);
      await shows(card, 'Delivered');
      return card;
    },
  },
  {
    name: 'card-promo-rejected',
    async stage(stage) {
      const { seat, card } = await promo(stage);
      await seat.press(card, 'reject');
      await seat.field('reason').fill('The discount is higher than agreed with the supplier.');
      await seat.submit();
      await shows(card, 'Rejected');
      return card;
    },
  },
  {
    name: 'card-promo-withdrawn',
    async stage(stage) {
      const { card } = await promo(stage);
      const sofia = await stage.sit('sofia', PROMO);
      await sofia.press(sofia.card('Summer 24'), 'withdraw');
      await sofia.field('reason').fill('Planned for next week instead.');
      await sofia.submit();
      await shows(card, 'Withdrawn');
      return card;
    },
  },
  {
    name: 'card-promo-expired',
    async stage(stage) {
      const { card } = await promo(stage);
      stage.house.clock.leap(11 * MINUTE_MS);
      await shows(card, 'Was due');
      stage.house.clock.leap(5 * MINUTE_MS);
      await shows(card.getByTestId('open-thread'), '3 replies');
      stage.house.clock.leap(70 * MINUTE_MS);
      await shows(card, 'Expired');
      return card;
    },
  },
  {
    name: 'card-promo-superseded',
    async stage(stage) {
      stage.house.sinks.setMode('oms', 'fail_500');
      const { card } = await signed(stage);
      await shows(card, 'Going out');
      const { flow } = stage.house.meshline;
      const [going] = await flow.ledger.list({ limit: 1 });
      const supersede: Command = { do: 'supersede', newer: going?.id ?? '' };
      await flow.ledger.update(going?.id ?? '', flow.clock.now(), (now) =>
        decide(now, supersede, contextOf(flow)),
      );
      await shows(card, 'Superseded');
      return card;
    },
  },
  {
    name: 'card-promo-revised',
    async stage(stage) {
      const { seat, card } = await signed(stage, ['priya']);
      await stage.house.sendFixture('promo_activation', (raw) => {
        put(raw, 'idempotency_key', 'newer');
        put(raw, 'source.reference', 'brief-summer-24-v4');
        put(raw, 'payload.lines.0.after.price', '38.90');
      });
      await shows(card, 'revision 2');
      await seat.page.getByTestId('open-thread').first().waitFor();
      return card;
    },
  },
  {
    name: 'card-promo-paused',
    async stage(stage) {
      stage.house.sinks.setMode('oms', 'reject_422');
      const { card } = await signed(stage);
      await shows(card, 'Paused');
      return card;
    },
  },
  {
    name: 'card-promo-failed',
    async stage(stage) {
      stage.house.sinks.setMode('oms', 'locked_409');
      const { card } = await signed(stage);
      await shows(card, 'Failed');
      return card;
    },
  },
  {
    name: 'card-quarantined',
    async stage({ house, sit }) {
      await house.sendFixture('price_update', typo);
      const card = (await sit('omar', '#meshline-remediation')).card('quarantine');
      await card.waitFor();
      return card;
    },
  },
  {
    name: 'card-no-owner',
    async stage({ house, sit }) {
      await house.sendFixture('return_initiate', ownerless, 'erp');
      const card = (await sit('omar', '#meshline-remediation')).card('No owner');
      await card.waitFor();
      return card;
    },
  },
  {
    name: 'card-moved',
    async stage({ house, sit }) {
      await house.sendFixture('price_update', typo);
      const seat = await sit('omar', '#meshline-remediation');
      await fix(seat);
      const card = seat.card('Moved to');
      await card.waitFor();
      return card;
    },
  },
  waiting('card-price-update', '#merchandising', 'mei', 'price_update'),
  waiting('card-price-update-two-step', '#merchandising', 'mei', 'price_update', (raw) =>
    put(raw, 'payload.lines.2.new_price', '9.90'),
  ),
  waiting('card-inventory-delta', '#supply-chain', 'grace', 'inventory_delta', (raw) => {
    put(raw, 'payload.lines.0.delta', -209);
    put(raw, 'payload.note', 'Counted again after a burst pipe');
  }),
  waiting('card-staged-product', '#merchandising', 'mei', 'staged_product'),
  waiting('card-live-publish', PROMO, 'priya', 'live_publish'),
  waiting('card-shipping-label-request', '#logistics', 'amara', 'shipping_label_request', (raw) => {
    put(raw, 'payload.quoted_cost.amount', '38.40');
    put(raw, 'payload.max_cost.amount', '45.00');
  }),
  {
    ...waiting('card-shipping-label-response', '#logistics', 'amara', 'shipping_label_response'),
    house: { configure: (file) => put(file as never, 'policies.shipping_label_response.gate', 'single') },
  },
  waiting('card-return-initiate', '#operations', 'hannah', 'return_initiate'),
  waiting('card-exception-notify', '#logistics', 'amara', 'exception_notify'),
  waiting('card-content-package-change', PROMO, 'priya', 'content_package_change'),
];

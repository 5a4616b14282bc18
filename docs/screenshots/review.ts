import { type Seat, shows } from '../../test/e2e/seat.ts';
import { put, type RawExport } from '../../test/support/fixtures.ts';
import { PEOPLE } from '../../test/support/house.ts';
import type { Shot, Stage } from '../screenshots.ts';

const MINUTE_MS = 60_000;
const PROMO = '#promo-approvals';

function bySofia(raw: RawExport): void {
  put(raw, 'source.requested_by', PEOPLE.sofia.guid);
}

async function promo({ house, sit }: Stage, person: 'priya' | 'hannah' = 'priya') {
  await house.sendFixture('promo_activation', bySofia);
  const seat = await sit(person, PROMO);
  const card = seat.card('Summer 24');
  await shows(card, '0 of 2');
  return { seat, card };
}

async function reviewing(stage: Stage) {
  const { seat, card } = await promo(stage);
  await seat.press(card, 'review');
  await shows(seat.modal, 'You hold this review');
  return { seat, card };
}

/** Priya's review with one price changed. */
async function edited(stage: Stage): Promise<{ seat: Seat }> {
  const { seat } = await reviewing(stage);
  await seat.press(seat.modal, 'edit');
  await shows(seat.modal, 'What you change');
  await seat.field('edit:payload.lines.0.after.price').fill('41.00');
  await seat.submit();
  return { seat };
}

async function sentBack(stage: Stage) {
  const { seat, card } = await reviewing(stage);
  await seat.press(seat.modal, 'request_changes');
  await seat.field('reason').fill('End it before the January sale begins.');
  await seat.submit();
  await shows(card, 'Sent back');
  return { seat, card };
}

/** What people do while an export waits for them. */
export const REVIEW_SHOTS: readonly Shot[] = [
  {
    name: 'card-promo-locked',
    async stage(stage) {
      await reviewing(stage);
      const hannah = await stage.sit('hannah', PROMO);
      const card = hannah.card('Summer 24');
      await shows(card, 'is reviewing until');
      return card;
    },
  },
  {
    name: 'modal-review-own',
    stage: async (stage) => (await reviewing(stage)).seat.modal,
  },
  {
    name: 'modal-review-held',
    async stage(stage) {
      await reviewing(stage);
      const hannah = await stage.sit('hannah', PROMO);
      await shows(hannah.card('Summer 24'), 'is reviewing until');
      await hannah.press(hannah.card('Summer 24'), 'review');
      await shows(hannah.modal, 'holds this review');
      return hannah.modal;
    },
  },
  {
    name: 'modal-review-take-over',
    async stage(stage) {
      await reviewing(stage);
      const hannah = await stage.sit('hannah', PROMO);
      await shows(hannah.card('Summer 24'), 'is reviewing until');
      await hannah.press(hannah.card('Summer 24'), 'review');
      await shows(hannah.modal, 'holds this review');
      await hannah.press(hannah.modal, 'take_over');
      return hannah;
    },
  },
  {
    name: 'modal-edit',
    async stage(stage) {
      const { seat } = await reviewing(stage);
      await seat.press(seat.modal, 'edit');
      await shows(seat.modal, 'What you change');
      return seat.modal;
    },
  },
  {
    name: 'modal-review-edited',
    async stage(stage) {
      await edited(stage);
      const hannah = await stage.sit('hannah', PROMO);
      await shows(hannah.card('Summer 24'), 'revision 2');
      await hannah.press(hannah.card('Summer 24'), 'review');
      await shows(hannah.modal, 'Changed by');
      return hannah.modal;
    },
  },
  {
    name: 'thread-edited',
    async stage(stage) {
      const { seat } = await edited(stage);
      await shows(seat.card('Summer 24'), 'revision 2');
      await stage.house.as('hannah').say(PROMO, 'Better. I sign it now.', (await last(stage)).ts);
      const thread = await seat.openThread(seat.card('Summer 24'));
      await shows(thread, 'I sign it now');
      return thread;
    },
  },
  {
    name: 'modal-reassign',
    async stage(stage) {
      const { seat } = await reviewing(stage);
      await seat.press(seat.modal, 'reassign');
      await shows(seat.modal, 'Hand it to');
      return seat.modal;
    },
  },
  {
    name: 'card-promo-returned',
    async stage(stage) {
      return (await sentBack(stage)).card;
    },
  },
  {
    name: 'modal-resubmit',
    async stage(stage) {
      await sentBack(stage);
      const sofia = await stage.sit('sofia', PROMO);
      await shows(sofia.card('Summer 24'), 'Sent back');
      await sofia.press(sofia.card('Summer 24'), 'resubmit');
      await shows(sofia.modal, 'asked:');
      return sofia.modal;
    },
  },
  {
    name: 'card-promo-undo',
    house: { undo: true },
    async stage(stage) {
      const { seat, card } = await promo(stage);
      await seat.pressAndConfirm(card, 'accept');
      await shows(card, '1 of 2');
      const hannah = await stage.sit('hannah', PROMO);
      await shows(hannah.card('Summer 24'), '1 of 2');
      await hannah.pressAndConfirm(hannah.card('Summer 24'), 'accept');
      await shows(card, 'goes out at');
      return card;
    },
  },
  {
    name: 'page-acknowledged',
    async stage(stage) {
      await promo(stage);
      stage.house.clock.leap(16 * MINUTE_MS);
      const eli = await stage.sit('eli', '#on-call');
      const page = eli.card('Paged');
      await eli.press(page, 'acknowledge');
      await shows(page, 'is on it');
      return eli;
    },
  },
];

async function last({ house }: Stage) {
  return house.as('hannah').waitForMessage(PROMO, (each) => each.text.includes('Summer 24'));
}

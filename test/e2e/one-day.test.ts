import type { Locator } from 'playwright-core';
import { expect, it } from 'vitest';
import { toIso } from '../../src/clock.ts';
import { fixture, put, type RawExport } from '../support/fixtures.ts';
import { type House, PEOPLE } from '../support/house.ts';
import { openScene } from './scene.ts';
import { type Seat, shows } from './seat.ts';

const MINUTE_MS = 60_000;
const PROMO = '#promo-approvals';

// A leap of the clock makes Socket Mode reconnect, and a click may fall in between.
const scene = openScene({ mode: 'http', undo: true });

const promoCard = (seat: Seat) => seat.card('Activate Summer 24');

function bySofia(house: House): RawExport {
  return fixture('promo_activation', {
    now: house.clock.now(),
    edit: (raw) => put(raw, 'source.requested_by', PEOPLE.sofia.guid),
  });
}

/** The planner sends the same values as of now, so that nobody has to accept old ones. */
async function sendAgain(house: House, raw: RawExport): Promise<void> {
  const now = toIso(house.clock.now());
  put(raw, 'idempotency_key', 'summer-24-again');
  put(raw, 'occurred_at', now);
  for (const group of ['price', 'stock']) put(raw, `refresh.${group}.as_of`, now);
  await house.send(raw);
}

/** Marketing signs, then operations. */
async function bothAccept(priya: Seat, hannah: Seat): Promise<void> {
  await shows(promoCard(priya), '0 of 2');
  await priya.pressAndConfirm(promoCard(priya), 'accept');
  await shows(promoCard(hannah), 'Accepted by Priya Raman (marketing ops)');
  await hannah.pressAndConfirm(promoCard(hannah), 'accept');
  await shows(promoCard(priya), 'goes out at');
}

/** Passes when the thread tells all of these, each after the one before. */
async function tellsInOrder(thread: Locator, told: readonly string[]): Promise<void> {
  await shows(thread, told.at(-1) ?? '');
  const text = (await thread.getByTestId('message').allInnerTexts()).join('\n');
  let from = 0;
  for (const each of told) {
    const at = text.indexOf(each, from);
    expect(at, `“${each}” in its place in:\n${text}`).toBeGreaterThanOrEqual(0);
    from = at + each.length;
  }
}

it.skipIf(scene.skipped)(
  'lives through the day of a promo whose owner is away when it comes in',
  async () => {
    const { house, sit } = scene;
    const [priya, daniel, hannah, eli] = await Promise.all([
      sit('priya', 'home'),
      sit('daniel', PROMO),
      sit('hannah', PROMO),
      sit('eli', '#on-call'),
    ]);

    const home = priya.page.getByTestId('home');
    await priya.press(home, 'owners_out_now');
    await shows(home, 'You are out of office');
    const raw = bySofia(house);
    await house.send(raw);
    await shows(promoCard(daniel), 'so it goes to the backup, Daniel Ortiz.');

    await daniel.press(promoCard(daniel), 'review');
    await shows(daniel.modal, 'You hold this review');
    await shows(promoCard(hannah), 'Daniel Ortiz is reviewing until');
    await hannah.press(promoCard(hannah), 'review');
    await shows(hannah.modal, 'Daniel Ortiz holds this review');
    await hannah.page.getByTestId('modal-close').click();

    // Of the two who hold the role, the other has to be there to be handed anything.
    await priya.press(home, 'owners_back');
    await shows(home, 'You are in');
    await daniel.press(daniel.modal, 'reassign');
    await daniel.choose('owner', PEOPLE.priya.guid);
    await daniel.field('reason').fill('You know this supplier better.');
    await daniel.submit();
    await shows(promoCard(hannah), 'Waits for @Priya Raman (marketing ops)');

    await priya.go('priya', PROMO);
    const replies = promoCard(priya).getByTestId('open-thread');
    await shows(replies, '1 reply');
    for (const told of ['2 replies', '3 replies', '4 replies']) {
      house.clock.leap(5 * MINUTE_MS);
      await shows(replies, told);
    }

    const page = eli.card('Activate Summer 24');
    await eli.press(page, 'acknowledge');
    await shows(page, 'Eli Brooks is on it');
    await shows(promoCard(priya), 'Eli Brooks is on it');

    await sendAgain(house, raw);
    await shows(replies, '6 replies');
    await bothAccept(priya, hannah);
    expect(house.sinks.effects('oms')).toHaveLength(0);
    await priya.press(promoCard(priya), 'undo');
    await shows(promoCard(hannah), 'Waiting for two acceptances');
    await bothAccept(priya, hannah);
    expect(house.sinks.effects('oms')).toHaveLength(0);
    house.clock.leap(21_000);
    await shows(promoCard(priya), 'Delivered');
    await shows(
      promoCard(hannah),
      'Accepted by Priya Raman (marketing ops) and Hannah Lindqvist (operations)',
    );
    expect(house.sinks.effects('oms')).toHaveLength(1);

    await tellsInOrder(await priya.openThread(promoCard(priya)), [
      'Daniel Ortiz handed it to @Priya Raman: “You know this supplier better.”',
      'Reminder: this has waited 5 min for @Priya Raman',
      'escalated to @Daniel Ortiz',
      'Paged: @Eli Brooks',
      'Eli Brooks is on it.',
      'The same values arrived again',
      'Priya Raman accepted (1 of 2, marketing ops)',
      'Hannah Lindqvist accepted (2 of 2, operations)',
      'Priya Raman took the acceptance back. Nothing was sent.',
      'Priya Raman accepted (1 of 2, marketing ops)',
      'Hannah Lindqvist accepted (2 of 2, operations)',
      'Delivered to every system.',
    ]);
    await shows(eli.page.getByTestId('channel'), '✔️');
    await hannah.go('hannah', 'sinks');
    await shows(hannah.page.locator('[data-sink="oms"] [data-sink-call]'), 'promo');
  },
  60_000,
);

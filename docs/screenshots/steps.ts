import type { Locator } from 'playwright-core';
import type { Seat, Somewhere } from '../../test/e2e/seat.ts';
import { shows } from '../../test/e2e/seat.ts';
import { put, type RawExport } from '../../test/support/fixtures.ts';
import { PEOPLE } from '../../test/support/house.ts';
import type { Shot, Stage } from '../screenshots.ts';

export const MINUTE_MS = 60_000;
export const PROMO = '#promo-approvals';

/** Sofia asks; she may not accept. */
export function bySofia(raw: RawExport): void {
  put(raw, 'source.requested_by', PEOPLE.sofia.guid);
}

/** Somebody's window, and the promo's card in it. */
export type Card = { seat: Seat; card: Locator };

export async function promo({ house, sit }: Stage, edit: (raw: RawExport) => void = bySofia): Promise<Card> {
  await house.sendFixture('promo_activation', edit);
  const seat = await sit('priya', PROMO);
  const card = seat.card('Summer 24');
  await shows(card, '0 of 2');
  return { seat, card };
}

/** Signed by Priya, and by Hannah unless told. */
export async function signed(
  stage: Stage,
  people: readonly ('priya' | 'hannah')[] = ['priya', 'hannah'],
): Promise<Card> {
  const { seat, card } = await promo(stage);
  for (const person of people) {
    const actor = stage.house.as(person);
    const message = await actor.waitForMessage(PROMO, (each) => each.text.includes('Summer 24'));
    await actor.click(message, 'accept');
    await shows(card, person === 'priya' ? '1 of 2' : /Delivered|Going out|Paused|Failed|Accepted/);
  }
  return { seat, card };
}

/** How an export of one type waits for people, and where. */
export function waiting(
  name: string,
  place: Somewhere,
  person: 'priya' | 'mei' | 'amara' | 'hannah' | 'grace' | 'omar',
  type: string,
  edit?: (raw: RawExport) => void,
): Shot {
  return {
    name,
    async stage({ house, sit }) {
      await house.sendFixture(type, edit, SOURCES[type] ?? 'pim');
      const seat = await sit(person, place);
      const card = seat.card('Due');
      await card.waitFor();
      return card;
    },
  };
}

const SOURCES: Readonly<Record<string, string>> = {
  inventory_delta: 'wms',
  shipping_label_request: 'wms',
  shipping_label_response: 'wms',
  return_initiate: 'erp',
  exception_notify: 'erp',
};

/** Two prices that are not numbers. */
export function typo(raw: RawExport): void {
  put(raw, 'payload.price_list.id', 'eu-outlet');
  put(raw, 'payload.price_list.name', 'EU outlet');
  put(raw, 'payload.lines.0.new_price', '12,90');
  put(raw, 'payload.lines.1.new_price', '16.50 EUR');
}

export function ownerless(raw: RawExport): void {
  put(raw, 'owner_id', '5b0c1a3e-6f0d-4a53-9c1e-0d7a52f4a999');
}

export async function fix(seat: Seat): Promise<void> {
  await seat.press(seat.card('quarantine'), 'fix');
  await shows(seat.modal, 'Check and continue');
  await seat.field('fix:payload.lines.0.new_price').fill('12.90');
  await seat.field('fix:payload.lines.1.new_price').fill('16.50');
  await seat.submit();
}

import { expect, it } from 'vitest';
import { approvalCard } from '../../../src/bot/card.ts';
import { homeView } from '../../../src/bot/home.ts';
import { fixModal } from '../../../src/bot/modals/fix.ts';
import { reviewModal } from '../../../src/bot/modals/review.ts';
import type { Json } from '../../../src/exports/envelope.ts';
import { fixture } from '../../support/fixtures.ts';
import { aDay, fullDay } from './days.ts';
import { arrived, catalog, personNamed, shownOf } from './scenes.ts';
import { refusedMessage, refusedView } from './slack-limits.ts';

const LINES = 5_000;

/** A promo of many lines; `price` is the new one. */
function promo(lines: number, price: string) {
  return fixture('promo_activation', {
    edit: (raw) => {
      const [line] = raw.payload['lines'] as { [key: string]: Json }[];
      raw.payload['lines'] = Array.from({ length: lines }, (_, n) => ({
        ...line,
        sku: `LIN-SHIRT-${n}`,
        after: { price, compare_at: '49.90' },
      }));
    },
  });
}

it('shows a promo of 5,000 lines as a short card and a review within the limits', () => {
  const shown = shownOf(arrived(promo(LINES, '39.92')));
  expect(shown.state.status).toBe('pending');
  const card = approvalCard(shown, catalog, shown.state.route.channel);
  expect(refusedMessage(card)).toEqual([]);
  expect(JSON.stringify(card)).toContain('and 4995 more, in Review');
  const review = reviewModal(shown, catalog, personNamed('Priya'));
  expect(refusedView(review)).toEqual([]);
  expect(review.blocks.length).toBeLessThanOrEqual(100);
  expect(JSON.stringify(review)).toContain('and 4,800 more changes');
});

it('shows 5,000 problems as the first few, and how many more there are', () => {
  const shown = shownOf(arrived(promo(LINES, '59.90')));
  expect(shown.state.status).toBe('quarantined');
  expect(refusedMessage(approvalCard(shown, catalog, shown.state.route.channel))).toEqual([]);
  expect(refusedView(reviewModal(shown, catalog, personNamed('Omar')))).toEqual([]);
  const fix = fixModal(shown, catalog);
  expect(refusedView(fix)).toEqual([]);
  expect(JSON.stringify(fix)).toContain('too large to edit in Slack');
});

it('fits everything there can be on the Home tab', () => {
  const home = homeView(personNamed('Priya'), fullDay(shownOf(arrived(promo(3, '39.92')))), catalog);
  expect(refusedView(home)).toEqual([]);
  expect(home.blocks.length).toBeLessThanOrEqual(90);
});

it('pages an inbox of 200 exports', () => {
  const shown = shownOf(arrived(promo(3, '39.92')));
  const items = Array.from({ length: 200 }, () => shown);
  for (const page of [0, 7, 19, 99]) {
    const home = homeView(personNamed('Priya'), aDay(items, {}, page), catalog);
    expect(refusedView(home)).toEqual([]);
    expect(JSON.stringify(home)).toContain(`Page ${Math.min(page, 19) + 1} of 20`);
  }
});

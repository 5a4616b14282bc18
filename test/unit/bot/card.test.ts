import { describe, expect, it } from 'vitest';
import { approvalCard } from '../../../src/bot/card.ts';
import { reviewModal } from '../../../src/bot/modals/review.ts';
import { catalog, personNamed, STATUSES, sceneOf, shownOf, TYPE_NAMES } from './scenes.ts';
import { refusedMessage, refusedView } from './slack-limits.ts';

describe.each(TYPE_NAMES)('the card of %s', (type) => {
  it.each(STATUSES)('fits Slack when the export is %s', (status) => {
    const shown = shownOf(sceneOf(type, status));
    expect(shown.state.status).toBe(status);
    const card = approvalCard(shown, catalog, shown.state.route.channel);
    expect(refusedMessage(card)).toEqual([]);
    expect(JSON.stringify(card)).not.toMatch(/undefined|NaN|\[object/);
    const review = reviewModal(shown, catalog, personNamed('Priya'));
    expect(refusedView(review)).toEqual([]);
    expect(JSON.stringify(review)).not.toMatch(/undefined|NaN|\[object/);
  });
});

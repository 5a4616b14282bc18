import { expect, it } from 'vitest';
import { put } from '../support/fixtures.ts';
import { PEOPLE } from '../support/house.ts';
import { openScene } from './scene.ts';
import { gone, shows } from './seat.ts';

const scene = openScene();

it.skipIf(scene.skipped)('takes a promo back for its requester, and the card says by whom', async () => {
  const { house, sit } = scene;
  await house.sendFixture('promo_activation', (raw) => put(raw, 'source.requested_by', PEOPLE.sofia.guid));
  const [sofia, priya] = await Promise.all([
    sit('sofia', '#promo-approvals'),
    sit('priya', '#promo-approvals'),
  ]);
  await sofia.press(sofia.card('Summer 24'), 'withdraw');
  await sofia.field('reason').fill('Planned for next week instead.');
  await sofia.submit();
  await gone(sofia.modal);
  const card = priya.card('Summer 24');
  await shows(card, 'Withdrawn by Sofia Marin');
  await shows(card, 'Planned for next week instead.');
  expect(await card.locator('[data-action-id="accept"], [data-action-id="reject"]').count()).toBe(0);
});

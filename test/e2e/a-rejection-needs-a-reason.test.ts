import { expect, it } from 'vitest';
import { put } from '../support/fixtures.ts';
import { PEOPLE } from '../support/house.ts';
import { openScene } from './scene.ts';
import { gone, shows } from './seat.ts';

const scene = openScene();

it.skipIf(scene.skipped)('asks for a reason before it rejects, and tells the requester', async () => {
  const { house, sit } = scene;
  await house.sendFixture('promo_activation', (raw) => put(raw, 'source.requested_by', PEOPLE.sofia.guid));
  const priya = await sit('priya', '#promo-approvals');
  const card = priya.card('Summer 24');
  await priya.press(card, 'reject');
  await priya.field('reason').fill('     ');
  await priya.submit();
  await shows(priya.page.getByTestId('modal-error'), /\w/);
  await shows(card, '0 of 2');

  await priya.field('reason').fill('The discount is higher than agreed.');
  await priya.submit();
  await gone(priya.modal);
  await shows(card, 'Rejected by Priya Raman');
  await shows(card, 'The discount is higher than agreed.');
  expect(await card.locator('[data-action-id="accept"]').count()).toBe(0);

  const sofia = await sit('sofia', 'messages');
  await shows(sofia.card('Summer 24'), 'Priya Raman rejected it: “The discount is higher than agreed.”');
  expect(house.sinks.effects('oms')).toHaveLength(0);
});

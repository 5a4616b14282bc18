import { it } from 'vitest';
import { openScene } from './scene.ts';
import { shows } from './seat.ts';

const scene = openScene();

it.skipIf(scene.skipped)('tells somebody who may not accept who may', async () => {
  const { house, sit } = scene;
  await house.sendFixture('promo_activation');
  const mei = await sit('mei', '#promo-approvals');
  const card = mei.card('Summer 24');
  await mei.pressAndConfirm(card, 'accept');
  await shows(mei.whisper('Priya Raman'), /\w/);
  await shows(card, '0 of 2');
});

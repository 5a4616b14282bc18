import { expect, it } from 'vitest';
import { openScene } from './scene.ts';
import { shows } from './seat.ts';

const scene = openScene();

it.skipIf(scene.skipped)('shows all of an export in Review, and decides from there', async () => {
  const { house, sit } = scene;
  await house.sendFixture('price_update');
  const jonas = await sit('jonas', '#merchandising', { viewport: { width: 390, height: 844 } });
  await jonas.press(jonas.card('EU retail'), 'review');
  await shows(jonas.modal, 'What changes (4 items)');
  for (const part of ['Checks', 'Stoneware plate, 27 cm', '21.90 EUR', 'Rollback'])
    await shows(jonas.modal, part);
  const body = jonas.modal.locator('.dialog-body');
  const overflow = await body.evaluate((box) => box.scrollWidth - box.clientWidth);
  expect(overflow).toBeLessThanOrEqual(0);
  expect(await jonas.modal.locator('[data-action-id="accept"]').count()).toBe(0);

  await jonas.go('mei', '#merchandising');
  await jonas.press(jonas.card('EU retail'), 'review');
  await shows(jonas.modal, 'What changes (4 items)');
  await jonas.press(jonas.modal, 'accept');
  await expect.poll(() => house.sinks.effects('oms').length).toBe(1);
});

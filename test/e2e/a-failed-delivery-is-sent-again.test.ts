import { expect, it } from 'vitest';
import { openScene } from './scene.ts';
import { shows } from './seat.ts';

const scene = openScene();

it.skipIf(scene.skipped)('sends again what a system had refused, once somebody says so', async () => {
  const { house, sit } = scene;
  await house.sendFixture('price_update');
  const mei = await sit('mei', 'sinks');
  await mei.page.locator('[data-sink="oms"] [data-sink-mode="locked_409"]').click();
  await expect.poll(() => house.sinks.state()[0]?.mode).toBe('locked_409');
  await mei.go('mei', '#merchandising');
  const card = mei.card('EU retail');
  await mei.press(card, 'accept');
  await shows(card, 'Failed');
  await shows(card, 'What to do');
  expect(house.sinks.effects('oms')).toHaveLength(0);

  house.sinks.setMode('oms', 'ok');
  await mei.press(card, 'redeliver');
  await shows(card, 'Delivered');
  expect(house.sinks.effects('oms')).toHaveLength(1);
});

import { it } from 'vitest';
import { put } from '../support/fixtures.ts';
import { openScene } from './scene.ts';
import { gone, shows } from './seat.ts';

const scene = openScene();

it.skipIf(scene.skipped)('lets remediation correct an export, which then goes to its owner', async () => {
  const { house, sit } = scene;
  await house.sendFixture('price_update', (raw) => {
    put(raw, 'payload.price_list.name', 'EU outlet');
    put(raw, 'payload.lines.0.new_price', '12,90');
    put(raw, 'payload.lines.1.new_price', '16.50 EUR');
  });
  const omar = await sit('omar', '#meshline-remediation');
  await omar.press(omar.card('2 problems to fix'), 'fix');
  await omar.field('fix:payload.lines.0.new_price').fill('12.90');
  await omar.field('fix:payload.lines.1.new_price').fill('sixteen');
  await omar.submit();
  await shows(omar.page.getByTestId('modal-error'), '19.90');
  await omar.field('fix:payload.lines.1.new_price').fill('16.50');
  await omar.submit();
  await gone(omar.modal);
  await shows(omar.card('Moved to'), '#merchandising');
  await omar.go('mei', '#merchandising');
  await shows(omar.card('EU outlet'), 'Waiting for acceptance');
});

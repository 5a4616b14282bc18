import { it } from 'vitest';
import { openScene } from './scene.ts';
import { shows } from './seat.ts';

const scene = openScene();

it.skipIf(scene.skipped)(
  'lists on Home what waits for a person, and lets go of what they have decided',
  async () => {
    const { house, sit } = scene;
    await house.sendFixture('price_update');
    await house.sendFixture('staged_product');
    const mei = await sit('mei', 'home');
    const home = mei.page.getByTestId('home');
    await shows(home, 'Hello Mei, 2 exports wait for you');
    await mei.press(home, 'review');
    await shows(mei.modal, 'EU retail');
    await mei.press(mei.modal, 'accept');
    await shows(mei.modal, 'Recorded');
    await mei.page.getByTestId('modal-close').click();
    await mei.go('mei', '#merchandising');
    await mei.go('mei', 'home');
    await shows(home, 'Hello Mei, 1 export waits for you');
  },
);

import { it } from 'vitest';
import { put } from '../support/fixtures.ts';
import { PEOPLE } from '../support/house.ts';
import { openScene } from './scene.ts';
import { gone, shows } from './seat.ts';

const scene = openScene();

it.skipIf(scene.skipped)('brings an export without an owner to the one who is assigned', async () => {
  const { house, sit } = scene;
  await house.sendFixture(
    'return_initiate',
    (raw) => put(raw, 'owner_id', '5b0c1a3e-6f0d-4a53-9c1e-0d7a52f4a999'),
    'erp',
  );
  const omar = await sit('omar', '#meshline-remediation');
  await omar.press(omar.card('No owner'), 'assign_owner');
  await omar.choose('owner', PEOPLE.hannah.slack);
  await omar.choose('role', 'operations');
  await omar.submit();
  await gone(omar.modal);
  await shows(omar.card('Moved to'), 'Hannah Lindqvist');
  await omar.go('hannah', '#operations');
  const card = omar.card('RMA-20931');
  await shows(card, 'Waits for @Hannah Lindqvist');
  await omar.press(card, 'accept');
  await shows(card, 'Delivered');
});

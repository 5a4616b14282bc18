import { expect, it } from 'vitest';
import { put } from '../support/fixtures.ts';
import { openScene } from './scene.ts';
import { shows } from './seat.ts';

const scene = openScene();

it.skipIf(scene.skipped)('answers a click on values that have changed since with what to do', async () => {
  const { house, sit } = scene;
  await house.sendFixture('price_update');
  const mei = await sit('mei', '#merchandising');
  const card = mei.card('EU retail');
  await shows(card, 'Waiting for acceptance');
  // Slack holds the edit back for a while, so the card still shows the old price.
  house.sandbox.control.addFault({ match: { method: 'chat.update' }, kind: 'ratelimited', retry_after: 2 });
  const newer = await house.sendFixture('price_update', (raw) => {
    put(raw, 'idempotency_key', 'price-run-4712');
    put(raw, 'source.reference', 'price-run-4712');
    put(raw, 'payload.lines.0.new_price', '13.90');
  });
  expect(newer.body).toMatchObject({ state: 'pending' });
  await shows(card, '13.50 EUR');
  await mei.press(card, 'accept');
  await shows(mei.whisper('revision 2'), /look at/i);
  await shows(card, '13.90 EUR');
  await shows(card, 'Waiting for acceptance');
  expect(house.sinks.effects('oms')).toHaveLength(0);
});

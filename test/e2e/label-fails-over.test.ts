import { expect, it } from 'vitest';
import { domestic } from '../support/domestic.ts';
import { put, type RawExport } from '../support/fixtures.ts';
import { openScene } from './scene.ts';
import { type Seat, shows } from './seat.ts';

const scene = openScene({ farSides: true });

async function ask(order: string, edit: (raw: RawExport) => void = () => {}): Promise<void> {
  const whole = (raw: RawExport) => {
    domestic(order)(raw);
    edit(raw);
  };
  await scene.house.sendFixture('shipping_label_request', whole, 'wms');
}

/** The labels that a sample carrier's own list shows. */
const labelsOf = (seat: Seat, carrier: string) =>
  seat.page.locator(`[data-sink="${carrier}"] [data-held="Labels made"] [data-held-row]`);

it.skipIf(scene.skipped)(
  'asks USPS when FedEx has no such service, and shows both with cost and tracking',
  async () => {
    const { house, sit } = scene;
    const amara = await sit('amara', 'sinks');
    await amara.page.locator('[data-sink="fedex"] [data-sink-mode="service_unavailable"]').click();
    await expect
      .poll(() => house.sinks.state().find(({ name }) => name === 'fedex')?.mode)
      .toBe('service_unavailable');
    await ask('400101');
    await amara.go('amara', '#logistics');
    const card = amara.card('order 400101');
    await amara.press(card, 'accept');
    await shows(card, 'USPS Priority Mail 9.40 USD, 1.20 USD more than FedEx');
    expect(house.sinks.effects('usps')).toHaveLength(0);

    await amara.press(card, 'use_alternate');
    await shows(card, 'Delivered');
    await shows(card, /FedEx refused: The service is not available to the destination/);
    await shows(card, /USPS made it/);
    await shows(card, '9.40 USD');
    await amara.go('amara', 'sinks');
    const label = labelsOf(amara, 'usps').first();
    await shows(label, 'Portland 97201');
    expect(house.sinks.effects('usps')).toHaveLength(1);
    expect(house.sinks.effects('fedex')).toHaveLength(0);

    const tracking = await label.locator('td').nth(3).innerText();
    await amara.go('amara', '#logistics');
    await shows(amara.page.getByTestId('message').filter({ hasText: 'order 400101' }).first(), tracking);
  },
  30_000,
);

it.skipIf(scene.skipped)(
  'brings a wrong address to logistics, and FedEx makes the label once it is put right',
  async () => {
    const { house, sit } = scene;
    house.sinks.reset();
    await ask('400102', (raw) => put(raw, 'payload.ship_to.postal_code', '00072'));
    const amara = await sit('amara', '#logistics');
    const card = amara.card('order 400102');
    await amara.press(card, 'accept');
    await shows(card, 'The ZIP code was not found');
    expect(house.sinks.effects('usps')).toHaveLength(0);

    await amara.press(card, 'mend');
    await shows(amara.modal, 'Fix address');
    await amara.field('edit:payload.ship_to.postal_code').fill('97201');
    await amara.submit();
    await shows(card, 'Waits for');
    await amara.press(card, 'accept');
    await shows(card, 'Delivered');
    expect(house.sinks.effects('fedex')).toHaveLength(1);
    await amara.go('amara', 'sinks');
    await shows(labelsOf(amara, 'fedex').first(), 'Portland 97201');
    await shows(amara.page.locator('[data-sink="usps"]'), 'No label has been made yet');
  },
  30_000,
);

it.skipIf(scene.skipped)(
  'shows a price in the shop’s own list once merchandising has accepted it',
  async () => {
    const { house, sit } = scene;
    await house.sendFixture('price_update', (raw) => put(raw, 'payload.valid_from', null));
    const mei = await sit('mei', 'sinks');
    const mug = mei.page.locator('[data-sink="shopify"] [data-held-row="Stoneware mug, 350 ml"]');
    await shows(mug, '12.90 EUR');
    await mei.go('mei', '#merchandising');
    await mei.press(mei.card('EU retail'), 'accept');
    await shows(mei.card('EU retail'), 'Delivered');
    await mei.go('mei', 'sinks');
    await shows(mug, '13.50 EUR');
  },
  30_000,
);

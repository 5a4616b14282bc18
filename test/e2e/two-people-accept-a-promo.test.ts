import { describe, expect, it } from 'vitest';
import { openScene } from './scene.ts';
import { shows } from './seat.ts';

describe.each(['socket', 'http'] as const)('in %s mode', (mode) => {
  const scene = openScene({ mode });
  it.skipIf(scene.skipped)('sends a promo to the OMS once two people have accepted its card', async () => {
    const { house, sit } = scene;
    await house.sendFixture('promo_activation');
    const priya = await sit('priya', '#promo-approvals');
    const card = priya.card('Summer 24');
    await shows(card, '0 of 2');
    await priya.pressAndConfirm(card, 'accept');
    await shows(card, '1 of 2');
    expect(house.sinks.effects('oms')).toHaveLength(0);

    const hannah = await sit('hannah', '#promo-approvals');
    const same = hannah.card('Summer 24');
    await shows(same, 'Accepted by Priya Raman (marketing ops)');
    await hannah.pressAndConfirm(same, 'accept');
    await shows(same, 'Delivered');
    await shows(same, 'Hannah Lindqvist (operations)');
    await shows(card, 'Delivered');
    expect(await same.locator('[data-action-id="accept"]').count()).toBe(0);

    await hannah.go('hannah', 'sinks');
    await shows(hannah.page.locator('[data-sink="oms"] [data-sink-call]'), 'promo');
    expect(house.sinks.effects('oms')).toHaveLength(1);
  });
});

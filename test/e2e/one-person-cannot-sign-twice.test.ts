import { expect, it } from 'vitest';
import { openScene } from './scene.ts';
import { shows } from './seat.ts';

const scene = openScene();

it.skipIf(scene.skipped)(
  'refuses the second step to whoever took the first, and says so to them alone',
  async () => {
    const { house, sit } = scene;
    await house.sendFixture('promo_activation');
    const [priya, hannah] = await Promise.all([
      sit('priya', '#promo-approvals'),
      sit('hannah', '#promo-approvals'),
    ]);
    const card = priya.card('Summer 24');
    await priya.pressAndConfirm(card, 'accept');
    await shows(card, '1 of 2');
    await priya.pressAndConfirm(card, 'accept');
    await shows(priya.whisper('already accepted'), 'Hannah Lindqvist');

    await shows(hannah.card('Summer 24'), '1 of 2');
    expect(await hannah.page.getByTestId('ephemeral').count()).toBe(0);
    expect(house.sinks.effects('oms')).toHaveLength(0);
  },
);

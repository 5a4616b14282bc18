import { expect, it } from 'vitest';
import { HOLD, prices, staged } from '../support/rollout-prices.ts';
import { openScene } from './scene.ts';
import { shows } from './seat.ts';

// A leap of the clock makes Socket Mode reconnect, and a click may fall in between.
const scene = openScene({ mode: 'http', ...staged({ max_error_percent: 20 }) });

const NAME = 'EU outlet';

it.skipIf(scene.skipped)(
  'holds the prices of many SKUs after errors in their first stage, until somebody advances them',
  async () => {
    const { house, sit } = scene;
    const sent = () =>
      house.sinks
        .effects('oms')
        .flatMap(({ body }) =>
          (body as { data: { lines: { sku: string }[] } }).data.lines.map(({ sku }) => sku),
        );

    await house.sendFixture('price_update', (raw) => prices(raw, NAME), 'erp');
    const mei = await sit('mei', 'sinks');
    await mei.page.locator('[data-sink="oms"] [data-sink-mode="fail_once_500"]').click();
    await expect.poll(() => house.sinks.state()[0]?.mode).toBe('fail_once_500');
    await mei.go('mei', '#merchandising');
    const card = mei.card(NAME);
    await mei.press(card, 'accept');
    await shows(card, 'Held at 10 %');
    await shows(card, '50 % of the tries failed');
    expect(sent()).toHaveLength(2);

    house.clock.leap(2 * HOLD);
    await house.meshline.flow.ledger.pulse(house.clock.now());
    await shows(card, 'Held at 10 %');
    expect(sent()).toHaveLength(2);

    await mei.pressAndConfirm(card, 'rollout_advance');
    await shows(card, '50 % live, watching');
    expect(sent()).toHaveLength(6);
    house.clock.leap(HOLD + 1_000);
    await shows(card, 'Delivered');
    expect(new Set(sent()).size).toBe(12);
    const thread = await mei.openThread(card);
    for (const told of ['The rollout is held', 'Mei Tanaka', '50 %']) await shows(thread, told);
  },
  60_000,
);

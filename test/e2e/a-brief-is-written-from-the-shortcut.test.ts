import { describe, it } from 'vitest';
import { BRIEF } from '../../src/bot/campaigns/brief-inputs.ts';
import { wallTime } from '../../src/exports/wall-time.ts';
import { DAY_MS } from '../../src/exports/words.ts';
import { openScene } from './scene.ts';
import { shows } from './seat.ts';

const scene = openScene();

describe.skipIf(scene.skipped)('a brief', () => {
  it('is written from the shortcut, mended where the form says so, and marked ready at once', async () => {
    const seat = await scene.sit('priya', '#promo-approvals');
    await seat.page.getByTestId('shortcuts').first().click();
    await seat.page.getByText('New promo brief').click();
    await shows(seat.modal, 'Kind of offer');
    const now = scene.house.clock.now();
    for (const [block, text] of [
      [BRIEF.name, 'Autumn Linen'],
      [BRIEF.products, 'sku,price\nTEE-BLK-M,cheap'],
      [BRIEF.currency, 'EUR'],
      [BRIEF.startDate, wallTime(now + DAY_MS, 'UTC').date],
      [BRIEF.endDate, wallTime(now + 8 * DAY_MS, 'UTC').date],
      [BRIEF.channels, 'shopify'],
    ] as const)
      await seat.field(block).fill(text);
    await seat.choose(BRIEF.kind, 'fixed_price');
    await shows(seat.modal, 'Price of each');
    await seat.field(BRIEF.price).fill('19,90');
    await seat.submit();
    await shows(seat.modal, 'Line 2, price: write a price such as 12.99.');

    await seat.field(BRIEF.products).fill('sku,price\nTEE-BLK-M,25.00');
    await seat.submit();
    await shows(seat.modal, 'saved as a draft');
    await seat.press(seat.modal, 'campaign_ready');
    await shows(seat.modal.last(), 'waits for acceptance');
    await shows(seat.card('Autumn Linen'), '19.90');
  });
});

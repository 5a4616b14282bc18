import { SINK_KINDS } from '../../src/sinks/registry.ts';
import { shows } from '../../test/e2e/seat.ts';
import { put } from '../../test/support/fixtures.ts';
import type { HouseOptions } from '../../test/support/house.ts';
import { recordingSink, routed } from '../../test/support/recording-sink.ts';
import type { Shot, Stage } from '../screenshots.ts';
import { bySofia, PROMO } from './steps.ts';

function shopWithPreviews(): HouseOptions {
  const shop = recordingSink({ preview_url: 'https://preview.shop.example/merino-beanie' });
  return {
    sinkKinds: [...SINK_KINDS, shop.kind],
    configure: (file) => routed(file, 'shopify', ['staged_product', 'live_publish', 'inventory_delta']),
  };
}

async function previewed({ house }: Stage) {
  await house.sendFixture('staged_product', (raw) => {
    bySofia(raw);
    put(raw, 'payload.planned_live_at', undefined);
  });
  const mei = house.as('mei');
  const card = await mei.waitForMessage('#merchandising', (each) => each.text.includes('Merino beanie'));
  await mei.click(card, 'accept');
  await house.as('sofia').waitForDirectMessage((each) => each.text.includes('preview is ready'));
}

/** A product that is looked at before it is sold. */
export const STAGED: readonly Shot[] = [
  {
    name: 'page-preview',
    house: shopWithPreviews(),
    async stage(stage) {
      await previewed(stage);
      const seat = await stage.sit('sofia', 'messages');
      await seat.card('preview is ready').waitFor();
      return seat;
    },
  },
  {
    name: 'card-live-by-stock',
    house: shopWithPreviews(),
    async stage(stage) {
      await previewed(stage);
      const line = { sku: 'BEANIE-MER-CHA', location: 'wh-berlin', previous: 0, delta: 40 };
      await stage.house.sendFixture(
        'inventory_delta',
        (raw) => Object.assign(raw.payload, { reason_code: 'receipt', lines: [line] }),
        'wms',
      );
      const seat = await stage.sit('priya', PROMO);
      const card = seat.card('Merino beanie');
      await shows(card, '0 of 2');
      return card;
    },
  },
];

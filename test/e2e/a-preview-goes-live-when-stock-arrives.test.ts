import { expect, it } from 'vitest';
import { SINK_KINDS } from '../../src/sinks/registry.ts';
import { put } from '../support/fixtures.ts';
import { PEOPLE } from '../support/house.ts';
import { recordingSink, routed } from '../support/recording-sink.ts';
import { openScene } from './scene.ts';
import { shows } from './seat.ts';

const PREVIEW = 'https://preview.shop.example/merino-beanie';
const NAME = 'Merino beanie';
const shop = recordingSink({ preview_url: PREVIEW });

const scene = openScene({
  sinkKinds: [...SINK_KINDS, shop.kind],
  configure: (file) => routed(file, 'shopify', ['staged_product', 'live_publish', 'inventory_delta']),
});

const operations = () => shop.pushes.map(({ operation }) => operation);
const written = () => operations().filter((operation) => operation.startsWith('product.'));

it.skipIf(scene.skipped)(
  'previews a product without any live write, and publishes it once there is stock and two have signed',
  async () => {
    const { house, sit } = scene;
    await house.sendFixture('staged_product', (raw) => {
      put(raw, 'source.requested_by', PEOPLE.sofia.guid);
      put(raw, 'payload.planned_live_at', undefined);
    });
    const mei = await sit('mei', '#merchandising');
    await mei.press(mei.card(NAME), 'accept');
    await shows(mei.card(NAME), 'Delivered');
    expect(written()).toEqual(['product.preview']);

    const sofia = await sit('sofia', 'messages');
    const link = sofia.page.getByRole('link', { name: 'open the preview' });
    await link.waitFor();
    expect(await link.getAttribute('href')).toBe(PREVIEW);

    const line = { sku: 'BEANIE-MER-CHA', location: 'wh-berlin', previous: 0, delta: 40 };
    await house.sendFixture(
      'inventory_delta',
      (raw) => Object.assign(raw.payload, { reason_code: 'receipt', lines: [line] }),
      'wms',
    );
    const priya = await sit('priya', '#promo-approvals');
    const live = priya.card(NAME);
    await shows(live, '0 of 2');
    expect(written()).toEqual(['product.preview']);
    await priya.pressAndConfirm(live, 'accept');
    await shows(live, '1 of 2');
    const hannah = await sit('hannah', '#promo-approvals');
    await hannah.pressAndConfirm(hannah.card(NAME), 'accept');
    await shows(live, 'Delivered');
    expect(written()).toEqual(['product.preview', 'product.publish']);
  },
  30_000,
);

import { expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { toIso } from '../../../src/clock.ts';
import { put } from '../../support/fixtures.ts';
import { openHouse } from '../../support/house.ts';
import { aProduct, aShop, aVariant, openShop, TOKEN } from './shopify-shop.ts';

const Lines = z.object({
  lines: z.array(z.object({ sku: z.string(), before: z.object({ price: z.string() }) })),
});

it('carries an accepted promo to the shop and keeps what stood before in the ledger', async () => {
  const shop = aShop({ products: [aProduct(1)], variants: [] });
  const far = await openShop(shop);
  const house = await openHouse({
    env: { SHOPIFY_TOKEN: TOKEN },
    configure: (file) => {
      file.sinks['shopify'] = {
        kind: 'shopify',
        secret_env: 'SHOPIFY_TOKEN',
        settings: { shop: 'acme', base_url: far.url, allow_private: true },
      } as never;
      Object.assign(file.policies['promo_activation'] ?? {}, { routes: ['shopify'] });
    },
  });
  onTestFinished(() => house.close());
  const { body } = await house.sendFixture('promo_activation', (raw) => {
    const payload = raw['payload'] as Record<string, unknown>;
    const { lines } = Lines.parse(payload);
    shop.variants = lines.map(({ sku, before }, n) => aVariant(n + 1, sku, { price: before.price }));
    shop.currency = String(payload['currency']);
    Object.assign(payload, { channels: ['shopify'], discounts: [] });
    put(raw, 'payload.window.start', toIso(house.clock.now()));
  });
  const before = shop.variants.map(({ price }) => price);
  const priya = house.as('priya');
  const card = await priya.waitForMessage('#promo-approvals', (message) =>
    message.text.includes('Summer 24'),
  );
  await priya.click(card, 'accept');
  const half = await priya.waitForMessage('#promo-approvals', (message) =>
    JSON.stringify(message.blocks).includes('1 of 2'),
  );
  await house.as('hannah').click(half, 'accept');
  const state = () => house.meshline.flow.ledger.get(body.export_id ?? '');
  await expect.poll(async () => (await state())?.status).toBe('delivered');
  expect(shop.effects).toEqual(['SetPrices']);
  expect(shop.variants.map(({ price }) => price)).not.toEqual(before);
  const [push] = (await state())?.pushes ?? [];
  expect(Object.values(push?.facts['before'] ?? {})).toEqual(
    before.map((price) => ({ price, compare_at: null, currency: shop.currency })),
  );
  expect(far.calls[0]?.variables['query']).toContain('sku:');
});

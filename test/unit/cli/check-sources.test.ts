import { describe, expect, test } from 'vitest';
import { CANARY, check } from '../../support/check-sinks.ts';
import { openShop as bigCommerce } from '../sinks/bigcommerce-shop.ts';
import { farSide, json } from '../sinks/far-side.ts';

describe('a source with a token', () => {
  const rules = [{ when: 'inventory_below', threshold: 10, then: 'inventory_delta' }];
  const northwind = (url: string, settings: object = {}) => ({
    kind: 'shopify',
    secret_env: 'SHOP_TOKEN',
    api_token_env: 'SHOPIFY_TOKEN',
    settings: { shop: 'northwind.myshopify.com', api_url: url, allow_private: true, ...settings },
    rules,
  });
  const access = (over: object = {}) => ({
    data: {
      publicApiVersions: [{ handle: '2026-10', supported: true }],
      currentAppInstallation: {
        accessScopes: [
          'read_orders',
          'write_inventory',
          'read_locations',
          'read_products',
          'read_discounts',
        ].map((handle) => ({ handle })),
      },
      locations: { nodes: [{ id: 'gid://shopify/Location/1' }] },
      ...over,
    },
  });

  test('is asked too', async () => {
    const far = await farSide(json(200, access()));
    const store = await bigCommerce();
    store.answer(({ token }) => ({ status: token === CANARY ? 200 : 401, body: [] }));
    const station = await farSide(json(200, { labels: [] }));
    const host = `127.0.0.1:${String(station.port)}`;
    const { code, lines } = await check(
      {},
      {
        sources: {
          northwind: northwind(far.url, { locations: { '1': 'wh-berlin' } }),
          outlet: {
            kind: 'bigcommerce',
            secret_env: 'SHOP_TOKEN',
            api_token_env: 'SHOP_TOKEN',
            settings: { store_hash: 'abc123', api_url: store.url, allow_private: true },
            rules,
          },
          labels: {
            kind: 'shipstation',
            api_token_env: 'CARRIER_SECRET',
            settings: { hosts: [host], jwks_url: `http://${host}/jwks`, allow_private: true },
            rules: [{ when: 'label_failed', then: 'exception_notify' }],
          },
        },
      },
    );
    expect(lines.filter((line) => !line.startsWith('ok'))).toEqual([]);
    expect(lines.map((line) => line.split(': ')[0])).toEqual([
      'ok   Source northwind (shopify), API token',
      'ok   Source northwind (shopify), scopes',
      'ok   Source northwind (shopify), version',
      'ok   Source northwind (shopify), locations',
      'ok   Source outlet (bigcommerce), orders',
      'ok   Source outlet (bigcommerce), catalogue',
      'ok   Source labels (shipstation), API key',
    ]);
    expect(station.seen[0]).toMatchObject({ method: 'GET', path: '/v2/labels?page_size=1' });
    expect(code).toBe(0);
  });

  test('is told what is missing: scope, version, location, token', async () => {
    const far = await farSide(
      json(
        200,
        access({
          publicApiVersions: [{ handle: '2026-10', supported: false }],
          currentAppInstallation: { accessScopes: [{ handle: 'read_orders' }] },
        }),
      ),
    );
    const { lines } = await check(
      {},
      { sources: { northwind: northwind(far.url, { locations: { '7': 'wh' } }) } },
    );
    expect(lines).toEqual([
      'ok   Source northwind (shopify), API token: taken.',
      expect.stringMatching(/^fail .*scopes: The app lacks read_inventory, .*Add them/u),
      expect.stringMatching(/^fail .*version: Shopify does not serve 2026-10 any more/u),
      expect.stringMatching(/^fail .*locations: Shopify has no location 7\./u),
    ]);
    far.answer(json(401, {}));
    const refused = await check({}, { sources: { northwind: northwind(far.url) } });
    expect(refused.lines).toEqual([expect.stringMatching(/^fail .*API token: .*401.*api_token_env/u)]);
    far.answer(json(503, {}));
    const down = await check({}, { sources: { northwind: northwind(far.url) } });
    expect(down.lines).toEqual([expect.stringMatching(/^warn .*API token: .*503.*run this again/u)]);
    const gone = await check({}, { sources: { northwind: northwind('http://127.0.0.1:9') } });
    expect(gone.lines).toEqual([expect.stringMatching(/^warn .*refused/u)]);
  });

  test('a refetch address is connected to and not asked', async () => {
    const far = await farSide(json(200, {}));
    const asked = {
      secret_env: 'PIM_SECRET',
      types: ['price_update'],
      refetch_url: far.url,
      allow_private: true,
    };
    const { lines } = await check({}, { sources: { fresh: asked } });
    expect(lines).toEqual(['ok   Source fresh (signed), address: a connection opens.']);
    expect(far.seen).toEqual([]);
  });
});

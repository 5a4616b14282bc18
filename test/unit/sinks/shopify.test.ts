import { describe, expect, it } from 'vitest';
import { SCOPES } from '../../../src/sinks/shopify/checks.ts';
import { ShopifySettings } from '../../../src/sinks/shopify/settings.ts';
import { aRequest, aShop, openShop, openSink, priceBody } from './shopify-shop.ts';

describe('looking without writing', () => {
  it('reads present values of what it knows', async () => {
    const far = await openShop();
    expect(await openSink(far).read?.(['A-1', 'X', 'OURS'], { OURS: 'B-1' })).toEqual({
      'A-1': { price: '20.00', compare_at: null, currency: 'EUR', stock: 10 },
      OURS: { price: '30.00', compare_at: null, currency: 'EUR', stock: 10 },
    });
  });

  it('says what is missing', async () => {
    const far = await openShop();
    far.answers('2026-07');
    far.shop.scopes = SCOPES.filter((scope) => scope !== 'write_discounts');
    const sink = openSink(far, { locations: { 'wh-berlin': '1', far: '99' }, publications: ['7'] });
    const findings = (await sink.probe?.()) ?? [];
    const problems = Object.fromEntries(findings.map(({ name, problem }) => [name, problem]));
    expect(problems).toMatchObject({
      'sign-in': null,
      scopes: expect.stringContaining('write_discounts'),
      version: expect.stringContaining('2026-07'),
      locations: expect.stringContaining('far'),
      publications: expect.stringContaining('Online Store (gid://shopify/Publication/1)'),
    });
  });

  it('rehearses in a staging shop and leaves nothing behind', async () => {
    const far = await openShop();
    const request = aRequest(
      'price.set',
      priceBody([
        ['X', '1.00'],
        ['A-1', '15.00'],
      ]),
    );
    const findings = await openSink(far, { staging: true }).rehearse?.(request);
    expect(findings).toEqual([
      { name: 'staging', problem: null, detail: 'Acme' },
      { name: 'sample', problem: null, detail: 'A-1' },
      { name: 'price', problem: null, detail: 'A-1: 20.00 → 15.00' },
      { name: 'test order', problem: null, detail: 'made and deleted' },
    ]);
    expect([far.shop.variants[0]?.price, far.shop.drafts]).toEqual(['20.00', []]);
  });

  it.each([
    [{}, true],
    [{ staging: true }, false],
  ])('rehearses nowhere else (%j)', async (settings, development) => {
    const far = await openShop(aShop({ development }));
    const request = aRequest('price.set', priceBody([['A-1', '15.00']]));
    const findings = (await openSink(far, settings).rehearse?.(request)) ?? [];
    expect(findings.at(-1)?.problem).toContain('nothing was tried');
    expect(far.shop.effects).toEqual([]);
  });
});

describe('settings', () => {
  it('have defaults', () => {
    expect(ShopifySettings.parse({ shop: 'acme' })).toMatchObject({
      api_version: '2026-10',
      channel: 'shopify',
      check_previous: true,
      returns: 'open',
      staging: false,
    });
  });

  it.each([
    [{ shop: 'https://acme.myshopify.com' }, /before \.myshopify\.com/u],
    [{ shop: 'acme', api_version: '2026-04' }, /2026-10/u],
    [{ shop: 'acme', base_url: 'http://127.0.0.1:1' }, /https/u],
    [{ shop: 'acme', locations: { berlin: 'Berlin' } }, /gid/u],
    [{ shop: 'acme', password: 'x' }, /password/u],
  ])('refuse %j', (settings, sentence) => {
    const parsed = ShopifySettings.safeParse(settings);
    expect(parsed.error?.message).toMatch(sentence);
  });
});

it('takes the operations that Shopify has', () => {
  const sink = openSink({ url: 'http://127.0.0.1:9' });
  expect(
    ['price.set', 'return.open', 'label.request', 'packaging.review', 'task.open'].map((name) =>
      sink.accepts(name),
    ),
  ).toEqual([true, true, false, false, false]);
  expect([sink.idempotent, sink.limits]).toEqual([false, { concurrency: 4, rate_per_second: null }]);
});

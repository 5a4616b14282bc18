import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startSandbox } from '../../../sandbox/index.ts';
import { type SampleSinks, startSampleSinks } from '../../../sandbox/sinks/index.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const TOKEN = 'a-sample-token';
const clock = new ManualClock();
let sinks: SampleSinks;
beforeEach(async () => {
  const secrets = { shopify: TOKEN, fedex: TOKEN, usps: TOKEN };
  sinks = await startSampleSinks({ clock, far: { secrets } });
});
afterEach(() => sinks.close());

const SET = `mutation SetPrices($product: ID!, $variants: [ProductVariantsBulkInput!]!) {
  result: productVariantsBulkUpdate(productId: $product, variants: $variants) { userErrors { message } }
}`;
const VARIABLES = {
  product: 'gid://shopify/Product/1',
  variants: [{ id: 'gid://shopify/ProductVariant/1', price: '13.50' }],
};

async function ask(operationName: string, query: string, variables: object, token = TOKEN) {
  const answer = await fetch(`${sinks.far?.shopify ?? ''}admin/api/2026-10/graphql.json`, {
    method: 'POST',
    headers: { 'x-shopify-access-token': token },
    body: JSON.stringify({ operationName, query, variables }),
  });
  return { status: answer.status, headers: answer.headers, body: (await answer.json()) as never };
}
const setPrice = (token?: string) => ask('SetPrices', SET, VARIABLES, token);
const state = (name: string) => sinks.state().find((each) => each.name === name);
const held = (name: string) => JSON.stringify(state(name)?.holds[0]?.rows);

describe('the sample shop', () => {
  it('changes its prices for who has its token, and tells what the call cost', async () => {
    const { status, headers, body } = await setPrice();
    expect(status).toBe(200);
    expect(headers.get('x-shopify-api-version')).toBe('2026-10');
    expect(body).toMatchObject({
      data: { result: { userErrors: [] } },
      extensions: { cost: { throttleStatus: { maximumAvailable: 2000 } } },
    });
    expect(held('shopify')).toContain('13.50 EUR');
    expect(sinks.effects('shopify')).toHaveLength(1);
    expect((await setPrice('another-token')).status).toBe(401);
    sinks.reset();
    expect(held('shopify')).not.toContain('13.50 EUR');
    expect(state('shopify')?.received).toEqual([]);
  });

  it('answers in the way of Shopify when it will not', async () => {
    sinks.setMode('shopify', 'rate_limited');
    const throttled = { errors: [{ extensions: { code: 'THROTTLED' } }] };
    expect(await setPrice()).toMatchObject({ status: 200, body: throttled });
    sinks.setMode('shopify', 'unavailable');
    expect((await setPrice()).status).toBe(503);
    sinks.setMode('shopify', 'prices_refused');
    expect((await setPrice()).body).toMatchObject({
      data: { result: { userErrors: [{ code: 'NEGATIVE_PRICE_VALUE' }] } },
    });
    sinks.setMode('shopify', 'ok');
    expect((await ask('Unheard', 'query Unheard { shop { id } }', {})).body).toHaveProperty('errors');
    expect(sinks.effects('shopify')).toEqual([]);
    expect(state('shopify')?.received.map(({ status, refused }) => [status, refused])).toEqual([
      [200, true],
      [200, true],
      [503, false],
      [200, true],
    ]);
  });

  it('loses the answer after its effect, and does nothing when it is down', async () => {
    sinks.setMode('shopify', 'down');
    await expect(setPrice()).rejects.toThrow('fetch failed');
    expect(sinks.effects('shopify')).toEqual([]);
    sinks.setMode('shopify', 'lost_answer');
    await expect(setPrice()).rejects.toThrow('fetch failed');
    expect(held('shopify')).toContain('13.50 EUR');
  });
});

describe('a sample carrier', () => {
  const fedex = (path: string, body: string, token = '') =>
    fetch(`${sinks.far?.fedex ?? ''}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body,
    });
  const rate = (zip: string) =>
    JSON.stringify({ requestedShipment: { recipient: { address: { postalCode: zip } } } });

  async function tokenOf(secret: string): Promise<Response> {
    return fedex('oauth/token', new URLSearchParams({ client_secret: secret }).toString());
  }

  it('gives a token for its secret only, and never shows it', async () => {
    expect((await tokenOf('wrong')).status).toBe(401);
    expect((await tokenOf(TOKEN)).status).toBe(200);
    expect(JSON.stringify(state('fedex'))).not.toContain(TOKEN);
  });

  it('refuses a ZIP code that is nowhere, one it does not serve, and what its mode says', async () => {
    const { access_token: token } = (await (await tokenOf(TOKEN)).json()) as { access_token: string };
    const codes = async (zip: string) =>
      JSON.stringify(await (await fedex('rate/v1/rates/quotes', rate(zip), token)).json());
    expect(await codes('00072')).toContain('ENTERED.ZIPCODE.NOTFOUND');
    expect(await codes('99501')).toContain('SERVICE.LOCATION.UNAVAILABLE');
    expect(await codes('97201')).toContain('totalNetCharge');
    sinks.setMode('fedex', 'address_invalid');
    expect(await codes('97201')).toContain('ENTERED.ZIPCODE.NOTFOUND');
    sinks.setMode('fedex', 'service_unavailable');
    expect(await codes('97201')).toContain('SERVICE.LOCATION.UNAVAILABLE');
    sinks.setMode('fedex', 'rate_limited');
    const slow = await fedex('rate/v1/rates/quotes', rate('97201'), token);
    expect([slow.status, slow.headers.get('retry-after')]).toEqual([429, '2']);
  });
});

describe('control of the samples', () => {
  it('sets a mode over HTTP, and refuses one there is not', async () => {
    const sandbox = await startSandbox({ clock, sampleSinks: sinks });
    const set = (body: object) =>
      fetch(`${sandbox.url}/control/sinks`, { method: 'POST', body: JSON.stringify(body) });
    expect((await set({ sink: 'usps', mode: 'address_invalid' })).status).toBe(200);
    expect(state('usps')?.mode).toBe('address_invalid');
    expect((await set({ sink: 'usps', mode: 'fail_500' })).status).toBe(400);
    expect((await set({ sink: 'dhl', mode: 'ok' })).status).toBe(404);
    const told = (await (await fetch(`${sandbox.url}/control/sinks`)).json()) as { name: string }[];
    expect(told.map(({ name }) => name)).toEqual(['oms', 'wms', 'shopify', 'fedex', 'usps']);
    await sandbox.close();
  });

  it('is told the truth where no samples run', async () => {
    const sandbox = await startSandbox({ clock });
    const answer = await fetch(`${sandbox.url}/control/sinks`, {
      method: 'POST',
      body: '{"sink":"oms","mode":"ok"}',
    });
    expect(answer.status).toBe(404);
    await sandbox.close();
  });
});

import { existsSync, globSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { buildClientSchema, type IntrospectionQuery, parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { isRefusal, sentence } from '../../src/exports/refusals.ts';
import { bigcommerce } from '../../src/sources/kinds/bigcommerce.ts';
import { shipstation } from '../../src/sources/kinds/shipstation.ts';
import { shopify } from '../../src/sources/kinds/shopify.ts';
import { QUERIES } from '../../src/sources/kinds/shopify-queries.ts';
import { signed } from '../../src/sources/kinds/signed.ts';
import type { Body } from '../../src/sources/port.ts';
import { readObject } from '../../src/web/json.ts';
import {
  HOOK_SECRETS,
  rsaKeys,
  shipstationHook,
  shopifyHook,
  standardHook,
  startPlatform,
} from '../support/hooks.ts';
import { ManualClock, T0 } from '../support/manual-clock.ts';
import { sourceContext } from '../support/sources.ts';

const SPECS = new URL('../../../shared/specs/', import.meta.url).pathname;
const read = (path: string) => readFileSync(`${SPECS}${path}`, 'utf8');
const found = (pattern: string) =>
  globSync(`${SPECS}${pattern}`)
    .map((path) => relative(SPECS, path))
    .sort();

/** What a source makes of one genuine webhook: how it understood it, or the sentence that refuses it. */
async function taken(
  source: ReturnType<typeof shopify.open>,
  hook: { body: string; headers: Record<string, string> },
): Promise<{ understood: string } | { refused: string }> {
  const bytes = Buffer.from(hook.body);
  const claim = await source.verify(hook.headers, bytes);
  if (isRefusal(claim)) throw new Error(sentence(claim));
  const object = readObject(bytes);
  if ('wrong' in object) return { refused: object.wrong };
  const body: Body = object.value;
  const opened = source.open(claim, body);
  if ('wrong' in opened) return { refused: opened.wrong };
  const understood = source.read({ ...opened, claim }, body);
  return understood.kind === 'wrong' ? { refused: understood.reason } : { understood: understood.kind };
}

describe.skipIf(!existsSync(SPECS))('published webhooks (test data is absent without the specs)', () => {
  const context = sourceContext({ clock: new ManualClock() });
  const shop = shopify.open(
    { shop: 'northwind.myshopify.com' },
    { ...context, secrets: [HOOK_SECRETS.SHOPIFY_SECRET] },
  );

  const examples = found('shopify/webhooks/metadata-2026-04/*/*.json').flatMap((path) => {
    const { name, response } = JSON.parse(read(path)) as { name: string; response: object };
    return Object.keys(response).length === 0 ? [] : [{ name, body: JSON.stringify(response) }];
  });
  it.each(examples)('takes $name as Shopify documents it', async ({ name, body }) => {
    expect(await taken(shop, shopifyHook(name, body))).toHaveProperty('understood');
  });

  it.each(found('shopify/webhooks/exemplars/*/*/*.json'))(
    'takes or refuses with a reason: %s',
    async (path) => {
      const topic = {
        orders: 'orders/create',
        discounts: 'discounts/update',
        inventory_levels: 'inventory_levels/update',
      };
      const folder = path.split('/').at(-2) ?? '';
      const name = folder in topic ? topic[folder as keyof typeof topic] : `${folder}/update`;
      const result = await taken(shop, shopifyHook(name, read(path)));
      if ('refused' in result) expect(result.refused).toMatch(/^"?[A-Za-z].+\S$/);
      else expect(['facts', 'pointer']).toContain(result.understood);
    },
  );

  const store = bigcommerce.open(
    { store_hash: 'abc123' },
    { ...context, secrets: [HOOK_SECRETS.BIGC_SECRET] },
  );
  it.each(found('bigcommerce/webhook-callbacks/*.json'))(
    'takes, or refuses what is not JSON: %s',
    async (path) => {
      const body = read(path).replace('{store_hash}', 'abc123');
      const result = await taken(store, standardHook(body, { at: T0 }));
      let isJson = true;
      try {
        JSON.parse(body);
      } catch {
        isJson = false;
      }
      if (isJson) expect(result).toHaveProperty('understood');
      else expect(result).toEqual({ refused: 'The body is not valid JSON.' });
    },
  );

  it('follows the pointers that ShipStation documents, and none to other hosts', async () => {
    const keys = rsaKeys();
    const platform = await startPlatform(() => ({ json: keys.jwks }));
    const settings = {
      jwks_url: `${platform.url}/jwks`,
      hosts: [platform.host, 'api.shipstation.com'],
      allow_private: true,
    };
    const account = shipstation.open(settings, context);
    const hook = (body: string) => shipstationHook(body, { at: T0, key: keys.privateKey });
    expect(await taken(account, hook(read('shipstation/fixtures/label-created-v2.json')))).toEqual({
      understood: 'pointer',
    });
    expect(await taken(account, hook(read('shipstation/fixtures/shipment-created-v2.json')))).toEqual({
      understood: 'facts',
    });
    const list = await taken(
      account,
      hook(read('shipstation/fixtures/label-created-v2-resource-url.abridged.json')),
    );
    expect(list).toHaveProperty('refused');
    await account.close();
    await platform.close();
  });

  it('reads the list that a pointer leads to', async () => {
    const page = read('shipstation/fixtures/label-created-v2-resource-url.abridged.json');
    const platform = await startPlatform(() => ({ json: JSON.parse(page) }));
    const account = shipstation.open(
      { jwks_url: `${platform.url}/jwks`, hosts: [platform.host], allow_private: true },
      { ...context, api_token: 'key' },
    );
    const url = `${platform.url}/v2/labels?batch_id=se-64616278`;
    expect(await account.fetch({ url, at: T0 })).toEqual({ kind: 'ok', value: [] });
    await account.close();
    await platform.close();
  });

  it('verifies the vectors of every scheme', async () => {
    const vectors = JSON.parse(read('webhooks/vectors.json')) as {
      standard_webhooks: { secret: string; id: string; timestamp: number; body: string; signature: string };
      shopify: { secret: string; body: string; x_shopify_hmac_sha256: string };
    };
    const { secret, id, timestamp, body, signature } = vectors.standard_webhooks;
    const clock = new ManualClock(timestamp * 1000);
    const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
    const standard = {
      'webhook-id': id,
      'webhook-timestamp': String(timestamp),
      'webhook-signature': signature,
    };
    const any = signed.open({}, { ...sourceContext({ clock }), keys: [key] });
    expect(await any.verify(standard, Buffer.from(body))).toMatchObject({ id });

    const { shopify: shopifyVector } = vectors;
    const source = shopify.open(
      { shop: 'northwind.myshopify.com' },
      { ...context, secrets: ['another', shopifyVector.secret] },
    );
    const headers = {
      'x-shopify-topic': 'orders/create',
      'x-shopify-webhook-id': 'one',
      'x-shopify-hmac-sha256': shopifyVector.x_shopify_hmac_sha256,
    };
    expect(await source.verify(headers, Buffer.from(shopifyVector.body))).toMatchObject({
      topic: 'orders/create',
    });
    const changed = Buffer.from(`${shopifyVector.body} `);
    expect(await source.verify(headers, changed)).toMatchObject({ refused: 'hook_not_genuine' });
  });

  it.each(['2026-10', '2026-07'])('asks Shopify %s only what its schema has', (version) => {
    const text = gunzipSync(readFileSync(`${SPECS}shopify/admin_${version}.json.gz`)).toString('utf8');
    const { data } = JSON.parse(text) as { data: IntrospectionQuery };
    const schema = buildClientSchema(data, { assumeValid: true });
    for (const query of Object.values(QUERIES)) {
      expect(validate(schema, parse(query)).map((error) => error.message)).toEqual([]);
    }
  });
});

import { onTestFinished } from 'vitest';
import { type Clock, systemClock } from '../../../src/clock.ts';
import type { Json } from '../../../src/exports/envelope.ts';
import { type Resolver, systemResolver } from '../../../src/sinks/egress.ts';
import type { Source } from '../../../src/sources/define.ts';
import { openSources } from '../../../src/sources/registry.ts';
import { T0 } from '../../support/manual-clock.ts';

export const clock: Clock = { ...systemClock, now: () => T0 };
export const API_TOKEN = 'canary-api-token-0001';

export type Opening = { allow_private?: boolean; resolve?: Resolver };
/** A source that asks, as it meets a hostile far side; `pointers` make it ask besides its streams. */
export type SourceRow = {
  kind: string;
  at(url: string): Record<string, unknown>;
  pointers(url: string): readonly Json[];
};

export const SOURCE_ROWS: readonly SourceRow[] = [
  {
    kind: 'shopify',
    at: (url) => ({ shop: 'northwind.myshopify.com', api_url: url, locations: { '1': 'wh-berlin' } }),
    pointers: () => [
      { ask: 'sku', item: '1', location: '1', quantity: 4, updated_at: T0, at: T0 },
      { ask: 'discount', discount: 'gid://shopify/DiscountNode/1', title: 'Ten off', at: T0, updated_at: T0 },
    ],
  },
  {
    kind: 'bigcommerce',
    at: (url) => ({ store_hash: 'abc123', api_url: url }),
    pointers: () => [
      { ask: 'order', order: '100', at: T0 },
      { ask: 'stock', product: '7', variant: null, quantity: null, at: T0 },
    ],
  },
  {
    kind: 'shipstation',
    at: (url) => ({ hosts: [new URL(url).host], jwks_url: `${url}/jwks` }),
    pointers: (url) => [{ url: `${url}/v2/labels?page_size=1`, at: T0 }],
  },
];

/** A real source of this row, closed when the test ends. */
export function openSourceRow(
  row: SourceRow,
  url: string,
  { allow_private = true, resolve = systemResolver }: Opening = {},
): Source {
  const opened = openSources(
    [
      {
        name: 'far',
        kind: row.kind,
        settings: { ...row.at(url), allow_private },
        secrets: ['canary-webhook-secret-0001'],
        keys: [],
        api_token: API_TOKEN,
        rules: [],
        reconcile_ms: null,
        takes_hooks: true,
      },
    ],
    { clock, version: '0.0.0', resolve },
  ).get('far');
  if (!opened) throw new Error('The source did not open.');
  onTestFinished(() => opened.source.close());
  return opened.source;
}

/** Pointers, streams, the probe, and a webhook whose keys must be looked for; what was said to all of it. */
export async function askEverything(source: Source, row: SourceRow, url: string): Promise<unknown[]> {
  const said: unknown[] = [];
  for (const pointer of row.pointers(url)) said.push(await source.fetch(pointer));
  for (const stream of source.streams) for await (const page of stream.pull(T0 - 1_000, 0)) said.push(page);
  said.push(await source.probe?.());
  const headers = {
    'x-shipengine-timestamp': new Date(T0).toISOString(),
    'x-shipengine-rsa-sha256-key-id': 'key-1',
    'x-shipengine-rsa-sha256-signature': 'AAAA',
  };
  said.push(await source.verify(headers, Buffer.from('{}')));
  return said;
}

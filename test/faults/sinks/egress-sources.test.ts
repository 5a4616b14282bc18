import { describe, expect, it, onTestFinished } from 'vitest';
import { type Clock, systemClock } from '../../../src/clock.ts';
import type { Json } from '../../../src/exports/envelope.ts';
import type { Resolver } from '../../../src/sinks/egress.ts';
import { systemResolver } from '../../../src/sinks/egress.ts';
import { createRefetcher } from '../../../src/sinks/refetch.ts';
import type { Source, SourceKind } from '../../../src/sources/define.ts';
import { openSources, SOURCE_KINDS } from '../../../src/sources/registry.ts';
import { countingIds, T0 } from '../../support/manual-clock.ts';
import { SECRET } from '../../unit/sinks/far-side.ts';
import {
  always,
  echo,
  endless,
  FORBIDDEN_ADDRESSES,
  hostileSide,
  PRIVATE_ADDRESSES,
  redirect,
} from './hostile.ts';

const clock: Clock = { ...systemClock, now: () => T0 };
const API_TOKEN = 'canary-api-token-0001';

type Opening = { allow_private?: boolean; resolve?: Resolver };
/** A source that asks, as it meets a hostile far side; `pointers` make it ask besides its streams. */
type Row = {
  kind: string;
  at(url: string): Record<string, unknown>;
  pointers(url: string): readonly Json[];
};

const ROWS: readonly Row[] = [
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
/** What a source is told is its own affair: it is asked by the refetcher only, which is covered below. */
const ASKS_NOTHING = ['signed'];

function open(
  row: Row,
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
async function everything(source: Source, row: Row, url: string): Promise<unknown[]> {
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

function faultsOf(kind: SourceKind | undefined, settings: object): unknown {
  const read = kind?.settings.safeParse(settings);
  return read?.success === true ? kind?.check(read.data) : read?.error;
}

it('every kind of source stands in the table, so that none is without proof', () => {
  const told = [...ROWS.map(({ kind }) => kind), ...ASKS_NOTHING];
  expect(told.sort()).toEqual(SOURCE_KINDS.map(({ kind }) => kind).sort());
});

describe.each(ROWS)('the source $kind', (row) => {
  it.each([301, 302, 303, 307, 308])(
    'follows no redirect (%i): the other host hears nothing',
    async (status) => {
      const other = await hostileSide((response) => response.end('{}'));
      const far = await hostileSide(redirect(status, other.url));
      const said = await everything(open(row, far.url), row, far.url);
      expect(far.hostile()).toBeGreaterThan(1);
      expect(other.connections()).toBe(0);
      expect(said).not.toContainEqual(expect.objectContaining({ kind: 'ok' }));
    },
  );

  it.each([200, 400])('reads no more of an endless answer (%i) than its cap', async (status) => {
    const sent: number[] = [];
    const far = await hostileSide(endless(status, (bytes) => sent.push(bytes)));
    const said = await everything(open(row, far.url), row, far.url);
    expect(said).not.toContainEqual(expect.objectContaining({ kind: 'ok' }));
    await expect.poll(() => sent.length).toBe(far.hostile());
    expect(Math.max(...sent)).toBeLessThan((4 + 8) * 1024 * 1024);
  });

  it('tells no secret and no token, however it is told them back', async () => {
    for (const status of [200, 301, 400, 401, 403, 404, 422, 429, 500]) {
      const far = await hostileSide(echo(status, status === 429 ? [] : [API_TOKEN]));
      const said = await everything(open(row, far.url), row, far.url);
      expect(far.hostile()).toBeGreaterThan(0);
      expect(JSON.stringify(said)).not.toContain('canary');
    }
  });

  it.each(PRIVATE_ADDRESSES)('does not connect to a name that turns out to be %s', async (address) => {
    const far = await hostileSide((response) => response.end('{}'));
    const url = `https://far.example:${String(far.port)}`;
    const source = open(row, url, { allow_private: false, resolve: always(address) });
    const [first] = await everything(source, row, url);
    expect(first).toMatchObject({ kind: 'failed', reason: expect.stringContaining('private') });
    expect(far.connections()).toBe(0);
  });

  it.each(FORBIDDEN_ADDRESSES)(
    'never connects to %s, even where private ones are allowed',
    async (address) => {
      const url = 'https://far.example';
      const [first] = await everything(open(row, url, { resolve: always(address) }), row, url);
      expect(first).toMatchObject({ kind: 'failed', reason: expect.stringContaining('never called') });
    },
  );

  it('sends nothing in plain text over the Internet, and is not set up to', async () => {
    const url = 'http://far.example';
    const [first] = await everything(open(row, url, { resolve: always('93.184.215.14') }), row, url);
    expect(first).toMatchObject({ kind: 'failed', reason: expect.stringContaining('https') });
    const kind = SOURCE_KINDS.find((each) => each.kind === row.kind);
    for (const wrong of [url, 'https://10.0.0.7', 'https://[::1]', 'https://169.254.169.254'])
      expect(faultsOf(kind, { ...row.at(wrong), allow_private: false })).not.toEqual([]);
  });
});

it('ShipStation’s pointers lead to no other host than those of the list', async () => {
  const other = await hostileSide((response) => response.end('{}'));
  const [row] = ROWS.filter(({ kind }) => kind === 'shipstation');
  if (!row) throw new Error('It is there.');
  const next = JSON.stringify({ labels: [], links: { next: { href: `${other.url}/v2/labels?page=2` } } });
  const far = await hostileSide((response) => response.end(next));
  const source = open(row, far.url);
  const pointers = [
    `${far.url}/v2/labels`,
    `${other.url}/v2/labels`,
    `${far.url.replace('http://', 'http://x:y@')}/`,
  ];
  for (const url of pointers) expect(await source.fetch({ url, at: T0 })).toMatchObject({ kind: 'failed' });
  expect(other.connections()).toBe(0);
});

describe('asking a signed source again', () => {
  const refetch = async (url: string, { allow_private = true, resolve = systemResolver }: Opening = {}) => {
    const taken: unknown[] = [];
    const refetcher = createRefetcher({
      targets: [{ name: 'pim', url: `${url}/refetch`, secrets: [SECRET], allow_private }],
      clock,
      ids: countingIds(),
      version: '0.0.0',
      onAnswer: async (_, raw) => void taken.push(raw),
      resolve,
    });
    onTestFinished(() => refetcher.close());
    const request = { export_id: 'x', export_type: 'price_update', reference: 'r', groups: ['price'] };
    return { outcome: await refetcher.refetch('pim', request), taken };
  };

  it.each([301, 302, 303, 307, 308])('follows no redirect (%i)', async (status) => {
    const other = await hostileSide((response) => response.end('{}'));
    const far = await hostileSide(redirect(status, other.url));
    expect((await refetch(far.url)).outcome).toMatchObject({ kind: 'failed' });
    expect(other.connections()).toBe(0);
  });

  it('reads no more of an endless answer than its cap', async () => {
    const sent: number[] = [];
    const far = await hostileSide(endless(200, (bytes) => sent.push(bytes)));
    const { outcome, taken } = await refetch(far.url);
    expect(outcome).not.toMatchObject({ kind: 'delivered' });
    expect(taken).toEqual([]);
    await expect.poll(() => sent.length).toBe(1);
    expect(sent[0]).toBeLessThan(9 * 1024 * 1024);
  });

  it('tells no secret', async () => {
    const bare = SECRET.replace('whsec_', '');
    for (const status of [200, 301, 400, 401, 422, 500]) {
      const far = await hostileSide(echo(status, [bare, SECRET]));
      expect(JSON.stringify(await refetch(far.url))).not.toContain(bare);
    }
  });

  it('connects to nothing private, and never in plain text over the Internet', async () => {
    for (const address of [...PRIVATE_ADDRESSES, ...FORBIDDEN_ADDRESSES]) {
      const far = await hostileSide((response) => response.end('{}'));
      const url = `https://far.example:${String(far.port)}`;
      const { outcome } = await refetch(url, { allow_private: false, resolve: always(address) });
      expect(outcome).toMatchObject({ kind: 'failed', exception_code: 'egress_blocked' });
      expect(far.connections()).toBe(0);
    }
    await expect(refetch('http://far.example', { allow_private: false })).rejects.toThrow(/https/u);
    const { outcome } = await refetch('http://far.example', { resolve: always('93.184.215.14') });
    expect(outcome).toMatchObject({ kind: 'failed', exception_code: 'egress_blocked' });
  });
});

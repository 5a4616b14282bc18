import { describe, expect, it, onTestFinished } from 'vitest';
import { systemResolver } from '../../../src/sinks/egress.ts';
import { createRefetcher } from '../../../src/sinks/refetch.ts';
import type { SourceKind } from '../../../src/sources/define.ts';
import { SOURCE_KINDS } from '../../../src/sources/registry.ts';
import { countingIds, T0 } from '../../support/manual-clock.ts';
import { SECRET } from '../../unit/sinks/far-side.ts';
import {
  API_TOKEN,
  askEverything,
  clock,
  type Opening,
  openSourceRow,
  SOURCE_ROWS,
} from './egress-source-rows.ts';
import {
  always,
  echo,
  endless,
  FORBIDDEN_ADDRESSES,
  hostileSide,
  PRIVATE_ADDRESSES,
  redirect,
} from './hostile.ts';

/** What a source is told is its own affair: it is asked by the refetcher only, which is covered below. */
const ASKS_NOTHING = ['signed'];

function faultsOf(kind: SourceKind | undefined, settings: object): unknown {
  const read = kind?.settings.safeParse(settings);
  return read?.success === true ? kind?.check(read.data) : read?.error;
}

it('every kind of source stands in the table, so that none is without proof', () => {
  const told = [...SOURCE_ROWS.map(({ kind }) => kind), ...ASKS_NOTHING];
  expect(told.sort()).toEqual(SOURCE_KINDS.map(({ kind }) => kind).sort());
});

describe.each(SOURCE_ROWS)('the source $kind', (row) => {
  it.each([301, 302, 303, 307, 308])(
    'follows no redirect (%i): the other host hears nothing',
    async (status) => {
      const other = await hostileSide((response) => response.end('{}'));
      const far = await hostileSide(redirect(status, other.url));
      const said = await askEverything(openSourceRow(row, far.url), row, far.url);
      expect(far.hostile()).toBeGreaterThan(1);
      expect(other.connections()).toBe(0);
      expect(said).not.toContainEqual(expect.objectContaining({ kind: 'ok' }));
    },
  );

  it.each([200, 400])('reads no more of an endless answer (%i) than its cap', async (status) => {
    const sent: number[] = [];
    const far = await hostileSide(endless(status, (bytes) => sent.push(bytes)));
    const said = await askEverything(openSourceRow(row, far.url), row, far.url);
    expect(said).not.toContainEqual(expect.objectContaining({ kind: 'ok' }));
    await expect.poll(() => sent.length).toBe(far.hostile());
    expect(Math.max(...sent)).toBeLessThan((4 + 8) * 1024 * 1024);
  });

  it('tells no secret and no token, however it is told them back', async () => {
    for (const status of [200, 301, 400, 401, 403, 404, 422, 429, 500]) {
      const far = await hostileSide(echo(status, status === 429 ? [] : [API_TOKEN]));
      const said = await askEverything(openSourceRow(row, far.url), row, far.url);
      expect(far.hostile()).toBeGreaterThan(0);
      expect(JSON.stringify(said)).not.toContain('canary');
    }
  });

  it.each(PRIVATE_ADDRESSES)('does not connect to a name that turns out to be %s', async (address) => {
    const far = await hostileSide((response) => response.end('{}'));
    const url = `https://far.example:${String(far.port)}`;
    const source = openSourceRow(row, url, { allow_private: false, resolve: always(address) });
    const [first] = await askEverything(source, row, url);
    expect(first).toMatchObject({ kind: 'failed', reason: expect.stringContaining('private') });
    expect(far.connections()).toBe(0);
  });

  it.each(FORBIDDEN_ADDRESSES)(
    'never connects to %s, even where private ones are allowed',
    async (address) => {
      const url = 'https://far.example';
      const [first] = await askEverything(openSourceRow(row, url, { resolve: always(address) }), row, url);
      expect(first).toMatchObject({ kind: 'failed', reason: expect.stringContaining('never called') });
    },
  );

  it('sends nothing in plain text over the Internet, and is not set up to', async () => {
    const url = 'http://far.example';
    const [first] = await askEverything(
      openSourceRow(row, url, { resolve: always('93.184.215.14') }),
      row,
      url,
    );
    expect(first).toMatchObject({ kind: 'failed', reason: expect.stringContaining('https') });
    const kind = SOURCE_KINDS.find((each) => each.kind === row.kind);
    for (const wrong of [url, 'https://10.0.0.7', 'https://[::1]', 'https://169.254.169.254'])
      expect(faultsOf(kind, { ...row.at(wrong), allow_private: false })).not.toEqual([]);
  });
});

it('ShipStation’s pointers lead to no other host than those of the list', async () => {
  const other = await hostileSide((response) => response.end('{}'));
  const [row] = SOURCE_ROWS.filter(({ kind }) => kind === 'shipstation');
  if (!row) throw new Error('It is there.');
  const next = JSON.stringify({ labels: [], links: { next: { href: `${other.url}/v2/labels?page=2` } } });
  const far = await hostileSide((response) => response.end(next));
  const source = openSourceRow(row, far.url);
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

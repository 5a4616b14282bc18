import { describe, expect, it } from 'vitest';
import type { Sink } from '../../../src/sinks/port.ts';
import { SINK_KINDS } from '../../../src/sinks/registry.ts';
import type { Logged } from '../../unit/sinks/far-side.ts';
import { openRow, ROWS, type Row } from './egress-rows.ts';
import {
  always,
  CANARY,
  echo,
  endless,
  FORBIDDEN_ADDRESSES,
  hostileSide,
  PRIVATE_ADDRESSES,
  redirect,
} from './hostile.ts';

/** Everything a sink can be asked, once with each push; what it said to all of it. */
async function everything(sink: Sink, row: Row): Promise<unknown[]> {
  const said: unknown[] = [];
  for (const push of row.pushes) {
    said.push(await sink.push(push));
    said.push(await sink.reconcile({ ...push, unsettled: true }));
    said.push(await sink.quote?.(push));
    said.push(await sink.rehearse?.(push));
  }
  said.push(await sink.read?.(['A-1'], {}));
  said.push(await sink.probe?.());
  return said;
}

const cases = ROWS.flatMap((row) => row.turns.map((turn) => [row.kind, turn.at, row, turn] as const));

it('every kind of sink stands in the table, so that none is without proof', () => {
  expect([...new Set(ROWS.map(({ kind }) => kind))].sort()).toEqual(
    SINK_KINDS.map(({ kind }) => kind).sort(),
  );
});

describe.each(cases)(
  '%s, when the far side turns hostile at %s',
  (_kind, _at, row, { honest, tokens = [] }) => {
    it.each([301, 302, 303, 307, 308])(
      'follows no redirect (%i): the other host hears nothing',
      async (status) => {
        const other = await hostileSide((response) => response.end('{}'));
        const far = await hostileSide(redirect(status, other.url), honest);
        const said = await everything(openRow(row, far.url), row);
        expect(far.hostile()).toBeGreaterThan(0);
        expect(other.connections()).toBe(0);
        for (const outcome of said.slice(0, row.pushes.length * 4))
          expect(outcome).not.toMatchObject({ kind: 'delivered' });
      },
    );

    it.each([200, 400])('reads no more of an endless answer (%i) than its cap', async (status) => {
      const sent: number[] = [];
      const far = await hostileSide(
        endless(status, (bytes) => sent.push(bytes)),
        honest,
      );
      const said = await everything(openRow(row, far.url), row);
      expect(said[0]).not.toMatchObject({ kind: 'delivered' });
      await expect.poll(() => sent.length).toBe(far.hostile());
      expect(far.hostile()).toBeGreaterThan(0);
      // Besides what is read, the sockets of both sides hold some.
      expect(Math.max(...sent)).toBeLessThan((row.cap_mib + 8) * 1024 * 1024);
    });

    it('tells no secret and no token, however it is told them back', async () => {
      const lines: Logged[] = [];
      const said: unknown[] = [];
      const bare = row.secrets.map((each) => each.replace(/^whsec_/u, ''));
      const known = [...bare, ...row.secrets, ...tokens];
      for (const status of [200, 201, 207, 301, 400, 401, 403, 404, 409, 410, 413, 422, 423, 429, 500, 503]) {
        const far = await hostileSide(echo(status, status === 429 ? [] : known), honest);
        said.push(...(await everything(openRow(row, far.url, { lines }), row)));
        expect(far.hostile()).toBeGreaterThan(0);
      }
      const told = JSON.stringify([said, lines]);
      expect(told).toContain('[secret]');
      for (const secret of [...row.secrets, ...bare]) expect(told).not.toContain(secret);
      for (const token of tokens) expect(told).not.toContain(token);
    });
  },
);

describe.each(ROWS)('$kind', (row) => {
  const public_name = (port: number) => `https://far.example:${String(port)}`;

  it.each(PRIVATE_ADDRESSES)('does not connect to a name that turns out to be %s', async (address) => {
    const far = await hostileSide((response) => response.end('{}'));
    const sink = openRow(row, public_name(far.port), { allow_private: false, resolve: always(address) });
    const said = await everything(sink, row);
    expect(far.connections()).toBe(0);
    expect(said[0]).toMatchObject({ kind: 'failed', exception_code: 'egress_blocked' });
    expect(JSON.stringify(said)).not.toContain(CANARY);
  });

  it.each(FORBIDDEN_ADDRESSES)(
    'never connects to %s, even where private ones are allowed',
    async (address) => {
      const sink = openRow(row, public_name(9), { resolve: always(address) });
      const said = await everything(sink, row);
      expect(said[0]).toMatchObject({ kind: 'failed', exception_code: 'egress_blocked' });
    },
  );

  it('sends nothing in plain text over the Internet', async () => {
    expect(() => openRow(row, 'http://far.example', { allow_private: false })).toThrow(/https:\/\//u);
    const sink = openRow(row, 'http://far.example', { resolve: always('93.184.215.14') });
    const [first] = await everything(sink, row);
    expect(first).toMatchObject({ kind: 'failed', exception_code: 'egress_blocked' });
  });

  it.each(['https://127.0.0.1', 'https://[::1]', 'https://10.0.0.7', 'https://[::ffff:10.0.0.7]'])(
    'is not set up for the private address %s unless that is allowed',
    (url) => {
      expect(() => openRow(row, url, { allow_private: false })).toThrow(/private/u);
    },
  );

  it.each(['https://169.254.169.254', 'https://user:canary@far.example', 'ftp://far.example'])(
    'is never set up for %s',
    (url) => {
      expect(() => openRow(row, url)).toThrow(/never called|user name|https:\/\//u);
    },
  );
});

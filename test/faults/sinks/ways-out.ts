import { Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { type Clock, systemClock } from '../../../src/clock.ts';
import { type Resolver, systemResolver } from '../../../src/sinks/egress.ts';
import { reach } from '../../../src/sinks/reach.ts';
import { createRefetcher } from '../../../src/sinks/refetch.ts';
import { createSinks } from '../../../src/sinks/registry.ts';
import { openSources, SOURCE_KINDS } from '../../../src/sources/registry.ts';
import { countingIds, T0 } from '../../support/manual-clock.ts';
import { aPush, logInto, SECRET } from '../../unit/sinks/far-side.ts';
import { ROWS } from './egress-rows.ts';
import { askEverything, SOURCE_ROWS, type SourceRow } from './egress-source-rows.ts';
import type { Honest } from './hostile.ts';

const clock: Clock = { ...systemClock, now: () => T0 };

export type Opening = { allow_private: boolean; resolve?: Resolver };
/** A way out of Meshline: everything it can be made to ask at this address. Throws when it is not set up for it. */
export type WayOut = {
  name: string;
  /** How far the far side is honest, such as with a token, so that the last call is reached too. */
  honest: Honest;
  /** It asks the machine's own resolver, whatever `resolve` says. */
  own_resolver?: true;
  go(url: string, opening: Opening): Promise<unknown[]>;
};

async function everySinkCall(
  kind: string,
  settings: unknown,
  secrets: readonly string[],
  pushes: readonly ReturnType<typeof aPush>[],
  { resolve = systemResolver }: Opening,
): Promise<unknown[]> {
  const sink = createSinks([{ name: 'far', kind, settings, secrets }], {
    clock,
    ids: countingIds(),
    log: logInto([]),
    version: '0.0.0',
    resolve,
  }).get('far');
  if (!sink) throw new Error('The sink did not open.');
  const said: unknown[] = [];
  try {
    for (const push of pushes) {
      said.push(await sink.push(push));
      said.push(await sink.reconcile({ ...push, unsettled: true }));
      said.push(await sink.quote?.(push));
      said.push(await sink.rehearse?.(push));
    }
    said.push(await sink.read?.(['A-1'], {}));
    if (kind !== 'webhook') said.push(await sink.probe?.());
  } finally {
    await sink.close();
  }
  return said;
}

/** Every kind of sink, at every call before which the far side may turn: tokens, payments, operations. */
const sinks: WayOut[] = ROWS.flatMap((row) =>
  row.turns.map(({ at, honest }) => ({
    name: `sink ${row.kind}, ${at}`,
    honest,
    go: (url, opening) =>
      everySinkCall(
        row.kind,
        { ...row.at(url.replace(/\/$/u, '')), allow_private: opening.allow_private },
        row.secrets,
        row.pushes,
        opening,
      ),
  })),
);

/** Addresses of a webhook sink besides its own: that one is where the far side may be. */
const besides = (name: string, settings: (url: string) => object): WayOut => ({
  name: `sink webhook, ${name}`,
  honest: () => null,
  async go(url, opening) {
    const { allow_private } = opening;
    const own = allow_private ? 'http://127.0.0.1:9/' : 'https://oms.example/';
    const all = { url: own, ...settings(url), allow_private };
    const sink = createSinks([{ name: 'far', kind: 'webhook', settings: all, secrets: [SECRET] }], {
      clock,
      ids: countingIds(),
      log: logInto([]),
      version: '0.0.0',
      resolve: opening.resolve ?? systemResolver,
    }).get('far');
    if (!sink) throw new Error('The sink did not open.');
    try {
      return [await sink.reconcile(aPush()), await sink.read?.(['A-1'], {})];
    } finally {
      await sink.close();
    }
  },
});

/** Names of these rows' settings come from the address; what is no address at all is refused before. */
const source = (row: SourceRow): WayOut => ({
  name: `source ${row.kind}`,
  honest: () => null,
  async go(url, { allow_private, resolve = systemResolver }) {
    const settings = { ...row.at(url), allow_private };
    const kind = SOURCE_KINDS.find((each) => each.kind === row.kind);
    const read = kind?.settings.safeParse(settings);
    const faults = read?.success === true ? kind?.check(read.data) : ['unread'];
    if (faults?.length !== 0) throw new Error('It is not set up for this address.');
    const opened = openSources(
      [
        {
          name: 'far',
          kind: row.kind,
          settings,
          secrets: ['canary-webhook-secret-0001'],
          keys: [],
          api_token: 'canary-api-token-0001',
          rules: [],
          reconcile_ms: null,
          takes_hooks: true,
        },
      ],
      { clock, version: '0.0.0', resolve },
    ).get('far')?.source;
    if (!opened) throw new Error('The source did not open.');
    try {
      return await askEverything(opened, row, url.replace(/\/$/u, ''));
    } finally {
      await opened.close();
    }
  },
});

const refetch: WayOut = {
  name: 'refetch_url',
  honest: () => null,
  async go(url, { allow_private, resolve = systemResolver }) {
    const refetcher = createRefetcher({
      targets: [{ name: 'pim', url, secrets: [SECRET], allow_private }],
      clock,
      ids: countingIds(),
      version: '0.0.0',
      onAnswer: async () => undefined,
      resolve,
    });
    try {
      const request = { export_id: 'x', export_type: 'price_update', reference: 'r', groups: ['price'] };
      return [await refetcher.refetch('pim', request)];
    } finally {
      await refetcher.close();
    }
  },
};

const check: WayOut = {
  name: 'check --sinks',
  honest: () => null,
  own_resolver: true,
  go: async (url, { allow_private }) => [await reach(url, allow_private)],
};

export const WAYS_OUT: readonly WayOut[] = [
  ...sinks,
  besides('reconcile', (url) => ({ reconcile: { url: `${url.replace(/\/$/u, '')}/effects/{key}` } })),
  besides('values', (url) => ({ values: { url } })),
  ...SOURCE_ROWS.map(source),
  refetch,
  check,
];

export type Attempts = { to: readonly string[]; forget(): void };

/** Every connection that any socket of this process begins, TLS ones included, until the test ends. */
export function watchSockets(): Attempts {
  let to: string[] = [];
  // oxlint-disable-next-line typescript/unbound-method -- It is called on the socket that it was meant for.
  const original = Socket.prototype.connect;
  const watched = function (this: Socket, ...args: Parameters<Socket['connect']>): Socket {
    this.on('connectionAttempt', (address: string, port: number) => to.push(`${address} ${String(port)}`));
    return original.apply(this, args);
  };
  Socket.prototype.connect = watched as typeof original;
  onTestFinished(() => {
    Socket.prototype.connect = original;
  });
  return {
    get to() {
      return to;
    },
    forget() {
      to = [];
    },
  };
}

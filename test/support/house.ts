import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { type Actor, actAs } from '../../sandbox/client.ts';
import { type Receipt, send } from '../../sandbox/demo/sender.ts';
import { type Sandbox, startSandbox } from '../../sandbox/index.ts';
import { type SampleSinks, startSampleSinks } from '../../sandbox/sinks/index.ts';
import { type Clock, systemClock } from '../../src/clock.ts';
import { type Config, renderFault } from '../../src/config.ts';
import type { Catalog } from '../../src/exports/define.ts';
import type { DispatchPace } from '../../src/flow/dispatch.ts';
import { createLogger, type Logger } from '../../src/log.ts';
import { type Meshline, startMeshline } from '../../src/meshline.ts';
import type { SinkKind } from '../../src/sinks/define.ts';
import type { SourceKind } from '../../src/sources/define.ts';
import { EXAMPLE, load, SECRETS } from './config.ts';
import { FAR_SECRETS, towardsFarSides, withoutFarSides } from './far-sides.ts';
import { fixture, type RawExport } from './fixtures.ts';
import { withoutStaging } from './staging.ts';

/** A clock that runs with the machine's and can be moved forward: what waits in between comes due. */
export class LeapClock implements Clock {
  #ahead = 0;

  now(): number {
    return systemClock.now() + this.#ahead;
  }

  monotonic(): number {
    return systemClock.monotonic() + this.#ahead;
  }

  after(ms: number, fn: () => void): () => void {
    return systemClock.after(ms, fn);
  }

  leap(ms: number): void {
    this.#ahead += ms;
  }
}

/** People of Northwind Goods as directory ids; their Slack ids are in the sandbox's company. */
export const PEOPLE = {
  priya: { guid: '5b0c1a3e-6f0d-4a53-9c1e-0d7a52f4a101', slack: 'U01PRIYA' },
  daniel: { guid: '5b0c1a3e-6f0d-4a53-9c1e-0d7a52f4a102', slack: 'U02DANIEL' },
  mei: { guid: '5b0c1a3e-6f0d-4a53-9c1e-0d7a52f4a103', slack: 'U03MEI' },
  jonas: { guid: '5b0c1a3e-6f0d-4a53-9c1e-0d7a52f4a104', slack: 'U04JONAS' },
  amara: { guid: '5b0c1a3e-6f0d-4a53-9c1e-0d7a52f4a105', slack: 'U05AMARA' },
  lucas: { guid: '5b0c1a3e-6f0d-4a53-9c1e-0d7a52f4a106', slack: 'U06LUCAS' },
  hannah: { guid: '5b0c1a3e-6f0d-4a53-9c1e-0d7a52f4a107', slack: 'U07HANNAH' },
  omar: { guid: '5b0c1a3e-6f0d-4a53-9c1e-0d7a52f4a108', slack: 'U08OMAR' },
  grace: { guid: '5b0c1a3e-6f0d-4a53-9c1e-0d7a52f4a109', slack: 'U09GRACE' },
  tomas: { guid: '5b0c1a3e-6f0d-4a53-9c1e-0d7a52f4a110', slack: 'U10TOMAS' },
  nadia: { guid: '5b0c1a3e-6f0d-4a53-9c1e-0d7a52f4a111', slack: 'U11NADIA' },
  eli: { guid: '5b0c1a3e-6f0d-4a53-9c1e-0d7a52f4a112', slack: 'U12ELI' },
  sofia: { guid: '5b0c1a3e-6f0d-4a53-9c1e-0d7a52f4a113', slack: 'U13SOFIA' },
  gil: { guid: '', slack: 'U14GIL' },
} as const;

/** meshline.yml as plain data, as far as tests change it. */
export type ConfigFile = {
  policies: Record<string, Record<string, unknown>>;
  sources: Record<string, Record<string, unknown>>;
  sinks: Record<string, { settings: Record<string, unknown> }>;
  [key: string]: unknown;
};

export type HouseOptions = {
  mode?: 'socket' | 'http';
  /** Changes the parsed meshline.yml in place. */
  configure?: (file: ConfigFile) => void;
  /** The real one unless told; no pacing lets tests of many cards end soon. */
  pace?: DispatchPace;
  /** Keeps the example's undo windows; without, what is accepted goes out at once. */
  undo?: boolean;
  /** Another clock than one of its own. */
  clock?: LeapClock;
  /** The instant at which it opens, ms; now unless told. */
  at?: number;
  /** Reuse a folder, to see what a restart finds. */
  folder?: string;
  /** The sample shop and carriers run too, and the example's routes to them stay; without, nothing goes there. */
  farSides?: boolean;
  /** Keeps the example's safety checks, on a staging OMS of its own; without, what arrives can be accepted at once. */
  staging?: boolean;
  /** Registries with more in them than the product's. */
  catalog?: Catalog;
  sinkKinds?: readonly SinkKind[];
  sourceKinds?: readonly SourceKind[];
  /** Instead of a silent one. */
  log?: Logger;
  /** Secrets besides those of the example. */
  env?: Readonly<Record<string, string>>;
};

export type House = {
  sandbox: Sandbox;
  sinks: SampleSinks;
  meshline: Meshline;
  clock: LeapClock;
  folder: string;
  as(person: keyof typeof PEOPLE): Actor;
  /** Sends a raw export signed by a source. */
  send(raw: RawExport, source?: string): Promise<Receipt>;
  /** Sends the fixture of a type as of now. */
  sendFixture(type: string, edit?: (raw: RawExport) => void, source?: string): Promise<Receipt>;
  /** Stops and starts Meshline on the same ledger; the sandbox and the sinks go on. */
  restart(): Promise<void>;
  close(): Promise<void>;
};

export const NO_PACE: DispatchPace = { slack: { burst: 10_000, per_second: 10_000 }, settles_ms: 500 };

/** What the example configuration makes of the sinks' real addresses. */
function configured(sinks: SampleSinks, options: HouseOptions): Config {
  const file = parse(EXAMPLE) as ConfigFile;
  for (const name of ['oms', 'wms'] as const) {
    const { origin } = new URL(sinks[name].url);
    Object.assign(file.sinks[name]?.settings ?? {}, {
      url: sinks[name].url,
      reconcile: { url: `${origin}/effects/{key}` },
    });
  }
  if (sinks.staging) Object.assign(file.sinks['oms_staging']?.settings ?? {}, { url: sinks.staging.url });
  else withoutStaging(file);
  if (sinks.far) towardsFarSides(file, sinks.far);
  else withoutFarSides(file);
  delete file.sources['pim']?.['refetch_url'];
  if (!options.undo) for (const policy of Object.values(file.policies)) delete policy['undo_ms'];
  options.configure?.(file);
  const env = { ...SECRETS, ...options.env };
  const loaded = load(stringify(file), env, options.catalog, options.sinkKinds, options.sourceKinds);
  if (!loaded.ok)
    throw new Error(loaded.faults.map((fault) => renderFault('meshline.yml', fault)).join('\n'));
  return loaded.config;
}

/** Everything real: sandbox Slack, sample sinks, Meshline on a ledger of its own. */
export async function openHouse(options: HouseOptions = {}): Promise<House> {
  const clock = options.clock ?? new LeapClock();
  if (options.at !== undefined) clock.leap(options.at - clock.now());
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'meshline-'));
  const secrets = { oms: SECRETS['OMS_SECRET'] ?? '', wms: SECRETS['WMS_SINK_SECRET'] ?? '' };
  const sinks = await startSampleSinks({
    clock,
    secrets,
    ...(options.staging ? { staging: { secret: SECRETS['OMS_STAGING_SECRET'] ?? '' } } : {}),
    ...(options.farSides ? { far: { secrets: FAR_SECRETS } } : {}),
  });
  const manifest = new URL('../../manifest.yml', import.meta.url).pathname;
  const sandbox = await startSandbox({ clock, manifest, sampleSinks: sinks });
  const config = configured(sinks, options);
  const start = () =>
    startMeshline({
      config,
      clock,
      log:
        options.log ?? createLogger({ level: (process.env['MESHLINE_LOG_LEVEL'] ?? 'silent') as 'silent' }),
      version: 'test',
      ...(options.catalog ? { catalog: options.catalog } : {}),
      ...(options.sinkKinds ? { sinkKinds: options.sinkKinds } : {}),
      ...(options.sourceKinds ? { sourceKinds: options.sourceKinds } : {}),
      pace: options.pace ?? NO_PACE,
      environment: {
        SLACK_BOT_TOKEN: sandbox.botToken,
        SLACK_APP_TOKEN: options.mode === 'http' ? undefined : sandbox.appToken,
        SLACK_SIGNING_SECRET: sandbox.signingSecret,
        SLACK_API_URL: sandbox.apiUrl,
        MESHLINE_CONFIG: 'meshline.yml',
        MESHLINE_DB: join(folder, 'meshline.db'),
        MESHLINE_HOST: '127.0.0.1',
        MESHLINE_PORT: 0,
        MESHLINE_LOG_LEVEL: 'silent',
      },
    });
  let meshline = await start();
  const listen = () => {
    if (options.mode !== 'http') return;
    const requestUrl = `${meshline.url}/slack/events`;
    sandbox.control.useHttp({ requestUrl, signingSecret: sandbox.signingSecret });
  };
  listen();
  const house: House = {
    sandbox,
    sinks,
    clock,
    folder,
    get meshline() {
      return meshline;
    },
    as: (person) => actAs(sandbox.url, PEOPLE[person].slack),
    send: (raw, source = 'pim') => send(meshline.url, source, SECRETS['PIM_SECRET'] ?? '', raw, clock.now()),
    sendFixture: (type, edit, source = 'pim') =>
      house.send(fixture(type, { now: clock.now(), ...(edit ? { edit } : {}) }), source),
    async restart() {
      await meshline.stop();
      meshline = await start();
      listen();
    },
    async close() {
      await meshline.stop();
      await Promise.all([sandbox.close(), sinks.close()]);
      if (!options.folder) rmSync(folder, { recursive: true, force: true });
    },
  };
  return house;
}

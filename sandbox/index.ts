import type { AddressInfo } from 'node:net';
import type { Clock } from '../src/clock.ts';
import { Calls } from './calls.ts';
import { Changes } from './changes.ts';
import { SandboxClock } from './clock.ts';
import { type Company, northwind } from './company.ts';
import { Control } from './control.ts';
import type { HttpTarget } from './delivery/http.ts';
import { Delivery } from './delivery/index.ts';
import { SocketHub } from './delivery/socket.ts';
import { Faults } from './faults.ts';
import { noManifest, readManifest } from './manifest.ts';
import { RateLimits } from './rate-limits.ts';
import { ResponseUrls } from './response-urls.ts';
import { createSandboxServer } from './server.ts';
import type { SampleSinks } from './sinks/index.ts';
import { State } from './state/index.ts';
import { Triggers } from './triggers.ts';
import type { Boot } from './ui-contract.ts';
import type { World } from './world.ts';

export { type Company, northwind } from './company.ts';
export type { Control } from './control.ts';

export type SandboxOptions = {
  /** 0, the default, takes a free one. */
  port?: number;
  clock?: Clock;
  /** "Northwind Goods" unless told. */
  company?: Company;
  /** Path of a manifest.yml: its commands, shortcuts, scopes and events are then held to. */
  manifest?: string;
  /** Deliver by signed HTTP instead of Socket Mode. */
  http?: HttpTarget;
  /** Slack's rate limits; off unless told. */
  rateLimits?: boolean;
  tour?: Boot['tour'];
  sampleSinks?: SampleSinks;
};

export type Sandbox = {
  url: string;
  /** For `SLACK_API_URL`; ends with a slash. */
  apiUrl: string;
  botToken: string;
  appToken: string;
  signingSecret: string;
  /** The clock the sandbox runs on: the one given, moved by the control API. */
  clock: Clock;
  control: Control;
  close(): Promise<void>;
};

/** Starts a small Slack on 127.0.0.1. @throws when the port is taken or the manifest cannot be read. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const clock = new SandboxClock(options.clock);
  const manifest = options.manifest === undefined ? noManifest : await readManifest(options.manifest);
  const state = new State(options.company ?? northwind, manifest.name, clock.now());
  const changes = new Changes();
  let url = '';
  const origin = () => url;
  const onConnection = () => changes.tell({ kind: 'app' });
  const sockets = new SocketHub(clock, state.ids, state.app.id, onConnection);
  const signingSecret = options.http?.signingSecret ?? 'sandbox-signing-secret';
  const world: World = {
    clock,
    state,
    changes,
    manifest,
    delivery: new Delivery(clock, sockets, options.http ?? null, onConnection),
    triggers: new Triggers(clock, state),
    responseUrls: new ResponseUrls(origin),
    limits: new RateLimits(options.rateLimits ?? false),
    faults: new Faults(),
    calls: new Calls(),
    tokens: {
      bot: 'xoxb-sandbox',
      app: 'xapp-sandbox',
      signingSecret,
      verification: 'sandbox-verification',
      revoked: false,
    },
    tour: options.tour ?? null,
    sinks: options.sampleSinks ?? null,
    origin,
  };
  options.sampleSinks?.onChange(() => changes.tell({ kind: 'sinks' }));
  const control = new Control(world);
  const server = createSandboxServer(world, control);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  url = `http://127.0.0.1:${portOf(server.address())}`;
  return {
    url,
    apiUrl: `${url}/api/`,
    botToken: world.tokens.bot,
    appToken: world.tokens.app,
    signingSecret,
    clock,
    control,
    async close() {
      await sockets.close();
      changes.close();
      clock.stop();
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}

function portOf(address: AddressInfo | string | null): number {
  return typeof address === 'object' && address !== null ? address.port : 0;
}

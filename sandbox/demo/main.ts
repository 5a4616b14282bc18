import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createWriteStream, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { startSandbox } from '../index.ts';
import { startSampleSinks } from '../sinks/index.ts';
import { send, sendBrief } from './sender.ts';
import { type SampleSource, startSampleSource } from './source.ts';
import { type Arrival, BRIEF, STORY, TOUR, TRAFFIC, TRAFFIC_EVERY_S } from './story.ts';

/** The demo: a sandbox Slack, sample systems, and Meshline itself as its own process, fed over HTTP. */
const FOLDER = 'data/demo';
const DATABASE = `${FOLDER}/meshline.db`;
const ENVIRONMENT = `${FOLDER}/environment`;
const port = (name: string, usual: number) => Number(process.env[name] ?? usual);
const SANDBOX_PORT = port('SANDBOX_PORT', 3400);
const MESHLINE_PORT = port('MESHLINE_PORT', 3300);
/** As in meshline.yml. */
const PORTS = { oms: 3401, wms: 3402, source: 3403, staging: 3404 };
const FAR_PORTS = { shopify: 3411, fedex: 3412, usps: 3413 };

const secret = () => `whsec_${randomBytes(32).toString('base64')}`;
const secrets = {
  PIM_SECRET: secret(),
  ERP_SECRET: secret(),
  WMS_SECRET: secret(),
  SHOP_SECRET: secret(),
  OMS_SECRET: secret(),
  WMS_SINK_SECRET: secret(),
  OMS_STAGING_SECRET: secret(),
  SHOPIFY_SINK_TOKEN: secret(),
  FEDEX_SECRET: secret(),
  USPS_SECRET: secret(),
};
const secretOf: Record<string, string> = {
  pim: secrets.PIM_SECRET,
  erp: secrets.ERP_SECRET,
  wms: secrets.WMS_SECRET,
  shop: secrets.SHOP_SECRET,
};

/** With this, `npm run meshline -- send FILE --now --env data/demo/environment` reaches the demo. */
function environmentFile(): string {
  const variables = { ...secrets, MESHLINE_PORT: String(MESHLINE_PORT), MESHLINE_DB: DATABASE };
  return Object.entries(variables)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function fail(error: unknown): never {
  const taken = error instanceof Error && Reflect.get(error, 'code') === 'EADDRINUSE';
  const at = taken ? String(Reflect.get(error, 'port')) : '';
  say(
    taken
      ? `Port ${at} is taken. Stop what uses it (perhaps another demo), or set SANDBOX_PORT and MESHLINE_PORT.`
      : `The demo could not start: ${error instanceof Error ? error.message : String(error)}`,
  );
  process.exit(1);
}

rmSync(FOLDER, { recursive: true, force: true });
mkdirSync(FOLDER, { recursive: true });

const far = await startFarSides().catch(fail);
const url = `http://127.0.0.1:${MESHLINE_PORT}`;
const meshline = startMeshline();

async function startFarSides() {
  const sinks = await startSampleSinks({
    print: true,
    secrets: { oms: secrets.OMS_SECRET, wms: secrets.WMS_SINK_SECRET },
    ports: PORTS,
    staging: { secret: secrets.OMS_STAGING_SECRET, port: PORTS.staging },
    far: {
      secrets: {
        shopify: secrets.SHOPIFY_SINK_TOKEN,
        fedex: secrets.FEDEX_SECRET,
        usps: secrets.USPS_SECRET,
      },
      ports: FAR_PORTS,
    },
  });
  const source = await startSampleSource(PORTS.source);
  const sandbox = await startSandbox({
    port: SANDBOX_PORT,
    rateLimits: true,
    manifest: 'manifest.yml',
    sampleSinks: sinks,
    tour: TOUR,
  });
  return { sinks, source, sandbox };
}

function startMeshline() {
  const child = spawn(process.execPath, ['src/main.ts'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env['PATH'],
      ...secrets,
      SLACK_API_URL: far.sandbox.apiUrl,
      SLACK_BOT_TOKEN: far.sandbox.botToken,
      SLACK_APP_TOKEN: far.sandbox.appToken,
      MESHLINE_PORT: String(MESHLINE_PORT),
      MESHLINE_DB: DATABASE,
    },
  });
  writeFileSync(ENVIRONMENT, environmentFile(), { mode: 0o600 });
  const log = createWriteStream(`${FOLDER}/meshline.log`);
  child.stdout.pipe(log);
  child.stderr.on('data', (chunk: Buffer) => process.stderr.write(chunk));
  child.on('exit', (code) => {
    if (code !== 0 && code !== null) fail(new Error(`Meshline stopped; see ${FOLDER}/meshline.log.`));
  });
  return child;
}

async function ready(): Promise<void> {
  for (let tries = 0; tries < 300; tries += 1) {
    const answer = await fetch(`${url}/readyz`).catch(() => null);
    if (answer?.ok) return;
    await pause(100);
  }
  fail(new Error(`Meshline did not become ready; see ${FOLDER}/meshline.log.`));
}

async function deliver(arrival: Arrival, round: number, source: SampleSource): Promise<void> {
  const raw = arrival.make(Date.now(), round);
  source.remember(raw);
  const { status, body } = await send(url, arrival.source, secretOf[arrival.source] ?? '', raw);
  say(
    `[${arrival.source}] sent ${JSON.stringify(raw['export_type'])} -> ${status} ${body.state ?? body.detail ?? ''}`,
  );
}

async function brief(): Promise<void> {
  const { status, body } = await sendBrief(
    url,
    BRIEF.source,
    secretOf[BRIEF.source] ?? '',
    BRIEF.make(Date.now()),
  );
  say(`[${BRIEF.source}] sent a brief -> ${status} ${body.state ?? body.detail ?? ''}`);
}

async function play(arrivals: readonly Arrival[], round: number): Promise<void> {
  const begun = performance.now();
  for (const arrival of arrivals) {
    await pause(Math.max(0, arrival.after_s * 1000 - (performance.now() - begun)));
    await deliver(arrival, round, far.source).catch((error: unknown) =>
      say(`[${arrival.source}] could not send: ${error instanceof Error ? error.message : 'no answer'}`),
    );
  }
}

let stopping = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    if (stopping) return;
    stopping = true;
    meshline.once('exit', () => {
      void Promise.all([far.sandbox.close(), far.sinks.close(), far.source.close()]).then(() =>
        process.exit(0),
      );
    });
    meshline.kill('SIGTERM');
  });
}

await ready();
say('');
say(`  Open ${far.sandbox.url} and follow the tour.`);
say(
  '  It is a local sandbox, not Slack: nothing leaves this machine, and it forgets everything when it stops.',
);
say(`  Meshline takes exports at ${url}/v1/exports; its log is in ${FOLDER}/meshline.log.`);
say(
  `  Send one yourself: npm run meshline -- send test/fixtures/exports/price-update.json --source erp --now --env ${ENVIRONMENT}`,
);
say('');
far.sinks.setMode('oms', 'short_once');
await brief();
await play(STORY, 1);
for (let round = 1; ; round += 1) {
  const begun = performance.now();
  await play(TRAFFIC, round);
  await pause(Math.max(0, TRAFFIC_EVERY_S * 1000 - (performance.now() - begun)));
}

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parse, stringify } from 'yaml';
import { type Sandbox, startSandbox } from '../../../sandbox/index.ts';
import { type SampleSinks, startSampleSinks } from '../../../sandbox/sinks/index.ts';
import { EXAMPLE, SECRETS } from '../../support/config.ts';
import { withoutFarSides } from '../../support/far-sides.ts';
import type { ConfigFile } from '../../support/house.ts';
import { withoutStaging } from '../../support/staging.ts';

const ROOT = new URL('../../../', import.meta.url).pathname;
const READY_WITHIN_MS = 30_000;

/** Meshline as its own process, `node src/main.ts`, on a real file; the far sides live in the test. */
export type Town = {
  sandbox: Sandbox;
  sinks: SampleSinks;
  url: string;
  file: string;
  /** What a process needs to be this Meshline. */
  env: NodeJS.ProcessEnv;
  /** Spawns the process; a running one must have ended. */
  start(): ChildProcess;
  /** `performance.now()` of the last spawn. */
  startedAt(): number;
  /** Resolves with the milliseconds until `/readyz` says yes; rejects when the process ends before. */
  ready(): Promise<number>;
  /** Resolves with its streams when the process ends by itself; that is never expected. */
  ended(): Promise<string>;
  /** Ends the process by a signal and gives its exit code, null after SIGKILL. */
  end(signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null>;
  /** What the present process wrote to its streams. */
  output(): string;
  /** May be called again. */
  close(): Promise<void>;
};

export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function configuration(sinks: SampleSinks, configure: (file: ConfigFile) => void): string {
  const file = withoutFarSides(parse(EXAMPLE) as ConfigFile);
  for (const name of ['oms', 'wms'] as const) {
    const { origin } = new URL(sinks[name].url);
    const reconcile = { url: `${origin}/effects/{key}` };
    Object.assign(file.sinks[name]?.settings ?? {}, { url: sinks[name].url, reconcile });
  }
  if (sinks.staging) Object.assign(file.sinks['oms_staging']?.settings ?? {}, { url: sinks.staging.url });
  else withoutStaging(file);
  delete file.sources['pim']?.['refetch_url'];
  configure(file);
  return stringify(file);
}

/** `configure` changes the example's meshline.yml in place; `staging` keeps its safety checks. */
export async function openTown(
  configure: (file: ConfigFile) => void = () => {},
  { staging = false }: { staging?: boolean } = {},
): Promise<Town> {
  const folder = mkdtempSync(join(tmpdir(), 'meshline-town-'));
  const file = join(folder, 'meshline.db');
  const sinks = await startSampleSinks({
    secrets: { oms: SECRETS['OMS_SECRET'] ?? '', wms: SECRETS['WMS_SINK_SECRET'] ?? '' },
    ...(staging ? { staging: { secret: SECRETS['OMS_STAGING_SECRET'] ?? '' } } : {}),
  });
  const sandbox = await startSandbox({ manifest: join(ROOT, 'manifest.yml'), sampleSinks: sinks });
  const config = join(folder, 'meshline.yml');
  writeFileSync(config, configuration(sinks, configure));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const env = {
    PATH: process.env['PATH'],
    ...SECRETS,
    SLACK_API_URL: sandbox.apiUrl,
    SLACK_BOT_TOKEN: sandbox.botToken,
    SLACK_APP_TOKEN: sandbox.appToken,
    MESHLINE_CONFIG: config,
    MESHLINE_PORT: String(port),
    MESHLINE_DB: file,
    MESHLINE_LOG_LEVEL: 'warn',
  };
  let child: ChildProcess | null = null;
  let output: string[] = [];
  let startedAt = 0;
  let closed: Promise<void> | null = null;
  const close = async () => {
    await town.end('SIGKILL');
    await Promise.all([sandbox.close(), sinks.close()]);
    rmSync(folder, { recursive: true, force: true });
  };

  const town: Town = {
    sandbox,
    sinks,
    url,
    file,
    env,
    start() {
      startedAt = performance.now();
      output = [];
      child = spawn(process.execPath, ['src/main.ts'], { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] });
      for (const stream of [child.stdout, child.stderr]) {
        stream?.on('data', (chunk: Buffer) => output.push(chunk.toString('utf8')));
      }
      return child;
    },
    startedAt: () => startedAt,
    async ready() {
      const running = child;
      while (performance.now() - startedAt < READY_WITHIN_MS) {
        if (running?.exitCode !== null || running.signalCode !== null) break;
        const answer = await fetch(`${url}/readyz`).catch(() => null);
        await answer?.arrayBuffer().catch(() => undefined);
        if (answer?.ok) return performance.now() - startedAt;
        await pause(30);
      }
      throw new Error(`Meshline did not become ready:\n${output.join('')}`);
    },
    async ended() {
      if (child && child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      return output.join('');
    },
    async end(signal) {
      const running = child;
      if (!running) return null;
      if (running.exitCode === null && running.signalCode === null) {
        const exited = once(running, 'exit');
        running.kill(signal);
        await exited;
      }
      return running.exitCode;
    },
    output: () => output.join(''),
    close() {
      closed ??= close();
      return closed;
    },
  };
  return town;
}

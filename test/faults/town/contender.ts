import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import type { onTestFinished } from 'vitest';
import { freePort, type Town } from './process.ts';

const ROOT = new URL('../../../', import.meta.url).pathname;

/** One of several Meshlines that want the same ledger, each at an address of its own. */
export type Contender = {
  pid: number;
  url: string;
  signal(signal: NodeJS.Signals): void;
  /** Its exit code once it has ended; null after a signal. */
  ended: Promise<number | null>;
  over(): boolean;
  said(): string;
  /** True once `/readyz` says yes; false when it has ended instead. */
  ready(): Promise<boolean>;
};

/** Spawns it; killed when the test is over, stopped or not. */
export async function contender(
  town: Town,
  finished: typeof onTestFinished,
  env: NodeJS.ProcessEnv = {},
): Promise<Contender> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(process.execPath, ['src/main.ts'], {
    cwd: ROOT,
    env: { ...town.env, MESHLINE_PORT: String(port), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const chunks: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  }
  const ended = once(child, 'close').then(() => child.exitCode);
  const over = () => child.exitCode !== null || child.signalCode !== null;
  finished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  return {
    pid: child.pid ?? 0,
    url,
    ended,
    over,
    signal: (signal) => void child.kill(signal),
    said: () => Buffer.concat(chunks).toString('utf8'),
    async ready() {
      while (!over()) {
        const answer = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(2_000) }).catch(() => null);
        await answer?.arrayBuffer().catch(() => undefined);
        if (answer?.ok) return true;
        await pause(30);
      }
      return false;
    },
  };
}

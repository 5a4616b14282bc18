import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Act, readActs } from './log.ts';

const SHIM = fileURLToPath(new URL('shim.c', import.meta.url));

/** The compiler that is here, or null. */
function compiler(): string | null {
  for (const name of ['cc', 'gcc', 'clang']) {
    try {
      execFileSync(name, ['--version'], { stdio: 'ignore' });
      return name;
    } catch {
      // The next one may be there.
    }
  }
  return null;
}

/** Builds shim.c into `folder`; or says why it cannot be used on this machine. */
export function buildShim(folder: string): { shim: string } | { missing: string } {
  if (process.platform !== 'linux') return { missing: 'watching system calls needs Linux' };
  const name = compiler();
  if (name === null) return { missing: 'no C compiler (cc, gcc or clang) is installed' };
  const shim = join(folder, 'shim.so');
  execFileSync(name, ['-shared', '-fPIC', '-O2', '-Wall', '-Werror', '-o', shim, SHIM, '-lpthread']);
  return { shim };
}

export type Recording = {
  acts: Act[];
  /** The folder as the process left it, and what everything was recorded under. */
  top: string;
  /** What reached the parent, line by line. */
  lines: string[];
};

/** Runs a script of this folder, as `SCRIPT FOLDER ARGS`, in a process of its own and records what it does to its files. */
export async function record(
  shim: string,
  folder: string,
  script: string,
  ...args: string[]
): Promise<Recording> {
  const top = mkdtempSync(join(folder, 'recorded-'));
  const log = `${top}.log`;
  const child = spawn(process.execPath, [fileURLToPath(new URL(script, import.meta.url)), top, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...process.env,
      LD_PRELOAD: shim,
      POWER_CUT_FOLDER: top,
      POWER_CUT_LOG: log,
      UV_USE_IO_URING: '0',
    },
  });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  await once(child, 'close');
  if (child.exitCode !== 0) throw new Error(`The recorded process ended with ${child.exitCode}.`);
  return { acts: readActs(readFileSync(log)), top, lines: said.split('\n').slice(0, -1) };
}

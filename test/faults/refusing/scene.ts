import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import type { TestContext } from 'vitest';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** Runs what it was given when the test ends, however it ends. */
export type AtEnd = TestContext['onTestFinished'];

/** What every case begins with a copy of: a ledger with something in it, closed in good order. */
export type Template = {
  env: NodeJS.ProcessEnv;
  file: string;
  /** Its newest event. */
  last: { seq: number; at: number; hash: Buffer };
};

/** What a case may break before the process is started. */
export type Scene = Pick<Template, 'last'> & {
  folder: string;
  file: string;
  config: string;
  env: NodeJS.ProcessEnv;
  /** What Node is started with before `src/main.ts`, and what follows it. */
  node: string[];
  args: string[];
  uid?: number;
  edit(change: (text: string) => string): void;
  /** Changes the ledger and leaves its journal empty. */
  sql(statement: string): void;
};

export function sceneOf(template: Template, atEnd: AtEnd): Scene {
  const folder = mkdtempSync(join(tmpdir(), 'meshline-refuses-'));
  atEnd(() => rmSync(folder, { recursive: true, force: true }));
  chmodSync(folder, 0o755);
  const home = join(folder, 'data');
  mkdirSync(home);
  const file = join(home, 'meshline.db');
  cpSync(template.file, file);
  const config = join(folder, 'meshline.yml');
  const text = readFileSync(template.env['MESHLINE_CONFIG'] ?? '', 'utf8');
  const heads = join(folder, 'heads.txt');
  writeFileSync(config, `${text}\nschedules: { head: { every_ms: 60000, file: ${heads} } }\n`);
  return {
    last: template.last,
    folder,
    file,
    config,
    env: {
      ...template.env,
      MESHLINE_CONFIG: config,
      MESHLINE_DB: file,
      MESHLINE_PORT: '0',
      MESHLINE_LOG_LEVEL: 'info',
    },
    node: [],
    args: [],
    edit: (change) => writeFileSync(config, change(readFileSync(config, 'utf8'))),
    sql(statement) {
      const db = new Database(file);
      db.exec(statement);
      db.pragma('wal_checkpoint(TRUNCATE)');
      db.close();
    },
  };
}

/** Names and contents; what SQLite keeps of locks alone is no content. */
export function contents(folder: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !/-(lock|shm|lock-journal)$/.test(entry.name))
      .map((entry) => {
        const path = join(entry.parentPath, entry.name);
        return [path, createHash('sha256').update(readFileSync(path)).digest('hex')] as const;
      })
      .filter(([path]) => !path.endsWith('-wal') || readFileSync(path).length > 0),
  );
}

export function eventsOf(file: string): unknown[] {
  const db = new Database(file, { readonly: true });
  const events = db.prepare('SELECT seq, hash FROM events').all();
  db.close();
  return events;
}

export type Ended = { code: number | null; said: string };

export async function start({ env, node, args, uid }: Scene, atEnd: AtEnd): Promise<Ended> {
  const child: ChildProcess = spawn(process.execPath, [...node, 'src/main.ts', ...args], {
    cwd: ROOT,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
  atEnd(() => void child.kill('SIGKILL'));
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => {
      said += chunk.toString('utf8');
      if (said.includes('Meshline is ready')) child.kill('SIGKILL');
    });
  await once(child, 'close');
  return { code: child.exitCode, said };
}

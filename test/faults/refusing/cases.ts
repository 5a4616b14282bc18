import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, chmodSync, chownSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { headLine } from '../../../src/head-line.ts';
import type { Scene } from './scene.ts';

const NOBODY = 65_534;
export const DAY_MS = 86_400_000;

/** Moves the machine's clock for one process. */
export function clockAt(at: number): string[] {
  const shift = `const now = Date.now; const by = ${at} - now(); Date.now = () => now() + by;`;
  return ['--import', `data:text/javascript,${encodeURIComponent(shift)}`];
}

/** Moves the ledger to a small disk of its own and does something to that disk. */
function small(scene: Scene, size: string, then: (disk: string) => void): () => void {
  const disk = join(scene.folder, 'data');
  const kept = readFileSync(scene.file);
  execFileSync('mount', ['-t', 'tmpfs', '-o', size, 'tmpfs', disk]);
  writeFileSync(scene.file, kept);
  then(disk);
  return () => execFileSync('umount', [disk]);
}

function fill(disk: string): void {
  const ballast = join(disk, 'ballast');
  for (const size of [65_536, 4_096, 1]) {
    try {
      for (;;) appendFileSync(ballast, Buffer.alloc(size));
    } catch {
      // Full for pieces of this size.
    }
  }
}

export type Case = {
  state: string;
  /** Breaks it; gives what has to be put back. */
  breaks(scene: Scene): Promise<(() => unknown) | void> | (() => unknown) | void;
  says: RegExp;
  /** How many sentences; one unless told. */
  lines?: number;
  needsRoot?: true;
  /** The ledger has to be opened to find it out; its events stay as they are. */
  opens?: true;
};

const OTHER_HASH = Buffer.alloc(32, 1);

export const CASES: readonly Case[] = [
  {
    state: 'no configuration',
    breaks: ({ config }) => rmSync(config),
    says: /meshline\.yml cannot be read\. Set MESHLINE_CONFIG to your meshline\.yml\.$/,
  },
  {
    state: 'a configuration that is no YAML',
    breaks: ({ config }) => writeFileSync(config, 'people: [\n'),
    says: /meshline\.yml:\d+:\d+ /,
  },
  {
    state: 'faults in the configuration, a missing secret and a wrong variable, all told at once',
    breaks(scene) {
      scene.edit((text) => `${text}\nnonsense: 1\n`);
      delete scene.env['OMS_SECRET'];
      delete scene.env['SLACK_APP_TOKEN'];
    },
    says: /Clicks cannot arrive[^]*OMS_SECRET[^]*"nonsense" is not a key/,
    lines: 3,
  },
  {
    state: 'variables of the wrong form, all told at once',
    breaks: ({ env }) => void Object.assign(env, { SLACK_BOT_TOKEN: 'xapp-1', MESHLINE_PORT: '99999' }),
    says: /SLACK_BOT_TOKEN: It should begin with "xoxb-"[^]*MESHLINE_PORT: It should be a port number/,
    lines: 2,
  },
  {
    state: 'no bot token',
    breaks: ({ env }) => void delete env['SLACK_BOT_TOKEN'],
    says: /SLACK_BOT_TOKEN is not set: see "Connecting a workspace" in the README\.$/,
  },
  {
    state: 'an empty ledger file that is no folder to write in',
    breaks: ({ env, file }) => void Object.assign(env, { MESHLINE_DB: join(file, 'meshline.db') }),
    says: /cannot be used: the folder .* cannot be made \(something (on the way|else)/,
  },
  {
    state: 'a folder in the place of the ledger',
    breaks: ({ env, folder }) => void Object.assign(env, { MESHLINE_DB: join(folder, 'data') }),
    says: /cannot be used: it is not a file\. Set MESHLINE_DB/,
  },
  {
    state: 'another process on the ledger',
    breaks({ file }) {
      const lock = new Database(`${file}-lock`);
      lock.exec('CREATE TABLE holder (only INTEGER PRIMARY KEY, pid INTEGER, host TEXT)');
      lock.exec("INSERT INTO holder VALUES (1, 4711, 'elsewhere'); BEGIN IMMEDIATE");
      return () => lock.close();
    },
    says: /is in use by process 4711 on elsewhere\. Only one Meshline may write to it/,
  },
  {
    state: 'a ledger that is no database',
    breaks: ({ file }) => writeFileSync(file, 'Dear diary, '.repeat(4_000)),
    says: /is damaged \(file is not a database\)\. Stop Meshline, keep the file, and restore/,
  },
  {
    state: 'a ledger cut off in the middle',
    breaks({ file }) {
      writeFileSync(file, readFileSync(file).subarray(0, 5 * 8_192));
    },
    says: /is damaged \(.*\)\. Stop Meshline, keep the file, and restore/,
  },
  {
    state: 'a ledger without its counter of openings',
    breaks: (scene) => scene.sql('DELETE FROM counters'),
    says: /has lost its counter of openings\. Restore a backup that verifies\.$/,
  },
  {
    state: 'a database of something else',
    breaks({ file }) {
      rmSync(file);
      const db = new Database(file);
      db.exec('CREATE TABLE events (id INTEGER PRIMARY KEY, what TEXT)');
      db.close();
    },
    says: /cannot be used: it is a database of something else\. Set MESHLINE_DB/,
  },
  {
    state: 'a ledger of a newer version that this one cannot read',
    breaks: (scene) => scene.sql("INSERT INTO migrations VALUES (9999, '9999_future.sql', 'x', 0, 1)"),
    says: /changed by a newer Meshline \(migration 9999_future\.sql\).*Run that newer version/,
  },
  {
    state: 'a ledger whose migrations are not those of this version',
    breaks: (scene) => scene.sql("UPDATE migrations SET sha256 = 'x'"),
    says: /migration 0001_ledger\.sql/,
  },
  {
    state: 'an unfinished restore',
    breaks: ({ file }) => writeFileSync(`${file}.restoring`, 'half'),
    says: /A restore of .* was cut short\. Run "meshline restore" with the same backup again/,
  },
  {
    state: 'a folder that may not be written',
    breaks: (scene) => {
      scene.uid = NOBODY;
    },
    says: /the folder .* cannot be written \(this user may not\)\. Set MESHLINE_DB/,
    needsRoot: true,
  },
  {
    state: 'a ledger of another user',
    breaks(scene) {
      scene.uid = NOBODY;
      chownSync(join(scene.folder, 'data'), NOBODY, NOBODY);
      chmodSync(scene.file, 0o600);
    },
    says: /it cannot be read and written \(this user may not\)\. Set MESHLINE_DB/,
    needsRoot: true,
  },
  {
    state: 'a read-only disk',
    breaks: (scene) => small(scene, 'size=4m', (disk) => execFileSync('mount', ['-o', 'remount,ro', disk])),
    says: /cannot be written \(the disk is read-only\)\. Set MESHLINE_DB/,
    needsRoot: true,
  },
  {
    state: 'a full disk',
    breaks: (scene) => small(scene, 'size=4m', fill),
    says: /The disk that holds the ledger is full\. Nothing was stored\. Free some space on it\.$/,
    needsRoot: true,
  },
  {
    state: 'a port that is taken',
    async breaks({ env }) {
      const server = createServer().listen(0, '127.0.0.1');
      await once(server, 'listening');
      const address = server.address();
      env['MESHLINE_PORT'] = String(typeof address === 'object' ? address?.port : 0);
      return () => server.close();
    },
    says: /Port \d+ of 127\.0\.0\.1 is taken by another program\. Stop that one, or set MESHLINE_PORT/,
  },
  {
    state: 'an address that is not of this machine',
    breaks: ({ env }) => void Object.assign(env, { MESHLINE_HOST: '192.0.2.1', MESHLINE_PORT: '3399' }),
    says: /192\.0\.2\.1 is no address of this machine/,
  },
  {
    state: 'a clock in 1970',
    breaks(scene) {
      scene.node = clockAt(4_000);
    },
    says: /This machine's clock says 1970-01-01T00:0\d:\d\d.* Set it by NTP, and start again\.$/,
  },
  {
    state: 'a clock days before the newest event',
    breaks(scene) {
      scene.node = clockAt(scene.last.at - 3 * DAY_MS);
    },
    says: /the newest event of the ledger is of 20.*Set the clock by NTP; or, .* start once with --trust-clock\.$/,
  },
  {
    state: 'a ledger that ends before its last noted head',
    breaks: ({ folder, last }) =>
      writeFileSync(join(folder, 'heads.txt'), headLine(last.at, { seq: last.seq + 5, hash: OTHER_HASH })),
    says: /ends at event \d+, and .*heads\.txt notes event \d+: .* After a restore, move .*heads\.txt aside/,
  },
  {
    state: 'another ledger than the one whose head was noted',
    breaks: ({ folder, last }) =>
      writeFileSync(join(folder, 'heads.txt'), headLine(last.at, { seq: last.seq, hash: OTHER_HASH })),
    says: /Event \d+ of the ledger is not the one that .*heads\.txt notes/,
  },
  {
    state: 'a bot token of another workspace',
    breaks: (scene) => scene.sql("UPDATE workspace SET team = 'T0OTHER', name = 'Elsewhere'"),
    says: /The ledger belongs to the workspace Elsewhere \(T0OTHER\), and the bot token to .* \(T\w+\)\. Use a token/,
    opens: true,
  },
  {
    state: 'an older Node',
    breaks(scene) {
      const older =
        "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.1.0' } });";
      scene.node = ['--import', `data:text/javascript,${encodeURIComponent(older)}`];
    },
    says: /Meshline needs Node 24 and this is v\d+.* Start it with "npm start", which brings its own\.$/,
  },
];

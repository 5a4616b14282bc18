import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ROWS, type RowId } from './rows.ts';
import { type Reported, rowIds, short, table } from './table.ts';

/**
 * `npm run proof -- [--quick] [--json FILE] [--seed N] [ROW ...]`: tries every fault of `rows.ts` as often as
 * its bar says, prints the table and ends with 1 unless every row stands. `--quick` takes about ten minutes,
 * the whole about an hour on two cores. What is measured in time runs first, one file at a time.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean', default: false }, json: { type: 'string' }, seed: { type: 'string' } },
});

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const scale = values.quick ? 'quick' : 'full';

function say(line = ''): void {
  process.stdout.write(`${line}\n`);
}

const isRow = (name: string): name is RowId => name in ROWS;
const unknown = positionals.filter((name) => !isRow(name));
if (unknown.length > 0) {
  say(`There is no row ${unknown.join(', ')}. There are: ${rowIds.join(', ')}.`);
  process.exit(1);
}
const seed = values.seed ?? String(Math.floor(Math.random() * 2 ** 31));
if (!/^\d+$/.test(seed)) {
  say(`The seed is a whole number, not ${seed}.`);
  process.exit(1);
}
const chosen = positionals.length > 0 ? positionals.filter(isRow) : rowIds;

/** Runs the tests of `files` and gives what they reported; `passed` only when every one of them did. */
async function run(
  files: readonly string[],
  workers: number,
): Promise<{ passed: boolean; reported: Reported }> {
  if (files.length === 0) return { passed: true, reported: {} };
  const folder = mkdtempSync(join(tmpdir(), 'meshline-proof-'));
  const out = join(folder, 'reported.json');
  const vitest = [
    join(ROOT, 'node_modules/vitest/vitest.mjs'),
    'run',
    ...files,
    `--maxWorkers=${workers}`,
    '--reporter=default',
    '--reporter=./test/proof/reporter.ts',
  ];
  const env = { ...process.env, MESHLINE_PROOF: scale, MESHLINE_PROOF_OUT: out, MESHLINE_SEED: seed };
  const child = spawn(process.execPath, vitest, { cwd: ROOT, env, stdio: ['ignore', 'inherit', 'inherit'] });
  const [code] = (await once(child, 'exit')) as [number | null];
  const reported = existsSync(out) ? (JSON.parse(readFileSync(out, 'utf8')) as Reported) : {};
  rmSync(folder, { recursive: true, force: true });
  return { passed: code === 0, reported };
}

const timed = new Set<string>(chosen.filter((id) => 'timed' in ROWS[id]).map((id) => ROWS[id].file));
const others = new Set<string>(chosen.map((id) => ROWS[id].file).filter((file) => !timed.has(file)));

const began = performance.now();
say(`Seed ${seed}. Node ${process.version}, ${availableParallelism()} x ${cpus()[0]?.model ?? 'unknown'}.`);
const alone = await run([...timed], 1);
const beside = await run([...others], 2);

const reported: Reported = { ...alone.reported, ...beside.reported };
const fallen = chosen.filter((id) => short(ROWS[id], reported[id], scale) !== null);
const passed = alone.passed && beside.passed && fallen.length === 0;
const minutes = (performance.now() - began) / 60_000;

say(`\n${table(reported, scale, chosen)}\n`);
say(
  passed
    ? `Everything held, in ${minutes.toFixed(1)} minutes.`
    : `NOT everything held: ${fallen.join(', ') || 'a test failed'}. It took ${minutes.toFixed(1)} minutes.`,
);
say(
  `Again: npm run proof -- ${values.quick ? '--quick ' : ''}--seed ${seed} ${positionals.join(' ')}`.trimEnd(),
);
if (values.json !== undefined) {
  const rows = Object.fromEntries(
    chosen.map((id) => [id, { ...ROWS[id], ...reported[id], stands: !fallen.includes(id) }]),
  );
  const machine = {
    node: process.version,
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
  };
  writeFileSync(
    values.json,
    `${JSON.stringify({ scale, seed: Number(seed), passed, minutes, machine, rows }, null, 2)}\n`,
  );
}
process.exit(passed ? 0 : 1);

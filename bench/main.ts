import { fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { CASES, type Figures } from './cases.ts';
import { goalsOf } from './goals.ts';

/** `npm run bench -- [--json FILE] [--full] [CASE ...]`: every figure comes from this run, medians of three. */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'string' }, full: { type: 'boolean', default: false } },
});

function say(line = ''): void {
  process.stdout.write(`${line}\n`);
}

function shown(value: number): string {
  if (Number.isNaN(value)) return '-';
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en');
  return value.toLocaleString('en', { maximumSignificantDigits: 3 });
}

async function measure(name: string): Promise<Figures> {
  const child = fork(fileURLToPath(new URL('./case.ts', import.meta.url)), [name, values.full ? 'full' : '']);
  const ended = once(child, 'exit');
  let figures: Figures | null = null;
  child.once('message', (message) => {
    figures = message as Figures;
  });
  await ended;
  if (figures === null) throw new Error(`The case ${name} gave no figures.`);
  return figures;
}

const TITLES: Readonly<Record<string, string>> = {
  bare: 'Bare better-sqlite3, the same rows, FULL: exports/s by transaction size',
  grouped: 'Core and ledger in process: exports/s; 100 callers at once unless one by one',
  over_http: 'Signed HTTP to durable, 64 at once, everything running',
  delivered: 'Accepted by policy: HTTP in, one POST out, outcome recorded',
  at_scale: 'With many open exports',
  clicks: 'A click decided and committed, one every 10 ms, without Slack',
  verify: 'Verifying the ledger',
};

const unknown = positionals.filter((name) => !(name in CASES));
if (unknown.length > 0) {
  say(`There is no case ${unknown.join(', ')}. There are: ${Object.keys(CASES).join(', ')}.`);
  process.exit(1);
}
const chosen = positionals.length > 0 ? positionals : Object.keys(CASES);
const machine = {
  node: process.version,
  cpu: cpus()[0]?.model ?? 'unknown',
  cores: availableParallelism(),
};
say(`Node ${machine.node}, ${machine.cores} x ${machine.cpu}. Only ratios carry over to another machine.`);

const results: Record<string, Figures> = {};
for (const name of chosen) {
  const figures = await measure(name);
  results[name] = figures;
  say();
  say(TITLES[name] ?? name);
  for (const [figure, value] of Object.entries(figures)) {
    say(`  ${figure.padEnd(22)} ${shown(value).padStart(12)}`);
  }
}

const goals = goalsOf(results).filter(({ value }) => !Number.isNaN(value));
say();
say('Goals');
for (const { name, value, bar, met } of goals) {
  say(`  ${met ? 'met ' : 'MISS'}  ${name.padEnd(62)} ${shown(value).padStart(8)}  (${bar})`);
}
if (values.json !== undefined) {
  writeFileSync(values.json, `${JSON.stringify({ machine, results, goals }, null, 2)}\n`);
}

import { parseArgs, parseEnv } from 'node:util';
import { createRedact, secretsIn } from '../redact.ts';
import { escapeUnseen } from '../unseen.ts';
import { brief } from './brief.ts';
import { check } from './check.ts';
import { replay, show } from './inspect.ts';
import { backup, verify } from './ledger.ts';
import { exportOwners, importOwners } from './owners.ts';
import { restore } from './restore.ts';
import { send } from './send.ts';
import { readText } from './setup.ts';
import { exportSkus, importSkus } from './skus.ts';
import { CommandFailed, type ExitCode, type Terminal } from './terminal.ts';

export const HELP = `Usage: npm run meshline -- COMMAND

  check                 what is wrong with the configuration, the environment and the ledger
      --sinks             and makes a harmless authenticated call to every sink and source
  send FILE|-           signs an export (JSON) or many (NDJSON) as their source and sends them
      --source NAME       as this source; needed when several may send that type
      --now               moves every instant as if 2026-11-24T09:00:00Z were now
  brief FILE|-          briefs a campaign ({campaign_id, brief} as JSON) as a draft
      --source NAME       as this source; needed when several may send promos
  show ID               an export as it stands, and what happened to it
      --json              its whole state
  replay ID             makes an export again from its events, step by step
      --at SEQ            only up to this event
  verify                proves that the ledger is whole and that its projections agree
      --head HEAD         and that it leads to this head, noted earlier
      --against FILE      and to all the heads of a head file, or records copied from cards
  backup FILE           a verified copy of the ledger, also while Meshline runs
  restore FILE          puts a backup in the ledger's place, which is kept beside it
  owners export FILE|-  people, roles and on-call as YAML
  owners import FILE|-  puts those of a file into meshline.yml, when that leaves no fault
      --dry-run           only says whether it would
  skus export FILE|-    what other systems call our SKUs, as CSV
  skus import FILE|-    takes the columns system,sku,alias, when no row is wrong
      --dry-run           only says whether it would
  help                  this text

Every command takes --env FILE, which reads variables from a file; those already set win.
The environment says which Meshline: MESHLINE_CONFIG, MESHLINE_DB, MESHLINE_HOST, MESHLINE_PORT.`;

const OPTIONS = {
  source: { type: 'string' },
  now: { type: 'boolean' },
  sinks: { type: 'boolean' },
  json: { type: 'boolean' },
  at: { type: 'string' },
  head: { type: 'string' },
  against: { type: 'string' },
  'dry-run': { type: 'boolean' },
  env: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

type Option = keyof typeof OPTIONS;

/** Which options a command takes besides `env`, and how many words follow it. */
const COMMANDS: Readonly<Record<string, { words: readonly string[]; options: readonly Option[] }>> = {
  check: { words: [], options: ['sinks'] },
  send: { words: ['FILE'], options: ['source', 'now'] },
  brief: { words: ['FILE'], options: ['source'] },
  show: { words: ['ID'], options: ['json'] },
  replay: { words: ['ID'], options: ['at'] },
  verify: { words: [], options: ['head', 'against'] },
  backup: { words: ['FILE'], options: [] },
  restore: { words: ['FILE'], options: [] },
  'owners export': { words: ['FILE'], options: [] },
  'owners import': { words: ['FILE'], options: ['dry-run'] },
  'skus export': { words: ['FILE'], options: [] },
  'skus import': { words: ['FILE'], options: ['dry-run'] },
};

/** Commands whose second word says what is done. */
const GROUPS: ReadonlySet<string> = new Set(
  Object.keys(COMMANDS).flatMap((name) => (name.includes(' ') ? name.split(' ', 1) : [])),
);

const SEE_HELP = 'See "npm run meshline -- help".';

function parse(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    const message = error instanceof Error ? error.message.split('. ')[0] : 'The options are not understood';
    throw new CommandFailed(`${message}. ${SEE_HELP}`, 2);
  }
}

/** Runs one command; every expected failure becomes a sentence and an exit code. Nothing it writes acts on a terminal, or is a secret. */
export async function run(argv: readonly string[], given: Terminal): Promise<ExitCode> {
  const redact = createRedact(secretsIn(given.env));
  const safe = (line: string) => redact(escapeUnseen(line));
  const terminal: Terminal = {
    ...given,
    out: (line) => given.out(safe(line)),
    err: (line) => given.err(safe(line)),
  };
  try {
    return await dispatch(argv, terminal);
  } catch (error) {
    if (error instanceof CommandFailed) {
      terminal.err(error.message);
      return error.exitCode;
    }
    // @NOTE The store's own errors are sentences too.
    terminal.err(error instanceof Error ? error.message : 'The command failed.');
    return 1;
  }
}

async function dispatch(argv: readonly string[], given: Terminal): Promise<ExitCode> {
  const { values, positionals } = parse(argv);
  const [first = 'help', ...others] = positionals;
  if (first === 'help' || values.help) {
    given.out(HELP);
    return 0;
  }
  const [second, ...rest] = others;
  const grouped = GROUPS.has(first);
  const name = grouped ? `${first} ${second ?? ''}`.trim() : first;
  const words = grouped ? rest : others;
  const known = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!known) throw new CommandFailed(`There is no command "${name}". ${SEE_HELP}`, 2);
  const stray = Object.keys(values).find(
    (each) => each !== 'env' && !known.options.some((one) => one === each),
  );
  if (stray !== undefined) throw new CommandFailed(`"${name}" has no option --${stray}. ${SEE_HELP}`, 2);
  if (words.length !== known.words.length) {
    const usage = [name, ...known.words].join(' ');
    throw new CommandFailed(`It is: npm run meshline -- ${usage}. ${SEE_HELP}`, 2);
  }
  const fromFile = values.env === undefined ? {} : parseEnv(readText(values.env));
  const set = Object.entries(given.env).filter(([, value]) => value !== undefined);
  const terminal = { ...given, env: { ...fromFile, ...Object.fromEntries(set) } };
  const [word = ''] = words;
  switch (name) {
    case 'check':
      return check(terminal, values.sinks ?? false);
    case 'send':
      return send(terminal, word, { source: values.source, now: values.now ?? false });
    case 'brief':
      return brief(terminal, word, values.source);
    case 'show':
      return show(terminal, word, values.json ?? false);
    case 'replay':
      return replay(terminal, word, values.at);
    case 'verify':
      return verify(terminal, { head: values.head, against: values.against });
    case 'backup':
      return backup(terminal, word);
    case 'restore':
      return restore(terminal, word);
    case 'owners export':
      return exportOwners(terminal, word);
    case 'owners import':
      return importOwners(terminal, word, values['dry-run'] ?? false);
    case 'skus export':
      return exportSkus(terminal, word);
    case 'skus import':
      return importSkus(terminal, word, values['dry-run'] ?? false);
  }
  throw new CommandFailed(`There is no command "${name}". ${SEE_HELP}`, 2);
}

import { request } from 'undici';
import { type Clock, type Ids, systemClock, systemIds } from '../clock.ts';
import type { Config, SourceConfig } from '../config.ts';
import type { Json } from '../exports/envelope.ts';
import { createSigner } from '../sinks/signing.ts';
import { configOf, configText, environmentOf, readInput } from './setup.ts';
import { renewed } from './shift.ts';
import { CommandFailed, type ExitCode, type Terminal } from './terminal.ts';

export type SendOptions = { source: string | undefined; now: boolean };

const WAIT_MS = 60_000;

/** `send FILE|-`: signs what is in the file as its source would, posts it, and prints the answer. */
export async function send(
  terminal: Terminal,
  file: string,
  options: SendOptions,
  clock: Clock = systemClock,
  ids: Ids = systemIds(clock),
): Promise<ExitCode> {
  const environment = environmentOf(terminal.env);
  const config = configOf(configText(environment), environment.MESHLINE_CONFIG, terminal.env);
  const { exports, many } = readExports((await readInput(terminal, file)).toString('utf8'), file);
  const source = chooseSource(config, options.source, exports);
  if (source.secrets.length === 0) {
    throw new CommandFailed(
      `The secret of the source ${source.name} is not in the environment. Set the variable that its secret_env names.`,
    );
  }
  const now = clock.now();
  const fresh = options.now ? exports.map((each) => renewed(each, now)) : exports;
  const body = fresh.map((each) => JSON.stringify(each)).join('\n');
  const sign = createSigner(source.secrets.slice(0, 1));
  const url = `http://${hostOf(environment.MESHLINE_HOST)}:${environment.MESHLINE_PORT}/v1/exports`;
  const { status, text } = await post(url, body, {
    ...sign(`msg_${ids.uuid()}`, now, body),
    'content-type': many ? 'application/x-ndjson' : 'application/json',
    'meshline-source': source.name,
  });
  if (text !== '') terminal.out(text);
  if (status >= 300) {
    terminal.err(`Meshline answered ${status}; nothing was taken.`);
    return 1;
  }
  return many ? exitCodeOf(terminal, text) : 0;
}

function exitCodeOf(terminal: Terminal, answers: string): ExitCode {
  const statuses = answers
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => (JSON.parse(line) as { status: number }).status);
  const refused = statuses.filter((status) => status >= 300).length;
  if (refused === 0) return 0;
  terminal.err(`${refused} of ${statuses.length} lines were refused.`);
  return 1;
}

/** One JSON value is one export; otherwise every line is one. */
function readExports(text: string, file: string): { exports: Json[]; many: boolean } {
  try {
    return { exports: [JSON.parse(text) as Json], many: false };
  } catch {
    const lines = text.split('\n').filter((line) => line.trim() !== '');
    if (lines.length < 2) throw new CommandFailed(`${file} holds neither JSON nor NDJSON.`);
    return { exports: lines.map((line, n) => readLine(line, n + 1, file)), many: true };
  }
}

function readLine(line: string, number: number, file: string): Json {
  try {
    return JSON.parse(line) as Json;
  } catch {
    throw new CommandFailed(`${file}:${number}: This line is not valid JSON.`);
  }
}

function chooseSource(config: Config, wanted: string | undefined, exports: readonly Json[]): SourceConfig {
  const names = [...config.sources.keys()].join(', ');
  if (wanted !== undefined) {
    const source = config.sources.get(wanted);
    if (source) return source;
    throw new CommandFailed(`There is no source ${wanted} in the configuration. There are: ${names}.`);
  }
  const types = new Set(exports.map(typeOf));
  const able = [...config.sources.values()].filter((source) =>
    [...types].every((type) => source.types.includes(type)),
  );
  const [only, ...others] = able;
  if (only && others.length === 0) return only;
  const some = only ? able.map((source) => source.name).join(', ') : names;
  const reason = only ? 'Several sources may send this' : 'No source may send this by itself';
  throw new CommandFailed(`${reason}. Choose one with --source: ${some}.`);
}

/** Empty for what names no type; no source may send that by itself. */
function typeOf(each: Json): string {
  const type = each !== null && typeof each === 'object' && !Array.isArray(each) ? each['export_type'] : '';
  return typeof type === 'string' ? type : '';
}

/** An address to call where the server listens on all of them. */
function hostOf(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}

async function post(
  url: string,
  body: string,
  headers: Record<string, string>,
): Promise<{ status: number; text: string }> {
  try {
    const answer = await request(url, { method: 'POST', headers, body, headersTimeout: WAIT_MS });
    return { status: answer.statusCode, text: (await answer.body.text()).trimEnd() };
  } catch {
    throw new CommandFailed(
      `Meshline does not answer at ${url}. Start it with "npm start", or set MESHLINE_HOST and MESHLINE_PORT.`,
    );
  }
}

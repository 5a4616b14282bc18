import { request } from 'undici';
import { type Clock, type Ids, systemClock, systemIds } from '../clock.ts';
import type { Config, Environment, SourceConfig } from '../config.ts';
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
  const source = chooseSource(config, options.source, exports.map(typeOf));
  const now = clock.now();
  const fresh = options.now ? exports.map((each) => renewed(each, now)) : exports;
  const body = fresh.map((each) => JSON.stringify(each)).join('\n');
  const type = many ? 'application/x-ndjson' : 'application/json';
  const { status, text } = await postAs(source, environment, '/v1/exports', { body, type, now, ids });
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

/** The one named, or the only one that may send all of these export types. */
export function chooseSource(
  config: Config,
  wanted: string | undefined,
  sent: readonly string[],
): SourceConfig {
  // Platforms sign in ways of their own and never send whole exports.
  const senders = [...config.sources.values()].filter(({ kind }) => kind === 'signed');
  const names = senders.map(({ name }) => name).join(', ');
  if (wanted !== undefined) {
    const source = senders.find(({ name }) => name === wanted);
    if (source) return source;
    throw new CommandFailed(`There is no source ${wanted} in the configuration. There are: ${names}.`);
  }
  const types = new Set(sent);
  const able = senders.filter((source) => [...types].every((type) => source.types.includes(type)));
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

/** Posts a body to this Meshline, signed as a source. */
export async function postAs(
  source: SourceConfig,
  { MESHLINE_HOST, MESHLINE_PORT }: Pick<Environment, 'MESHLINE_HOST' | 'MESHLINE_PORT'>,
  path: string,
  { body, type, now, ids }: { body: string; type: string; now: number; ids: Ids },
): Promise<{ status: number; text: string }> {
  if (source.secrets.length === 0) {
    throw new CommandFailed(
      `The secret of the source ${source.name} is not in the environment. Set the variable that its secret_env names.`,
    );
  }
  const sign = createSigner(source.secrets.slice(0, 1));
  return post(`http://${hostOf(MESHLINE_HOST)}:${MESHLINE_PORT}${path}`, body, {
    ...sign(`msg_${ids.uuid()}`, now, body),
    'content-type': type,
    'meshline-source': source.name,
  });
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

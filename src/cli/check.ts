import { accessSync, constants, existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { systemClock } from '../clock.ts';
import { type Config, type Environment, loadConfig, readEnvironment, renderFault } from '../config.ts';
import { createCatalog } from '../exports/catalog.ts';
import type { Catalog } from '../exports/define.ts';
import { directoryAt, EMPTY_OVERLAY } from '../exports/directory.ts';
import type { Directory } from '../exports/ownership.ts';
import { SINK_KINDS } from '../sinks/registry.ts';
import { unfinishedRestore } from '../store/index.ts';
import { checkCalls } from './check-calls.ts';
import { checkDirectory, checkPolicies, checkSinks } from './check-directory.ts';
import { checkWorkspace } from './check-slack.ts';
import { checkStart } from './check-start.ts';
import { type Finding, fail, ok, warn } from './findings.ts';
import { withReader } from './ledger.ts';
import { configOf, configText } from './setup.ts';
import { CommandFailed, type ExitCode, type Terminal } from './terminal.ts';

const CLOCK_TOLERANCE_MS = 60_000;

/**
 * `check`: everything that can be known before Meshline is started, each line with its remedy. `sinks`:
 * every sink and source is called as well, which needs their secrets and the network.
 */
export async function check(terminal: Terminal, sinks: boolean): Promise<ExitCode> {
  const read = readEnvironment(terminal.env);
  const findings: Finding[] = read.ok
    ? [
        ...checkSlack(read.environment),
        ...(await checkConfiguration(terminal, read.environment, sinks)),
        ...(await checkLedger(read.environment.MESHLINE_DB)),
      ]
    : read.faults.map((fault) => fail(`${fault.variable}: ${fault.message}`));
  const tell = ({ level, text }: Finding) => terminal.out(`${level.padEnd(4)} ${text}`);
  for (const finding of findings) tell(finding);
  const called = read.ok && sinks ? await checkFarSides(terminal, read.environment) : [];
  for (const finding of called) tell(finding);
  const all = [...findings, ...called];
  const failed = all.filter(({ level }) => level === 'fail').length;
  const warned = all.filter(({ level }) => level === 'warn').length;
  const summary = `${all.length - failed - warned} ok, ${warned} warnings, ${failed} failed.`;
  const starts = findings.every(({ level }) => level !== 'fail');
  const verdict = starts ? 'What goes to these will fail.' : 'Meshline will not start like this.';
  terminal.out(failed > 0 ? `${summary} ${verdict}` : summary);
  return failed > 0 ? 1 : 0;
}

/** Missing secrets are faults told before; whatever has its own is asked all the same. */
async function checkFarSides({ env }: Terminal, environment: Environment): Promise<Finding[]> {
  try {
    const text = configText(environment);
    return await checkCalls(configOf(text, environment.MESHLINE_CONFIG, env));
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error;
    return [warn('Sinks: none was asked, because of the faults above.')];
  }
}

function checkSlack(environment: Environment): Finding[] {
  const { SLACK_BOT_TOKEN: bot, SLACK_APP_TOKEN: app, SLACK_SIGNING_SECRET: signing } = environment;
  if (bot === undefined) {
    return [
      warn(
        'Slack: SLACK_BOT_TOKEN is not set, so "npm start" runs the demo with a sandbox in the place of Slack.',
      ),
    ];
  }
  if (app !== undefined) return [ok('Slack: a bot token and an app token are set; Socket Mode is used.')];
  if (signing !== undefined) {
    const at = `${environment.MESHLINE_HOST}:${environment.MESHLINE_PORT}/slack/events`;
    return [ok(`Slack: a bot token and a signing secret are set; events are taken over HTTP at ${at}.`)];
  }
  return [
    fail(
      'Slack: clicks cannot arrive. Set SLACK_APP_TOKEN for Socket Mode, or SLACK_SIGNING_SECRET for HTTP.',
    ),
  ];
}

async function checkConfiguration(
  terminal: Terminal,
  environment: Environment,
  sinks: boolean,
): Promise<Finding[]> {
  const file = environment.MESHLINE_CONFIG;
  try {
    const text = configText(environment);
    const catalog = createCatalog();
    const loaded = loadConfig({ text, env: terminal.env, catalog, sinkKinds: SINK_KINDS });
    if (!loaded.ok) return loaded.faults.map((fault) => fail(renderFault(file, fault)));
    return [
      ok(`${file}: no faults.`),
      ...loaded.warnings.map((warning) => warn(renderFault(file, warning))),
      ...summaryOf(loaded.config),
      ...(await checkWorld(loaded.config, catalog, environment, sinks)),
    ];
  } catch (error) {
    if (error instanceof CommandFailed) return [fail(error.message)];
    throw error;
  }
}

/** What the configuration stands for in the world: people, policies, sinks, Slack; all of it only looked at. */
async function checkWorld(
  config: Config,
  catalog: Catalog,
  environment: Environment,
  sinks: boolean,
): Promise<Finding[]> {
  const { MESHLINE_DB: file, SLACK_BOT_TOKEN: token, SLACK_API_URL: apiUrl } = environment;
  const directory = await directoryNow(config, file);
  return [
    ...checkDirectory(directory),
    ...checkPolicies(config, catalog),
    ...(await checkStart(config, environment)),
    ...(sinks ? [] : await checkSinks(config)),
    ...(token === undefined ? [] : await checkWorkspace(token, apiUrl, directory)),
  ];
}

/** The file's, with what was changed in Slack; a ledger that does not open is reported elsewhere. */
async function directoryNow(config: Config, file: string): Promise<Directory> {
  try {
    const overlay = existsSync(file) ? await withReader(file, (reader) => reader.directory()) : EMPTY_OVERLAY;
    return directoryAt(config.directory, overlay, systemClock.now());
  } catch {
    return config.directory;
  }
}

function summaryOf(config: Config): Finding[] {
  const { directory, sources, sinks, policies } = config;
  const active = [...directory.people.values()].filter((person) => person.active).length;
  const routedTo = (sink: string) =>
    [...policies].filter(([, policy]) => policy.routes?.includes(sink)).map(([type]) => type);
  return [
    ok(
      `People: ${active} active, in ${directory.roles.size} roles; ${directory.on_call.people.length} on call.`,
    ),
    ...[...sources.values()].map((source) =>
      ok(`Source ${source.name}: ${source.types.length > 0 ? source.types.join(', ') : 'reads only'}.`),
    ),
    ...[...sinks.values()].map((sink) => {
      const types = routedTo(sink.name);
      return types.length > 0
        ? ok(`Sink ${sink.name} (${sink.kind}): ${types.join(', ')}.`)
        : warn(
            `Sink ${sink.name} (${sink.kind}) gets nothing. Name it in the routes of a policy, or remove it.`,
          );
    }),
  ];
}

async function checkLedger(file: string): Promise<Finding[]> {
  const unfinished = unfinishedRestore(file);
  if (unfinished) return [fail(`Ledger: ${unfinished.message}`)];
  if (!existsSync(file)) {
    const folder = existing(dirname(resolve(file)));
    return isWritable(folder)
      ? [ok(`Ledger: ${file} will be made at the first start.`)]
      : [
          fail(
            `Ledger: ${folder} cannot be written. Set MESHLINE_DB to a file on a disk that this user may write.`,
          ),
        ];
  }
  try {
    const [pulse, newest] = await withReader(file, async (reader) => [
      await reader.pulse(systemClock.now()),
      (await reader.list({ limit: 1 }))[0]?.received_at ?? 0,
    ]);
    return [
      ok(
        `Ledger: ${file} opens; ${pulse.open} exports are open, ${pulse.tasks_open} tasks, ${pulse.outbox} outbox rows.`,
      ),
      ...(pulse.overdue_deadlines > 0
        ? [warn(`Ledger: ${pulse.overdue_deadlines} deadlines have passed; they fire when Meshline starts.`)]
        : []),
      newest > systemClock.now() + CLOCK_TOLERANCE_MS
        ? fail('Clock: the ledger has exports from the future, so this clock is behind. Set it by NTP.')
        : ok('Clock: nothing in the ledger is ahead of it.'),
    ];
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unknown';
    return [
      fail(
        `Ledger: ${file} does not open as one (${reason}). Restore the newest backup, or set MESHLINE_DB.`,
      ),
    ];
  }
}

/** The nearest folder above that is there. */
function existing(folder: string): string {
  return existsSync(folder) || folder === dirname(folder) ? folder : existing(dirname(folder));
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

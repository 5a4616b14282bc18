/** The composition root's entry: reads the environment and the configuration, starts, stops on a signal. */
const [major = 0] = process.versions.node.split('.').map(Number);
if (major < 24) {
  process.stderr.write(
    `Meshline needs Node 24 and this is ${process.version}. Start it with "npm start", which brings its own.\n`,
  );
  process.exit(1);
}

// Until there is something to close, a signal just ends the process.
let stop: (signal: string) => void = () => process.exit(0);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop(signal));

const { enableCompileCache, flushCompileCache } = await import('node:module');
const { fileURLToPath } = await import('node:url');
/**
 * Compiled code of the last start makes the next one a third faster. It lies with the code itself: whoever
 * may write there could change the code as well. Where nothing can be written, starting just takes longer.
 */
enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/meshline', import.meta.url)));

const { readFileSync } = await import('node:fs');
const { loadConfig, readEnvironment, renderFault } = await import('./config.ts');
const { createCatalog } = await import('./exports/catalog.ts');
const { systemClock } = await import('./clock.ts');
const { createLogger } = await import('./log.ts');
const { openLogOutput } = await import('./log-output.ts');
const { startMeshline } = await import('./meshline.ts');
const { createRedact, secretsIn } = await import('./redact.ts');
const { missingFor } = await import('./refusals.ts');
const { LedgerTaken } = await import('./store/index.ts');
const { SINK_KINDS } = await import('./sinks/registry.ts');
const { VERSION } = await import('./version.ts');

function stopWith(lines: readonly string[]): never {
  process.stderr.write(`${createRedact(secretsIn(process.env))(lines.join('\n'))}\n`);
  process.exit(1);
}

const read = readEnvironment(process.env);
const file = read.ok
  ? read.environment.MESHLINE_CONFIG
  : (process.env['MESHLINE_CONFIG'] ?? './meshline.yml');

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return stopWith([`${file} cannot be read. Set MESHLINE_CONFIG to your meshline.yml.`]);
  }
}

const loaded = loadConfig({
  text: textOf(file),
  env: process.env,
  catalog: createCatalog(),
  sinkKinds: SINK_KINDS,
});
const faults = [
  ...(read.ok
    ? missingFor(read.environment)
    : read.faults.map((fault) => `${fault.variable}: ${fault.message}`)),
  ...(loaded.ok ? [] : loaded.faults.map((fault) => renderFault(file, fault))),
];
if (!read.ok || !loaded.ok || faults.length > 0) stopWith(faults);
const { environment } = read;
const output = openLogOutput(1, systemClock);
const secrets = [
  ...secretsIn(process.env),
  ...[...loaded.config.sources.values()].flatMap((source) => [
    ...source.secrets,
    ...source.tokens,
    source.api_token ?? '',
  ]),
  ...[...loaded.config.sinks.values()].flatMap((sink) => sink.secrets),
];
const log = createLogger({ level: environment.MESHLINE_LOG_LEVEL, stream: output, secrets });
// Node itself would print the error with all that hangs on it: requests, headers, tokens.
process.on('uncaughtException', (err) => {
  log.fatal({ err }, 'Meshline ends because of a fault of its own; the next start goes on with its work');
  process.exit(1);
});
for (const warning of loaded.warnings)
  log.warn({ fault: renderFault(file, warning) }, 'The configuration will hurt');

let started = false;
const START_MS = 5_000;
const STOP_MS = 9_500;

try {
  const starting = startMeshline({
    config: loaded.config,
    environment,
    log,
    logLinesLost: output.lost,
    version: VERSION,
    trustClock: process.argv.includes('--trust-clock'),
    onRefused: (why) => stopWith([why.message]),
    onTaken: () => stopWith([new LedgerTaken(environment.MESHLINE_DB).message]),
    onDamaged: ({ what, where, advice }) =>
      stopWith([`The ledger ${environment.MESHLINE_DB} does not verify (${where}: ${what}). ${advice}`]),
  });
  let stopping = false;
  stop = (signal) => {
    if (stopping) return;
    stopping = true;
    log.info({ signal }, 'Stopping');
    // What a start that Slack holds up has taken in is in the ledger, and the next start goes on with it.
    setTimeout(() => {
      if (!started) process.exit(0);
    }, START_MS);
    setTimeout(() => {
      log.error({}, 'Meshline did not stop in time and is cut off; the next start goes on with its work');
      process.exit(1);
    }, STOP_MS);
    starting
      .then((meshline) => meshline.stop())
      .then(
        () => process.exit(0),
        (err: unknown) => {
          log.error({ err }, 'Meshline did not stop in good order');
          process.exit(1);
        },
      );
  };
  await starting;
  started = true;
  flushCompileCache();
} catch (error) {
  stopWith([error instanceof Error ? error.message : 'Meshline could not start.']);
}

/** The composition root's entry: reads the environment and the configuration, starts, stops on a signal. */
const [major = 0] = process.versions.node.split('.').map(Number);
if (major < 24) {
  process.stderr.write(
    `Meshline needs Node 24 and this is ${process.version}. Start it with "npm start", which brings its own.\n`,
  );
  process.exit(1);
}

const { readFileSync } = await import('node:fs');
const { loadConfig, readEnvironment, renderFault } = await import('./config.ts');
const { createCatalog } = await import('./exports/catalog.ts');
const { createLogger } = await import('./log.ts');
const { startMeshline } = await import('./meshline.ts');
const { SINK_KINDS } = await import('./sinks/registry.ts');
const { VERSION } = await import('./version.ts');

function stopWith(lines: readonly string[]): never {
  process.stderr.write(`${lines.join('\n')}\n`);
  process.exit(1);
}

const read = readEnvironment(process.env);
if (!read.ok) stopWith(read.faults.map((fault) => `${fault.variable}: ${fault.message}`));
const { environment } = read;
const log = createLogger({ level: environment.MESHLINE_LOG_LEVEL });

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return stopWith([`${file} cannot be read. Set MESHLINE_CONFIG to your meshline.yml.`]);
  }
}

const file = environment.MESHLINE_CONFIG;
const loaded = loadConfig({
  text: textOf(file),
  env: process.env,
  catalog: createCatalog(),
  sinkKinds: SINK_KINDS,
});
if (!loaded.ok) stopWith(loaded.faults.map((fault) => renderFault(file, fault)));
for (const warning of loaded.warnings)
  log.warn({ fault: renderFault(file, warning) }, 'The configuration will hurt');

try {
  const meshline = await startMeshline({ config: loaded.config, environment, log, version: VERSION });
  let stopping = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (stopping) return;
      stopping = true;
      log.info({ signal }, 'Stopping');
      meshline.stop().then(
        () => process.exit(0),
        (err: unknown) => {
          log.error({ err }, 'Meshline did not stop in good order');
          process.exit(1);
        },
      );
    });
  }
} catch (error) {
  stopWith([error instanceof Error ? error.message : 'Meshline could not start.']);
}

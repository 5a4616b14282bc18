import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { type Config, loadConfig, renderFault } from '../src/config.ts';
import { createCatalog } from '../src/exports/catalog.ts';
import { createLogger } from '../src/log.ts';
import { type Meshline, startMeshline } from '../src/meshline.ts';
import { SINK_KINDS } from '../src/sinks/registry.ts';
import { EXAMPLE, SECRETS } from '../test/support/config.ts';
import { withoutFarSides } from '../test/support/far-sides.ts';
import type { ConfigFile } from '../test/support/house.ts';
import { withoutStaging } from '../test/support/staging.ts';
import type { FarSide } from './far-side.ts';

export const quiet = createLogger({ level: 'silent' });

/** A folder that is gone when the process ends. */
export function folder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'meshline-bench-'));
  process.once('exit', () => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** The example configuration with one hot sink. */
export function configuration(sink: string): Config {
  const file = withoutStaging(withoutFarSides(parse(EXAMPLE) as ConfigFile));
  file.sinks['oms'] = {
    ...file.sinks['oms'],
    settings: { url: sink, allow_private: true, concurrency: 32 },
  };
  file.policies['inventory_delta'] = { ...file.policies['inventory_delta'], routes: ['oms'] };
  delete file.sources['pim']?.['refetch_url'];
  const text = stringify(file);
  const loaded = loadConfig({ text, env: SECRETS, catalog: createCatalog(), sinkKinds: SINK_KINDS });
  if (!loaded.ok) throw new Error(loaded.faults.map((fault) => renderFault('bench', fault)).join('\n'));
  return loaded.config;
}

/** The whole of Meshline in this process, with its far sides in another. */
export function openMeshline(far: FarSide, file = join(folder(), 'meshline.db')): Promise<Meshline> {
  return startMeshline({
    config: configuration(far.sink),
    log: quiet,
    version: 'bench',
    environment: {
      SLACK_BOT_TOKEN: far.bot_token,
      SLACK_APP_TOKEN: far.app_token,
      SLACK_SIGNING_SECRET: undefined,
      SLACK_API_URL: far.slack_api,
      MESHLINE_CONFIG: 'meshline.yml',
      MESHLINE_DB: file,
      MESHLINE_HOST: '127.0.0.1',
      MESHLINE_PORT: 0,
      MESHLINE_LOG_LEVEL: 'silent',
    },
  });
}

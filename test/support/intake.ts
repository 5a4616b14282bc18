import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import type { Clock } from '../../src/clock.ts';
import { createCatalog } from '../../src/exports/catalog.ts';
import { raiseException } from '../../src/flow/exceptions.ts';
import { receive } from '../../src/flow/intake.ts';
import type { Flow } from '../../src/flow/settings.ts';
import { closeTask } from '../../src/flow/tasks.ts';
import { openLedger } from '../../src/store/index.ts';
import type { SourceAccess } from '../../src/web/deps.ts';
import { load, SECRETS, WHOLE } from './config.ts';
import { countingIds, ManualClock } from './manual-clock.ts';
import { READ_TOKEN, type Running, type Setup, startWeb } from './web.ts';

export const SECRET = SECRETS['PIM_SECRET'] ?? '';

export type Intake = Running & {
  /** Of the ledger; other connections may read it. */
  file: string;
  folder: string;
};

/** HTTP, flow and ledger as Meshline joins them, by the whole configuration of the tests; no Slack, no pushes. */
export async function startIntake(setup: Setup & { clock?: Clock } = {}): Promise<Intake> {
  const loaded = load(WHOLE);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.faults));
  const { config } = loaded;
  const folder = mkdtempSync(join(tmpdir(), 'meshline-test-'));
  const file = join(folder, 'meshline.db');
  const clock = setup.clock ?? new ManualClock();
  const ids = countingIds();
  const ledger = await openLedger({ file, clock, ids });
  const facts = [...config.sources].map(
    ([name, { types, refetch_url }]) => [name, { types, can_refetch: refetch_url !== null }] as const,
  );
  const flow: Flow = {
    ledger,
    clock,
    ids,
    catalog: createCatalog(),
    log: pino({ level: 'silent' }),
    settings: () => ({
      directory: config.directory,
      policies: config.policies,
      sources: new Map(facts),
      sinks: [...config.sinks.keys()].map((name) => ({ name, accepts: () => true })),
    }),
  };
  const reader = { keys: [], tokens: [READ_TOKEN], types: [], scopes: ['exports:read'] };
  const web = await startWeb({
    clock,
    ids,
    reader: ledger,
    firstSeen: (...seen) => ledger.firstSeen(...seen),
    receive: ({ source, raw, fallback_key }) => receive(flow, source, raw, fallback_key),
    closeTask: (id, via) => closeTask(flow, id, { closer: null, via }),
    raiseException: ({ export_id, sink, exception_code, exception_metadata }) =>
      raiseException(flow, export_id, sink, { exception_code, exception_metadata }),
    sources: new Map<string, SourceAccess>([...config.sources, ['bi', reader]]),
    sinks: config.sinks,
    ...setup,
  });
  return {
    ...web,
    file,
    folder,
    async close() {
      await web.close();
      await ledger.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

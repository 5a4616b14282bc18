import { join } from 'node:path';
import { systemClock, systemIds } from '../src/clock.ts';
import { createCatalog } from '../src/exports/catalog.ts';
import { receive } from '../src/flow/intake.ts';
import type { Flow } from '../src/flow/settings.ts';
import { type Maintenance, openLedger } from '../src/store/index.ts';
import type { Synchronous } from '../src/store/open.ts';
import type { Ledger } from '../src/store/port.ts';
import { configuration, folder, quiet } from './house.ts';
import { type Kind, rawExport, SOURCE_OF } from './wire.ts';

export type OpenFlow = Flow & { ledger: Ledger & Maintenance; file: string };

/** Core and ledger without anything outside. */
export async function openFlow(
  synchronous: Synchronous = 'full',
  file = join(folder(), 'ledger.db'),
  clock = systemClock,
): Promise<OpenFlow> {
  const ids = systemIds(clock);
  const ledger = await openLedger({ file, clock, ids, synchronous });
  const config = configuration('http://127.0.0.1:9/');
  const oms = { name: 'oms', accepts: () => true };
  const sources = new Map(
    [...config.sources].map(([name, { types }]) => [name, { types, can_refetch: false }]),
  );
  return {
    ledger,
    clock,
    ids,
    catalog: createCatalog(),
    log: quiet,
    settings: () => ({
      directory: config.directory,
      policies: config.policies,
      sources,
      sinks: [oms, { ...oms, name: 'wms' }],
    }),
    file,
  };
}

/** Takes in one export and gives its id. */
export async function take(flow: Flow, kind: Kind, unique: string): Promise<string> {
  const result = await receive(flow, SOURCE_OF[kind], rawExport(kind, unique), unique);
  if (result.kind !== 'stored') throw new Error(`The export was not stored: ${JSON.stringify(result)}`);
  return result.committed.after.id;
}

/** Takes in `count` exports, `width` at once. */
export async function takeMany(
  flow: Flow,
  kind: Kind,
  run: string,
  count: number,
  width: number,
): Promise<void> {
  let next = 0;
  const taker = async () => {
    for (let n = next++; n < count; n = next++) await take(flow, kind, `${run}-${n}`);
  };
  await Promise.all(Array.from({ length: width }, taker));
}

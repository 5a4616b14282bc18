import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { Clock } from '../../src/clock.ts';
import { type AnyExportType, type Catalog, defineExport } from '../../src/exports/define.ts';
import type { TypePolicy } from '../../src/exports/policy.ts';
import type { SinkFacts } from '../../src/exports/stamp.ts';
import type { Flow } from '../../src/flow/settings.ts';
import { openLedger } from '../../src/store/index.ts';
import type { Ledger } from '../../src/store/port.ts';
import { catalogOf, directory, probe } from './core.ts';
import { countingIds } from './manual-clock.ts';
import { HOLD_MS, shelf } from './rollout.ts';

/** A probe whose only operation takes effect at the instant that its payload names. */
export const timed: AnyExportType = defineExport({
  name: 'timed',
  title: 'Timed',
  payload: z.strictObject({ subject: z.string(), at: z.iso.datetime() }),
  intents: ['notify'],
  policy: {
    owner_role: 'marketing_ops',
    sla_ms: 600_000,
    gate_is_fixed: false,
    refresh: {},
    retry: { max_attempts: 5, first_delay_ms: 1_000, max_delay_ms: 60_000 },
  },
  rules: {},
  gate: () => ({ mode: 'single', roles: ['marketing_ops'], raised: false, reason: 'It is one.' }),
  check: () => [],
  subjects: (payload) => [payload.subject],
  card: ({ payload }) => ({
    headline: [`At ${payload.at}`],
    facts: [],
    changes: [],
    totals: null,
    rollback: null,
    effect: 'This happens later.',
  }),
  operations: (payload) => [{ name: 'timed.set', body: { at: payload.at }, not_before: payload.at }],
  exceptions: {},
});

const OMS: SinkFacts = { name: 'oms', accepts: () => true };

export type ProbeFlow = {
  flow: Flow;
  ledger: Awaited<ReturnType<typeof openLedger>>;
  file: string;
  /** What was logged as an error. */
  alarms: string[];
  /** May be changed between two exports. */
  policy: TypePolicy;
  /** The same for shelves; in stages unless told. */
  shelves: TypePolicy;
  /** The process ends and another one opens the same ledger. */
  reopen(): Promise<void>;
  close(): Promise<void>;
};

/**
 * The core's probe on a real ledger, in memory where the machine has a disk there: what is tried by the
 * hundred thousand is the order of things, not the disk. Probes can be edited; shelves go out in stages.
 */
export async function openProbes(
  clock: Clock,
  {
    policy = {},
    catalog,
    synchronous = 'full',
  }: { policy?: TypePolicy; catalog?: Catalog; synchronous?: 'full' | 'normal' } = {},
): Promise<ProbeFlow> {
  const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'meshline-probes-'));
  const file = join(folder, 'ledger.db');
  const ids = countingIds();
  const alarms: string[] = [];
  const open = () => openLedger({ file, clock, ids, synchronous });
  const probes: ProbeFlow = {
    ledger: await open(),
    file,
    alarms,
    policy,
    shelves: { rollout: { hold_ms: HOLD_MS, min_lines: 2 } },
    get flow() {
      return flow;
    },
    async reopen() {
      await probes.ledger.close();
      probes.ledger = await open();
    },
    async close() {
      await probes.ledger.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  const flow: Flow = {
    get ledger(): Ledger {
      return probes.ledger;
    },
    clock,
    ids,
    catalog: catalog ?? catalogOf({ ...probe, editable: ['payload.value'] }, shelf, timed),
    log: {
      info: () => undefined,
      warn: () => undefined,
      error: (_facts, message) => void alarms.push(message),
    },
    settings: () => ({
      directory,
      policies: new Map([
        ['probe', { routes: ['oms'], ...probes.policy }],
        ['timed', { routes: ['oms'], ...probes.policy }],
        ['shelf', { routes: ['oms'], ...probes.shelves }],
      ]),
      sources: new Map([['erp', { types: null, can_refetch: false }]]),
      sinks: [OMS],
    }),
  };
  return probes;
}

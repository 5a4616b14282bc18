import { z } from 'zod';
import { arrive } from '../../src/exports/arrive.ts';
import type { Context } from '../../src/exports/commands.ts';
import { defineExport } from '../../src/exports/define.ts';
import type { Event } from '../../src/exports/events.ts';
import { isNamed } from '../../src/exports/own.ts';
import type { RolloutPolicy, TypePolicy } from '../../src/exports/policy.ts';
import { read } from '../../src/exports/receive.ts';
import { cohort } from '../../src/exports/rollout.ts';
import type { Export, RolloutState } from '../../src/exports/state.ts';
import { context, directory, fold, guid } from './core.ts';
import { T0 } from './manual-clock.ts';

const Line = z.strictObject({ sku: z.string(), old: z.int(), now: z.int() });

/** A shelf of prices that goes out in stages and can be taken back. */
export const shelf = defineExport({
  name: 'shelf',
  title: 'Shelf',
  payload: z.strictObject({ gate: z.enum(['policy', 'single']).default('single'), lines: z.array(Line) }),
  intents: ['publish_live'],
  policy: {
    owner_role: 'marketing_ops',
    sla_ms: 600_000,
    gate_is_fixed: false,
    refresh: { price: { max_age_ms: 300_000 } },
    retry: { max_attempts: 5, first_delay_ms: 1_000, max_delay_ms: 60_000 },
  },
  rules: {},
  gate: ({ payload }) => ({
    mode: payload.gate,
    roles: payload.gate === 'single' ? ['marketing_ops'] : [],
    raised: false,
    reason: 'The payload says so.',
  }),
  check: () => [],
  subjects: (payload) => payload.lines.map((line) => `shelf:${line.sku}`),
  card: ({ payload }) => ({
    headline: [`Set ${payload.lines.length} prices`],
    facts: [],
    changes: [],
    totals: null,
    rollback: null,
    effect: 'This sets prices.',
  }),
  operations: (payload) => [
    { name: 'shelf.set', body: { lines: payload.lines.map((line) => ({ ...line })) } },
  ],
  reverse(payload, skus) {
    const lines = payload.lines
      .filter((line) => isNamed(line.sku, skus))
      .map((line) => ({ ...line, old: line.now, now: line.old }));
    return { export_type: 'shelf', intent: 'publish_live', payload: { ...payload, lines } };
  },
  exceptions: {
    insufficient_inventory: { role: 'supply_chain', severity: 'high', then: 'pause', remedy: 'Restock.' },
  },
});

export const shelves = { get: (name: string) => (name === 'shelf' ? shelf : undefined), all: () => [shelf] };

/** SKUs of which so many lie in each band of cohorts, e.g. `[[0, 10, 2], [10, 50, 3]]`. */
export function skusWithin(bands: readonly (readonly [from: number, to: number, n: number])[]): string[] {
  return bands.flatMap(([from, to, n]) => {
    const found: string[] = [];
    for (let each = 0; found.length < n; each += 1) {
      const sku = `SHELF-${from}-${each}`;
      if (cohort(sku) >= from && cohort(sku) < to) found.push(sku);
    }
    return found;
  });
}

/** 2 SKUs in the first stage, 4 in the second, 6 in the last. */
export const TWELVE = skusWithin([
  [0, 10, 2],
  [10, 50, 4],
  [50, 100, 6],
]);

export const HOLD_MS = 600_000;

export function shelfContext(now = T0): Context {
  return context(now, { catalog: shelves });
}

export const rawShelf = (skus: readonly string[], at = T0, gate = 'single', price = 2) => ({
  export_type: 'shelf',
  intent: 'publish_live',
  source: { system: 'erp', reference: 'S-1' },
  idempotency_key: 'k-1',
  occurred_at: new Date(at).toISOString(),
  refresh: { price: { as_of: new Date(at).toISOString() } },
  payload: { gate, lines: skus.map((sku) => ({ sku, old: 1, now: price })) },
});

/** A shelf that has come in and waits. */
export function receivedShelf(
  rollout: RolloutPolicy | undefined = { hold_ms: HOLD_MS },
  {
    skus = TWELVE,
    sinks = ['oms'],
    gate = 'single',
  }: { skus?: readonly string[]; sinks?: string[]; gate?: string } = {},
): Export {
  const policy: TypePolicy = { routes: sinks, ...(rollout ? { rollout } : {}) };
  const reading = {
    now: T0,
    catalog: shelves,
    directory,
    policies: new Map([['shelf', policy]]),
    sinks: sinks.map((name) => ({ name, accepts: () => true })),
    source: { name: 'erp', types: null, can_refetch: false },
  };
  const from = { id: guid(1000), source: 'erp', key: 'k-1' };
  const understood = read(rawShelf(skus, T0, gate), reading, 1);
  return fold(null, arrive(understood, from, { open: null, newest: [] }, shelfContext()).events, T0);
}

export function rolloutOf(state: Export): RolloutState {
  if (!state.rollout) throw new Error('It does not go out in stages.');
  return state.rollout;
}

/** SKUs by push key, of the pushes that an export has begun. */
export function skusByPush(state: Export): Record<string, string[]> {
  return Object.fromEntries(
    state.pushes.map(({ key, operation }) => [
      key.replace(/^exp_[0-9a-f-]+-/, ''),
      (operation.body['lines'] as { sku: string }[]).map((line) => line.sku),
    ]),
  );
}

export const typesOf = (events: readonly Event[]) => events.map((event) => event.type);

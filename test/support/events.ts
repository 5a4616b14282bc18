import type { Event } from '../../src/exports/events.ts';
import type { Route } from '../../src/exports/ownership.ts';
import type { Push, Revision } from '../../src/exports/state.ts';
import { HOUR_MS } from '../../src/exports/words.ts';
import { T0 } from './manual-clock.ts';

export const OWNER = '6f1f6d3e-0000-4000-8000-000000000001';
export const BACKUP = '6f1f6d3e-0000-4000-8000-000000000002';

type Received = Extract<Event, { type: 'received' }>;

const route: Route = {
  owner: OWNER,
  role: 'merchandising',
  backup: BACKUP,
  channel: 'C0MERCH',
  reason: 'Mara Lind is the default owner for merchandising.',
};

/** One set of values that waits for one person, with an SLA of four hours. */
export function aRevision(over: Partial<Revision> = {}): Revision {
  return {
    number: 1,
    hash: 'a'.repeat(64),
    export_type: 'price_change',
    intent: 'publish_live',
    campaign_id: null,
    payload: { sku: 'SKU-1', price: '9.99' },
    subjects: ['price:shop:SKU-1'],
    policy: {
      gate: { mode: 'single', steps: [{ role: 'merchandising' }], ordered: false, reason: 'the usual gate' },
      sla_ms: 4 * HOUR_MS,
      ladder: [
        { do: 'remind', after_ms: 2 * HOUR_MS },
        { do: 'escalate', after_ms: 4 * HOUR_MS },
      ],
      refresh: {},
      calendar: null,
      undo_ms: 0,
      lock_ms: 300_000,
      ack_ms: 1_800_000,
      routes: { 'price.set': ['shop'] },
      rules: {},
      staging: [],
      failover: null,
      rollout: null,
      retry: { max_attempts: 3, first_delay_ms: 1000, max_delay_ms: 60_000 },
    },
    warnings: [],
    ...over,
  };
}

/** The event that every export begins with. */
export function received(over: Partial<Received> = {}): Received {
  return {
    type: 'received',
    outcome: 'pending',
    source: { name: 'pim', system: 'PIM', reference: 'ref-1', reverses: null },
    requester: null,
    idempotency_key: 'key-1',
    occurred_at: T0 - 1000,
    raw: { export_type: 'price_change', payload: { sku: 'SKU-1', price: '9.99' } },
    revision: aRevision(),
    refresh: {},
    problems: [],
    route,
    newer: null,
    ...over,
  };
}

/** A push that has not begun. */
export function aPush(exportId: string, over: Partial<Push> = {}): Push {
  return {
    key: `push:${exportId}:shop`,
    sink: 'shop',
    operation: { name: 'price.set', body: { sku: 'SKU-1', price: '9.99' } },
    status: 'waiting',
    attempts: 0,
    next_at: null,
    detail: null,
    exception_code: null,
    cursor: null,
    facts: {},
    ...over,
  };
}

/** Accepted and handed to its sinks. */
export function delivering(exportId: string, push: Partial<Push> = {}): Event[] {
  return [
    { type: 'accepted', undo_until: null },
    { type: 'delivery_begun', pushes: [aPush(exportId, push)] },
  ];
}

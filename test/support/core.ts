import { z } from 'zod';
import { type Arrival, arrive, type Known } from '../../src/exports/arrive.ts';
import type { Command, Context } from '../../src/exports/commands.ts';
import { decide } from '../../src/exports/decide.ts';
import { type AnyExportType, type Catalog, defineExport } from '../../src/exports/define.ts';
import type { Json } from '../../src/exports/envelope.ts';
import type { Event } from '../../src/exports/events.ts';
import { evolve } from '../../src/exports/evolve.ts';
import type { Directory, Person, PersonId, RoleEntry } from '../../src/exports/ownership.ts';
import type { TypePolicy } from '../../src/exports/policy.ts';
import { type Reading, read } from '../../src/exports/receive.ts';
import { isRefusal, type Refusal } from '../../src/exports/refusals.ts';
import type { Export } from '../../src/exports/state.ts';
import type { Role } from '../../src/exports/words.ts';
import { T0 } from './manual-clock.ts';

/** A GUID that ends in `n`. */
export const guid = (n: number): PersonId => `5b0c1a3e-6f0d-4a53-9c1e-${n.toString().padStart(12, '0')}`;

export const ALICE = guid(1);
export const BOB = guid(2);
export const CAROL = guid(3);
export const DAN = guid(4);
export const MAYA = guid(5);
export const REM = guid(6);
export const SAM = guid(7);
export const GONE = guid(8);
export const ONCALL = guid(9);

const person = (id: PersonId, name: string, backup: PersonId | null = null, active = true): Person => ({
  id,
  name,
  email: `${name.toLowerCase()}@example.test`,
  slack: { team: 'T1', user: `U${name.toUpperCase()}` },
  time_zone: 'Europe/Berlin',
  calendar: null,
  backup,
  active,
});

const role = (channel: string, owner: PersonId, ...others: PersonId[]): RoleEntry => ({
  members: [owner, ...others],
  channel,
  default_owner: owner,
});

export const directory: Directory = {
  people: new Map(
    [
      person(ALICE, 'Alice', BOB),
      person(BOB, 'Bob', ALICE),
      person(CAROL, 'Carol', DAN),
      person(DAN, 'Dan', CAROL),
      person(MAYA, 'Maya'),
      person(REM, 'Rem', DAN),
      person(SAM, 'Sam', BOB),
      person(GONE, 'Gone', null, false),
      person(ONCALL, 'Oncall'),
    ].map((each) => [each.id, each]),
  ),
  roles: new Map<Role, RoleEntry>([
    ['marketing_ops', role('C_MARKETING', ALICE, BOB)],
    // Alice holds both roles of a two-step gate, and must still not sign twice.
    ['operations', role('C_OPERATIONS', CAROL, DAN, ALICE)],
    ['supply_chain', role('C_SUPPLY', SAM)],
    ['merchandising', role('C_MERCH', BOB, GONE)],
    ['remediation', role('C_REMEDY', REM)],
  ]),
  on_call: { channel: 'C_ONCALL', people: [ONCALL], user_group: null },
  away: new Map(),
  covers: new Map(),
};

/** A small type whose payload says what should happen to it. */
export const probe: AnyExportType = defineExport({
  name: 'probe',
  title: 'Probe',
  payload: z.strictObject({
    subject: z.string(),
    value: z.int(),
    gate: z.enum(['policy', 'single', 'two_step']).default('single'),
    operations: z.int().min(0).max(3).default(1),
  }),
  intents: ['notify'],
  policy: {
    owner_role: 'marketing_ops',
    sla_ms: 600_000,
    gate_is_fixed: false,
    refresh: { price: { max_age_ms: 300_000 } },
    retry: { max_attempts: 5, first_delay_ms: 1_000, max_delay_ms: 60_000 },
  },
  rules: { highest: 1_000 },
  gate: ({ payload }) => ({
    mode: payload.gate,
    roles:
      payload.gate === 'two_step'
        ? ['marketing_ops', 'operations']
        : payload.gate === 'single'
          ? ['marketing_ops']
          : [],
    raised: false,
    reason: 'The payload says so.',
  }),
  check: ({ payload, rules }) =>
    payload.value > rules.highest
      ? [{ code: 'too_high', path: 'payload.value', message: 'Too high.', severity: 'error' }]
      : [],
  subjects: (payload) => [payload.subject],
  card: ({ payload }) => ({
    headline: ['Set ', { strong: payload.subject }, ` to ${payload.value}`],
    facts: [],
    changes: [],
    totals: null,
    rollback: null,
    effect: 'This sets a value.',
  }),
  operations: (payload) =>
    Array.from({ length: payload.operations }, (_, n) => ({
      name: `probe.set${n}`,
      body: { value: payload.value },
    })),
  exceptions: {
    insufficient_inventory: {
      role: 'supply_chain',
      severity: 'high',
      then: 'pause',
      remedy: 'Restock, then resume.',
    },
  },
});

export const catalogOf = (...types: AnyExportType[]): Catalog => ({
  get: (name) => types.find((type) => type.name === name),
  all: () => types,
});

export const catalog = catalogOf(probe);

export function context(now = T0, over: Partial<Context> = {}): Context {
  return { now, directory, catalog, sources: new Map([['erp', { can_refetch: false }]]), ...over };
}

export function reading(now = T0, policy: TypePolicy = {}): Reading {
  return {
    now,
    catalog,
    directory,
    policies: new Map([['probe', { routes: ['oms'], ...policy }]]),
    sinks: [{ name: 'oms', accepts: () => true }],
    source: { name: 'erp', types: null, can_refetch: false },
  };
}

export type ProbeValues = {
  subject?: string;
  value?: number;
  gate?: 'policy' | 'single' | 'two_step';
  operations?: number;
};

/** A raw probe as a sender would send it; `more` goes over the envelope. */
export function rawProbe(
  payload: ProbeValues = {},
  more: { [key: string]: Json } = {},
  at = T0,
): { [key: string]: Json } {
  const now = new Date(at).toISOString();
  return {
    export_type: 'probe',
    intent: 'notify',
    source: { system: 'erp', reference: 'R-1' },
    idempotency_key: 'k-1',
    occurred_at: now,
    refresh: { price: { as_of: now } },
    payload: { subject: 's', value: 1, ...payload },
    ...more,
  };
}

const NOTHING_KNOWN: Known = { open: null, newest: [] };

export function arriving(
  raw: { [key: string]: Json },
  now = T0,
  known: Known = NOTHING_KNOWN,
  policy: TypePolicy = {},
): Arrival {
  const from = { id: guid(1000), source: 'erp', key: 'k-1' };
  return arrive(read(raw, reading(now, policy), 1), from, known, context(now));
}

export function fold(state: Export | null, events: readonly Event[], now: number, id = guid(1000)): Export {
  const after = events.reduce<Export | null>((at, event) => evolve(at, event, now, id), state);
  if (!after) throw new Error('No events.');
  return after;
}

/** A received export. */
export function received(
  payload: ProbeValues = {},
  more: { [key: string]: Json } = {},
  policy: TypePolicy = {},
): Export {
  return fold(null, arriving(rawProbe(payload, more), T0, NOTHING_KNOWN, policy).events, T0);
}

/** The state after a command, or the refusal. */
export function after(
  state: Export,
  command: Command,
  now = T0,
  over: Partial<Context> = {},
): Export | Refusal {
  const decision = decide(state, command, context(now, over));
  return isRefusal(decision) ? decision : fold(state, decision.events, now, state.id);
}

/** The state after commands that must all be granted. */
export function run(state: Export, commands: readonly Command[], now = T0): Export {
  return commands.reduce((at, command) => {
    const next = after(at, command, now);
    if (isRefusal(next)) throw new Error(`${command.do} was refused: ${next.refused}`);
    return next;
  }, state);
}

export const accepts = (by: PersonId, seen = 1): Command => ({
  do: 'accept',
  by,
  via: 'slack',
  seen,
  confirm_stale: false,
});

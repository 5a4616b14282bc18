import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Command } from '../../../src/exports/commands.ts';
import { decide } from '../../../src/exports/decide.ts';
import type { Event } from '../../../src/exports/events.ts';
import { replay } from '../../../src/exports/evolve.ts';
import type { Directory } from '../../../src/exports/ownership.ts';
import { isRefusal } from '../../../src/exports/refusals.ts';
import type { Export } from '../../../src/exports/state.ts';
import {
  ALICE,
  arriving,
  BOB,
  CAROL,
  context,
  DAN,
  directory,
  fold,
  GONE,
  guid,
  MAYA,
  ONCALL,
  REM,
  rawProbe,
  SAM,
} from '../../support/core.ts';
import { T0 } from '../../support/manual-clock.ts';

const PEOPLE = [ALICE, BOB, CAROL, DAN, MAYA, REM, SAM, GONE, ONCALL, guid(404)];
const TERMINAL = ['delivered', 'rejected', 'withdrawn', 'expired', 'superseded', 'rolled_back'];

type Step =
  | { kind: 'command'; command: Command }
  | {
      kind: 'push';
      index: number;
      outcome: 'delivered' | 'retry' | 'unknown' | 'failed' | 'pause';
      last: boolean;
    }
  | { kind: 'arrive'; value: number; age: number }
  | { kind: 'wait'; ms: number }
  | { kind: 'directory'; away: readonly string[]; covers: readonly (readonly [string, string])[] };

const who = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(ALICE, CAROL) },
  { weight: 2, arbitrary: fc.constantFrom(...PEOPLE) },
);
const seen = fc.oneof({ weight: 3, arbitrary: fc.constant(1) }, fc.integer({ min: 1, max: 4 }));
const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 25,
    arbitrary: fc.record({
      do: fc.constant('accept' as const),
      by: who,
      via: fc.constant('slack' as const),
      seen,
      confirm_stale: fc.boolean(),
    }),
  },
  fc.record({ do: fc.constant('reject' as const), by: who, seen, reason: fc.constantFrom('', 'not now') }),
  fc.record({ do: fc.constant('withdraw' as const), by: who, reason: fc.constant(null) }),
  fc.record({ do: fc.constant('redeliver' as const), by: who, newer: fc.constantFrom(null, guid(77)) }),
  fc.record({ do: fc.constant('resume' as const), by: who, note: fc.constant('restocked') }),
  fc.record({ do: fc.constant('tick' as const), may_expire: fc.boolean() }),
  fc.constant({ do: 'follow_directory' } as const),
  fc.constant({ do: 'supersede', newer: guid(78) } as const),
  fc.constant({ do: 'roll_back', by_export: guid(79) } as const),
  fc.constant({
    do: 'raise_exception',
    sink: 'oms',
    code: 'insufficient_inventory',
    message: 'short',
    metadata: {},
  } as const),
);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 12, arbitrary: command.map((each): Step => ({ kind: 'command', command: each })) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('push' as const),
      index: fc.integer({ min: 0, max: 2 }),
      outcome: fc.constantFrom(
        'delivered' as const,
        'retry' as const,
        'unknown' as const,
        'failed' as const,
        'pause' as const,
      ),
      last: fc.boolean(),
    }),
  },
  fc.record({
    kind: fc.constant('arrive' as const),
    value: fc.integer({ min: 1, max: 3 }),
    age: fc.integer({ min: -120_000, max: 60_000 }),
  }),
  fc.record({ kind: fc.constant('wait' as const), ms: fc.constantFrom(1_000, 120_000, 400_000, 5_000_000) }),
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('directory' as const),
      away: fc.subarray([ALICE, BOB, CAROL, DAN]),
      covers: fc.uniqueArray(fc.tuple(fc.constantFrom(ALICE, CAROL), fc.constantFrom(...PEOPLE)), {
        selector: ([whom]) => whom,
        maxLength: 2,
      }),
    }),
  },
);

/** What the promises say, without any of the core's code: a list of who signed which values, in order. */
type Model = {
  signatures: { by: string | null; hash: string; step: number; revision: number; mayStandIn: boolean }[];
  ended: string | null;
};

function happened(model: Model, event: Event, state: Export, current: Directory): void {
  if (event.type === 'acceptance_recorded') {
    const { by, hash, step: index, revision } = event.acceptance;
    const { owner, role } = state.route;
    const cover = current.covers.get(owner)?.by ?? null;
    const holds = cover !== null && current.roles.get(role)?.members.includes(cover) === true;
    const mayStandIn = current.away.has(owner) || holds;
    model.signatures.push({ by, hash, step: index, revision, mayStandIn });
    if (by !== null && by !== owner && state.revision?.policy.gate.steps[index]?.role === role) {
      expect(event.acceptance.for).toBe(owner);
    }
  }
  if (event.type === 'acceptance_lapsed' || event.type === 'revised' || event.type === 'resumed')
    model.signatures = [];
  if (event.type === 'delivery_begun') assertMayPush(model, state);
}

function assertMayPush(model: Model, state: Export): void {
  const gate = state.revision?.policy.gate;
  const counted = model.signatures.filter(
    (each) => each.hash === state.revision?.hash && each.revision === state.revision.number,
  );
  const humans = new Set(counted.map((each) => each.by));
  if (gate?.mode === 'policy') return;
  expect(humans.has(null)).toBe(false);
  expect(new Set(counted.map((each) => each.step)).size).toBe(gate?.steps.length);
  expect(humans.size).toBe(gate?.steps.length);
  if (gate?.mode === 'two_step') expect(humans.has(state.requester)).toBe(false);
  for (const human of humans) expect(directory.people.get(human ?? '')?.active).toBe(true);
  const [first, second] = (gate?.steps ?? []).map((each, index) => {
    const by = counted.find((signature) => signature.step === index)?.by ?? '';
    return { role: each.role, by };
  });
  if (second) expect(directory.roles.get(second.role)?.members).toContain(second.by);
  const stoodIn = counted.find((each) => each.step === 0)?.mayStandIn ?? false;
  if (!stoodIn) expect(first && [state.route.owner, ...state.escalated_to, BOB]).toContain(first?.by);
}

describe('the lifecycle under any sequence of events', () => {
  it('accepts only by the right distinct humans, pushes only what was accepted, ends once, and replays the same', () => {
    let pushed = 0;
    let pushedByTwo = 0;
    let ended = 0;
    let byStandIn = 0;
    fc.assert(
      fc.property(
        fc.constantFrom('policy' as const, 'single' as const, 'two_step' as const),
        fc.constantFrom(null, MAYA, ALICE, CAROL),
        fc.constantFrom(0, 30_000),
        fc.integer({ min: 0, max: 3 }),
        fc.array(step, { minLength: 1, maxLength: 30 }),
        (gate, requester, undo_ms, operations, sequence) => {
          let now = T0;
          const source = { system: 'erp', reference: 'R', ...(requester ? { requested_by: requester } : {}) };
          const policy = { undo_ms };
          const log: { at: number; event: Event }[] = [];
          const model: Model = { signatures: [], ended: null };
          let state: Export | null = null;
          let current: Directory = directory;
          const record = (events: readonly Event[]) => {
            for (const event of events) {
              const before: Export | null = state;
              state = fold(before, [event], now);
              log.push({ at: now, event });
              happened(model, event, state, current);
              if (event.type === 'delivery_begun') pushed += 1;
              if (event.type === 'delivery_begun' && model.signatures.some((each) => each.mayStandIn))
                byStandIn += 1;
              if (event.type === 'delivery_begun' && model.signatures.length === 2) pushedByTwo += 1;
              if (before && TERMINAL.includes(before.status)) {
                const excused = [
                  'rolled_back',
                  'paused',
                  'failed',
                  'push_delivered',
                  'push_failed',
                  'push_retried',
                  'push_unknown',
                ];
                expect(excused).toContain(event.type);
                if (before.status !== 'delivered') expect(state.status).toBe(before.status);
              } else if (TERMINAL.includes(state.status)) ended += 1;
            }
          };
          record(
            arriving(rawProbe({ gate, operations }, { source }), now, { open: null, newest: [] }, policy)
              .events,
          );
          for (const each of sequence) {
            const before = state as Export | null;
            if (!before) throw new Error('It was received.');
            if (each.kind === 'wait') now += each.ms;
            if (each.kind === 'directory') current = changedBy(each);
            if (
              each.kind === 'arrive' &&
              ['pending', 'accepted', 'paused', 'failed'].includes(before.status)
            ) {
              const raw = rawProbe(
                { gate, operations, value: each.value },
                { source },
                now - each.age > now ? now : now - Math.max(0, each.age),
              );
              const newest = [{ export_id: before.id, occurred_at: before.occurred_at }];
              const { export_id, events } = arriving(raw, now, { open: before, newest }, policy);
              if (export_id === before.id && events[0]?.type !== 'received') record(events);
            }
            if (each.kind === 'command' || each.kind === 'push') {
              const asked = each.kind === 'command' ? each.command : pushCommand(before, each, now);
              const decision = decide(before, asked, context(now, { directory: current }));
              if (!isRefusal(decision)) record(decision.events);
            }
          }
          expect(replay(guid(1000), log)).toEqual(state);
          expect(JSON.parse(JSON.stringify(state))).toEqual(state);
        },
      ),
      { numRuns: 6_000, seed: 20261124 },
    );
    expect(pushed).toBeGreaterThan(500);
    expect(pushedByTwo).toBeGreaterThan(100);
    expect(ended).toBeGreaterThan(500);
    expect(byStandIn).toBeGreaterThan(100);
  });
});

/** Who is away and who covers for whom, as it might stand, sound or not. */
function changedBy({ away, covers }: Extract<Step, { kind: 'directory' }>): Directory {
  return {
    ...directory,
    away: new Map(away.map((id) => [id, { until: null, reason: 'is out', note: null }])),
    covers: new Map(covers.map(([whom, by]) => [whom, { by, until: T0 + 1e12 }])),
  };
}

function pushCommand(state: Export, each: Extract<Step, { kind: 'push' }>, now: number): Command {
  const key = state.pushes[each.index]?.key ?? 'none';
  const next_at = each.last ? null : now + 1_000;
  switch (each.outcome) {
    case 'delivered':
      return { do: 'record_push', key, outcome: { kind: 'delivered', reference: 'ok' }, next_at };
    case 'retry':
    case 'unknown':
      return { do: 'record_push', key, outcome: { kind: each.outcome, cause: 'down' }, next_at };
    case 'failed':
    case 'pause': {
      const exception_code = each.outcome === 'pause' ? 'insufficient_inventory' : 'sink_rejected';
      return {
        do: 'record_push',
        key,
        outcome: { kind: 'failed', exception_code, message: 'no', metadata: {} },
        next_at,
      };
    }
  }
}

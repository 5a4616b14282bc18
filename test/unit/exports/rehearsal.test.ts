import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arrive } from '../../../src/exports/arrive.ts';
import type { Command } from '../../../src/exports/commands.ts';
import { decide } from '../../../src/exports/decide.ts';
import { effects } from '../../../src/exports/effects.ts';
import type { Event, Recorded } from '../../../src/exports/events.ts';
import { replay } from '../../../src/exports/evolve.ts';
import { read } from '../../../src/exports/receive.ts';
import { isRefusal, type Refusal, sentence } from '../../../src/exports/refusals.ts';
import { safetyOf } from '../../../src/exports/rehearsal.ts';
import type { CheckFinding, Export } from '../../../src/exports/state.ts';
import {
  ALICE,
  accepts,
  after,
  arriving,
  BOB,
  CAROL,
  context,
  DAN,
  fold,
  guid,
  MAYA,
  type ProbeValues,
  rawProbe,
  reading,
  received,
  run,
  SAM,
} from '../../support/core.ts';
import { T0 } from '../../support/manual-clock.ts';

const STAGING = { staging: ['oms_staging'] };
const two: ProbeValues = { gate: 'two_step' };

const well: readonly CheckFinding[] = [
  { name: 'sample.write', problem: null, detail: 'Written.' },
  { name: 'sample.read', problem: null, detail: null },
];
const badly: readonly CheckFinding[] = [
  { name: 'sample.write', problem: null, detail: null },
  { name: 'sample.read', problem: 'The sample does not show.', detail: null },
];

function tells(findings: readonly CheckFinding[], revision = 1, round = 1, sink = 'oms_staging'): Command {
  return { do: 'record_rehearsal', sink, revision, round, findings };
}

const overrides = (by: string, seen = 1, reason = 'Checked by hand'): Command => ({
  do: 'override_safety_checks',
  by,
  seen,
  reason,
});

const again = (by: string, seen = 1): Command => ({ do: 'request_rehearsal', by, seen });

const waiting = (payload: ProbeValues = two, more = {}) => received(payload, more, STAGING);

function refused(outcome: Export | Refusal): string {
  return isRefusal(outcome) ? outcome.refused : 'granted';
}

/** What the events of a decision ask for at staging systems. */
function asked(before: Export | null, events: readonly Event[], at = T0): readonly string[] {
  const id = before?.id ?? guid(1000);
  const recorded: Recorded[] = events.map((event, n) => ({ export_id: id, n: n + 1, at, event }));
  return effects(before, fold(before, events, at), recorded).flatMap((effect) =>
    effect.kind === 'rehearse' ? [effect.key] : [],
  );
}

describe('safety checks', () => {
  it('begin when an export comes in, once for each staging system', () => {
    const { events } = arriving(rawProbe(two), T0, undefined, { staging: ['oms_staging', 'shop_staging'] });
    expect(asked(null, events)).toEqual([
      `rehearse:${guid(1000)}:r1:1:oms_staging`,
      `rehearse:${guid(1000)}:r1:1:shop_staging`,
    ]);
    expect(fold(null, events, T0).rehearsal).toMatchObject({ revision: 1, round: 1, override: null });
  });

  it('are left out where no staging system is named', () => {
    const state = received(two);
    expect(state.rehearsal).toBeNull();
    expect(run(state, [accepts(ALICE), accepts(CAROL)]).status).toBe('delivering');
  });

  it('are left out for what writes nothing live, and for what takes an export back', () => {
    const nowhere = fold(null, arriving(rawProbe(two), T0, undefined, { ...STAGING, routes: [] }).events, T0);
    expect(nowhere.revision?.policy.staging).toEqual([]);
    const back = { ...rawProbe(two), source: { system: 'meshline', reference: 'R-2', reverses: guid(7) } };
    const own = { ...reading(T0, STAGING), source: { name: 'meshline', types: null, can_refetch: true } };
    expect(read(back, own, 1).revision?.policy.staging).toEqual([]);
  });

  it('keep everybody from accepting while they run', () => {
    const no = after(waiting(), accepts(ALICE));
    expect(refused(no)).toBe('safety_checks_waiting');
    expect(isRefusal(no) && sentence(no)).toContain('a sample write and a test order on OMS Staging');
  });

  it('let people accept once every system has passed them', () => {
    const both = received(two, {}, { staging: ['oms_staging', 'shop_staging'] });
    const half = run(both, [tells(well)]);
    expect(refused(after(half, accepts(ALICE)))).toBe('safety_checks_waiting');
    const passed = run(half, [tells(well, 1, 1, 'shop_staging')]);
    expect(safetyOf(passed)).toBe('passed');
    expect(run(passed, [accepts(ALICE), accepts(CAROL)]).status).toBe('delivering');
  });

  it('name the first step that failed, and who may override', () => {
    const no = after(run(waiting(), [tells(badly)]), accepts(ALICE));
    expect(refused(no)).toBe('safety_checks_failed');
    expect(isRefusal(no) && sentence(no)).toBe(
      'The safety checks on OMS Staging failed at “read back”: The sample does not show. Put that right and press Run again, or ask Carol, Dan or 1 more to override them with a reason.',
    );
  });

  it('prove nothing without a finding', () => {
    expect(safetyOf(run(waiting(), [tells([])]))).toBe('failed');
  });

  it('take no answer about another revision, another round or another system, nor a second one', () => {
    const state = waiting();
    for (const command of [tells(well, 2), tells(well, 1, 2), tells(well, 1, 1, 'oms')])
      expect(run(state, [command])).toEqual(state);
    const failed = run(state, [tells(badly)]);
    expect(run(failed, [tells(well)])).toEqual(failed);
  });
});

describe('a failed check', () => {
  const failed = run(waiting(two, { source: { system: 'erp', reference: 'R-1', requested_by: MAYA } }), [
    tells(badly),
  ]);

  it('is run again for whoever decides, runs the systems or asked; what had passed is not', () => {
    for (const by of [ALICE, DAN, MAYA]) {
      const decision = decide(failed, again(by), context());
      const events = isRefusal(decision) ? [] : decision.events;
      expect(asked(failed, events)).toEqual([`rehearse:${failed.id}:r1:2:oms_staging`]);
    }
    expect(refused(after(failed, again(SAM)))).toBe('not_allowed');
    expect(safetyOf(run(failed, [again(ALICE), tells(well, 1, 2)]))).toBe('passed');
    const half = run(received(two, {}, { staging: ['oms_staging', 'shop_staging'] }), [
      tells(badly),
      tells(well, 1, 1, 'shop_staging'),
      again(ALICE),
    ]);
    expect(half.rehearsal?.sinks.map((each) => each.status)).toEqual(['waiting', 'passed']);
  });

  it('is overridden with a reason by operations and engineering, who may then sign their own step', () => {
    const over = run(failed, [overrides(CAROL)]);
    expect(over.rehearsal?.override).toEqual({ by: CAROL, reason: 'Checked by hand', at: T0 });
    expect(over.acceptances).toEqual([]);
    expect(run(over, [accepts(ALICE), accepts(CAROL)]).status).toBe('delivering');
  });

  it('is overridden by nobody else, never by whoever asked, and never without a reason', () => {
    expect(refused(after(failed, overrides(BOB)))).toBe('cannot_override');
    expect(refused(after(failed, overrides(MAYA)))).toBe('cannot_override');
    expect(refused(after(failed, overrides(CAROL, 1, ' ')))).toBe('reason_required');
    expect(refused(after(failed, overrides(CAROL, 2)))).toBe('stale_version');
    const own = run(waiting(two, { source: { system: 'erp', reference: 'R-1', requested_by: CAROL } }), [
      tells(badly),
    ]);
    expect(refused(after(own, overrides(CAROL)))).toBe('cannot_override');
    expect(refused(after(own, overrides(DAN)))).toBe('granted');
  });

  it('is all there is to override', () => {
    expect(refused(after(received(two), overrides(CAROL)))).toBe('nothing_to_change');
    expect(refused(after(waiting(), overrides(CAROL)))).toBe('safety_checks_waiting');
    expect(refused(after(run(waiting(), [tells(well)]), overrides(CAROL)))).toBe('nothing_to_change');
    expect(refused(after(run(failed, [overrides(CAROL)]), overrides(DAN)))).toBe('nothing_to_change');
    expect(refused(after(run(waiting(), [tells(well)]), again(ALICE)))).toBe('nothing_to_change');
  });
});

describe('a new revision', () => {
  const overridden = run(waiting(), [tells(badly), overrides(CAROL)]);
  const revised = arrive(
    read(rawProbe({ ...two, value: 2 }, { idempotency_key: 'k-2' }, T0 + 1), reading(T0 + 1, STAGING), 2),
    { id: guid(1001), source: 'erp', key: 'k-2' },
    { open: overridden, newest: [] },
    context(T0 + 1),
  );

  it('is checked anew, and an override of the earlier one does not count', () => {
    expect(asked(overridden, revised.events, T0 + 1)).toEqual([`rehearse:${guid(1000)}:r2:1:oms_staging`]);
    const state = fold(overridden, revised.events, T0 + 1);
    expect(state.rehearsal).toMatchObject({ revision: 2, round: 1, override: null });
    expect(refused(after(state, accepts(ALICE, 2), T0 + 1))).toBe('safety_checks_waiting');
    expect(run(state, [tells(well)], T0 + 1)).toEqual(state);
  });

  it('is checked anew after a pause', () => {
    const failure = {
      kind: 'failed',
      exception_code: 'insufficient_inventory',
      message: 'Short.',
      metadata: {},
    } as const;
    const going = run(waiting(), [tells(well), accepts(ALICE), accepts(CAROL)]);
    const paused = run(going, [
      { do: 'record_push', key: going.pushes[0]?.key ?? '', outcome: failure, next_at: null },
    ]);
    const decision = decide(paused, { do: 'resume', by: SAM, note: 'Restocked' }, context());
    const events = isRefusal(decision) ? [] : decision.events;
    expect(asked(paused, events)).toEqual([`rehearse:${paused.id}:r2:1:oms_staging`]);
    expect(safetyOf(fold(paused, events, T0))).toBe('waiting');
  });
});

describe('what policy accepts', () => {
  const arrived = waiting({ gate: 'policy' });

  it('waits for its checks and goes out when they pass', () => {
    expect(arrived).toMatchObject({ status: 'pending', acceptances: [] });
    expect(run(arrived, [tells(well)])).toMatchObject({
      status: 'delivering',
      acceptances: [{ via: 'policy', step: -1 }],
    });
  });

  it('is its owner’s to decide when they fail', () => {
    const failed = run(arrived, [tells(badly)], T0 + 5_000);
    expect(failed.revision?.policy.gate).toMatchObject({
      mode: 'single',
      steps: [{ role: 'marketing_ops' }],
    });
    expect(failed.waiting_since).toBe(T0 + 5_000);
    expect(refused(after(failed, accepts(ALICE)))).toBe('safety_checks_failed');
    const passed = run(failed, [again(ALICE), tells(well, 1, 2)]);
    expect(passed.status).toBe('pending');
    expect(run(passed, [accepts(ALICE)]).status).toBe('delivering');
  });

  it('is its owner’s to decide when its data grew too old meanwhile', () => {
    const late = run(arrived, [tells(well)], T0 + 600_000);
    expect(late).toMatchObject({ status: 'pending', revision: { policy: { gate: { mode: 'single' } } } });
  });
});

type Step = { kind: 'command'; command: Command } | { kind: 'arrive'; value: number } | { kind: 'wait' };

const who = fc.constantFrom(ALICE, ALICE, CAROL, CAROL, BOB, DAN, MAYA, SAM);
const seen = fc.constantFrom(1, 1, 2, 3);
const findings = fc.constantFrom(well, well, badly, []);
const sink = fc.constantFrom('oms_staging', 'shop_staging');
const round = fc.constantFrom(1, 1, 2);
const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('accept' as const),
      by: who,
      via: fc.constant('slack' as const),
      seen,
      confirm_stale: fc.boolean(),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('record_rehearsal' as const),
      sink,
      revision: seen,
      round,
      findings,
    }),
  },
  fc.record({ do: fc.constant('request_rehearsal' as const), by: who, seen }),
  fc.record({
    do: fc.constant('override_safety_checks' as const),
    by: who,
    seen,
    reason: fc.constantFrom('', 'Checked by hand'),
  }),
  fc.record({ do: fc.constant('undo' as const), by: who }),
  fc.record({ do: fc.constant('resume' as const), by: who, note: fc.constant('Restocked') }),
  fc.record({ do: fc.constant('tick' as const), may_expire: fc.constant(false) }),
  fc.constant<Command>({
    do: 'raise_exception',
    sink: 'oms',
    code: 'insufficient_inventory',
    message: 'Short.',
    metadata: {},
  }),
);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 10, arbitrary: command.map((each): Step => ({ kind: 'command', command: each })) },
  fc.record({ kind: fc.constant('arrive' as const), value: fc.integer({ min: 1, max: 3 }) }),
  fc.constant<Step>({ kind: 'wait' }),
);

/** What the events alone say: which systems have passed this revision, and whether somebody let it go on. */
type Model = { passed: Set<string>; override: boolean };

function happened(model: Model, event: Event, state: Export): void {
  if (event.type === 'received' || event.type === 'revised' || event.type === 'resumed') {
    model.passed.clear();
    model.override = false;
  }
  if (event.type === 'rehearsed') {
    expect(event.revision).toBe(state.revision?.number);
    if (event.findings.length > 0 && event.findings.every((each) => each.problem === null))
      model.passed.add(event.sink);
  }
  if (event.type === 'safety_checks_overridden') {
    expect(event.revision).toBe(state.revision?.number);
    expect([CAROL, DAN, ALICE]).toContain(event.by);
    expect(event.by).not.toBe(state.requester);
    model.override = true;
  }
  if (event.type === 'acceptance_recorded' || event.type === 'accepted' || event.type === 'delivery_begun')
    expect(model.override || model.passed.size === 2).toBe(true);
}

it('accepts nothing without passed checks or an override of that very revision, whatever happens in whatever order', () => {
  const policy = { staging: ['oms_staging', 'shop_staging'] };
  let accepted = 0;
  fc.assert(
    fc.property(
      fc.constantFrom('two_step' as const, 'two_step' as const, 'single' as const, 'policy' as const),
      fc.constantFrom(null, CAROL, MAYA),
      fc.array(step, { minLength: 8, maxLength: 50, size: 'max' }),
      (gate, requester, steps) => {
        const source = {
          system: 'erp',
          reference: 'R-1',
          ...(requester === null ? {} : { requested_by: requester }),
        };
        const first = arriving(rawProbe({ gate }, { source }), T0, undefined, policy);
        const all: { at: number; event: Event }[] = [];
        const model: Model = { passed: new Set(), override: false };
        let state: Export = fold(null, first.events.slice(0, 1), T0);
        let now = T0;
        const commit = (events: readonly Event[]) => {
          for (const event of events) {
            state = fold(all.length === 0 ? null : state, [event], now);
            all.push({ at: now, event });
            happened(model, event, state);
            if (event.type === 'accepted') accepted += 1;
          }
        };
        commit(first.events);
        for (const each of steps) {
          if (each.kind === 'wait') now += 40_000;
          if (each.kind === 'arrive') {
            now += 1;
            const raw = rawProbe({ gate, value: each.value }, { source, idempotency_key: `k-${now}` }, now);
            const arrival = arrive(
              read(raw, reading(now, policy), 1),
              { id: guid(1001), source: 'erp', key: `k-${now}` },
              {
                open: ['pending', 'accepted', 'paused', 'failed'].includes(state.status) ? state : null,
                newest: [],
              },
              context(now),
            );
            if (arrival.export_id === state.id) commit(arrival.events);
          }
          if (each.kind !== 'command') continue;
          const decision = decide(state, each.command, context(now));
          if (!isRefusal(decision)) commit(decision.events);
        }
        expect(replay(state.id, all)).toEqual(state);
      },
    ),
    { numRuns: 400 },
  );
  expect(accepted).toBeGreaterThan(0);
});

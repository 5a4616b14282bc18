import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isOpen } from '../../../src/exports/alternates.ts';
import type { Command, PushOutcome } from '../../../src/exports/commands.ts';
import { decide } from '../../../src/exports/decide.ts';
import type { Price } from '../../../src/exports/define.ts';
import type { Event } from '../../../src/exports/events.ts';
import { FAILOVER_APPROVALS } from '../../../src/exports/policy.ts';
import { isRefusal } from '../../../src/exports/refusals.ts';
import type { Export } from '../../../src/exports/state.ts';
import { ALICE, BOB, fold } from '../../support/core.ts';
import { context, eur, failure, label } from '../../support/labels.ts';
import { T0 } from '../../support/manual-clock.ts';

type Step =
  | { kind: 'outcome'; of: number; outcome: PushOutcome; last: boolean }
  | { kind: 'quote'; to: string | null; price: Price | null }
  | { kind: 'command'; command: Command }
  | { kind: 'wait'; ms: number };

const SINKS = ['fedex', 'dhl', 'usps'];

const outcome: fc.Arbitrary<PushOutcome> = fc.oneof(
  fc.constant<PushOutcome>({ kind: 'delivered', reference: 'L-1', facts: { tracking_number: '9400' } }),
  fc.constant<PushOutcome>({ kind: 'unknown', cause: 'Timed out.' }),
  fc.constant<PushOutcome>({ kind: 'retry', cause: 'No connection.' }),
  fc
    .constantFrom(
      'carrier_service_unavailable',
      'carrier_service_unavailable',
      'carrier_account_invalid',
      'carrier_account_invalid',
      'package_over_limit',
      'address_invalid',
      'carrier_auth_expired',
      'never_heard_of',
    )
    .map((code) => failure(code)),
);

const who = fc.constantFrom(ALICE, ALICE, BOB);
const command: fc.Arbitrary<Command> = fc.oneof(
  fc.record({ do: fc.constant('use_alternate' as const), by: who, seen: fc.constantFrom(1, 1, 2) }),
  fc.record({ do: fc.constant('redeliver' as const), by: who, newer: fc.constant(null) }),
  fc.record({ do: fc.constant('resume' as const), by: who, note: fc.constant('Called them') }),
  fc.record({ do: fc.constant('tick' as const), may_expire: fc.boolean() }),
  fc.record({
    do: fc.constant('raise_exception' as const),
    sink: fc.constantFrom(...SINKS),
    code: fc.constantFrom('carrier_service_unavailable', 'address_invalid'),
    message: fc.constant('Later.'),
    metadata: fc.constant({}),
  }),
);

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('outcome' as const),
      of: fc.nat(5),
      outcome,
      last: fc.boolean(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('quote' as const),
      to: fc.constantFrom(null, null, null, ...SINKS),
      price: fc.constantFrom(null, eur('12.00'), eur('19.60'), eur('31.00')),
    }),
  },
  { weight: 3, arbitrary: command.map((each): Step => ({ kind: 'command', command: each })) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.constantFrom(1_000, 3e7) }),
  },
);

/** What the world has seen since a person last took it into their own hands. */
type World = { bought: number; lost: Set<string>; begun: Set<string> };

function toCommand(state: Export, each: Step): Command | null {
  switch (each.kind) {
    case 'outcome': {
      const open = state.pushes.filter(isOpen);
      const key = open[each.of % Math.max(1, open.length)]?.key;
      const next_at = each.last ? null : T0 + 1_000;
      return key === undefined ? null : { do: 'record_push', key, outcome: each.outcome, next_at };
    }
    case 'quote':
      return { do: 'record_quote', to: each.to ?? state.alternate?.to ?? 'nobody', price: each.price };
    case 'command':
      return each.command;
    case 'wait':
      return null;
  }
}

/** Only a plain answer settles what a lost one left open: giving up, or failing to reach them, does not. */
function answered(world: World, asked: Command): void {
  if (asked.do !== 'record_push') return;
  const { kind } = asked.outcome;
  if (kind === 'unknown') world.lost.add(asked.key);
  if (kind === 'failed' || kind === 'delivered') world.lost.delete(asked.key);
}

function happened(world: World, event: Event): void {
  if (event.type === 'push_delivered') world.bought += 1;
  if (event.type === 'delivery_begun') {
    expect(event.pushes).toHaveLength(1);
    world.begun = new Set(event.pushes.map((push) => push.key));
  }
  if (event.type === 'redelivery_requested') expect(event.keys).toHaveLength(1);
  if (event.type !== 'failed_over') return;
  expect([...world.lost]).toEqual([]);
  expect(world.bought).toBe(0);
  expect(world.begun.has(event.push.key)).toBe(false);
  world.begun.add(event.push.key);
}

it('buys at most one label, and asks nobody else while an answer is lost, whatever happens in whatever order', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...FAILOVER_APPROVALS),
      fc.array(step, { minLength: 10, maxLength: 60, size: 'max' }),
      (approve, steps) => {
        let state = label({ approve });
        let now = T0;
        let world: World = {
          bought: 0,
          lost: new Set(),
          begun: new Set(state.pushes.map((push) => push.key)),
        };
        for (const each of steps) {
          if (each.kind === 'wait') now += each.ms;
          const wanted = toCommand(state, each);
          const decision = wanted ? decide(state, wanted, context(now)) : { events: [] };
          if (isRefusal(decision)) continue;
          const person = wanted?.do === 'redeliver' || wanted?.do === 'resume';
          if (person && decision.events.length > 0) {
            world = { bought: 0, lost: new Set(), begun: new Set() };
          }
          if (wanted) answered(world, wanted);
          for (const event of decision.events) happened(world, event);
          const under_way = state.status === 'delivering';
          state = fold(state, decision.events, now, state.id);
          if (under_way && decision.events.some((event) => event.type === 'push_delivered'))
            expect(state.status).toBe('delivered');
          expect(state.pushes.filter(isOpen).length).toBeLessThanOrEqual(1);
          expect(world.bought).toBeLessThanOrEqual(1);
          if (state.status === 'delivered') expect(state.pushes.at(-1)?.status).toBe('delivered');
          // Nothing is left lying: something is under way, or a person or the end has it.
          if (state.status === 'delivering')
            expect(state.pushes.some(isOpen) || state.alternate !== null).toBe(true);
        }
      },
    ),
    { numRuns: 1_000 },
  );
});

import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Command } from '../../../src/exports/commands.ts';
import { ALICE } from '../../support/core.ts';
import { HOLD_MS, receivedShelf } from '../../support/rollout.ts';
import { World } from '../../support/rollout-world.ts';

type Move = (world: World) => void;

const stageOf = (world: World) => world.state.rollout?.stage ?? 1;
const report = (code: string): Command => ({
  do: 'raise_exception',
  sink: 'oms',
  code,
  message: code,
  metadata: {},
});

const move: fc.Arbitrary<Move> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.nat(3).map(
      (n): Move =>
        (world) =>
          world.push(n, 'well'),
    ),
  },
  {
    weight: 3,
    arbitrary: fc.constantFrom('busy', 'lost', 'lost before', 'pause', 'fail').map(
      (went): Move =>
        (world) =>
          world.push(0, went),
    ),
  },
  {
    weight: 4,
    arbitrary: fc.constantFrom(1_000, HOLD_MS, 2 * HOLD_MS).map(
      (ms): Move =>
        (world) => {
          world.now += ms;
          world.do({ do: 'tick', may_expire: false });
          world.do({ do: 'tick', may_expire: true });
        },
    ),
  },
  {
    weight: 4,
    arbitrary: fc.constant<Move>((world) => {
      // Fresh values come with the acceptance, so that age never stands in the way.
      const seen = world.state.revision?.number ?? 1;
      world.do({ do: 'accept', by: ALICE, via: 'slack', seen, confirm_stale: true });
    }),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom('outcome_unknown', 'insufficient_inventory').map(
      (code): Move =>
        (world) =>
          void world.do(report(code)),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.constant<Move>((world) => void world.do({ do: 'resume', by: ALICE, note: 'Seen to.' })),
  },
  {
    weight: 2,
    arbitrary: fc.constant<Move>((world) => void world.do({ do: 'redeliver', by: ALICE, newer: null })),
  },
  {
    weight: 2,
    arbitrary: fc.constant<Move>(
      (world) => void world.do({ do: 'advance_rollout', by: ALICE, stage: stageOf(world) }),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constant<Move>(
      (world) => void world.do({ do: 'hold_rollout', by: ALICE, stage: stageOf(world) }),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constant<Move>((world) => void world.do({ do: 'roll_back_rollout', by: ALICE })),
  },
  {
    weight: 1,
    arbitrary: fc.constant<Move>((world) => void world.do({ do: 'end_rollback', why: 'Rejected.' })),
  },
  { weight: 2, arbitrary: fc.constant<Move>((world) => world.takeBack()) },
);

it('never leaves a SKU where the ledger does not know it, whatever comes in whatever order', () => {
  const reached = new Map<string, number>();
  fc.assert(
    fc.property(fc.array(move, { minLength: 5, maxLength: 40 }), (moves) => {
      const start = receivedShelf({ hold_ms: HOLD_MS, max_error_percent: 60 });
      const world = new World(start);
      for (const each of moves) {
        each(world);
        world.check();
      }
      reached.set(world.state.status, (reached.get(world.state.status) ?? 0) + 1);
    }),
    { numRuns: 600 },
  );
  for (const status of ['delivering', 'delivered', 'paused', 'failed', 'rolled_back']) {
    expect(reached.get(status) ?? 0, status).toBeGreaterThan(0);
  }
});

import { describe, expect, it } from 'vitest';
import type { Command } from '../../../src/exports/commands.ts';
import type { Json } from '../../../src/exports/envelope.ts';
import { unmapped, unplacedSkus } from '../../../src/exports/mapping.ts';
import { isRefusal } from '../../../src/exports/refusals.ts';
import type { Export } from '../../../src/exports/state.ts';
import { isTryOf, nextTry } from '../../../src/exports/tries.ts';
import {
  ALICE,
  accepts,
  after,
  BOB,
  CAROL,
  type ProbeValues,
  received,
  run,
  SAM,
} from '../../support/core.ts';
import { T0 } from '../../support/manual-clock.ts';

const MINUTE_MS = 60_000;
const go = (by = BOB): Command => ({ do: 'continue_mapped', by });

function ended(
  state: Export,
  n: number,
  outcome: Extract<Command, { do: 'record_push' }>['outcome'],
): Command {
  return { do: 'record_push', key: state.pushes[n]?.key ?? '', outcome, next_at: T0 + 1000 };
}

const refused = (metadata: { [key: string]: Json } = {}) =>
  ({ kind: 'failed', exception_code: 'sku_mapping_failed', message: 'Which one?', metadata }) as const;

/** Accepted and on its way. */
const going = (values: ProbeValues = {}) => run(received(values), [accepts(ALICE)]);

function stopped(metadata: { [key: string]: Json } = {}): Export {
  const state = going();
  return run(state, [ended(state, 0, refused(metadata))]);
}

/** As if the probe's operation had named SKUs. */
function naming(state: Export, ...skus: string[]): Export {
  const body = { lines: skus.map((sku) => ({ sku })) };
  return {
    ...state,
    pushes: state.pushes.map((push) => ({ ...push, operation: { ...push.operation, body } })),
  };
}

describe('an export whose sink could not place a SKU', () => {
  it('goes on with the values and acceptances it had, under a key of its own', () => {
    const before = stopped();
    const state = run(before, [go()]);
    expect(state).toMatchObject({ status: 'delivering', trouble: null, waiting_since: null });
    expect(state.acceptances).toEqual(before.acceptances);
    expect(state.revision).toEqual(before.revision);
    expect(state.pushes).toMatchObject([
      { key: `${before.pushes[0]?.key}-t2`, status: 'waiting', attempts: 0, detail: null },
    ]);
    const again = run(state, [ended(state, 0, refused()), go()]);
    expect(again.pushes[0]?.key).toBe(`${before.pushes[0]?.key}-t3`);
  });

  it('sends nothing twice: what is out stays, and a lost answer is looked up under its own key', () => {
    const state = going({ operations: 3 });
    const [out, lost] = state.pushes;
    const mixed = run(state, [
      ended(state, 0, { kind: 'delivered', reference: 'R' }),
      ended(state, 1, { kind: 'unknown', cause: 'lost' }),
      ended(state, 2, refused()),
      go(),
    ]);
    expect(mixed.pushes).toMatchObject([
      { key: out?.key, status: 'delivered' },
      { key: lost?.key, status: 'unknown' },
      { status: 'waiting', key: expect.stringMatching(/-t2$/) },
    ]);
  });

  it('sends again what the sink had taken when the sink says so later', () => {
    const state = going();
    const done = run(state, [ended(state, 0, { kind: 'delivered', reference: 'R' })]);
    const raise: Command = {
      do: 'raise_exception',
      sink: 'oms',
      code: 'sku_mapping_failed',
      message: 'Late.',
      metadata: {},
    };
    const again = run(done, [raise, go()]);
    expect(again).toMatchObject({ status: 'delivering', ending: null, pushes: [{ status: 'waiting' }] });
    expect(again.pushes[0]?.key).toMatch(/-t2$/);
  });

  it('asks for acceptance again when its data grew too old, and then goes on from its newest key', () => {
    const state = after(stopped(), go(), T0 + 6 * MINUTE_MS);
    if (isRefusal(state)) throw new Error(state.refused);
    expect(state).toMatchObject({ status: 'pending', acceptances: [] });
    const fresh = { ...run(stopped(), [go()]), status: 'pending' as const, acceptances: [] };
    expect(run(fresh, [accepts(ALICE)]).pushes[0]?.key).toBe(fresh.pushes[0]?.key);
  });

  it('is for merchandising and operators alone, and only while it waits for names', () => {
    const said = (state: Export, by: string) => {
      const next = after(state, go(by));
      return isRefusal(next) ? next.refused : next.status;
    };
    expect(said(stopped(), CAROL)).toBe('delivering');
    expect(said(stopped(), ALICE)).toBe('not_yours_to_change');
    expect(said(stopped(), SAM)).toBe('not_yours_to_change');
    expect(said(going(), BOB)).toBe('not_waiting');
    const state = going();
    const short: Command = ended(state, 0, { ...refused(), exception_code: 'insufficient_inventory' });
    expect(said(run(state, [short]), BOB)).toBe('not_waiting');
  });

  it('shows its card to merchandising too', () => {
    expect(stopped().channels).toEqual(['C_MARKETING', 'C_MERCH']);
  });
});

describe('what is left to be mapped', () => {
  it('is what the sink named of what was sent, with what it proposes', () => {
    const state = naming(stopped({ skus: ['a', 'elsewhere'], candidates: { a: ['', 7], B: 'X' } }), 'A', 'B');
    expect(unplacedSkus(state)).toEqual(['A']);
    expect(unmapped(state, {})).toEqual([{ sku: 'A', alias: null, suggestion: null }]);
    const both = naming(stopped({ skus: ['b', 'A'], candidates: { b: [' X-1 ', 'X-2'] } }), 'A', 'B');
    expect(unmapped(both, {})).toEqual([
      { sku: 'A', alias: null, suggestion: null },
      { sku: 'B', alias: null, suggestion: 'X-1' },
    ]);
  });

  it('is everything without a name when the sink named none', () => {
    const state = naming(stopped({ skus: 'A', candidates: 'X' }), 'A', 'B');
    expect(unmapped(state, { A: { alias: 'X', at: 0 } }).map(({ sku }) => sku)).toEqual(['B']);
  });

  it('is done once it was said after the stop, also when the same was said', () => {
    const state = naming(stopped({ skus: ['A'] }), 'A');
    expect(unmapped(state, { A: { alias: 'X', at: T0 - 1 } })).toEqual([
      { sku: 'A', alias: 'X', suggestion: null },
    ]);
    expect(unmapped(state, { A: { alias: 'X', at: T0 } })).toEqual([]);
  });
});

it('keys of later tries belong to the first', () => {
  expect([nextTry('k'), nextTry('k-t2'), nextTry('k-t9')]).toEqual(['k-t2', 'k-t3', 'k-t10']);
  expect(isTryOf('k-t12', 'k')).toBe(true);
  expect(isTryOf('k-2', 'k')).toBe(false);
  expect(isTryOf('k-t2x', 'k')).toBe(false);
});

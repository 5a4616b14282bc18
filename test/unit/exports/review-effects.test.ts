import { describe, expect, it } from 'vitest';
import type { Command } from '../../../src/exports/commands.ts';
import { decide } from '../../../src/exports/decide.ts';
import { effects } from '../../../src/exports/effects.ts';
import { awaited } from '../../../src/exports/gates.ts';
import { read } from '../../../src/exports/receive.ts';
import { isRefusal } from '../../../src/exports/refusals.ts';
import type { Export } from '../../../src/exports/state.ts';
import {
  ALICE,
  accepts,
  BOB,
  catalogOf,
  context,
  directory,
  fold,
  ONCALL,
  type ProbeValues,
  probe,
  rawProbe,
  reading,
  received,
  run,
} from '../../support/core.ts';
import { T0 } from '../../support/manual-clock.ts';

const MIN = 60_000;
const catalog = catalogOf({ ...probe, editable: ['payload.value', 'payload.subject'] });

/** What happens outside because of one command. */
function after(state: Export, command: Command, now = T0) {
  const decision = decide(state, command, context(now, { catalog }));
  if (isRefusal(decision)) throw new Error(decision.refused);
  const next = fold(state, decision.events, now, state.id);
  const recorded = decision.events.map((event, n) => ({ export_id: state.id, n: n + 9, at: now, event }));
  return { next, types: decision.events.map(({ type }) => type), out: effects(state, next, recorded) };
}

describe('an undo window', () => {
  it('draws the card again at a half and at a quarter of it', () => {
    const { out } = after(received({}, {}, { undo_ms: 20_000 }), accepts(ALICE));
    const cards = out.flatMap((each) => (each.kind === 'card' ? [each.due_at] : []));
    expect(cards).toEqual([undefined, T0 + 10_000, T0 + 15_000]);
  });

  it('draws it once where there is no window', () => {
    const { out } = after(received(), accepts(ALICE));
    expect(out.filter((each) => each.kind === 'card')).toHaveLength(1);
  });
});

describe('a page', () => {
  const tick: Command = { do: 'tick', may_expire: false };
  const paged = run(received(), [tick], T0 + 15 * MIN);
  const taken = run(paged, [{ do: 'acknowledge', by: ONCALL }], T0 + 15 * MIN);

  it('shows who has taken it on, and what has become of it', () => {
    const { out } = after(paged, { do: 'acknowledge', by: ONCALL }, T0 + 15 * MIN);
    expect(out.filter((each) => each.kind === 'page')).toMatchObject([{ key: `pages:${paged.id}` }]);
    const rejected = after(taken, { do: 'reject', by: ALICE, seen: 1, reason: 'Not now.' }, T0 + 16 * MIN);
    expect(rejected.out.filter((each) => each.kind === 'page')).toHaveLength(1);
    const never = after(received(), { do: 'reject', by: ALICE, seen: 1, reason: 'Not now.' });
    expect(never.out.filter((each) => each.kind === 'page')).toEqual([]);
  });

  it('comes again when whoever was on it goes quiet', () => {
    const { types, next } = after(taken, tick, T0 + 45 * MIN);
    expect(types).toEqual(['reopened', 'paged']);
    expect(next).toMatchObject({ ack: null, pages: 2, rungs_fired: taken.rungs_fired });
  });
});

describe('an edit', () => {
  const edited = (state: Export, values: ProbeValues): Command => {
    const owner = { owner_id: state.route.owner, owner_role: state.route.role };
    const { envelope: _, ...repaired } = read(rawProbe(values), reading(), 2, owner);
    return { do: 'edit', by: state.route.owner, seen: 1, repaired };
  };

  it('leaves it with whoever it was handed to', () => {
    const handed = run(received(), [{ do: 'reassign', by: ALICE, to: BOB, reason: '' }]);
    const { next } = after(handed, edited(handed, { value: 2 }));
    expect(next.route).toEqual(handed.route);
    expect(next).toMatchObject({ status: 'pending', revision: { number: 2 } });
  });

  it('never makes it an export of something else', () => {
    const state = received();
    const moved = edited(state, { subject: 'other' });
    expect(decide(state, moved, context(T0, { catalog }))).toMatchObject({ refused: 'not_editable' });
  });
});

it('waits for nobody’s signature while it is sent back', () => {
  const state = run(received(), [{ do: 'request_changes', by: ALICE, seen: 1, reason: 'Too high.' }]);
  expect(awaited(state, directory)).toEqual([]);
});

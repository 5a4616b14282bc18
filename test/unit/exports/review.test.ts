import { describe, expect, it } from 'vitest';
import type { Command } from '../../../src/exports/commands.ts';
import { nextDeadline } from '../../../src/exports/deadlines.ts';
import { read } from '../../../src/exports/receive.ts';
import { isRefusal, sentence } from '../../../src/exports/refusals.ts';
import { differences } from '../../../src/exports/review.ts';
import type { Export } from '../../../src/exports/state.ts';
import {
  ALICE,
  accepts,
  after,
  arriving,
  BOB,
  CAROL,
  DAN,
  fold,
  GONE,
  MAYA,
  ONCALL,
  rawProbe,
  reading,
  received,
  run,
} from '../../support/core.ts';
import { T0 } from '../../support/manual-clock.ts';

const MIN = 60_000;
const fromMaya = { source: { system: 'erp', reference: 'R', requested_by: MAYA } };
const tick: Command = { do: 'tick', may_expire: true };
const open = (by: string, take_over = false): Command => ({ do: 'open_review', by, take_over });

function at(state: Export, command: Command, now: number): Export {
  const next = after(state, command, now);
  if (isRefusal(next)) throw new Error(sentence(next));
  return next;
}

function typed(value: number, by: string, seen = 1): Command {
  const { envelope: _, ...repaired } = read(
    rawProbe({ value, gate: 'two_step' }, fromMaya),
    reading(),
    seen + 1,
  );
  return { do: 'edit', by, seen, repaired };
}

describe('an opened review', () => {
  const state = run(received({ gate: 'two_step' }), [open(ALICE)]);

  it('keeps others from deciding until it is decided, closed or over', () => {
    expect(after(state, accepts(CAROL), T0 + MIN)).toMatchObject({ refused: 'locked' });
    expect(at(state, accepts(ALICE), T0 + MIN)).toMatchObject({ lock: null });
    expect(at(state, { do: 'close_review', by: ALICE }, T0 + MIN)).toMatchObject({ lock: null });
    expect(at(state, accepts(CAROL), T0 + 5 * MIN)).toMatchObject({ status: 'pending' });
    expect(at(state, tick, T0 + 5 * MIN)).toMatchObject({ lock: null });
  });

  it('may be taken over knowingly, and only by who may decide', () => {
    expect(at(state, open(CAROL), T0 + 1)).toMatchObject({ lock: { by: ALICE } });
    expect(at(state, open(CAROL, true), T0 + 1)).toMatchObject({ lock: { by: CAROL } });
    expect(at(state, open(MAYA, true), T0 + 1)).toMatchObject({ lock: { by: ALICE } });
    expect(at(state, { do: 'close_review', by: CAROL }, T0 + 1)).toMatchObject({ lock: { by: ALICE } });
  });

  it('is a deadline of its own', () => {
    expect(nextDeadline(state)).toBe(T0 + 5 * MIN);
  });
});

describe('changes that are asked for', () => {
  const half = run(received({ gate: 'two_step' }, fromMaya), [accepts(CAROL)]);
  const back = at(half, { do: 'request_changes', by: ALICE, seen: 1, reason: 'wrong value' }, T0 + 4 * MIN);

  it('drop the acceptances and wait for the requester', () => {
    expect(back).toMatchObject({ status: 'pending', acceptances: [], returned: { by: ALICE } });
    expect(after(back, accepts(CAROL), T0 + 4 * MIN)).toMatchObject({ refused: 'returned' });
  });

  it('come back as a new revision, and the owner has the rest of the time', () => {
    expect(after(back, typed(2, ALICE), T0 + 30 * MIN)).toMatchObject({ refused: 'not_allowed' });
    const again = at(back, typed(2, MAYA), T0 + 4.5 * MIN);
    expect(again).toMatchObject({ returned: null, revision: { number: 2 }, acceptances: [] });
    expect(nextDeadline(again)).toBe(T0 + 4.5 * MIN + MIN);
  });

  it('need a reason and somebody who may decide', () => {
    const ask = (by: string, reason: string): Command => ({ do: 'request_changes', by, seen: 1, reason });
    expect(after(half, ask(ALICE, ' '))).toMatchObject({ refused: 'reason_required' });
    expect(after(half, ask(MAYA, 'wrong'))).toMatchObject({ refused: 'not_allowed' });
  });
});

describe('editing', () => {
  it('is for the fields that the type names, and asks everybody again', () => {
    const state = run(received({ gate: 'two_step' }, fromMaya), [accepts(CAROL)]);
    expect(after(state, typed(2, ALICE))).toMatchObject({ refused: 'not_editable' });
    expect(after(state, typed(1, ALICE))).toMatchObject({ refused: 'nothing_changed' });
  });

  it('tells every difference by its path', () => {
    expect(differences({ a: [1, { b: 2 }], c: 'x' }, { a: [1, { b: 3 }, 4], d: null }, '')).toEqual([
      { path: 'a.1.b', before: '2', after: '3' },
      { path: 'a.2', before: 'nothing', after: '4' },
      { path: 'c', before: 'x', after: 'nothing' },
      { path: 'd', before: 'nothing', after: 'null' },
    ]);
  });
});

describe('undoing', () => {
  const state = run(received({}, {}, { undo_ms: 20_000 }), [accepts(ALICE)]);

  it('takes the acceptance back while nothing has left', () => {
    expect(at(state, { do: 'undo', by: ALICE }, T0 + 19_000)).toMatchObject({
      status: 'pending',
      acceptances: [],
    });
    expect(after(state, { do: 'undo', by: MAYA }, T0 + 19_000)).toMatchObject({ refused: 'not_allowed' });
  });

  it('is over when the time is', () => {
    expect(after(state, { do: 'undo', by: ALICE }, T0 + 20_000)).toMatchObject({
      refused: 'nothing_to_undo',
    });
    const gone = at(state, tick, T0 + 20_000);
    expect(gone.status).toBe('delivering');
    expect(after(gone, { do: 'undo', by: ALICE }, T0 + 20_001)).toMatchObject({ refused: 'nothing_to_undo' });
  });
});

describe('handing over', () => {
  const hand = (by: string, to: string): Command => ({ do: 'reassign', by, to, reason: 'holiday' });

  it('goes to another holder of the role, and the clock runs on', () => {
    const state = run(received(), [open(ALICE)]);
    const handed = at(state, hand(ALICE, BOB), T0 + MIN);
    expect(handed).toMatchObject({ route: { owner: BOB, backup: ALICE }, lock: null, waiting_since: T0 });
    expect(after(handed, accepts(ALICE), T0 + MIN)).toMatchObject({ refused: 'not_allowed' });
    expect(at(handed, accepts(BOB), T0 + MIN)).toMatchObject({ status: 'delivering' });
  });

  it('makes it the absent one’s own again once it is handed back to them', () => {
    const state = received();
    const instead: Export = { ...state, route: { ...state.route, owner: BOB, for: ALICE } };
    expect(at(instead, accepts(BOB), T0).acceptances).toMatchObject([{ by: BOB, for: ALICE }]);
    const back = at(instead, hand(BOB, ALICE), T0);
    expect(back.route.for).toBeUndefined();
    expect(at(back, accepts(ALICE), T0).acceptances).toMatchObject([{ by: ALICE, for: null }]);
  });

  it('never defeats the separation of duties', () => {
    const state = received(
      { gate: 'two_step' },
      { source: { system: 'erp', reference: 'R', requested_by: BOB } },
    );
    expect(after(state, hand(ALICE, BOB))).toMatchObject({ refused: 'cannot_take_it' });
    expect(after(state, hand(ALICE, CAROL))).toMatchObject({ refused: 'cannot_take_it' });
    expect(after(state, hand(ALICE, GONE))).toMatchObject({ refused: 'cannot_take_it' });
    expect(after(state, hand(MAYA, BOB))).toMatchObject({ refused: 'not_allowed' });
  });
});

describe('new values after a hand-over', () => {
  it('stay with whoever it was handed to', () => {
    const handed = at(received(), { do: 'reassign', by: ALICE, to: BOB, reason: '' }, T0 + MIN);
    const raw = rawProbe({ value: 2 }, { idempotency_key: 'k-2' }, T0 + 2 * MIN);
    const newest = [{ export_id: handed.id, occurred_at: T0 }];
    const { events } = arriving(raw, T0 + 2 * MIN, { open: handed, newest });
    expect(fold(handed, events, T0 + 2 * MIN, handed.id)).toMatchObject({
      revision: { number: 2 },
      route: { owner: BOB },
    });
  });
});

describe('an acknowledgement', () => {
  const paged = at(received(), tick, T0 + 15 * MIN);
  const ack: Command = { do: 'acknowledge', by: ONCALL };

  it('needs a page before it, and somebody on call', () => {
    expect(after(received(), ack)).toMatchObject({ refused: 'not_paged' });
    expect(after(paged, { do: 'acknowledge', by: DAN }, T0 + 15 * MIN)).toMatchObject({
      refused: 'not_allowed',
    });
    expect(at(paged, ack, T0 + 15 * MIN)).toMatchObject({ ack: { by: ONCALL } });
  });

  it('opens again when it goes quiet', () => {
    const taken = at(paged, ack, T0 + 15 * MIN);
    expect(nextDeadline(taken)).toBe(T0 + 45 * MIN);
    expect(at(taken, tick, T0 + 45 * MIN)).toMatchObject({ ack: null, status: 'pending' });
  });
});

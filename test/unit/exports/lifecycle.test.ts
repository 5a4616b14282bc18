import { describe, expect, it } from 'vitest';
import type { Command } from '../../../src/exports/commands.ts';
import { isRefusal, sentence } from '../../../src/exports/refusals.ts';
import type { Export } from '../../../src/exports/state.ts';
import { Status } from '../../../src/exports/words.ts';
import {
  ALICE,
  accepts,
  after,
  arriving,
  BOB,
  CAROL,
  fold,
  GONE,
  guid,
  MAYA,
  REM,
  rawProbe,
  received,
  run,
  SAM,
} from '../../support/core.ts';
import { T0 } from '../../support/manual-clock.ts';

const MIN = 60_000;
const tick: Command = { do: 'tick', may_expire: true };

function firstKey(state: Export): string {
  const key = state.pushes[0]?.key;
  if (!key) throw new Error('Nothing is pushed.');
  return key;
}

const delivered = (state: Export): Command => ({
  do: 'record_push',
  key: firstKey(state),
  outcome: { kind: 'delivered', reference: null },
  next_at: null,
});
const failed = (state: Export, exception_code = 'sink_rejected'): Command => ({
  do: 'record_push',
  key: firstKey(state),
  outcome: { kind: 'failed', exception_code, message: 'No.', metadata: {} },
  next_at: null,
});

/** How each state is reached by what people, sinks and clocks do. */
const REACHED: Record<Status, () => Export> = {
  quarantined: () => received({ value: 5_000 }),
  pending: () => received(),
  accepted: () => run(received({}, {}, { undo_ms: 10_000 }), [accepts(ALICE)]),
  delivering: () => run(received(), [accepts(ALICE)]),
  paused: () => {
    const state = REACHED.delivering();
    return run(state, [failed(state, 'insufficient_inventory')]);
  },
  delivered: () => {
    const state = REACHED.delivering();
    return run(state, [delivered(state)]);
  },
  failed: () => {
    const state = REACHED.delivering();
    return run(state, [failed(state)]);
  },
  rejected: () => run(received(), [{ do: 'reject', by: ALICE, seen: 1, reason: 'wrong SKU' }]),
  withdrawn: () =>
    run(received({}, { source: { system: 'erp', reference: 'R', requested_by: MAYA } }), [
      { do: 'withdraw', by: MAYA, reason: null },
    ]),
  expired: () => {
    const late = after(received(), tick, T0 + 200 * MIN);
    if (isRefusal(late)) throw new Error(late.refused);
    const end = after(late, tick, T0 + 400 * MIN);
    if (isRefusal(end)) throw new Error(end.refused);
    return end;
  },
  superseded: () => run(received(), [{ do: 'supersede', newer: guid(2000) }]),
  rolled_back: () => run(REACHED.delivered(), [{ do: 'roll_back', by_export: guid(2000) }]),
};

describe('the lifecycle', () => {
  it.each(Status.options)('reaches %s', (status) => {
    expect(REACHED[status]().status).toBe(status);
  });

  it('answers every command in every state with events or a sentence without gaps', () => {
    const commands: Command[] = [
      accepts(ALICE),
      accepts(MAYA),
      accepts(guid(404)),
      accepts(GONE),
      accepts(ALICE, 9),
      { do: 'reject', by: ALICE, seen: 1, reason: 'no' },
      { do: 'reject', by: MAYA, seen: 1, reason: 'because' },
      { do: 'withdraw', by: MAYA, reason: null },
      { do: 'supersede', newer: guid(2) },
      tick,
      { do: 'record_push', key: 'none', outcome: { kind: 'unknown', cause: 'lost' }, next_at: null },
      { do: 'redeliver', by: ALICE, newer: null },
      { do: 'redeliver', by: ALICE, newer: guid(3) },
      { do: 'raise_exception', sink: 'oms', code: 'insufficient_inventory', message: 'm', metadata: {} },
      { do: 'raise_exception', sink: 'other', code: 'x', message: 'm', metadata: {} },
      { do: 'resume', by: SAM, note: 'restocked' },
      { do: 'resume', by: MAYA, note: 'restocked' },
      { do: 'roll_back', by_export: guid(4) },
    ];
    let refusals = 0;
    for (const status of Status.options) {
      for (const command of commands) {
        const result = after(REACHED[status](), command);
        if (!isRefusal(result)) continue;
        refusals += 1;
        expect(sentence(result)).not.toMatch(/[{}]|undefined|null/);
      }
    }
    expect(refusals).toBeGreaterThan(80);
  });
});

describe('accepting', () => {
  it('takes two different people for two steps', () => {
    const state = run(received({ gate: 'two_step' }), [accepts(ALICE)]);
    expect(state.status).toBe('pending');
    expect(after(state, accepts(ALICE))).toMatchObject({ refused: 'second_human_needed' });
    expect(after(state, accepts(BOB))).toMatchObject({ refused: 'step_already_signed' });
    expect(run(state, [accepts(CAROL)]).status).toBe('delivering');
  });

  it('never takes the requester for either step, and lets their backup sign instead', () => {
    const mine = received(
      { gate: 'two_step' },
      { source: { system: 'erp', reference: 'R', requested_by: ALICE } },
    );
    expect(after(mine, accepts(ALICE))).toMatchObject({ refused: 'own_request' });
    expect(run(mine, [accepts(BOB), accepts(CAROL)]).status).toBe('delivering');
  });

  it('keeps the backup out until the ladder brings them in', () => {
    const state = received();
    expect(after(state, accepts(BOB))).toMatchObject({ refused: 'not_allowed' });
    const escalated = after(state, tick, T0 + 10 * MIN);
    if (isRefusal(escalated)) throw new Error(escalated.refused);
    expect(escalated.escalated_to).toEqual([BOB]);
    const confirmed = after(escalated, { ...accepts(BOB), confirm_stale: true } as Command, T0 + 10 * MIN);
    expect(confirmed).toMatchObject({ status: 'delivering' });
  });

  it('asks to confirm old data for one signer and refuses it for two', () => {
    const later = T0 + 6 * MIN;
    expect(after(received(), accepts(ALICE), later)).toMatchObject({ refused: 'stale_needs_confirmation' });
    expect(after(received({ gate: 'two_step' }), accepts(ALICE), later)).toMatchObject({
      refused: 'stale_refused',
    });
  });

  it('asks the source first where it can answer, and the person once the source stays silent', () => {
    const state = received({}, {}, { refresh: { price: { on_stale: 'refetch' } } });
    const over = { sources: new Map([['erp', { can_refetch: true }]]) };
    const asked = after(state, accepts(ALICE), T0 + 6 * MIN, over);
    expect(asked).toMatchObject({ status: 'pending', refetch_asked_at: T0 + 6 * MIN });
    if (isRefusal(asked)) throw new Error(asked.refused);
    expect(after(asked, accepts(ALICE), T0 + 8 * MIN, over)).toMatchObject({
      refused: 'stale_needs_confirmation',
    });
  });

  it('refuses a click on an older revision with what changed', () => {
    const open = received();
    const raw = rawProbe({ value: 2 }, { idempotency_key: 'k-2', occurred_at: '2026-11-24T09:01:00Z' });
    const { events } = arriving(raw, T0 + MIN, { open, newest: [{ export_id: open.id, occurred_at: T0 }] });
    const revised = fold(open, events, T0 + MIN, open.id);
    expect(revised.revision?.number).toBe(2);
    expect(after(revised, accepts(ALICE, 1), T0 + MIN)).toMatchObject({ refused: 'stale_version' });
    expect(after(revised, accepts(ALICE, 2), T0 + MIN)).toMatchObject({ status: 'delivering' });
  });

  it('lets a policy gate pass without people, unless the data is already too old', () => {
    expect(received({ gate: 'policy' }).status).toBe('delivering');
    const old = { refresh: { price: { as_of: '2026-11-24T08:00:00Z' } } };
    const state = received({ gate: 'policy' }, old);
    expect(state.status).toBe('pending');
    expect(state.revision?.policy.gate).toMatchObject({ mode: 'single' });
  });
});

describe('arriving', () => {
  const open = received();
  const newest = [{ export_id: open.id, occurred_at: T0 }];
  const sentAt = (at: number) => ({ idempotency_key: 'k-2', occurred_at: new Date(at).toISOString() });

  it('only renews the age when the same values come again, and keeps the acceptances', () => {
    const half = run(received({ gate: 'two_step' }), [accepts(ALICE)]);
    const raw = rawProbe({ gate: 'two_step' }, sentAt(T0 + MIN), T0 + MIN);
    const { events } = arriving(raw, T0 + MIN, { open: half, newest });
    expect(events.map((event) => event.type)).toEqual(['freshness_renewed']);
    expect(fold(half, events, T0 + MIN, half.id).acceptances).toHaveLength(1);
  });

  it('never puts an older value over a newer one', () => {
    const { events } = arriving(rawProbe({ value: 9 }, sentAt(T0 - MIN)), T0, { open, newest });
    expect(events).toMatchObject([{ type: 'received', outcome: 'superseded', newer: open.id }]);
  });

  it('holds what is partly older for a person', () => {
    const { events } = arriving(rawProbe({ value: 9 }, sentAt(T0 - MIN)), T0, {
      open: null,
      newest: [...newest, null],
    });
    expect(events).toMatchObject([{ type: 'received', outcome: 'quarantined' }]);
  });

  it('stores what has no owner, and goes on once one is assigned', () => {
    const lost = received({}, { owner_id: guid(404) });
    expect(lost).toMatchObject({
      status: 'quarantined',
      problems: [{ code: 'no_owner' }],
      route: { owner: REM },
    });
  });
});

import assert from 'node:assert/strict';
import type { Command, PushOutcome } from '../../src/exports/commands.ts';
import { decide } from '../../src/exports/decide.ts';
import { effects } from '../../src/exports/effects.ts';
import type { Event, Recorded } from '../../src/exports/events.ts';
import { evolve, replay } from '../../src/exports/evolve.ts';
import { isRefusal } from '../../src/exports/refusals.ts';
import { reversalOf, touchedPayload } from '../../src/exports/reversal.ts';
import type { Export } from '../../src/exports/state.ts';
import { guid } from './core.ts';
import { T0 } from './manual-clock.ts';
import { shelfContext, shelves, TWELVE } from './rollout.ts';

type Line = { sku: string; old: number; now: number };

/** A ledger, an outbox and a shop for one export, so that what is believed can be compared with what is. */
export class World {
  now = T0;
  state: Export;
  history: Recorded[];
  outbox = new Set<string>();
  shop = new Map(TWELVE.map((sku) => [sku, 1]));
  bodies = new Map<string, string>();
  reversals = 0;

  constructor(start: Export) {
    this.state = start;
    this.history = [{ export_id: start.id, n: 1, at: T0, event: receivedEvent(start) }];
  }

  do(command: Command): boolean {
    const decision = decide(this.state, command, shelfContext(this.now));
    if (isRefusal(decision)) return false;
    const before = this.state;
    let n = before.version;
    const recorded = decision.events.map((event): Recorded => {
      n += 1;
      return { export_id: before.id, n, at: this.now, event };
    });
    let held = before;
    for (const { event } of recorded) {
      this.#checkStage(held, event);
      held = evolve(held, event, this.now, before.id);
    }
    this.state = held;
    this.history.push(...recorded);
    for (const effect of effects(before, held, recorded)) {
      if (effect.kind === 'push') this.outbox.add(effect.key);
      if (effect.kind === 'cancel') this.outbox.delete(effect.key);
      if (effect.kind === 'reverse') this.reversals += 1;
    }
    for (const push of held.pushes) {
      const body = JSON.stringify(push.operation);
      assert.equal(this.bodies.get(push.key) ?? body, body);
      this.bodies.set(push.key, body);
    }
    return true;
  }

  #checkStage(before: Export, event: Event): void {
    if (event.type !== 'rollout_stage_begun' || event.stage === 1) return;
    const { rollout } = before;
    assert.ok([event.stage - 1, event.stage].includes(rollout?.stage ?? 0));
    if (rollout?.stage === event.stage) {
      assert.ok(rollout.rollbacks > 0);
      return;
    }
    assert.notEqual(rollout?.stages[event.stage - 2]?.completed_at ?? null, null);
    assert.ok(before.pushes.every((push) => push.status === 'delivered'));
    if (event.by === null) {
      assert.equal(rollout?.status, 'holding');
      assert.ok((rollout?.hold_until ?? Number.POSITIVE_INFINITY) <= this.now);
    }
  }

  /** Carries one row out as the dispatcher does; an effect may happen although its answer is lost. */
  push(pick: number, went: 'well' | 'busy' | 'lost' | 'lost before' | 'pause' | 'fail'): void {
    const key = [...this.outbox][pick % Math.max(1, this.outbox.size)];
    if (key === undefined) return;
    this.outbox.delete(key);
    const push = this.state.pushes.find((each) => each.key === key);
    const open = push && push.status !== 'delivered' && push.status !== 'failed';
    if (this.state.status !== 'delivering' || this.state.rollout?.status === 'rolling_back' || !open) return;
    if (went === 'well' || went === 'lost') {
      for (const line of push.operation.body['lines'] as Line[]) this.shop.set(line.sku, line.now);
    }
    this.do({ do: 'record_push', key, outcome: OUTCOMES[went], next_at: this.now + 1_000 });
  }

  /** What Meshline issues arrives at the shop, and the original hears of it. */
  takeBack(): void {
    if (this.reversals === 0 || this.state.rollout?.status !== 'rolling_back') return;
    const payload = touchedPayload(this.state.id, this.history);
    const { revision } = this.state;
    const back =
      revision && payload
        ? reversalOf({ ...this.state, revision: { ...revision, payload } }, null, shelves)
        : null;
    for (const line of (back?.payload['lines'] ?? []) as Line[]) this.shop.set(line.sku, line.now);
    this.do({ do: 'note_rollback', export_id: guid(2000) });
    this.do({ do: 'roll_back', by_export: guid(2000) });
  }

  check(): void {
    assert.deepEqual(
      replay(this.state.id, JSON.parse(JSON.stringify(this.history)) as Recorded[]),
      this.state,
    );
    const sent = this.state.pushes.flatMap((push) =>
      (push.operation.body['lines'] as Line[]).map((line) => ({ ...line, status: push.status })),
    );
    const begun = new Set(
      (touchedPayload(this.state.id, this.history)?.['lines'] as Line[] | undefined)?.map((line) => line.sku),
    );
    for (const [sku, value] of this.shop) {
      assert.ok(value === 1 || value === 2);
      if (this.state.status === 'rolled_back') assert.equal(value, 1);
      else if (sent.some((line) => line.sku === sku && line.status === 'delivered')) assert.equal(value, 2);
      if (!begun.has(sku)) assert.equal(value, 1);
    }
    const keys = this.state.pushes.map((push) => push.key);
    assert.equal(new Set(keys).size, keys.length);
    const skus = sent.map((line) => line.sku);
    assert.equal(new Set(skus).size, skus.length);
    const percent = this.state.rollout?.highest ?? 0;
    assert.equal(begun.size, percent === 0 ? 0 : percent === 10 ? 2 : percent === 50 ? 6 : 12);
    if (this.state.status === 'delivered') assert.ok([...this.shop.values()].every((value) => value === 2));
  }
}

const OUTCOMES: Record<Parameters<World['push']>[1], PushOutcome> = {
  well: { kind: 'delivered', reference: null },
  busy: { kind: 'retry', cause: 'busy' },
  lost: { kind: 'unknown', cause: 'no answer' },
  'lost before': { kind: 'unknown', cause: 'no answer' },
  pause: { kind: 'failed', exception_code: 'insufficient_inventory', message: 'None left.', metadata: {} },
  fail: { kind: 'failed', exception_code: 'sink_rejected', message: 'Refused.', metadata: {} },
};

function receivedEvent(state: Export): Event {
  const { source, requester, idempotency_key, occurred_at, raw, revision, refresh, problems, route } = state;
  const outcome = 'pending' as const;
  return {
    type: 'received',
    outcome,
    source,
    requester,
    idempotency_key,
    occurred_at,
    raw,
    revision,
    refresh,
    problems,
    route,
    newer: null,
  };
}

import { isDeepStrictEqual } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';
import { createDesk } from '../../src/flow/desk.ts';
import { receive } from '../../src/flow/intake.ts';
import type { PushRequest, SinkOutcome } from '../../src/sinks/port.ts';
import { reportProof } from '../proof/report.ts';
import { scaled } from '../proof/scale.ts';
import { ALICE, SAM } from '../support/core.ts';
import { ManualClock, T0 } from '../support/manual-clock.ts';
import { openProbes } from '../support/probe-flow.ts';
import { endDispatcher, quietDispatcher } from '../support/quiet-dispatch.ts';
import { rawShelf } from '../support/rollout.ts';
import { chance } from './town/chance.ts';

const MINUTE = 60_000;
const SENDS = scaled({ short: 400, quick: 4_000, full: 20_000 });
const A_ROUND = 100;
const TIMEOUT_MS = scaled({ short: 60_000, quick: 300_000, full: 900_000 });
/** Few, so that exports meet. */
const SKUS = ['A', 'B', 'C', 'D', 'E'];
const luck = chance(29);

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

type Parcel = { key: string; raw: Parameters<typeof receive>[2]; skus: readonly string[]; at: number };
type Line = { sku: string; now: number };

/** What the sink holds, and whether it was ever made older. */
class Shop {
  readonly #held = new Map<string, { at: number; key: string }>();
  readonly wrong: string[] = [];

  put(key: string, at: number, lines: readonly Line[]): void {
    for (const { sku } of lines) {
      const held = this.#held.get(sku);
      if (held && held.at > at)
        this.wrong.push(
          `${key} of ${new Date(at).toISOString()} came over ${held.key} of ${new Date(held.at).toISOString()}`,
        );
      this.#held.set(sku, { at, key });
    }
  }
}

/** What intake has to say, told from what was sent alone. */
class Model {
  readonly #newest = new Map<string, number>();
  readonly #first = new Map<string, { raw: unknown; answer: unknown }>();

  /** What is wrong with an answer; null when nothing is. */
  judge({ key, raw, skus, at }: Parcel, result: Awaited<ReturnType<typeof receive>>): string | null {
    const first = this.#first.get(key);
    if (first) {
      if (!isDeepStrictEqual(first.raw, raw))
        return result.kind === 'refused' && result.refusal.refused === 'conflict'
          ? null
          : `${key} otherwise: ${result.kind}`;
      return result.kind === 'repeat' && isDeepStrictEqual(result.answer, first.answer)
        ? null
        : `${key} again: ${JSON.stringify(result).slice(0, 200)}`;
    }
    if (result.kind !== 'stored') return `${key} was not stored: ${result.kind}`;
    this.#first.set(key, { raw, answer: result.answer });
    const newer = skus.filter((sku) => (this.#newest.get(sku) ?? 0) > at).length;
    const expected = newer === 0 ? 'taken' : newer === skus.length ? 'superseded' : 'quarantined';
    const { state } = result.answer as { state: string };
    const got = state === 'superseded' || state === 'quarantined' ? state : 'taken';
    if (got !== 'quarantined')
      for (const sku of skus) this.#newest.set(sku, Math.max(at, this.#newest.get(sku) ?? 0));
    return got === expected ? null : `${key} is ${state}, and ${newer} of ${skus.length} are known newer`;
  }
}

/** Exports that come twice, late and in any order, while people decide and pushes are on their way. */
async function round(n: number): Promise<{ tries: number; wrong: number; doubled: number; found: string[] }> {
  const clock = new ManualClock(T0 + luck.between(0, 1_000) * MINUTE);
  const probes = await openProbes(clock);
  onTestFinished(() => probes.close());
  probes.shelves = { refresh: { price: { max_age_ms: 1_000 * MINUTE } } };
  const shop = new Shop();
  const model = new Model();
  const effects = new Map<string, number>();
  const push = async ({
    key,
    body,
    attempt,
    unsettled,
    export: { occurred_at },
  }: PushRequest): Promise<SinkOutcome> => {
    for (let turns = luck.between(0, 12); turns > 0; turns -= 1) await turn();
    const fate = attempt > 3 ? 1 : luck.next();
    if (fate < 0.1) return { kind: 'retry', after_ms: null, cause: 'It is busy.' };
    if (fate < 0.13 && unsettled !== true)
      return {
        kind: 'failed',
        exception_code: 'insufficient_inventory',
        message: 'None left.',
        metadata: {},
      };
    effects.set(key, (effects.get(key) ?? 0) + 1);
    shop.put(key, Date.parse(occurred_at), body['lines'] as Line[]);
    for (let turns = luck.between(0, 4); turns > 0; turns -= 1) await turn();
    return fate < 0.2 ? { kind: 'unknown', cause: 'No answer.' } : { kind: 'delivered', reference: key };
  };
  const dispatcher = quietDispatcher(probes.flow, { push, isThere: (key) => effects.has(key) });
  onTestFinished(() => endDispatcher(dispatcher, clock));
  await dispatcher.start();
  const desk = createDesk(probes.flow, () => Promise.reject(new Error('Nobody is linked here.')));
  const sent: Parcel[] = [];
  const ids = new Set<string>();
  const found: string[] = [];

  const fresh = (): Parcel => {
    const skus = SKUS.filter(() => luck.next() < 0.4);
    const some = skus.length > 0 ? skus : [luck.pick(['A', 'B'])];
    // Few instants, so that some are the same.
    const at = Math.floor(clock.now() / MINUTE) * MINUTE - luck.pick([0, 0, 0, 1, 2, 3, 5, 10]) * MINUTE;
    const key = `${n}-${sent.length}`;
    const raw = rawShelf(some, at, luck.pick(['policy', 'single']), luck.between(2, 5));
    return { key, skus: some, at, raw: { ...raw, idempotency_key: key } };
  };
  const next = (): Parcel => {
    const old = luck.next() < 0.3 ? sent[luck.between(0, sent.length - 1)] : undefined;
    if (!old) return fresh();
    if (luck.next() < 0.75) return old;
    return { ...old, raw: { ...old.raw, source: { system: 'erp', reference: 'another' } } };
  };
  const send = async (): Promise<void> => {
    const parcel = next();
    sent.push(parcel);
    const result = await receive(probes.flow, 'erp', parcel.raw, parcel.key);
    const wrong = model.judge(parcel, result);
    if (wrong !== null) found.push(wrong);
    if (result.kind === 'stored') ids.add(result.committed.after.id);
  };
  const click = async (): Promise<void> => {
    const id = [...ids][luck.between(Math.max(0, ids.size - 12), ids.size - 1)];
    const state = id === undefined ? null : await probes.ledger.get(id);
    if (!state) return;
    const seen = state.revision?.number ?? 0;
    if (state.status === 'pending') await desk.accept(state.id, ALICE, seen, true);
    else if (state.status === 'paused')
      await desk.resume(state.id, luck.pick([SAM, ALICE]), 'There is more.');
    else if (state.status === 'failed') await desk.redeliver(state.id, ALICE);
  };
  const settle = async () => {
    do await turn();
    while (dispatcher.inFlight() > 0);
  };
  for (let sends = 0; sends < A_ROUND; ) {
    const together: Promise<void>[] = [];
    for (let asks = luck.between(1, 6); asks > 0; asks -= 1) {
      if (luck.next() < 0.6) {
        sends += 1;
        // Answers are judged in the order in which they are given, so senders take turns.
        await send();
      } else together.push(click());
      if (luck.next() < 0.3) await turn();
    }
    await Promise.all(together);
    if (luck.next() < 0.5) await settle();
    clock.advance(luck.pick([0, 1_000, 20_000, MINUTE]));
  }
  for (let minutes = 0; minutes < 10; minutes += 1) {
    await settle();
    clock.advance(MINUTE);
  }
  const doubled = [...effects.values()].filter((times) => times > 1).length;
  found.push(...shop.wrong);
  return { tries: sent.length, wrong: found.length, doubled, found };
}

it('no older value comes over a newer one, and each repeat gets its first answer', {
  timeout: TIMEOUT_MS,
}, async () => {
  for (let sends = 0, n = 0; sends < SENDS; n += 1) {
    const { found, ...counts } = await round(n);
    sends += counts.tries;
    reportProof('out_of_order', { ...counts, lost: 0 });
    expect(found.slice(0, 5), `seed ${luck.seed}, round ${n}`).toEqual([]);
    expect(counts.doubled).toBe(0);
  }
});

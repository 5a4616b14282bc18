import { setTimeout as pause } from 'node:timers/promises';
import { expect, it, onTestFinished, vi } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { createDesk } from '../../src/flow/desk.ts';
import type { Dispatcher } from '../../src/flow/dispatch.ts';
import { receive } from '../../src/flow/intake.ts';
import { createSweeper, type Sweeper } from '../../src/flow/sweep.ts';
import { startTicks } from '../../src/schedule/ticks.ts';
import { p99 } from '../proof/counts.ts';
import { reportProof } from '../proof/report.ts';
import { scaled } from '../proof/scale.ts';
import { rawProbe } from '../support/core.ts';
import { fixture, put } from '../support/fixtures.ts';
import { ManualClock, T0 } from '../support/manual-clock.ts';
import { openProbes, type ProbeFlow } from '../support/probe-flow.ts';
import { endDispatcher, quietDispatcher } from '../support/quiet-dispatch.ts';
import { happenedIn, judgeRungs, LAST, SLA_MS } from './deadlines/real-time.ts';
import { held, judgeDeadlines, KINDS, type Waiting, waiting } from './deadlines/waiting.ts';
import { chance } from './town/chance.ts';
import { openTown } from './town/process.ts';
import { post } from './town/senders.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const TICK_MS = 1_000;
const ROUNDS = scaled({ short: 2, quick: 6, full: 20 });
const OF_EACH = scaled({ short: 12, quick: 60, full: 100 });
/** More than one sweep takes at once. */
const DUE_AT_ONCE = scaled({ short: 0, quick: 6_000, full: 8_000 });
const BLOCKS = scaled({ short: 1, quick: 2, full: 6 });
const BLOCKED_EXPORTS = scaled({ short: 50, quick: 200, full: 300 });
const STOPS = scaled({ short: 1, quick: 2, full: 8 });
const STOPPED_EXPORTS = scaled({ short: 10, quick: 50, full: 100 });
/** Beside the rest of the tests the machine itself takes its time. */
const REAL_LATE_MS = scaled({ short: 20_000, quick: 5_000, full: 5_000 });
const TIMEOUT_MS = scaled({ short: 60_000, quick: 300_000, full: 900_000 });
const luck = chance(11);

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

type Stage = {
  clock: ManualClock;
  probes: ProbeFlow;
  sweeper: Sweeper;
  dispatcher: Dispatcher;
  dead: boolean;
};

/** What a process begins with; `leases`: pushes of which it never hears the end. */
async function start(clock: ManualClock, probes: ProbeFlow, effects: Map<string, number>): Promise<Stage> {
  const stage: Stage = {
    clock,
    probes,
    sweeper: createSweeper(probes.flow),
    dead: false,
    dispatcher: quietDispatcher(probes.flow, {
      concurrency: 20_000,
      push: async ({ key, unsettled, body, export: { export_id } }) => {
        const state = await probes.ledger.get(export_id);
        const hangs = state?.revision?.subjects[0]?.endsWith('-hangs') === true;
        // The request never arrived, and the process ends before it hears of that.
        if (hangs && unsettled !== true) return new Promise(() => undefined);
        effects.set(key, (effects.get(key) ?? 0) + 1);
        return { kind: 'delivered', reference: JSON.stringify(body).slice(0, 20) };
      },
    }),
  };
  await stage.dispatcher.start();
  return stage;
}

async function settle({ dispatcher }: Stage, hanging: number): Promise<void> {
  do await turn();
  while (dispatcher.inFlight() > hanging);
}

/** Lets the world go on without the process, which is stalled or gone, and comes back. */
async function away(stage: Stage, ms: number, down: boolean, effects: Map<string, number>): Promise<Stage> {
  const { clock, probes, dispatcher } = stage;
  if (!down) {
    clock.advance(ms);
    return stage;
  }
  await endDispatcher(dispatcher, clock);
  await probes.reopen();
  clock.advance(ms);
  return start(clock, probes, effects);
}

/** Sweeps as the ticks do until nothing is due; gives how late each export heard of it, ms. */
async function comeBack(stage: Stage, ids: ReadonlySet<string>, hanging: number): Promise<number[]> {
  const { probes, sweeper } = stage;
  const began = performance.now();
  const late = new Map<string, number>();
  let sweeps = 0;
  probes.ledger.onCommitted((_, exports) => {
    for (const id of exports)
      if (ids.has(id) && !late.has(id)) late.set(id, performance.now() - began + sweeps * TICK_MS);
  });
  do {
    await sweeper.sweep();
    sweeps += 1;
  } while ((await probes.ledger.due(probes.flow.clock.now(), 1)).length > 0 && sweeps < 50);
  await settle(stage, hanging);
  return [...late.values()];
}

async function round(n: number, of: Partial<Record<(typeof KINDS)[number], number>>, down: boolean) {
  const clock = new ManualClock(T0 + luck.between(0, 400 * 24) * HOUR);
  const probes = await openProbes(clock);
  onTestFinished(() => probes.close());
  const effects = new Map<string, number>();
  let stage = await start(clock, probes, effects);
  onTestFinished(() => endDispatcher(stage.dispatcher, clock));
  const desk = createDesk(probes.flow, () => Promise.reject(new Error('Nobody is linked here.')));
  const place = {
    probes,
    desk,
    sweep: () => stage.sweeper.sweep(),
    advance: (ms: number) => clock.advance(ms),
  };
  const all: Waiting[] = [];
  const hanging = down ? (of['lease'] ?? 0) : 0;
  // On-call is paged after a while, so it comes first: nothing else is due by then.
  for (const kind of ['on call', ...KINDS.filter((each) => each !== 'on call')] as const) {
    if (kind === 'lease' && !down) continue;
    all.push(...(await waiting(place, kind, of[kind] ?? 0, n)));
  }
  await settle(stage, hanging);
  const ready = await Promise.all(
    all.map(async (each) => (each.kind === 'hold' ? held(probes, each) : each)),
  );
  stage = await away(stage, luck.between(11 * MINUTE, luck.pick([2 * HOUR, 72 * HOUR])), down, effects);
  const late = await comeBack(stage, new Set(ready.map(({ id }) => id)), 0);
  const returned = clock.now();
  const counts = { tries: 0, lost: 0, doubled: 0, wrong: 0 };
  const found: string[] = [];
  const judge = async () => {
    for (const each of ready) {
      const judged = judgeDeadlines(each, await probes.ledger.events(each.id), clock.now());
      for (const key of ['tries', 'lost', 'doubled', 'wrong'] as const) counts[key] += judged[key];
      found.push(...judged.found);
    }
  };
  for (; clock.now() < returned + 11 * MINUTE; clock.advance(30_000)) await stage.sweeper.sweep();
  await settle(stage, 0);
  await judge();
  for (const [key, times] of effects) {
    if (times === 1) continue;
    counts.doubled += 1;
    found.push(`${key} took effect ${times} times`);
  }
  return { counts, found, late };
}

it('whatever came due while it was stalled or down fires once on return', {
  timeout: TIMEOUT_MS,
}, async () => {
  const rounds = Array.from({ length: ROUNDS }, (_, n) => ({
    of: Object.fromEntries(KINDS.map((kind) => [kind, OF_EACH])),
    down: n % 2 === 0,
  }));
  if (DUE_AT_ONCE > 0) rounds.push({ of: { owner: DUE_AT_ONCE, undo: DUE_AT_ONCE / 4 }, down: true });
  for (const [n, { of, down }] of rounds.entries()) {
    const { counts, found, late } = await round(n, of, down);
    const ms = p99(late);
    reportProof('late', { ...counts, ms });
    expect(found.slice(0, 5), `seed ${luck.seed}`).toEqual([]);
    expect(counts.tries).toBeGreaterThan(100);
  }
});

/** Holds the rungs of `ids` against what the ledger in `file` says, once the last of them has fired. */
async function judgeRealTime(file: string, ids: readonly string[], back: number): Promise<void> {
  const last = () =>
    happenedIn(file).filter(({ type, export_id }) => type === LAST && ids.includes(export_id));
  await vi.waitFor(() => expect(last().length).toBeGreaterThanOrEqual(ids.length), {
    timeout: 60_000,
    interval: 200,
  });
  const { late, ...counts } = judgeRungs(happenedIn(file), ids, back);
  reportProof('late', { ...counts, ms: p99(late) });
  expect(counts).toEqual({ tries: counts.tries, lost: 0, doubled: 0, wrong: 0 });
  expect(p99(late)).toBeLessThan(REAL_LATE_MS);
}

it('a blocked event loop fires everything once when it is free', { timeout: TIMEOUT_MS }, async () => {
  const probes = await openProbes(systemClock, { policy: { sla_ms: SLA_MS } });
  onTestFinished(() => probes.close());
  const stopTicks = startTicks(probes.flow, createSweeper(probes.flow));
  onTestFinished(stopTicks);
  for (let n = 0; n < BLOCKS; n += 1) {
    const ids = await Promise.all(
      Array.from({ length: BLOCKED_EXPORTS }, async (_, each) => {
        const key = `blocked-${n}-${each}`;
        const raw = rawProbe({ subject: key }, { idempotency_key: key }, systemClock.now());
        const taken = await receive(probes.flow, 'erp', raw, key);
        return taken.kind === 'stored' ? taken.committed.after.id : '';
      }),
    );
    const until = performance.now() + luck.between(1_600, 4_000);
    while (performance.now() < until);
    await judgeRealTime(probes.file, ids, systemClock.now());
  }
});

it('a process that was stopped or killed fires everything once when it is back', {
  timeout: TIMEOUT_MS,
}, async () => {
  const town = await openTown((file) => {
    const { ladder: _, ...policy } = file.policies['return_initiate'] ?? {};
    file.policies['return_initiate'] = { ...policy, gate: 'single', clock: 'always', sla_ms: SLA_MS };
  });
  onTestFinished(() => town.close());
  let child = town.start();
  await town.ready();
  for (let n = 0; n < STOPS; n += 1) {
    const answers = await Promise.all(
      Array.from({ length: STOPPED_EXPORTS }, (_, each) => {
        const key = `RMA-${n}-${each}`;
        const raw = fixture('return_initiate', { now: Date.now() });
        raw['idempotency_key'] = key;
        put(raw, 'payload.return_id', key);
        return post(town.url, { source: 'erp', raw });
      }),
    );
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 202));
    await pause(luck.between(0, 500));
    if (n % 2 === 0) {
      child.kill('SIGSTOP');
      await pause(luck.between(1_600, 4_000));
      child.kill('SIGCONT');
    } else {
      await town.end('SIGKILL');
      await pause(luck.between(1_600, 4_000));
      child = town.start();
      await town.ready();
    }
    const ids = answers.map(({ id }) => id);
    await judgeRealTime(town.file, ids, Date.now());
  }
});

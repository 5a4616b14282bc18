import { expect, it, onTestFinished, vi } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { createDesk } from '../../src/flow/desk.ts';
import { receive } from '../../src/flow/intake.ts';
import { createSweeper } from '../../src/flow/sweep.ts';
import { startTicks } from '../../src/schedule/ticks.ts';
import { reportProof } from '../proof/report.ts';
import { scaled } from '../proof/scale.ts';
import { rawProbe } from '../support/core.ts';
import { ManualClock, T0 } from '../support/manual-clock.ts';
import { openProbes } from '../support/probe-flow.ts';
import { endDispatcher, quietDispatcher } from '../support/quiet-dispatch.ts';
import { jumpOf } from './deadlines/jumps.ts';
import { held, judgeDeadlines, KINDS, waiting } from './deadlines/waiting.ts';
import { chance } from './town/chance.ts';

const MINUTE = 60_000;
const JUMPS = scaled({ short: 60, quick: 400, full: 1_000 });
const SET_BACK = scaled({ short: 4, quick: 40, full: 200 });
const REAL_JUMPS = scaled({ short: 1, quick: 6, full: 40 });
const OF_EACH = 4;
const JUMPS_A_ROUND = 20;
/** Smaller ones are no alarm: they move no deadline by much. */
const NOTICED_MS = 60_000;
const HELD_MS = 10 * MINUTE;
const SWEPT_WITHIN_MS = 5_000;
const TIMEOUT_MS = scaled({ short: 60_000, quick: 300_000, full: 900_000 });
const ALARM = 'The wall clock was set; nothing expires for ten minutes';
const luck = chance(17);

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

type Found = { tries: number; lost: number; doubled: number; wrong: number; what: string[] };

/** Some exports, and a clock that is set again and again while their deadlines come. */
async function round(): Promise<Found> {
  // Some begin on a day on which the clocks of Europe change.
  const day = luck.pick([T0, Date.UTC(2027, 2, 28), Date.UTC(2027, 9, 31), Date.UTC(2028, 1, 29)]);
  const clock = new ManualClock(day + luck.between(0, 1_440) * MINUTE);
  const probes = await openProbes(clock);
  onTestFinished(() => probes.close());
  const effects = new Map<string, number>();
  const dispatcher = quietDispatcher(probes.flow, {
    push: async ({ key }) => {
      effects.set(key, (effects.get(key) ?? 0) + 1);
      return { kind: 'delivered', reference: key };
    },
  });
  onTestFinished(() => endDispatcher(dispatcher, clock));
  await dispatcher.start();
  const swept = createSweeper(probes.flow);
  let sweptAt = clock.monotonic();
  const sweeper = {
    ...swept,
    async sweep() {
      await swept.sweep();
      sweptAt = clock.monotonic();
    },
  };
  const desk = createDesk(probes.flow, () => Promise.reject(new Error('Nobody is linked here.')));
  const found: Found = { tries: 0, lost: 0, doubled: 0, wrong: 0, what: [] };
  const wrong = (what: string) => {
    found.wrong += 1;
    found.what.push(what);
  };
  const settle = async () => {
    do await turn();
    while (dispatcher.inFlight() > 0);
  };
  let wallError = 0;
  let jumpedAt = Number.NEGATIVE_INFINITY;
  const expired = new Set<string>();
  /** Exports that changed, and when by the monotonic clock. */
  const touched = new Map<string, number>();
  probes.ledger.onCommitted((_, exports) => {
    const at = clock.monotonic();
    for (const id of exports) touched.set(id, at);
  });
  /** Who has expired since, and whether that was too near to a jump. */
  const look = async () => {
    const some = [...touched];
    touched.clear();
    for (const [id, at] of some) {
      if (expired.has(id) || (await probes.ledger.get(id))?.status !== 'expired') continue;
      expired.add(id);
      if (at - jumpedAt < HELD_MS) wrong(`${id} expired ${at - jumpedAt} ms after a jump`);
    }
  };
  /** Time passes, and the ticks sweep. */
  const pass = async (ms: number) => {
    for (let left = ms; left > 0; left -= 2_000) {
      clock.advance(Math.min(left, 2_000));
      await settle();
      await look();
      const since = clock.monotonic() - sweptAt;
      if (since > SWEPT_WITHIN_MS) wrong(`no sweep for ${since} ms`);
    }
  };
  const place = { probes, desk, sweep: () => sweeper.sweep(), advance: (ms: number) => clock.advance(ms) };
  const all = [];
  for (const kind of ['on call', ...KINDS.filter((each) => each !== 'on call' && each !== 'lease')] as const)
    all.push(...(await waiting(place, kind, OF_EACH, 0)));
  await settle();
  const ready = await Promise.all(
    all.map(async (each) => (each.kind === 'hold' ? held(probes, each) : each)),
  );
  const stopTicks = startTicks(probes.flow, sweeper);
  onTestFinished(stopTicks);
  await pass(4_000);

  for (let n = 0; n < JUMPS_A_ROUND; n += 1) {
    const dues = ready.flatMap((each) => each.deadlines.map(({ due }) => due - clock.now()));
    const by = jumpOf(
      luck,
      wallError,
      dues.length > 0 ? (dues[luck.between(0, dues.length - 1)] ?? null) : null,
    );
    const alarms = probes.alarms.length;
    clock.setWall(clock.now() + by);
    wallError += by;
    found.tries += 1;
    if (Math.abs(by) >= NOTICED_MS) jumpedAt = clock.monotonic();
    await pass(SWEPT_WITHIN_MS);
    if (Math.abs(by) >= NOTICED_MS + SWEPT_WITHIN_MS && !probes.alarms.slice(alarms).includes(ALARM))
      wrong(`nobody was told that the clock was set by ${by} ms`);
    await pass(luck.between(0, luck.pick([10, 1_200])) * 1_000);
  }
  // It is right again, and stays so: whatever has come due has fired, however often it seemed to.
  clock.setWall(clock.now() - wallError);
  if (Math.abs(wallError) >= NOTICED_MS) jumpedAt = clock.monotonic();
  await pass(3 * HELD_MS);
  for (const each of ready) {
    const judged = judgeDeadlines(each, await probes.ledger.events(each.id), clock.now() - SWEPT_WITHIN_MS);
    for (const count of ['lost', 'doubled', 'wrong'] as const) found[count] += judged[count];
    found.what.push(...judged.found);
  }
  for (const [key, times] of effects) {
    if (times === 1) continue;
    found.doubled += 1;
    found.what.push(`${key} took effect ${times} times`);
  }
  const others = probes.alarms.filter(
    (each) => each !== ALARM && !each.startsWith('Deadlines are more than'),
  );
  for (const other of others) wrong(other);
  return found;
}

it('deadlines fire once however the clock is set, and none expires by it', {
  timeout: TIMEOUT_MS,
}, async () => {
  for (let jumps = 0; jumps < JUMPS; ) {
    const { what, ...counts } = await round();
    jumps += counts.tries;
    reportProof('clock_jumps', counts);
    expect(what.slice(0, 5), `seed ${luck.seed}`).toEqual([]);
  }
});

it('what waits for another try does not wait for the clock', { timeout: TIMEOUT_MS }, async () => {
  for (let n = 0; n < SET_BACK; n += 1) {
    const clock = new ManualClock(T0 + luck.between(0, 1_440) * MINUTE);
    const probes = await openProbes(clock);
    onTestFinished(() => probes.close());
    const tried = new Map<string, number>();
    const started = async () => {
      const dispatcher = quietDispatcher(probes.flow, {
        push: async ({ key, attempt }) => {
          tried.set(key, (tried.get(key) ?? 0) + 1);
          if (attempt < 3) return { kind: 'retry', after_ms: 40_000, cause: 'It is busy.' };
          return { kind: 'delivered', reference: key };
        },
      });
      onTestFinished(() => endDispatcher(dispatcher, clock));
      await dispatcher.start();
      return dispatcher;
    };
    let dispatcher = await started();
    const pass = async (ms: number) => {
      for (let left = ms; left > 0; left -= 1_000) {
        clock.advance(1_000);
        do await turn();
        while (dispatcher.inFlight() > 0);
      }
    };
    const subjects = Array.from({ length: 5 }, (_, each) => `busy-${n}-${each}`);
    const taken = await Promise.all(
      subjects.map((subject) =>
        receive(
          probes.flow,
          'erp',
          rawProbe({ subject, gate: 'policy' }, { idempotency_key: subject }, clock.now()),
          subject,
        ),
      ),
    );
    await pass(luck.between(1, 20) * 1_000);
    if (n % 2 === 1) {
      // Another process finds what this one put off.
      await endDispatcher(dispatcher, clock);
      await probes.reopen();
      dispatcher = await started();
    }
    clock.setWall(clock.now() - luck.between(1, 5 * 365 * 24) * 60 * MINUTE);
    await pass(4 * MINUTE);
    const ids = taken.map((each) => (each.kind === 'stored' ? each.committed.after.id : ''));
    const states = await Promise.all(ids.map((id) => probes.ledger.get(id)));
    const lost = states.filter((state) => state?.status !== 'delivered').length;
    const early = [...tried.values()].filter((times) => times > 4).length;
    reportProof('clock_jumps', { tries: 1, lost, doubled: 0, wrong: early });
    expect(
      states.map((state) => state?.status),
      `seed ${luck.seed}`,
    ).toEqual(subjects.map(() => 'delivered'));
    expect(early).toBe(0);
  }
});

/** Real timers, on a machine whose clock is set: nothing may count the seconds that never were. */
it('the ticks go on by themselves', { timeout: TIMEOUT_MS }, async () => {
  const RealDate = Date;
  let wrongBy = 0;
  class SetDate extends RealDate {
    constructor(...of: [] | [number | string | Date]) {
      super(of.length === 0 ? RealDate.now() + wrongBy : of[0]);
    }
    static override now = () => RealDate.now() + wrongBy;
  }
  vi.stubGlobal('Date', SetDate);
  onTestFinished(() => void vi.unstubAllGlobals());
  const probes = await openProbes(systemClock, { policy: { sla_ms: 2_000 } });
  onTestFinished(() => probes.close());
  const sweeper = createSweeper(probes.flow);
  const stopTicks = startTicks(probes.flow, sweeper);
  onTestFinished(stopTicks);
  for (let n = 0; n < REAL_JUMPS; n += 1) {
    wrongBy = n % 2 === 0 ? jumpOf(luck, wrongBy, null) : 0;
    const begun = performance.now();
    const key = `real-${n}`;
    const taken = await receive(
      probes.flow,
      'erp',
      rawProbe({ subject: key }, { idempotency_key: key }, Date.now()),
      key,
    );
    const id = taken.kind === 'stored' ? taken.committed.after.id : '';
    const fired = async () => (await probes.ledger.events(id)).map(({ event }) => event.type);
    await expect.poll(fired, { timeout: 10_000 }).toContain('escalated');
    const late = performance.now() - begun - 2_000;
    const once = new Set(await fired()).size === (await fired()).length;
    reportProof('clock_jumps', {
      tries: 1,
      lost: 0,
      doubled: once ? 0 : 1,
      wrong: late > SWEPT_WITHIN_MS ? 1 : 0,
    });
    expect(once, `seed ${luck.seed}`).toBe(true);
    expect(late).toBeLessThan(SWEPT_WITHIN_MS);
  }
});

import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import type { Event } from '../../src/exports/events.ts';
import { isRefusal } from '../../src/exports/refusals.ts';
import { createDesk } from '../../src/flow/desk.ts';
import { receive } from '../../src/flow/intake.ts';
import { openRoster } from '../../src/flow/roster.ts';
import { createSweeper, every } from '../../src/flow/sweep.ts';
import { startJobs } from '../../src/schedule/jobs.ts';
import { reportProof } from '../proof/report.ts';
import { scaled } from '../proof/scale.ts';
import { ALICE, directory, rawProbe } from '../support/core.ts';
import { ManualClock, T0 } from '../support/manual-clock.ts';
import { openProbes, type ProbeFlow } from '../support/probe-flow.ts';
import { endDispatcher, quietDispatcher } from '../support/quiet-dispatch.ts';
import { chance } from './town/chance.ts';

const DAY = 86_400_000;
const YEAR = 365 * DAY;
const TIMERS = scaled({ short: 20, quick: 200, full: 1_000 });
const FARS = scaled({ short: 6, quick: 60, full: 300 });
const TIMEOUT_MS = scaled({ short: 60_000, quick: 300_000, full: 900_000 });
const luck = chance(23);

/** Beyond the 24.8 days after which a timer of the machine fires at once. */
const far = () => luck.between(25 * DAY, luck.pick([60 * DAY, YEAR, 10 * YEAR]));

function report(tries: number, found: readonly string[]): void {
  reportProof('far_timers', { tries, lost: 0, doubled: 0, wrong: found.length });
  expect(found.slice(0, 5), `seed ${luck.seed}`).toEqual([]);
}

describe('timers of the machine', { timeout: TIMEOUT_MS }, () => {
  it('fire at their time, however far it is', () => {
    // These overflow as those of Node do.
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const found: string[] = [];
    for (let n = 0; n < TIMERS; n += 1) {
      const ms = luck.pick([2 ** 31 - 1, 2 ** 31, 2 ** 32 + 1, far(), far(), far()]);
      let fired = 0;
      const cancel = systemClock.after(ms, () => {
        fired += 1;
      });
      vi.advanceTimersByTime(luck.pick([1, 1_000, ms - 1]));
      if (fired > 0) found.push(`${ms} ms fired early`);
      vi.advanceTimersByTime(ms);
      if (fired !== 1) found.push(`${ms} ms fired ${fired} times`);
      cancel();
    }
    report(TIMERS, found);
  });

  it('that are cancelled between two hops stay so', () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    let fired = 0;
    const cancel = systemClock.after(100 * DAY, () => {
      fired += 1;
    });
    const stop = every({ clock: systemClock }, 40 * DAY, () => {
      fired += 1;
    });
    vi.advanceTimersByTime(39 * DAY);
    cancel();
    stop();
    vi.advanceTimersByTime(YEAR);
    expect(fired).toBe(0);
  });
});

type Far = { id: string; brings: Event['type']; due: number };

/** Everything that a process runs, on one ledger; `asked` makes the sink ask for so long a wait first. */
async function opened(clock: ManualClock, probes: ProbeFlow, asked: ReadonlyMap<string, number>) {
  const effects = new Map<string, number>();
  const dispatcher = quietDispatcher(probes.flow, {
    push: async ({ key, attempt, export: { export_id } }) => {
      const after_ms = asked.get(export_id);
      if (after_ms !== undefined && attempt === 1)
        return { kind: 'retry', after_ms, cause: 'It is closed for long.' };
      effects.set(key, (effects.get(key) ?? 0) + 1);
      return { kind: 'delivered', reference: key };
    },
  });
  onTestFinished(() => endDispatcher(dispatcher, clock));
  await dispatcher.start();
  const roster = await openRoster(directory, new Map(), probes.ledger, clock);
  const sweeper = createSweeper(probes.flow, async (held) => {
    if (!held) await roster.tick();
  });
  const settle = async () => {
    await sweeper.sweep();
    for (let n = 0; n < 5; n += 1)
      do await new Promise((resolve) => setImmediate(resolve));
      while (dispatcher.inFlight() > 0);
  };
  return { effects, dispatcher, roster, settle };
}

async function probed(
  probes: ProbeFlow,
  key: string,
  clock: ManualClock,
  at: number | null = null,
): Promise<string> {
  const raw = rawProbe({ subject: key }, { idempotency_key: key }, clock.now());
  const later = { ...raw, export_type: 'timed', refresh: {} };
  const whole = at === null ? raw : { ...later, payload: { subject: key, at: new Date(at).toISOString() } };
  const taken = await receive(probes.flow, 'erp', whole, key);
  if (taken.kind !== 'stored') throw new Error('It was not stored.');
  return taken.committed.after.id;
}

/** One of each deadline that Meshline keeps, all of them `ms` away. */
async function distant(
  probes: ProbeFlow,
  clock: ManualClock,
  ms: number,
  asked: Map<string, number>,
): Promise<Far[]> {
  const desk = createDesk(probes.flow, () => Promise.reject(new Error('Nobody is linked here.')));
  const accept = async (id: string) => {
    const answer = await desk.accept(id, ALICE, 1, true);
    if (isRefusal(answer)) throw new Error(`It was refused: ${answer.refused}.`);
  };
  const now = clock.now();
  const fresh = { refresh: { price: { max_age_ms: 1_000 * YEAR } } };
  probes.policy = { ...fresh, sla_ms: ms };
  const owner = await probed(probes, 'owner', clock);
  probes.policy = { ...fresh, sla_ms: 20 * YEAR, lock_ms: ms };
  const review = await probed(probes, 'review', clock);
  await desk.openReview(review, ALICE, false);
  probes.policy = { ...fresh, undo_ms: ms };
  const undo = await probed(probes, 'undo', clock);
  await accept(undo);
  probes.policy = fresh;
  const start = await probed(probes, 'start', clock, now + ms);
  await accept(start);
  const wait = await probed(probes, 'wait', clock);
  asked.set(wait, ms);
  await accept(wait);
  return [
    { id: owner, brings: 'escalated', due: now + ms },
    { id: owner, brings: 'paged', due: now + 1.5 * ms },
    { id: owner, brings: 'expired', due: now + 8 * ms },
    { id: review, brings: 'review_closed', due: now + ms },
    { id: undo, brings: 'delivery_begun', due: now + ms },
    { id: start, brings: 'push_delivered', due: now + ms },
    { id: wait, brings: 'push_delivered', due: now + ms },
  ];
}

describe('deadlines', { timeout: TIMEOUT_MS }, () => {
  it('fire to the instant after weeks and years, and nothing fires at once', async () => {
    for (let n = 0; n < FARS; n += 1) {
      const found: string[] = [];
      const clock = new ManualClock(T0);
      const probes = await openProbes(clock);
      onTestFinished(() => probes.close());
      const asked = new Map<string, number>();
      let process = await opened(clock, probes, asked);
      const fars = (await distant(probes, clock, far(), asked)).map((each) => ({
        ...each,
        due: Math.ceil(each.due),
      }));
      await process.settle();
      const fired = async ({ id, brings }: Far) =>
        (await probes.ledger.events(id)).filter(({ event }) => event.type === brings).map(({ at }) => at);
      const check = async (when: string) => {
        for (const each of fars) {
          const at = await fired(each);
          const right = each.due <= clock.now() ? at.length === 1 && at[0] === each.due : at.length === 0;
          if (!right) found.push(`${each.brings}, due at ${each.due}, fired at [${at.join(' ')}], ${when}`);
        }
      };
      await check('at the beginning');
      clock.advance(60_000);
      await process.settle();
      await check('after a minute');
      for (const due of [...new Set(fars.map((each) => each.due))].toSorted((a, b) => a - b)) {
        if (n % 2 === 0) {
          // Nobody runs for years without a restart.
          await endDispatcher(process.dispatcher, clock);
          await probes.reopen();
          clock.advance(due - 1 - clock.now());
          process = await opened(clock, probes, asked);
        } else clock.advance(due - 1 - clock.now());
        await process.settle();
        await check('an instant before');
        clock.advance(1);
        await process.settle();
        await check('at its time');
      }
      report(fars.length, found);
    }
  });

  it('of the directory, leases and upkeep are kept as exactly', async () => {
    for (let n = 0; n < FARS; n += 1) {
      const found: string[] = [];
      const expectThat = (right: boolean, what: string) => void (right || found.push(what));
      const ms = far();
      const clock = new ManualClock(T0);
      const probes = await openProbes(clock);
      onTestFinished(() => probes.close());
      const roster = await openRoster(directory, new Map(), probes.ledger, clock);
      const days = Math.min(ms, 390 * DAY);
      await roster.change({ do: 'go_out', by: ALICE, person: ALICE, from: T0, until: T0 + days, note: null });
      const isAway = async () => {
        await roster.tick();
        return roster.directory().away.has(ALICE);
      };
      expectThat(await isAway(), 'whoever went out is away');
      clock.advance(days - 1);
      expectThat(await isAway(), 'an absence ended early');
      clock.advance(1);
      expectThat(!(await isAway()), 'an absence did not end');

      const id = await probed(probes, 'lease', clock);
      const [row] = await probes.ledger.waiting(clock.now(), 1);
      const key = row?.key ?? '';
      expectThat(
        (await probes.ledger.claim([key], clock.now(), ms)).length === 1,
        'a row could not be claimed',
      );
      const held = async () => (await probes.ledger.claim([key], clock.now(), ms)).length === 0;
      expectThat(await held(), `a lease of ${ms} ms ended at once (${id})`);
      clock.advance(ms - 1);
      expectThat(await held(), `a lease of ${ms} ms ended early`);
      clock.advance(1);
      expectThat(!(await held()), `a lease of ${ms} ms did not end`);

      let runs = 0;
      const left = luck.between(2_000, 60_000);
      const last = clock.now() - ms + left;
      const jobs = startJobs(clock, probes.flow.log, [
        {
          name: 'far',
          every_ms: ms,
          last: async () => last,
          run: async () => {
            runs += 1;
          },
          failed: 'It failed.',
        },
      ]);
      onTestFinished(() => jobs.stop());
      const turns = async (time: number) => {
        for (let passed = 0; passed < time; passed += 1_000) {
          clock.advance(1_000);
          await new Promise((resolve) => setImmediate(resolve));
        }
      };
      await turns(left - 2_000);
      expectThat(runs === 0, `a job of every ${ms} ms ran early`);
      await turns(5_000);
      expectThat(runs === 1, `a job of every ${ms} ms ran ${runs} times`);
      await jobs.stop();
      report(3, found);
    }
  });
});

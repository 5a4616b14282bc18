import { describe, expect, it, onTestFinished } from 'vitest';
import { findPosted } from '../../src/bot/reconcile.ts';
import { decide } from '../../src/exports/decide.ts';
import { effects } from '../../src/exports/effects.ts';
import { isRefusal } from '../../src/exports/refusals.ts';
import type { Dispatcher } from '../../src/flow/dispatch.ts';
import { receive } from '../../src/flow/intake.ts';
import { ALICE, accepts, after, context, fold, rawProbe, received, run } from '../support/core.ts';
import { ManualClock, T0 } from '../support/manual-clock.ts';
import { openProbes } from '../support/probe-flow.ts';
import { endDispatcher, quietDispatcher } from '../support/quiet-dispatch.ts';
import { Chance } from './chance.ts';
import { FOREVER, HOUR_MS, Scheduler } from './scheduler.ts';
import { simulate } from './simulation.ts';
import { Slack } from './slack.ts';

const MINUTE_MS = 60_000;

/** What the simulation found, told again without it. */
describe('found by the simulation', () => {
  it.each([-HOUR_MS, HOUR_MS, 6 * HOUR_MS])(
    'a message is found again although our clock was set by %i ms',
    async (wrong) => {
      const scheduler = new Scheduler(new Chance(1), T0);
      const slack = new Slack(scheduler, new Chance(2), ['#merchandising']);
      slack.calm = true;
      const client = slack.client(FOREVER);
      const channel = slack.idOf('#merchandising');
      const metadata = { event_type: 'meshline_post', event_payload: { post_id: 'card:1' } };
      void client.chat.postMessage({ channel, text: 'Accept?', blocks: [], metadata });
      const sought = { channel, thread_ts: null, post_id: 'card:1', since: T0 + wrong };
      while (slack.messages.length === 0) await scheduler.step(MINUTE_MS);
      const answers: unknown[] = [];
      const looks = async () => answers.push(await findPosted(client, sought));
      void looks();
      while (answers.length === 0) await scheduler.step(10 * MINUTE_MS);
      expect(answers).toEqual([{ kind: 'ok', value: slack.messages[0]?.ts }]);
    },
  );

  it('a push whose answer was lost is looked for when people have accepted old values again', () => {
    const sent = run(received({ operations: 2 }), [accepts(ALICE)]);
    const [lost, busy] = sent.pushes.map((push) => push.key);
    const told = (key = '', kind: 'unknown' | 'retry') =>
      ({ do: 'record_push', key, outcome: { kind, cause: 'no answer' }, next_at: T0 + 1 }) as const;
    const unsure = run(sent, [told(lost, 'unknown')]);
    const old = T0 + 10 * MINUTE_MS;
    const lapsed = run(unsure, [told(busy, 'retry')], old);
    expect(lapsed.status).toBe('pending');
    const decision = decide(lapsed, { ...accepts(ALICE), confirm_stale: true } as never, context(old));
    if (isRefusal(decision)) throw new Error(decision.refused);
    const again = fold(lapsed, decision.events, old, lapsed.id);
    expect(again.pushes.map(({ key, status }) => ({ key, status }))).toEqual([
      { key: lost, status: 'unknown' },
      { key: busy, status: 'waiting' },
    ]);
    const recorded = decision.events.map((event, n) => ({
      export_id: lapsed.id,
      n: lapsed.version + n + 1,
      at: old,
      event,
    }));
    const pushed = effects(lapsed, again, recorded).filter((effect) => effect.kind === 'push');
    expect(pushed.map(({ key }) => key)).toEqual([lost, busy]);
    expect(after(again, told(lost, 'unknown'), old)).toMatchObject({ status: 'delivering' });
  });
});

/** A sink that takes a key as often as it comes, and whose requests may be long on their way. */
async function slowRoad(endsWith: 'its process' | 'a broken connection') {
  const clock = new ManualClock();
  const probes = await openProbes(clock);
  onTestFinished(() => probes.close());
  const effects = new Map<string, number>();
  const start = async (): Promise<Dispatcher> => {
    const dispatcher = quietDispatcher(probes.flow, {
      isThere: (key) => effects.has(key),
      push: ({ key, attempt }) =>
        new Promise((resolve) => {
          const way = attempt === 1 && effects.size === 0 ? 25_000 : 50;
          clock.after(way, () => {
            effects.set(key, (effects.get(key) ?? 0) + 1);
            resolve({ kind: 'delivered', reference: key });
          });
          if (endsWith === 'a broken connection' && attempt === 1)
            clock.after(500, () => resolve({ kind: 'unknown', cause: 'The connection broke.' }));
        }),
    });
    onTestFinished(() => endDispatcher(dispatcher, clock));
    await dispatcher.start();
    return dispatcher;
  };
  const first = await start();
  const taken = await receive(probes.flow, 'erp', rawProbe({ gate: 'policy' }), 'k-1');
  const pass = async (ms: number) => {
    for (let left = ms; left > 0; left -= 500) {
      clock.advance(500);
      for (let n = 0; n < 8; n += 1) await new Promise((resolve) => setImmediate(resolve));
    }
  };
  await pass(1_000);
  if (endsWith === 'its process') {
    await endDispatcher(first, clock);
    await probes.reopen();
    await start();
  }
  await pass(2 * MINUTE_MS);
  const id = taken.kind === 'stored' ? taken.committed.after.id : '';
  return { effects: [...effects.values()], status: (await probes.ledger.get(id))?.status };
}

describe('a request that is long on its way', () => {
  it.each(['its process', 'a broken connection'] as const)('is not sent again behind %s', async (ends) => {
    expect(await slowRoad(ends)).toEqual({ effects: [1], status: 'delivered' });
  });

  it('keeps its key when another system stopped the export and people resolved that', () => {
    const sent = run(received({ operations: 2 }), [accepts(ALICE)]);
    const [lost, refused] = sent.pushes.map((push) => push.key);
    const trouble = {
      kind: 'failed',
      exception_code: 'insufficient_inventory',
      message: 'None left.',
      metadata: {},
    } as const;
    const paused = run(sent, [
      {
        do: 'record_push',
        key: lost ?? '',
        outcome: { kind: 'unknown', cause: 'no answer' },
        next_at: T0 + 1,
      },
      { do: 'record_push', key: refused ?? '', outcome: trouble, next_at: null },
    ]);
    expect(paused.status).toBe('paused');
    const resumed = run(paused, [{ do: 'resume', by: ALICE, note: 'There is more.' }, accepts(ALICE, 2)]);
    expect(resumed.pushes.map(({ key, status }) => ({ key, status }))).toEqual([
      { key: lost, status: 'unknown' },
      { key: refused?.replace('-r1-', '-r2-'), status: 'waiting' },
    ]);
  });
});

/** Seeds that have failed once. */
describe('seeds that failed', { timeout: 600_000 }, () => {
  it.each([{ seed: 1, days: 2, was: 'a note stood twice, because the clock was ahead of Slack’s' }])(
    '$seed: $was',
    async ({ seed, days }) => {
      const { failure } = await simulate({ seed, days });
      expect(failure).toBe(null);
    },
  );
});

import { describe, expect, it } from 'vitest';
import { findPosted } from '../../src/bot/reconcile.ts';
import { decide } from '../../src/exports/decide.ts';
import { effects } from '../../src/exports/effects.ts';
import { isRefusal } from '../../src/exports/refusals.ts';
import { ALICE, accepts, after, context, fold, received, run } from '../support/core.ts';
import { T0 } from '../support/manual-clock.ts';
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

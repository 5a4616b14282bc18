import { expect, it } from 'vitest';
import { createPusher } from '../../src/sinks/perform.ts';
import type { SinkOutcome } from '../../src/sinks/port.ts';
import { nextDelay } from '../../src/sinks/retry.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { aPush, farSide, json, logInto, openWebhook, type Reply } from '../unit/sinks/far-side.ts';

const policy = { max_attempts: 12, first_delay_ms: 1_000, max_delay_ms: 60_000 };

it('takes effect once, however often the answer is lost or the sink is down', async () => {
  const effects = new Map<string, number>();
  const apply: Reply = (_, __, seen) => {
    const key = String(seen.headers['webhook-id']);
    if (!effects.has(key)) effects.set(key, effects.size);
  };
  const trouble: Reply[] = [
    json(503, {}, { 'retry-after': '5' }),
    (response, request, seen) => (apply(response, request, seen), response.socket?.destroy()),
    json(429, {}),
    (response, request, seen) => (apply(response, request, seen), json(500, {})(response, request, seen)),
    (response, request, seen) => (apply(response, request, seen), response.writeHead(200).end('<html>')),
  ];
  let turn = 0;
  const far = await farSide((response, request, seen) => {
    const reply = trouble[turn++];
    if (reply) return reply(response, request, seen);
    apply(response, request, seen);
    json(200, { reference: `R-${String(effects.size)}` })(response, request, seen);
  });
  const clock = new ManualClock();
  const sink = openWebhook({ url: far.url }, { clock });
  const pusher = createPusher({ sinks: new Map([['oms', sink]]), clock, log: logInto([]) });

  let outcome: SinkOutcome;
  let attempt = 0;
  let unsettled = false;
  for (;;) {
    attempt += 1;
    outcome = await pusher.push(aPush({ attempt, unsettled }));
    if (outcome.kind === 'delivered' || outcome.kind === 'failed') break;
    unsettled ||= outcome.kind === 'unknown';
    const delay = nextDelay(policy, attempt, outcome.kind === 'retry' ? outcome.after_ms : null, 0.5);
    if (delay === null) throw new Error('The attempts are used up.');
    clock.advance(delay);
  }
  expect(outcome).toEqual({ kind: 'delivered', reference: 'R-1' });
  expect(attempt).toBe(6);
  expect([...effects]).toEqual([[aPush().key, 0]]);
  expect(new Set(far.seen.map((one) => one.body)).size).toBe(1);
  const stamps = far.seen.map((one) => Number(one.headers['webhook-timestamp']));
  expect((stamps[1] ?? 0) - (stamps[0] ?? 0)).toBeGreaterThanOrEqual(5);
});

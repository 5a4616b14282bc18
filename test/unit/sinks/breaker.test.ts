import { expect, it } from 'vitest';
import { createBreaker } from '../../../src/sinks/breaker.ts';
import type { SinkOutcome } from '../../../src/sinks/port.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const limits = { failures: 3, cooldown_ms: 1_000, max_cooldown_ms: 4_000 };
const down: SinkOutcome = { kind: 'retry', after_ms: null, cause: 'Down.' };
const lost: SinkOutcome = { kind: 'unknown', cause: 'Lost.' };
const fine: SinkOutcome = { kind: 'delivered', reference: null };
const no: SinkOutcome = { kind: 'failed', exception_code: 'sink_rejected', message: 'No.', metadata: {} };

function start() {
  const clock = new ManualClock();
  const breaker = createBreaker(clock, limits);
  const settle = (key: string, outcome: SinkOutcome) => {
    const pass = breaker.allow(key);
    if (!pass.ok) throw new Error('The breaker is open.');
    pass.settle(outcome);
  };
  const trip = () => ['a', 'b', 'c'].forEach((key) => settle(key, down));
  return { clock, breaker, settle, trip };
}

it('opens after failures of different pushes in a row, lost answers among them', () => {
  const { breaker, settle } = start();
  settle('a', down);
  settle('b', lost);
  expect(breaker.state()).toMatchObject({ state: 'closed', failures: 2, retry_after_ms: null });
  settle('c', down);
  expect(breaker.state()).toEqual({
    state: 'open',
    failures: 3,
    retry_after_ms: 1_000,
    resting_ms: 0,
    cause: 'Down.',
  });
  expect(breaker.allow('d')).toEqual({ ok: false, after_ms: 1_000 });
});

it('is not tripped by refusals, by one poisonous push, nor by failures with successes between', () => {
  const { breaker, settle } = start();
  for (let n = 0; n < 20; n += 1) settle('poison', down);
  for (let n = 0; n < 20; n += 1) settle(`no-${String(n)}`, no);
  for (let n = 0; n < 20; n += 1) settle(`mixed-${String(n)}`, n % 2 ? fine : down);
  expect(breaker.state().state).toBe('closed');
});

it('lets one probe through after the cool-down, and closes when it succeeds', () => {
  const { clock, breaker, trip } = start();
  trip();
  clock.advance(999);
  expect(breaker.allow('d').ok).toBe(false);
  clock.advance(1);
  expect(breaker.state().state).toBe('half_open');
  const probe = breaker.allow('d');
  expect(breaker.allow('e').ok).toBe(false);
  if (probe.ok) probe.settle(no);
  expect(breaker.state()).toEqual({
    state: 'closed',
    failures: 0,
    retry_after_ms: null,
    resting_ms: null,
    cause: null,
  });
});

it('rests longer after each failed probe, up to the cap, and starts afresh once closed', () => {
  const { clock, breaker, settle, trip } = start();
  trip();
  for (const rest of [1_000, 2_000, 4_000, 4_000]) {
    expect(breaker.state().retry_after_ms).toBe(rest);
    clock.advance(rest);
    settle('probe', lost);
  }
  expect(breaker.state()).toMatchObject({ resting_ms: 11_000, cause: 'Lost.' });
  clock.advance(4_000);
  settle('probe', fine);
  trip();
  expect(breaker.state().retry_after_ms).toBe(1_000);
});

it('rests as long as the sink asks', () => {
  const { breaker, settle } = start();
  for (const key of ['a', 'b', 'c']) settle(key, { kind: 'retry', after_ms: 90_000, cause: 'Busy.' });
  expect(breaker.state().retry_after_ms).toBe(90_000);
});

it('ignores what was begun before it opened, and a second settling', () => {
  const { clock, breaker, trip } = start();
  const late = breaker.allow('late');
  trip();
  if (late.ok) late.settle(fine);
  expect(breaker.state().state).toBe('open');
  clock.advance(1_000);
  const probe = breaker.allow('probe');
  if (!probe.ok) throw new Error('No probe.');
  probe.settle(fine);
  probe.settle(down);
  expect(breaker.state()).toMatchObject({ state: 'closed', failures: 0 });
});

it('is not moved by a jump of the wall clock', () => {
  const { clock, breaker, trip } = start();
  trip();
  clock.setWall(clock.now() + 86_400_000);
  expect(breaker.allow('d')).toEqual({ ok: false, after_ms: 1_000 });
});

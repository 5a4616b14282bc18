import { describe, expect, it, onTestFinished } from 'vitest';
import { createPusher } from '../../../src/sinks/perform.ts';
import type { PushRequest, SinkOutcome } from '../../../src/sinks/port.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { aPush, logInto, openWebhook } from '../../unit/sinks/far-side.ts';
import { FarSide, type Weather } from '../outage/far-side.ts';
import { countTries, met } from './tally.ts';

countTries();

const OPERATIONS = [
  'price.set',
  'inventory.set',
  'inventory.adjust',
  'promo.activate',
  'promo.deactivate',
  'product.preview',
  'product.publish',
  'content.update',
  'packaging.update',
  'return.open',
  'label.record',
] as const;

/** What can happen to a push, and how the attempt must end. */
const FAULTS: Readonly<Partial<Record<Weather, SinkOutcome['kind']>>> = {
  refused: 'retry',
  fail_503: 'retry',
  reset: 'unknown',
  hang: 'unknown',
  html: 'unknown',
  garbage: 'unknown',
  reset_after: 'unknown',
  hang_after: 'unknown',
  broken_after: 'unknown',
  garbage_after: 'unknown',
};

const TIMEOUT_MS = 5_000;

async function scene(looked_up: boolean) {
  const far = new FarSide();
  await far.open();
  onTestFinished(() => far.close());
  const clock = new ManualClock();
  const reconcile = looked_up ? { reconcile: { url: `${far.url}/effects/{key}` } } : {};
  const sink = openWebhook({ url: `${far.url}/`, timeout_ms: TIMEOUT_MS, ...reconcile }, { clock });
  const pusher = createPusher({ sinks: new Map([['oms', sink]]), clock, log: logInto([]) });
  /** Pushes, and lets the time of a call that hangs run out. */
  const push = async (request: PushRequest): Promise<SinkOutcome> => {
    const pushed = pusher.push(request);
    if (far.weather.startsWith('hang')) {
      await expect.poll(() => far.hanging).toBe(1);
      clock.advance(TIMEOUT_MS);
    }
    return pushed;
  };
  return { far, clock, push };
}

const SWEEP = OPERATIONS.flatMap((operation) =>
  Object.entries(FAULTS).map(([weather, ends]) => [operation, weather as Weather, ends] as const),
);

describe('every operation', () => {
  it.each(SWEEP)(
    '%s has its effect once after %s, because it is looked up',
    async (operation, weather, ends) => {
      const { far, clock, push } = await scene(true);
      const request = aPush({ operation, key: `push:1:${operation}:oms` });
      await far.become(weather);
      const first = await push(request);
      await far.become('up');
      clock.advance(60_000);
      const next = await push({ ...request, attempt: 2, unsettled: first.kind === 'unknown' });
      const again = await push({ ...request, attempt: 3, unsettled: true });
      met(far.effects.get(request.key) ?? 0);
      expect([first.kind, next.kind, again.kind]).toEqual([ends, 'delivered', 'delivered']);
      expect(far.effects.get(request.key)).toBe(1);
    },
  );

  it.each(SWEEP)(
    '%s comes again under its own key after %s where it cannot be looked up',
    async (operation, weather) => {
      const { far, clock, push } = await scene(false);
      const request = aPush({ operation, key: `push:1:${operation}:oms` });
      await far.become(weather);
      const first = await push(request);
      await far.become('up');
      clock.advance(60_000);
      const next = await push({ ...request, attempt: 2, unsettled: first.kind === 'unknown' });
      // Whoever takes a key only once has it once: there is no other.
      met(far.effects.size);
      expect(next.kind).toBe('delivered');
      expect([...far.effects.keys()]).toEqual([request.key]);
    },
  );
});

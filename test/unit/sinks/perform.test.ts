import { expect, it } from 'vitest';
import { z } from 'zod';
import { defineSink } from '../../../src/sinks/define.ts';
import { createPusher } from '../../../src/sinks/perform.ts';
import type { Sink, SinkOutcome } from '../../../src/sinks/port.ts';
import { createSinks, SINK_KINDS } from '../../../src/sinks/registry.ts';
import { countingIds, ManualClock } from '../../support/manual-clock.ts';
import { aPush, farSide, json, type Logged, logInto, openWebhook, SECRET } from './far-side.ts';

const limits = { failures: 2, cooldown_ms: 1_000, max_cooldown_ms: 4_000 };

function pusherFor(sink: Sink, clock = new ManualClock()) {
  const lines: Logged[] = [];
  const sinks = new Map([[sink.name, sink]]);
  return { pusher: createPusher({ sinks, clock, log: logInto(lines), breaker: limits }), clock, lines };
}

/** A carrier that takes a key as often as it comes, and remembers what happened. */
function carrier(found: 'delivered' | 'absent' | 'unknown') {
  const pushed: string[] = [];
  const kind = defineSink({
    kind: 'carrier',
    settings: z.strictObject({ broken: z.boolean().default(false) }),
    create: ({ broken }, { name }) => ({
      name,
      limits: { concurrency: 1, rate_per_second: 2 },
      idempotent: false,
      accepts: (operation) => operation === 'set_prices',
      push(request): Promise<SinkOutcome> {
        if (broken) throw new Error(`The token ${SECRET} was refused.`);
        pushed.push(request.key);
        return Promise.resolve({ kind: 'delivered', reference: 'L-1' });
      },
      reconcile: () =>
        Promise.resolve(found === 'delivered' ? { kind: found, reference: 'L-0' } : { kind: found }),
      close: () => Promise.resolve(),
    }),
  });
  const open = (settings: object): Sink => {
    const deps = { clock: new ManualClock(), ids: countingIds(), log: logInto([]), version: '0.0.0' };
    const configured = [{ name: 'oms', kind: 'carrier', settings, secrets: [] }];
    const sink = createSinks(configured, deps, [...SINK_KINDS, kind]).get('oms');
    if (!sink) throw new Error('The sink did not open.');
    return sink;
  };
  return { pushed, open };
}

it('drives a new kind of sink that is one line in the registry', async () => {
  const { open, pushed } = carrier('unknown');
  const { pusher } = pusherFor(open({}));
  expect(await pusher.push(aPush())).toEqual({ kind: 'delivered', reference: 'L-1' });
  expect(pushed).toEqual([aPush().key]);
  expect(pusher.limits('oms')).toEqual({ concurrency: 1, rate_per_second: 2 });
  expect(pusher.limits('none')).toBeNull();
});

it('refuses kinds and settings that do not exist', () => {
  expect(() => carrier('unknown').open({ extra: 1 })).toThrow(/extra/u);
  const deps = { clock: new ManualClock(), ids: countingIds(), log: logInto([]), version: '0.0.0' };
  expect(() => createSinks([{ name: 'x', kind: 'fax', settings: {}, secrets: [] }], deps)).toThrow(
    'The sink "x" is of the kind "fax", which does not exist.',
  );
});

it('refuses what no sink takes', async () => {
  const { pusher } = pusherFor(carrier('unknown').open({}));
  expect(await pusher.push(aPush({ sink: 'wms' }))).toMatchObject({
    exception_code: 'unsupported_capability',
    message: 'There is no sink named "wms".',
  });
  expect(await pusher.push(aPush({ operation: 'create_label' }))).toMatchObject({
    exception_code: 'unsupported_capability',
  });
});

it.each([
  ['delivered', { kind: 'delivered', reference: 'L-0' }, 0],
  ['absent', { kind: 'delivered', reference: 'L-1' }, 1],
  ['unknown', { kind: 'unknown' }, 0],
] as const)('looks for a lost effect first: %s', async (found, outcome, sent) => {
  const { open, pushed } = carrier(found);
  const { pusher } = pusherFor(open({}));
  expect(await pusher.push(aPush({ unsettled: true }))).toMatchObject(outcome);
  expect(pushed).toHaveLength(sent);
});

it('sends a lost push again under the same key when the far side dedupes', async () => {
  const far = await farSide((response) => response.socket?.destroy());
  const { pusher } = pusherFor(openWebhook({ url: far.url }));
  expect(await pusher.push(aPush())).toMatchObject({ kind: 'unknown' });
  far.answer(json(200, {}));
  expect(await pusher.push(aPush({ unsettled: true, attempt: 2 }))).toMatchObject({ kind: 'delivered' });
  expect(far.seen.map((one) => one.headers['webhook-id'])).toEqual([aPush().key, aPush().key]);
  expect(new Set(far.seen.map((one) => one.body)).size).toBe(1);
});

it('lets a sink in trouble rest, says so once, and begins again with one probe', async () => {
  const far = await farSide(json(503, {}));
  const clock = new ManualClock();
  const { pusher, lines } = pusherFor(openWebhook({ url: far.url }, { clock }), clock);
  for (const key of ['a', 'b']) expect(await pusher.push(aPush({ key }))).toMatchObject({ kind: 'retry' });
  expect(pusher.breakerStates()).toMatchObject({
    oms: { state: 'open', failures: 2, retry_after_ms: 1_000 },
  });
  expect(await pusher.push(aPush({ key: 'c' }))).toEqual({
    kind: 'retry',
    after_ms: 1_000,
    cause: 'The sink is in trouble and left to rest.',
    deferred: true,
  });
  expect(far.seen).toHaveLength(2);
  clock.advance(1_000);
  far.answer(json(200, {}));
  const both = await Promise.all(['c', 'd'].map((key) => pusher.push(aPush({ key }))));
  expect(both.map((outcome) => outcome.kind)).toEqual(['delivered', 'retry']);
  expect(far.seen).toHaveLength(3);
  expect(lines.map((line) => line.level)).toEqual(['warn', 'info']);
});

it('turns a defect in a sink into an unknown outcome that tells nothing', async () => {
  const { pusher, lines } = pusherFor(carrier('unknown').open({ broken: true }));
  const outcome = await pusher.push(aPush());
  expect(outcome.kind).toBe('unknown');
  expect(JSON.stringify([outcome, lines])).not.toContain('canary');
  expect(JSON.stringify([outcome, lines])).not.toContain(SECRET);
});

it('gives up an attempt that never ends, and begins no other of its key beside it', async () => {
  const clock = new ManualClock();
  const begun: string[] = [];
  const ends = new Map<string, (outcome: SinkOutcome) => void>();
  const kind = defineSink({
    kind: 'slow',
    settings: z.strictObject({}),
    create: (_settings, { name }) => ({
      name,
      limits: { concurrency: 1, rate_per_second: null },
      idempotent: true,
      accepts: () => true,
      push({ key }) {
        begun.push(key);
        return new Promise<SinkOutcome>((resolve) => ends.set(key, resolve));
      },
      reconcile: () => Promise.resolve({ kind: 'unknown' }),
      close: () => Promise.resolve(),
    }),
  });
  const deps = { clock, ids: countingIds(), log: logInto([]), version: '0.0.0' };
  const sink = kind.open({}, { ...deps, name: 'oms', secrets: [], http: () => ({}) as never });
  const { pusher } = pusherFor(sink, clock);
  const first = pusher.push(aPush({ key: 'a' }));
  await expect.poll(() => begun).toEqual(['a']);
  clock.advance(120_000);
  expect(await first).toEqual({ kind: 'unknown', cause: 'The attempt took too long and was given up.' });
  const again = () => pusher.push(aPush({ key: 'a', unsettled: true }));
  expect(await again()).toEqual({ kind: 'unknown', cause: 'An earlier attempt has not ended yet.' });
  ends.get('a')?.({ kind: 'delivered', reference: 'R-1' });
  await expect.poll(again).toEqual({ kind: 'delivered', reference: 'R-1' });
  expect(begun).toEqual(['a']);
  void again();
  await expect.poll(() => begun).toEqual(['a', 'a']);
});

import { describe, expect, it, vi } from 'vitest';
import { USPS, uspsError, voiding } from '../../../sandbox/sinks/carriers/usps.ts';
import { createPusher } from '../../../src/sinks/perform.ts';
import type { PushRequest, SinkOutcome } from '../../../src/sinks/port.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { aLabel, aVoid, FAULTS, PARCEL, send } from '../../unit/sinks/carrier-far-side.ts';
import { logInto } from '../../unit/sinks/far-side.ts';
import { again } from '../../unit/sinks/fedex-far-side.ts';
import { uspsFarSide } from '../../unit/sinks/usps-far-side.ts';
import { countTries, met } from './tally.ts';

countTries();

async function scene() {
  const far = await uspsFarSide();
  const clock = new ManualClock();
  const sink = far.open({ timeout_ms: 5_000 }, { clock });
  const pusher = createPusher({ sinks: new Map([['usps', sink]]), clock, log: logInto([]) });
  /** Pushes, and lets the time of a call that hangs run out. */
  const push = async (request: PushRequest, hangsAt?: string): Promise<SinkOutcome> => {
    const calls = hangsAt === undefined ? 0 : far.asked(hangsAt).length;
    const pushed = pusher.push(request);
    if (hangsAt !== undefined) {
      await vi.waitFor(() => expect(far.asked(hangsAt).length).toBeGreaterThan(calls));
      clock.advance(5_000);
    }
    return await pushed;
  };
  return { far, push };
}

/** How the next attempt is made: after an unknown outcome the effect is looked for first. */
const next = (request: PushRequest, outcome: SinkOutcome) =>
  outcome.kind === 'unknown' ? again(request) : { ...request, attempt: request.attempt + 1 };

const allowOne = (far: Awaited<ReturnType<typeof uspsFarSide>>) =>
  far.fail(USPS.label, (response, effect) => send(response, effect()));

const LOST = ['reset', 'silence', 'broken', 'page', 'oversized'] as const;
const FIRST = '920559000666220211000';

describe('a purchase whose answer is lost', () => {
  it.each(LOST)('by %s stays unknown, and is never made again by itself', async (name) => {
    const { far, push } = await scene();
    far.fail(USPS.label, FAULTS[name]);
    const label = aLabel('usps');
    const outcome = await push(label, name === 'silence' ? USPS.label : undefined);
    expect(outcome).toMatchObject({ kind: 'unknown' });
    for (const attempt of [2, 3])
      expect(await push({ ...again(label), attempt })).toMatchObject({ kind: 'unknown' });
    met(far.labels.length);
    expect(far.labels).toHaveLength(1);
  });

  it.each(LOST)('by %s at a later parcel keeps what was bought before', async (name) => {
    const { far, push } = await scene();
    const label = aLabel('usps', { parcels: [PARCEL, PARCEL] });
    if (name !== 'silence') allowOne(far);
    far.fail(USPS.label, FAULTS[name]);
    const outcome = await push(label, name === 'silence' ? USPS.label : undefined);
    expect(outcome).toMatchObject({ kind: 'unknown' });
    expect(await push(next(label, outcome))).toMatchObject({ kind: 'unknown' });
    expect(far.labels).toHaveLength(name === 'silence' ? 1 : 2);
  });
});

describe('a purchase that surely had no effect', () => {
  it.each([
    ['throttled', FAULTS.throttled, null],
    ['throttled with a time', FAULTS.throttledFor, 17_000],
  ] as const)('%s is tried again', async (_, fault, after) => {
    const { far, push } = await scene();
    far.fail(USPS.label, fault);
    expect(await push(aLabel('usps'))).toMatchObject({ kind: 'retry', after_ms: after });
    expect(far.labels).toEqual([]);
  });

  it('at a later parcel goes on from there', async () => {
    const { far, push } = await scene();
    const label = aLabel('usps', { parcels: [PARCEL, PARCEL] });
    allowOne(far);
    far.fail(USPS.label, FAULTS.throttled);
    const outcome = await push(label);
    expect(outcome).toMatchObject({ kind: 'retry' });
    met(far.labels.length);
    expect(far.labels).toHaveLength(1);
    expect(await push(next(label, outcome))).toMatchObject({ kind: 'delivered' });
    met(far.labels.length, 2);
    expect(far.labels).toHaveLength(2);
  });

  it('for want of fresh tokens is made with them', async () => {
    const { far, push } = await scene();
    far.fail(USPS.label, FAULTS.expired);
    expect(await push(aLabel('usps'))).toMatchObject({ kind: 'delivered' });
    met(far.labels.length);
    expect(far.labels).toHaveLength(1);
  });

  it.each([USPS.rate, USPS.payment, USPS.token])('because %s failed is tried again', async (path) => {
    for (const name of ['reset', 'silence', 'broken', 'page', 'throttled'] as const) {
      const { far, push } = await scene();
      far.fail(path, FAULTS[name]);
      const label = aLabel('usps');
      const outcome = await push(label, name === 'silence' ? path : undefined);
      expect([name, outcome.kind]).toEqual([name, 'retry']);
      expect(await push(next(label, outcome))).toMatchObject({ kind: 'delivered' });
      met(far.labels.length);
      expect(far.labels).toHaveLength(1);
    }
  });

  it('because nobody listens is tried again', async () => {
    const far = await uspsFarSide();
    const sink = far.open({ base_url: 'http://127.0.0.1:9' });
    expect(await sink.push(aLabel('usps'))).toMatchObject({ kind: 'retry' });
  });
});

describe('a void whose answer is lost', () => {
  it.each(LOST)('by %s is unknown, and repeating it voids nothing twice', async (name) => {
    const { far, push } = await scene();
    await push(aLabel('usps'));
    far.fail(voiding(FIRST), FAULTS[name]);
    const gone = aVoid('usps', FIRST);
    const outcome = await push(gone, name === 'silence' ? voiding(FIRST) : undefined);
    expect(outcome).toMatchObject({ kind: 'unknown' });
    expect(await push(next(gone, outcome))).toMatchObject({ kind: 'delivered' });
    expect(far.labels).toMatchObject([{ void: true }]);
  });

  it.each(LOST)('by %s, when it takes back an earlier parcel, leaves no label standing', async (name) => {
    const { far, push } = await scene();
    const label = aLabel('usps', { parcels: [PARCEL, PARCEL] });
    allowOne(far);
    far.fail(USPS.label, (response) => send(response, uspsError(400, '160307')));
    far.fail(voiding(FIRST), FAULTS[name]);
    const outcome = await push(label, name === 'silence' ? voiding(FIRST) : undefined);
    expect(outcome).toMatchObject({ kind: 'unknown' });
    // All is back by then, so the push begins anew.
    expect(await push(next(label, outcome))).toMatchObject({ kind: 'delivered' });
    expect(far.labels.map((one) => one.void)).toEqual([true, false, false]);
  });
});

describe('a crash', () => {
  it('before a price was kept leaves no doubt', async () => {
    const { far, push } = await scene();
    expect(await push(again(aLabel('usps')))).toMatchObject({ kind: 'delivered' });
    met(far.labels.length);
    expect(far.labels).toHaveLength(1);
  });
});

import { describe, expect, it, vi } from 'vitest';
import { FEDEX, fedexError } from '../../../sandbox/sinks/carriers/fedex.ts';
import { createPusher } from '../../../src/sinks/perform.ts';
import type { PushRequest, Sink, SinkOutcome } from '../../../src/sinks/port.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { aLabel, aVoid, FAULTS } from '../../unit/sinks/carrier-far-side.ts';
import { logInto } from '../../unit/sinks/far-side.ts';
import { again, fedexFarSide } from '../../unit/sinks/fedex-far-side.ts';
import { countTries, met } from './tally.ts';

countTries();

async function scene() {
  const far = await fedexFarSide();
  const clock = new ManualClock();
  const sink = far.open({ timeout_ms: 5_000 }, { clock });
  const pusher = createPusher({ sinks: new Map([['fedex', sink]]), clock, log: logInto([]) });
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
  return { far, sink, push };
}

/** How the next attempt is made: after an unknown outcome the effect is looked for first. */
const next = (request: PushRequest, outcome: SinkOutcome) =>
  outcome.kind === 'unknown' ? again(request) : { ...request, attempt: request.attempt + 1 };

const LOST = ['reset', 'silence', 'broken', 'page', 'oversized'] as const;

describe('a purchase whose answer is lost', () => {
  it.each(LOST)('by %s is unknown, and is found by its reference instead of bought again', async (name) => {
    const { far, push } = await scene();
    far.fail(FEDEX.ship, FAULTS[name]);
    const label = aLabel('fedex');
    const outcome = await push(label, name === 'silence' ? FEDEX.ship : undefined);
    expect(outcome).toMatchObject({ kind: 'unknown' });
    expect(await push(next(label, outcome))).toMatchObject({
      kind: 'delivered',
      reference: '794953555010',
      facts: { tracking_number: '794953555010', carrier: 'fedex' },
    });
    met(far.labels.length);
    expect(far.labels).toHaveLength(1);
  });

  it.each(LOST)('by %s stays unknown while FedEx shows nothing, however often it is tried', async (name) => {
    const { far, push } = await scene();
    far.fail(FEDEX.ship, FAULTS[name]);
    far.state.tracked = false;
    const label = aLabel('fedex');
    await push(label, name === 'silence' ? FEDEX.ship : undefined);
    for (const attempt of [2, 3])
      expect(await push({ ...again(label), attempt })).toMatchObject({ kind: 'unknown' });
    met(far.labels.length);
    expect(far.labels).toHaveLength(1);
  });

  it('does not take a label that was voided for the one that is looked for', async () => {
    const { far, push } = await scene();
    far.fail(FEDEX.ship, FAULTS.reset);
    const label = aLabel('fedex');
    await push(label);
    await push(aVoid('fedex', '794953555010'));
    expect(await push(again(label))).toMatchObject({ kind: 'unknown' });
    met(far.labels.length);
    expect(far.labels).toHaveLength(1);
  });

  it.each(['reset', 'broken', 'page', 'oversized', 'throttled'] as const)(
    'stays unknown when the look-up fails by %s',
    async (name) => {
      const { far, push } = await scene();
      far.fail(FEDEX.ship, FAULTS.reset);
      far.fail(FEDEX.track, FAULTS[name]);
      const label = aLabel('fedex');
      await push(label);
      expect(await push(again(label))).toMatchObject({ kind: 'unknown' });
      met(far.labels.length);
      expect(far.labels).toHaveLength(1);
    },
  );
});

describe('a purchase that surely had no effect', () => {
  it.each([
    ['throttled', FAULTS.throttled, null],
    ['throttled with a time', FAULTS.throttledFor, 17_000],
  ] as const)('%s is tried again', async (_, fault, after) => {
    const { far, push } = await scene();
    far.fail(FEDEX.ship, fault);
    const label = aLabel('fedex');
    expect(await push(label)).toMatchObject({ kind: 'retry', after_ms: after });
    expect(far.labels).toEqual([]);
  });

  it('for want of a fresh token is made with one', async () => {
    const { far, push } = await scene();
    far.fail(FEDEX.ship, FAULTS.expired);
    expect(await push(aLabel('fedex'))).toMatchObject({ kind: 'delivered' });
    met(far.labels.length);
    expect(far.labels).toHaveLength(1);
    expect(far.state.tokens).toBe(2);
  });

  it('for want of any token is refused', async () => {
    const { far, push } = await scene();
    far.fail(FEDEX.ship, FAULTS.expired);
    far.fail(FEDEX.ship, FAULTS.expired);
    expect(await push(aLabel('fedex'))).toMatchObject({
      kind: 'failed',
      exception_code: 'carrier_auth_expired',
    });
    expect(far.labels).toEqual([]);
  });

  it.each(LOST)('because its price was lost by %s is tried again', async (name) => {
    const { far, push } = await scene();
    far.fail(FEDEX.rate, FAULTS[name]);
    const label = aLabel('fedex');
    const outcome = await push(label, name === 'silence' ? FEDEX.rate : undefined);
    expect(outcome).toMatchObject({ kind: 'retry' });
    expect(far.asked(FEDEX.ship)).toEqual([]);
    expect(await push(next(label, outcome))).toMatchObject({ kind: 'delivered' });
    met(far.labels.length);
    expect(far.labels).toHaveLength(1);
  });

  it.each(['reset', 'silence', 'broken', 'page', 'throttled'] as const)(
    'because its token was lost by %s is tried again',
    async (name) => {
      const { far, push } = await scene();
      far.fail(FEDEX.token, FAULTS[name]);
      const label = aLabel('fedex');
      const outcome = await push(label, name === 'silence' ? FEDEX.token : undefined);
      expect(outcome).toMatchObject({ kind: 'retry' });
      expect(await push(next(label, outcome))).toMatchObject({ kind: 'delivered' });
      met(far.labels.length);
      expect(far.labels).toHaveLength(1);
    },
  );

  it('because nobody listens is tried again', async () => {
    const far = await fedexFarSide();
    const sink: Sink = far.open({ base_url: 'http://127.0.0.1:9' });
    expect(await sink.push(aLabel('fedex'))).toMatchObject({ kind: 'retry' });
  });

  it('because FedEx refuses it goes to a person and is bought once corrected', async () => {
    const { far, push } = await scene();
    far.fail(FEDEX.ship, (response) => {
      const { status, body } = fedexError(400, 'COUNTRY.POSTALCODE.INVALID');
      response.writeHead(status).end(JSON.stringify(body));
    });
    const label = aLabel('fedex');
    expect(await push(label)).toMatchObject({ kind: 'failed', exception_code: 'address_invalid' });
    expect(await push({ ...label, attempt: 2 })).toMatchObject({ kind: 'delivered' });
    met(far.labels.length);
    expect(far.labels).toHaveLength(1);
  });
});

describe('a void whose answer is lost', () => {
  it.each(LOST)('by %s is unknown, and repeating it voids nothing twice', async (name) => {
    const { far, push } = await scene();
    await push(aLabel('fedex'));
    far.fail(FEDEX.cancel, FAULTS[name]);
    const gone = aVoid('fedex', '794953555010');
    const outcome = await push(gone, name === 'silence' ? FEDEX.cancel : undefined);
    expect(outcome).toMatchObject({ kind: 'unknown' });
    expect(await push(next(gone, outcome))).toMatchObject({ kind: 'delivered' });
    expect(far.labels).toMatchObject([{ void: true }]);
  });

  it.each(['throttled', 'throttledFor'] as const)('or that is %s is tried again', async (name) => {
    const { far, push } = await scene();
    await push(aLabel('fedex'));
    far.fail(FEDEX.cancel, FAULTS[name]);
    expect(await push(aVoid('fedex', '794953555010'))).toMatchObject({ kind: 'retry' });
    expect(far.labels).toMatchObject([{ void: false }]);
  });
});

describe('a crash', () => {
  it('before a price was kept leaves no doubt', async () => {
    const { far, push } = await scene();
    expect(await push(again(aLabel('fedex')))).toMatchObject({ kind: 'delivered' });
    met(far.labels.length);
    expect(far.labels).toHaveLength(1);
    expect(far.asked(FEDEX.track)).toEqual([]);
  });

  it('after it is looked up', async () => {
    const far = await fedexFarSide();
    const sink = far.open();
    const kept = { cursor: 'quoted:1', facts: { quoted: { amount: '12.5', currency: 'USD' } } };
    const label = { ...aLabel('fedex'), ...kept };
    expect(await sink.reconcile(label)).toEqual({ kind: 'unknown' });
    await sink.push(aLabel('fedex'));
    expect(await sink.reconcile(label)).toMatchObject({
      kind: 'delivered',
      facts: { cost: kept.facts.quoted },
    });
  });
});

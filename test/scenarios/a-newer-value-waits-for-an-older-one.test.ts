import { expect, it, onTestFinished } from 'vitest';
import { createDesk } from '../../src/flow/desk.ts';
import { receive } from '../../src/flow/intake.ts';
import type { PushRequest, SinkOutcome } from '../../src/sinks/port.ts';
import { ALICE } from '../support/core.ts';
import { ManualClock, T0 } from '../support/manual-clock.ts';
import { openProbes } from '../support/probe-flow.ts';
import { endDispatcher, quietDispatcher } from '../support/quiet-dispatch.ts';
import { rawShelf } from '../support/rollout.ts';

const MINUTE = 60_000;
const OLDER = 2;
const NEWER = 3;

/** Prices of one SKU that come in and are accepted; `older` says what the system does with the price OLDER. */
async function town(
  older: (request: PushRequest) => Promise<SinkOutcome>,
  isThere: (key: string) => boolean,
) {
  const clock = new ManualClock();
  const probes = await openProbes(clock);
  onTestFinished(() => probes.close());
  probes.shelves = {};
  const desk = createDesk(probes.flow, () => Promise.reject(new Error('Nobody is linked here.')));
  const sent: number[] = [];
  const settled = async () => {
    for (let turns = 0; turns < 200; turns += 1) await new Promise<void>((resolve) => setImmediate(resolve));
  };
  return {
    clock,
    probes,
    /** The prices that were sent, in order. */
    sent,
    async start() {
      const dispatcher = quietDispatcher(probes.flow, {
        isThere,
        push: async (request) => {
          const [line] = request.body['lines'] as { now: number }[];
          sent.push(line?.now ?? 0);
          return line?.now === OLDER ? older(request) : { kind: 'delivered', reference: request.key };
        },
      });
      onTestFinished(() => endDispatcher(dispatcher, clock));
      await dispatcher.start();
      return dispatcher;
    },
    async accepted(price: number, occurredAt: number): Promise<void> {
      const key = `price-${price}`;
      const raw = { ...rawShelf(['A'], occurredAt, 'single', price), idempotency_key: key };
      const result = await receive(probes.flow, 'erp', raw, key);
      if (result.kind !== 'stored') throw new Error(`It was not stored: ${result.kind}.`);
      await desk.accept(result.committed.after.id, ALICE, 1, true);
      await settled();
    },
    async pass(ms: number): Promise<void> {
      clock.advance(ms);
      await settled();
    },
  };
}

const noAnswer = async (): Promise<SinkOutcome> => ({ kind: 'unknown', cause: 'No answer.' });
const never = () => false;

it('is not sent while an older value, whose answer was lost, may still arrive', async () => {
  const { accepted, clock, pass, sent, start } = await town(noAnswer, never);
  await start();
  await accepted(OLDER, T0 - MINUTE);
  await accepted(NEWER, clock.now());
  await pass(29_000);
  expect(sent).toEqual([OLDER]);
  await pass(2_000);
  expect(sent).toEqual([OLDER, NEWER]);
  await pass(10 * MINUTE);
  expect(sent).toEqual([OLDER, NEWER]);
});

it('is not sent while the request of a process that is gone may still arrive', async () => {
  const { accepted, clock, pass, probes, sent, start } = await town(() => new Promise(() => {}), never);
  const first = await start();
  await accepted(OLDER, T0);
  expect(sent).toEqual([OLDER]);
  await endDispatcher(first, clock);
  await probes.reopen();
  await pass(MINUTE);
  await accepted(NEWER, clock.now());
  await start();
  await pass(29_000);
  expect(sent).not.toContain(NEWER);
  await pass(2_000);
  expect(sent.at(-1)).toBe(NEWER);
});

it('is sent as soon as the older one is known to stand', async () => {
  const there = new Set<string>();
  const lost = ({ key }: PushRequest): Promise<SinkOutcome> => {
    there.add(key);
    return noAnswer();
  };
  const { accepted, clock, pass, probes, sent, start } = await town(lost, (key) => there.has(key));
  const first = await start();
  await accepted(OLDER, T0);
  await endDispatcher(first, clock);
  await probes.reopen();
  await pass(20 * MINUTE);
  await start();
  await pass(1_000);
  await accepted(NEWER, clock.now());
  expect(sent).toEqual([OLDER, NEWER]);
});

it('stays when an older one of the same instant, which came in before it, is tried again', async () => {
  const { accepted, pass, sent, start } = await town(noAnswer, never);
  await start();
  await accepted(OLDER, T0);
  await accepted(NEWER, T0);
  await pass(31_000);
  await pass(10 * MINUTE);
  expect(sent).toEqual([OLDER, NEWER]);
});

import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { RETRY_FAST } from '../../src/exports/retries.ts';
import { defineSink } from '../../src/sinks/define.ts';
import type { SinkOutcome } from '../../src/sinks/port.ts';
import { SINK_KINDS } from '../../src/sinks/registry.ts';
import { reportProof } from '../proof/report.ts';
import { SCALE, scaled } from '../proof/scale.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { aPush, farSide, openWebhook } from '../unit/sinks/far-side.ts';
import { ENDLESS, MIB } from './outage/endless.ts';
import type { Weather } from './outage/far-side.ts';
import { OutageHouse } from './outage/house.ts';
import { chance } from './town/chance.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DOWN_MS = 72 * HOUR;
const STEP_MS = scaled({ short: 10 * MINUTE, quick: MINUTE, full: MINUTE });
const TIMEOUT_MS = scaled({ short: 120_000, quick: 300_000, full: 900_000 });
/** Pushes that wait for the sink from the first hour; as many come while it is down. */
const WAITING = scaled({ short: 8, quick: 15, full: 15 });

type Tally = { tries: number; lost: number; doubled: number; wrong: number };

/** What became of these exports: delivered, or visibly failed with somebody told; anything else is lost. */
async function judge(
  house: OutageHouse,
  sink: string,
  ids: readonly string[],
): Promise<Tally & { failed: string[] }> {
  const tally = { tries: ids.length, lost: 0, doubled: 0, wrong: 0, failed: [] as string[] };
  const far = house.at(sink);
  for (const id of ids) {
    const state = await house.find(id);
    const times = (state?.pushes ?? []).map(({ key }) => far.effects.get(key) ?? 0);
    if (times.some((n) => n > 1)) tally.doubled += 1;
    if (state?.status === 'delivered') {
      if (times.length !== 1 || times[0] === 0) tally.lost += 1;
    } else if (state?.status === 'failed' && house.told.has(id)) tally.failed.push(id);
    else tally.lost += 1;
  }
  return tally;
}

describe('a sink that is down for 72 hours', () => {
  const down: readonly Weather[] =
    SCALE === 'short' ? ['garbage'] : ['refused', 'fail_503', 'reset', 'hang', 'garbage'];

  it.each(down)(
    '(%s) gets everything when it is back, and harms no other',
    { timeout: TIMEOUT_MS },
    async (weather) => {
      const random = chance(0x51);
      process.stdout.write(`seed ${random.seed}\n`);
      const house = new OutageHouse({ random, sinks: ['oms', 'wms'] });
      await house.begin();
      const oms = house.at('oms');
      const ids: string[] = [];
      const others: string[] = [];
      let wrong = 0;
      const sendBoth = async () => {
        ids.push(await house.send('oms'));
        const other = await house.send('wms');
        others.push(other);
        // The other sink takes it at this very moment, however its neighbour is.
        await house.quiet();
        if ((await house.state(other)).status !== 'delivered') wrong += 1;
      };

      await oms.become(weather);
      for (let n = 0; n < WAITING; n += 1) await sendBoth();
      await house.pass(5 * MINUTE, STEP_MS);
      if (house.pusher.breakerStates()['oms']?.state === 'closed') wrong += 1;

      const every = DOWN_MS / WAITING;
      let next = house.clock.monotonic() + every;
      const trickle = async () => {
        if (house.clock.monotonic() < next) return;
        next += every;
        await sendBoth();
      };
      await house.pass(DOWN_MS / 2, STEP_MS, trickle);
      await house.restart();
      const called = oms.calls + oms.lookups;
      await house.pass(DOWN_MS / 2, STEP_MS, trickle);

      // It is looked after now and then: each rest lasts five minutes at most, and no stampede comes.
      const probes = oms.calls + oms.lookups - called;
      const listens = weather !== 'refused';
      if (listens && (probes < 36 || probes > 36 * 60)) wrong += 1;
      if (house.pusher.breakerStates()['wms']?.state !== 'closed') wrong += 1;
      const early = [...oms.effects.values()].reduce((sum, n) => sum + n, 0);
      if (early > 0) wrong += 1;
      const gaveUp = (await judge(house, 'oms', ids)).failed.length;

      await oms.become('up');
      await house.pass(3 * HOUR, MINUTE);
      const tally = await judge(house, 'oms', ids);
      const beside = await judge(house, 'wms', others);
      const state = house.pusher.breakerStates()['oms']?.state;
      if (state !== 'closed') wrong += 1;
      reportProof('sink_down', {
        tries: tally.tries,
        lost: tally.lost + beside.lost,
        doubled: tally.doubled + beside.doubled,
        wrong: wrong + beside.failed.length,
      });
      expect({ ...tally, wrong, state, gaveUp, listens, probes: listens ? probes : 0 }).toMatchObject({
        tries: ids.length,
        lost: 0,
        doubled: 0,
        wrong: 0,
        failed: [],
        gaveUp: 0,
        state: 'closed',
      });
      expect(beside).toMatchObject({ lost: 0, doubled: 0, failed: [] });
    },
  );
});

describe('a push that has the lane for itself', () => {
  const many = scaled({ short: 1, quick: 3, full: 10 });

  it('waits out 72 hours of every probe failing, or ends visibly where its values age', {
    timeout: TIMEOUT_MS,
  }, async () => {
    const random = chance(0x52);
    const tally: Tally = { tries: 0, lost: 0, doubled: 0, wrong: 0 };
    let gaveUp = 0;
    for (let n = 0; n < many; n += 1) {
      for (const retry of [undefined, RETRY_FAST]) {
        const house = new OutageHouse({ random, sinks: ['oms'], ...(retry ? { retry } : {}) });
        await house.begin();
        await house.at('oms').become('fail_503');
        const id = await house.send('oms');
        await house.pass(DOWN_MS, STEP_MS);
        const before = await judge(house, 'oms', [id]);
        await house.at('oms').become('up');
        await house.pass(3 * HOUR, MINUTE);
        const after = await judge(house, 'oms', [id]);
        tally.tries += 1;
        tally.lost += before.failed.length === 1 ? 0 : after.lost + after.failed.length;
        tally.doubled += after.doubled;
        // What is patient outlasts it; what ages is given up, and somebody is told.
        if (retry === undefined) gaveUp += before.failed.length;
        else if (before.failed.length === 0 || !house.told.has(id)) tally.wrong += 1;
        await house.close();
      }
    }
    tally.wrong += gaveUp;
    reportProof('sink_down', tally);
    expect(tally).toMatchObject({ lost: 0, doubled: 0, wrong: 0 });
  });
});

describe('a poisonous push', () => {
  const TURNS = scaled({ short: 1, quick: 3, full: 6 });
  /** A kind of sink whose adapter itself fails over what it is asked to do. */
  const broken = (how: (value: unknown) => Promise<never> | null) =>
    defineSink({
      kind: 'broken',
      settings: z.strictObject({}),
      create: (_settings, { name }) => ({
        name,
        limits: { concurrency: 1, rate_per_second: null },
        idempotent: true,
        accepts: () => true,
        push: ({ body }) => how(body['value']) ?? Promise.resolve({ kind: 'delivered', reference: null }),
        reconcile: async () => ({ kind: 'unknown' }),
        close: async () => undefined,
      }),
    });
  let endless = 0;
  const POISONS = {
    'throws at once': () => {
      throw new TypeError('Cannot read properties of undefined');
    },
    'rejects without a word': () => Promise.reject(new Error('')),
    'runs out of stack': () => {
      const deeper = (): never => deeper();
      return deeper();
    },
    'never ends': () => {
      endless += 1;
      return new Promise<never>(() => undefined);
    },
  } satisfies Record<string, () => Promise<never>>;

  it.each(Object.entries(POISONS))(
    'whose adapter %s holds up nothing else of its lane',
    { timeout: TIMEOUT_MS },
    async (_, how) => {
      const random = chance(0x53);
      const tally: Tally = { tries: 0, lost: 0, doubled: 0, wrong: 0 };
      for (let n = 0; n < TURNS; n += 1) {
        const poisoned = new Set([3, 4]);

        const kinds = [...SINK_KINDS, broken((value) => (poisoned.has(Number(value)) ? how() : null))];
        const house = new OutageHouse({
          random,
          sinks: ['oms', 'wms'],
          kinds,
          kindOf: { oms: 'broken' },
          retry: RETRY_FAST,
          // Its lane has one place.
          hanging: () => Math.min(1, endless),
        });
        await house.begin();
        const ids: string[] = [];
        for (let each = 0; each < 6; each += 1) ids.push(await house.send('oms'));
        const other = await house.send('wms');
        await house.pass(10 * MINUTE, MINUTE);
        const statuses = await Promise.all(ids.map(async (id) => (await house.state(id)).status));
        tally.tries += poisoned.size;
        tally.wrong += statuses.filter(
          (status, at) => !poisoned.has(at + 1) && status !== 'delivered',
        ).length;
        if ((await house.state(other)).status !== 'delivered') tally.wrong += 1;
        // In the end it is somebody's matter.
        await house.pass(24 * HOUR, 5 * MINUTE);
        for (const id of ids.filter((_id, at) => poisoned.has(at + 1))) {
          const { status } = await house.state(id);
          if (status === 'delivering' || status === 'accepted' || !house.told.has(id)) tally.wrong += 1;
        }
        await house.close();
      }
      reportProof('sink_down', tally);
      expect(tally).toMatchObject({ lost: 0, doubled: 0, wrong: 0 });
    },
  );

  it('that the far side always fails at holds up nothing else', { timeout: TIMEOUT_MS }, async () => {
    const random = chance(0x54);
    const tally: Tally = { tries: 0, lost: 0, doubled: 0, wrong: 0 };
    for (const how of ['500', 'reset', 'garbage'] as const) {
      const house = new OutageHouse({ random, sinks: ['oms', 'wms'], retry: RETRY_FAST, concurrency: 1 });
      await house.begin();
      const oms = house.at('oms');
      const poison = await house.send('oms');
      await house.quiet();
      const fresh = await house.send('oms');
      await house.quiet();
      const key = (await house.state(fresh)).pushes[0]?.key;
      if (poison === fresh || (await house.state(poison)).status !== 'delivered') tally.wrong += 1;
      const bad = new Set<string>();
      oms.poison = (response, pushed) => {
        if (!bad.has(pushed)) return false;
        if (how === '500') response.writeHead(500).end('{}');
        else if (how === 'reset') response.socket?.resetAndDestroy();
        else response.writeHead(200).end('nonsense');
        return true;
      };
      // Keys are made from the export, so that the next ones are known only once they are sent.
      await oms.become('fail_503');
      const ids: string[] = [];
      for (let each = 0; each < 8; each += 1) ids.push(await house.send('oms'));
      await house.quiet();
      const poisonous = ids.slice(2, 4);
      for (const id of poisonous) for (const push of (await house.state(id)).pushes) bad.add(push.key);
      if (key !== undefined && bad.has(key)) tally.wrong += 1;
      await oms.become('up');
      await house.pass(30 * MINUTE, 10_000);
      tally.tries += poisonous.length;
      for (const id of ids) {
        if (poisonous.includes(id)) continue;
        if ((await house.state(id)).status !== 'delivered') tally.wrong += 1;
      }
      await house.pass(24 * HOUR, 5 * MINUTE);
      const ended = await judge(house, 'oms', poisonous);
      if (ended.failed.length !== poisonous.length) tally.wrong += 1;
      tally.doubled += ended.doubled;
      await house.close();
    }
    reportProof('sink_down', tally);
    expect(tally).toMatchObject({ lost: 0, doubled: 0, wrong: 0 });
  });
});

describe('an answer that is lost after the effect', () => {
  const EACH = scaled({ short: 3, quick: 10, full: 25 });
  const lost: readonly Weather[] = ['reset_after', 'hang_after', 'broken_after', 'garbage_after'];

  it.each(lost)(
    '(%s) is looked up, before and after a restart: nothing is done twice',
    { timeout: TIMEOUT_MS },
    async (weather) => {
      const house = new OutageHouse({ random: chance(0x55), sinks: ['oms'], retry: RETRY_FAST });
      await house.begin();
      const oms = house.at('oms');
      const ids: string[] = [];
      await oms.become(weather);
      for (let n = 0; n < EACH; n += 1) {
        ids.push(await house.send('oms'));
        await house.quiet();
      }
      // The restart comes while some are known to be in doubt, and some still have no answer.
      await house.restart();
      await oms.become('up');
      await house.pass(2 * HOUR, MINUTE);
      const tally = await judge(house, 'oms', ids);
      reportProof('sink_down', { ...tally, wrong: tally.failed.length });
      expect(tally).toMatchObject({ lost: 0, doubled: 0, failed: [] });
      expect(oms.lookups).toBeGreaterThan(0);
    },
  );
});

describe('an answer that does not fit', () => {
  const TIMES = scaled({ short: 1, quick: 2, full: 3 });
  /** What an answer may cost besides the cap: buffers of both sides, which live in this process. */
  const GROWS_MOST = 64 * MIB;

  it.each(ENDLESS)(
    '$name is cut, and its memory given back',
    { timeout: TIMEOUT_MS },
    async ({ answer, ends }) => {
      const tally: Tally = { tries: 0, lost: 0, doubled: 0, wrong: 0 };
      for (let n = 0; n < TIMES; n += 1) {
        let poured = 0;
        const far = await farSide((response) => answer(response, (bytes) => (poured += bytes)));
        const clock = new ManualClock();
        const sink = openWebhook({ url: far.url }, { clock });
        const before = process.memoryUsage();
        let highest = 0;
        const pushed: Promise<SinkOutcome> = sink.push(aPush());
        let done = false;
        void pushed.finally(() => {
          done = true;
        });
        await expect.poll(() => far.seen.length).toBe(1);
        await expect
          .poll(
            () => {
              const now = process.memoryUsage();
              const grown = now.external + now.heapUsed - before.external - before.heapUsed;
              highest = Math.max(highest, grown);
              // What drips for ever is ended by the clock.
              if (ends === 'by time' && poured > 0) clock.advance(10_000);
              return done;
            },
            { interval: 2, timeout: 20_000 },
          )
          .toBe(true);
        const outcome = await pushed;
        tally.tries += 1;
        if (outcome.kind !== 'unknown' || poured > 24 * MIB || highest > GROWS_MOST) {
          tally.wrong += 1;
          process.stdout.write(`${JSON.stringify({ outcome, poured, highest })}\n`);
        }
      }
      reportProof('sink_down', tally);
      expect(tally.wrong).toBe(0);
    },
  );
});

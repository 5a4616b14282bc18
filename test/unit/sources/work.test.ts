import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createCatalog } from '../../../src/exports/catalog.ts';
import type { Json } from '../../../src/exports/envelope.ts';
import { DAY_MS, HOUR_MS } from '../../../src/exports/words.ts';
import { createLogger } from '../../../src/log.ts';
import type { Fetched, Source, Stream } from '../../../src/sources/define.ts';
import type { Fact } from '../../../src/sources/facts.ts';
import { createSources } from '../../../src/sources/index.ts';
import type { Claim } from '../../../src/sources/port.ts';
import type { OpenSource } from '../../../src/sources/registry.ts';
import { ruleSchema } from '../../../src/sources/rules.ts';
import { openLedger } from '../../../src/store/index.ts';
import { countingIds, ManualClock, T0 } from '../../support/manual-clock.ts';

type Open = Awaited<ReturnType<typeof openLedger>>;
let folder: string;
let clock: ManualClock;
let ledger: Open;
let received: { [key: string]: Json }[];
let breaks: boolean;
let answer: Fetched<readonly Fact[]>;
let fetches: number;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'meshline-'));
  clock = new ManualClock();
  ledger = await openLedger({ file: join(folder, 'l.db'), clock, ids: countingIds() });
  [received, breaks, fetches] = [[], false, 0];
  answer = { kind: 'ok', value: [] };
});
afterEach(async () => {
  await ledger.close();
  rmSync(folder, { recursive: true });
});

const failure: Fact = {
  what: 'label_failed',
  key: 'label:1',
  at: T0,
  exception_code: 'label_pending',
  severity: 'high',
  summary: 'No label',
  detail: null,
  affected: [{ kind: 'shipment', reference: '1' }],
  metadata: {},
};

/** A platform whose every event is a pointer. */
function platform(streams: readonly Stream[] = []): Source {
  return {
    verify: async () => claim('x'),
    open: () => ({ topic: 'label', at: clock.now() }),
    read: () => ({ kind: 'pointer', about: { what: 'label_failed', quantity: null }, pointer: 'there' }),
    async fetch() {
      fetches += 1;
      return answer;
    },
    streams,
    close: async () => {},
  };
}

const claim = (id: string, event: string | null = null): Claim => ({ id, event, topic: null, at: null });

function sourcesWith(streams: readonly Stream[] = [], known = true) {
  const open: OpenSource = {
    name: 'acme',
    kind: 'acme',
    naming: { channels: [], locations: {} },
    rules: [ruleSchema(createCatalog()).parse({ when: 'label_failed', then: 'exception_notify' })],
    reconcile_ms: HOUR_MS,
    source: platform(streams),
  };
  return createSources({
    clock,
    log: createLogger({ level: 'silent' }),
    catalog: createCatalog(),
    inbound: ledger.inbound,
    sources: new Map(known ? [['acme', open]] : []),
    async receive(_source, raw) {
      if (breaks) throw new Error('The disk is full.');
      received.push(raw);
      return { kind: 'repeat', answer: null };
    },
  });
}

describe('noted events', () => {
  it('are worked on once, and leave nothing of their content behind', async () => {
    const sources = sourcesWith();
    answer = { kind: 'ok', value: [failure] };
    expect(await sources.hooks.take('acme', claim('a', 'e'), {}, 'h')).toEqual({ outcome: 'noted' });
    await sources.tick();
    expect(received).toMatchObject([{ export_type: 'exception_notify', exception_code: 'label_pending' }]);
    expect(await ledger.inbound.counts()).toEqual({ waiting: 0, failed: 0 });
    expect(await sources.hooks.take('acme', claim('a', 'e'), {}, 'h')).toEqual({ outcome: 'repeat' });
    expect(await sources.hooks.take('acme', claim('b', 'e'), {}, 'other')).toEqual({ outcome: 'repeat' });
    expect(await sources.hooks.take('acme', claim('a', 'e'), {}, 'other')).toMatchObject({
      refused: 'replayed',
    });
    await sources.tick();
    expect(fetches).toBe(1);
  });

  it('wait longer after each failure, as long as the platform asks, and are given up after three days', async () => {
    const sources = sourcesWith();
    answer = { kind: 'later', after_ms: 30_000, reason: 'It answered 503.' };
    await sources.hooks.take('acme', claim('a'), {}, 'h');
    await sources.tick();
    await sources.tick();
    expect(fetches).toBe(1);
    clock.advance(29_000);
    await sources.tick();
    expect(fetches).toBe(1);
    clock.advance(1_000);
    await sources.tick();
    expect(fetches).toBe(2);
    clock.advance(3 * DAY_MS + HOUR_MS);
    await sources.tick();
    expect(received).toMatchObject([{ export_type: 'exception_notify', exception_code: 'sink_unreachable' }]);
    expect(await ledger.inbound.counts()).toEqual({ waiting: 0, failed: 1 });
  });

  it('are told of once a day when their source has not been answering for a while', async () => {
    const sources = sourcesWith();
    answer = { kind: 'later', after_ms: null, reason: 'It answered 401: check the API token.' };
    await sources.hooks.take('acme', claim('a'), {}, 'h');
    for (let n = 0; n < 9; n += 1) {
      await sources.tick();
      clock.advance(HOUR_MS);
    }
    expect(received).toMatchObject([
      {
        idempotency_key: 'acme:acme:trouble:2026-11-24',
        payload: { detail: expect.stringContaining('401') },
      },
    ]);
    expect(await ledger.inbound.counts()).toEqual({ waiting: 1, failed: 0 });
  });

  it('survive a ledger that cannot store their export just now', async () => {
    const sources = sourcesWith();
    answer = { kind: 'ok', value: [failure] };
    await sources.hooks.take('acme', claim('a'), {}, 'h');
    breaks = true;
    await sources.tick();
    expect(await ledger.inbound.counts()).toEqual({ waiting: 1, failed: 0 });
    breaks = false;
    clock.advance(HOUR_MS);
    await sources.tick();
    expect(received).toHaveLength(1);
  });

  it('wait for a source that is not configured any more', async () => {
    const before = sourcesWith();
    await before.hooks.take('acme', claim('a'), {}, 'h');
    await before.close();
    await sourcesWith([], false).tick();
    expect(await ledger.inbound.counts()).toEqual({ waiting: 1, failed: 0 });
    answer = { kind: 'ok', value: [failure] };
    await sourcesWith().tick();
    expect(received).toHaveLength(1);
  });

  it('are dropped a week after they were done, and never while they wait', async () => {
    const sources = sourcesWith();
    await sources.hooks.take('acme', claim('done'), {}, 'h');
    await sources.tick();
    clock.advance(8 * DAY_MS);
    await sources.hooks.take('acme', claim('next'), {}, 'h');
    expect(await sources.hooks.take('acme', claim('done'), {}, 'h')).toEqual({ outcome: 'noted' });
  });
});

describe('reconciliation', () => {
  function stream(
    pages: () => Fetched<{ items: []; mark: number }>[],
  ): Stream & { from: [number, number][] } {
    const from: [number, number][] = [];
    return {
      name: 'labels',
      from,
      async *pull(since, began) {
        from.push([since, began]);
        yield* pages();
      },
    };
  }

  it('begins with the first look, overlaps, and keeps how far each page reached', async () => {
    const labels = stream(() => [{ kind: 'ok', value: { items: [], mark: T0 + 1000 } }]);
    const sources = sourcesWith([labels]);
    await sources.tick();
    expect(labels.from).toEqual([]);
    clock.advance(HOUR_MS);
    await sources.tick();
    await sources.tick();
    expect(labels.from).toEqual([[T0 - 120_000, T0]]);
    clock.advance(HOUR_MS);
    await sources.tick();
    expect(labels.from[1]).toEqual([T0 + 1000 - 120_000, T0]);
  });

  it('asks again a minute after a failure, from where it stood', async () => {
    const labels = stream(() => [{ kind: 'later', after_ms: null, reason: 'It answered 503.' }]);
    const sources = sourcesWith([labels]);
    await sources.tick();
    clock.advance(HOUR_MS);
    await sources.tick();
    await sources.tick();
    expect(labels.from).toHaveLength(1);
    clock.advance(60_000);
    await sources.tick();
    expect(labels.from).toHaveLength(2);
    expect(labels.from[1]).toEqual(labels.from[0]);
  });
});

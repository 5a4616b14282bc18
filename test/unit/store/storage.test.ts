import { monitorEventLoopDelay } from 'node:perf_hooks';
import { describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../../src/clock.ts';
import { StorageBusy, StorageFull } from '../../../src/store/index.ts';
import { OWNER, received } from '../../support/events.ts';
import { ManualClock, T0 } from '../../support/manual-clock.ts';
import { startChild } from './children/start.ts';
import { ledgerWithDatabase, take } from './ledger.ts';

describe('a full disk', () => {
  it('refuses whole transactions, lets reads go on, and heals by itself', async () => {
    const { ledger, db, ids } = ledgerWithDatabase();
    const first = ids.uuid();
    await take(ledger, first);
    const head = ledger.head();
    db.pragma(`max_page_count = ${Number(db.pragma('page_count', { simple: true }))}`);
    const big = received({ raw: { text: 'x'.repeat(100_000) } });
    const results = await Promise.allSettled([
      ledger.update(first, T0, () => ({ events: [{ type: 'reminded', to: [OWNER] }] })),
      take(ledger, ids.uuid(), big),
    ]);
    for (const result of results) {
      expect(result).toMatchObject({ status: 'rejected', reason: { retry_after_s: 30 } });
      expect(result.status === 'rejected' && result.reason).toBeInstanceOf(StorageFull);
    }
    expect(ledger.head()).toEqual(head);
    expect((await ledger.get(first))?.version).toBe(1);
    db.pragma('max_page_count = 1000000');
    await take(ledger, ids.uuid(), big);
    await ledger.update(first, T0, () => ({ events: [{ type: 'reminded', to: [OWNER] }] }));
    expect((await ledger.verify()).faults).toEqual([]);
  });
});

describe('a lock held by somebody else', () => {
  it('delays updates without blocking the event loop', async () => {
    const { ledger, file, ids } = ledgerWithDatabase(systemClock);
    const id = ids.uuid();
    await take(ledger, id);
    await startChild('hold-write-lock.ts', file, '1000');
    const delay = monitorEventLoopDelay({ resolution: 5 });
    delay.enable();
    const started = performance.now();
    await Promise.all(
      [1, 2, 3].map(() => ledger.update(id, T0, () => ({ events: [{ type: 'reminded', to: [OWNER] }] }))),
    );
    delay.disable();
    expect(performance.now() - started).toBeGreaterThan(500);
    expect(delay.max / 1e6).toBeLessThan(150);
    expect((await ledger.get(id))?.rungs_fired).toBe(3);
  });

  it('is given up after ten seconds, and tried afresh by the next call', async () => {
    const clock = new ManualClock();
    const { ledger, file, ids } = ledgerWithDatabase(clock);
    const id = ids.uuid();
    await take(ledger, id);
    const child = await startChild('hold-write-lock.ts', file, '60000');
    const update = () => ledger.update(id, T0, () => ({ events: [{ type: 'reminded', to: [OWNER] }] }));
    let failure: unknown;
    update().catch((error: unknown) => {
      failure = error;
    });
    await vi.waitFor(
      () => {
        clock.advance(1000);
        expect(failure).toBeInstanceOf(StorageBusy);
      },
      { interval: 5, timeout: 10_000 },
    );
    child.kill('SIGKILL');
    const afresh = update();
    await vi.waitFor(async () => {
      clock.advance(1000);
      expect((await ledger.get(id))?.version).toBe(2);
    });
    await afresh;
  });
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { receive } from '../../../src/flow/intake.ts';
import type { Flow } from '../../../src/flow/settings.ts';
import { createSweeper, type Sweeper } from '../../../src/flow/sweep.ts';
import { openLedger } from '../../../src/store/index.ts';
import { catalog, directory, rawProbe } from '../../support/core.ts';
import { countingIds, ManualClock } from '../../support/manual-clock.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

let clock: ManualClock;
let flow: Flow;
let sweeper: Sweeper;
let folder: string;
let alarms: string[];

beforeEach(async () => {
  clock = new ManualClock();
  folder = mkdtempSync(join(tmpdir(), 'meshline-sweep-'));
  alarms = [];
  const ids = countingIds();
  const ledger = await openLedger({ file: join(folder, 'ledger.db'), clock, ids });
  flow = {
    ledger,
    clock,
    ids,
    catalog,
    log: {
      info: () => undefined,
      warn: () => undefined,
      error: (_facts, message) => void alarms.push(message),
    },
    settings: () => ({
      directory,
      policies: new Map([['probe', { routes: [] }]]),
      sources: new Map([['erp', { types: null, can_refetch: false }]]),
      sinks: [],
    }),
  };
  sweeper = createSweeper(flow);
});
afterEach(async () => {
  await flow.ledger.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Exports with an SLA of ten minutes: reminded at 5, escalated at 10, paged at 15, expired at 80. */
async function waiting(count: number): Promise<string[]> {
  const answers = await Promise.all(
    Array.from({ length: count }, (_, n) =>
      receive(flow, 'erp', rawProbe({ subject: `s${n}` }, { idempotency_key: `k${n}` }), `k${n}`),
    ),
  );
  return answers.map((each) => {
    if (each.kind !== 'stored') throw new Error('It was not stored.');
    return each.committed.after.id;
  });
}

const types = async (id: string) => (await flow.ledger.events(id)).map(({ event }) => event.type).slice(1);

/** Time passes as it does: sweep by sweep. */
async function pass(ms: number, step = 30_000): Promise<void> {
  for (let passed = 0; passed < ms; passed += step) {
    clock.advance(Math.min(step, ms - passed));
    await sweeper.sweep();
  }
}

describe('the sweep', () => {
  it('fires each rung once for everything that came due while it was away for a day', async () => {
    const ids = await waiting(50);
    clock.advance(24 * HOUR);
    await sweeper.sweep();
    await sweeper.sweep();
    for (const id of ids) expect(await types(id)).toEqual(['reminded', 'escalated', 'paged']);
    await pass(11 * MINUTE);
    for (const id of ids) expect(await types(id)).toEqual(['reminded', 'escalated', 'paged', 'expired']);
  });

  it('goes on when the clock is set an hour back, and alarms', async () => {
    const [id = ''] = await waiting(1);
    await pass(6 * MINUTE);
    clock.setWall(clock.now() - HOUR);
    await sweeper.sweep();
    expect(alarms).toEqual(['The wall clock was set; nothing expires for ten minutes']);
    await pass(HOUR + 10 * MINUTE);
    expect(await types(id)).toEqual(['reminded', 'escalated', 'paged']);
  });

  it('lets nothing expire for ten minutes when the clock is set forward', async () => {
    const ids = await waiting(20);
    await pass(16 * MINUTE);
    clock.setWall(clock.now() + 2 * HOUR);
    await pass(9 * MINUTE);
    expect(sweeper.expiryHeld()).toBe(true);
    for (const id of ids) expect(await types(id)).toEqual(['reminded', 'escalated', 'paged']);
    clock.setWall(clock.now() - 2 * HOUR);
    await pass(9 * MINUTE);
    for (const id of ids) expect(await types(id)).toEqual(['reminded', 'escalated', 'paged']);
  });

  it('counts overdue deadlines for the auditor', async () => {
    await waiting(3);
    clock.advance(5.5 * MINUTE);
    expect(await flow.ledger.pulse(clock.now() - MINUTE)).toMatchObject({ overdue_deadlines: 0 });
    clock.advance(MINUTE);
    expect(await flow.ledger.pulse(clock.now() - MINUTE)).toMatchObject({ overdue_deadlines: 3 });
    await sweeper.sweep();
    expect(await flow.ledger.pulse(clock.now() - MINUTE)).toMatchObject({ overdue_deadlines: 0 });
  });
});

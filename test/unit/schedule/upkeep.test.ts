import { appendFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { readHeadLines } from '../../../src/head-line.ts';
import type { Log } from '../../../src/log.ts';
import type { JobState } from '../../../src/schedule/jobs.ts';
import { startUpkeep, upkeepChecks } from '../../../src/schedule/upkeep.ts';
import { openLedger, verifyFile } from '../../../src/store/index.ts';
import { addUpkeepMetrics } from '../../../src/web/upkeep-metrics.ts';
import { folder, freshLedger, take } from '../store/ledger.ts';

const HOUR = 3_600_000;
const TICK = 1_000;
const WITHIN = { timeout: 15_000, interval: 20 };

function logged() {
  const errors: string[] = [];
  const log: Log = { info: () => {}, warn: () => {}, error: (_facts, message) => errors.push(message) };
  return { log, errors };
}

type Plans = Parameters<typeof startUpkeep>[0];

async function upkept(plans: Plans) {
  const fresh = await freshLedger();
  const { log, errors } = logged();
  const start = () => {
    const jobs = startUpkeep(plans, fresh.ledger, fresh.clock, log);
    onTestFinished(() => jobs.stop());
    return jobs;
  };
  const state = (jobs: ReturnType<typeof start>): JobState => {
    const [first] = jobs.states();
    if (!first) throw new Error('Nothing is scheduled.');
    return first;
  };
  return { ...fresh, errors, start, state };
}

describe('backups on a schedule', () => {
  const backups = (dir: string) => readdirSync(dir).sort();

  it('are made at once and then every while, verified, and only so many are kept', async () => {
    const dir = join(folder(), 'backups');
    const { ledger, ids, clock, start, state } = await upkept({
      backup: { every_ms: HOUR, folder: dir, keep: 2 },
    });
    mkdirSync(dir);
    for (const name of ['notes.txt', 'meshline.db', 'meshline-2026-11-01T00-00-00.000Z.db.partial'])
      writeFileSync(join(dir, name), 'kept');
    const jobs = start();
    for (let round = 1; round <= 3; round += 1) {
      await take(ledger, ids.uuid());
      await vi.waitFor(() => expect(state(jobs).age_ms).toBe(0), WITHIN);
      await vi.waitFor(() => expect(backups(dir).length).toBe(2 + Math.min(round, 2)), WITHIN);
      clock.advance(HOUR);
    }
    await vi.waitFor(() => expect(state(jobs).age_ms).toBe(0), WITHIN);
    await jobs.stop();
    expect(backups(dir)).toEqual([
      'meshline-2026-11-24T11-00-00.000Z.db',
      'meshline-2026-11-24T12-00-00.000Z.db',
      'meshline.db',
      'notes.txt',
    ]);
    const newest = join(dir, 'meshline-2026-11-24T12-00-00.000Z.db');
    expect(await verifyFile(newest)).toMatchObject({ exports: 3, faults: [] });
  });

  it('go on after a restart when their time has come, whatever the wall clock says meanwhile', async () => {
    const dir = folder();
    const { clock, start, state } = await upkept({ backup: { every_ms: HOUR, folder: dir, keep: 5 } });
    const first = start();
    await vi.waitFor(() => expect(state(first).age_ms).toBe(0), WITHIN);
    await first.stop();
    clock.advance(HOUR / 2);
    const second = start();
    await vi.waitFor(() => expect(state(second).age_ms).toBe(HOUR / 2), WITHIN);
    clock.setWall(clock.now() - 10 * HOUR);
    clock.advance(HOUR / 2 - 2 * TICK);
    expect(backups(dir)).toHaveLength(1);
    clock.advance(3 * TICK);
    await vi.waitFor(() => expect(backups(dir)).toHaveLength(2), WITHIN);
  });

  it('that fail are logged, counted, shown, and tried again', async () => {
    const dir = join(folder(), 'backups');
    writeFileSync(dir, 'a file where the folder should be');
    const { clock, start, state, errors } = await upkept({
      backup: { every_ms: HOUR, folder: dir, keep: 2 },
    });
    const jobs = start();
    await vi.waitFor(() => expect(state(jobs).failures).toBe(1), WITHIN);
    expect(errors).toEqual(['The ledger could not be backed up; trying again']);
    expect(upkeepChecks(jobs.states())).toMatchObject([
      { name: 'backup', ok: true, detail: expect.stringMatching(/^Not done yet\. In trouble: /) },
    ]);
    clock.advance(5 * 60_000 + TICK);
    await vi.waitFor(() => expect(state(jobs).failures).toBe(2), WITHIN);
    const registry = new Registry();
    addUpkeepMetrics(registry, jobs.states);
    expect(await registry.metrics()).toContain('meshline_upkeep_failures_total{upkeep="backup"} 2');
  });

  it('show how old the newest one is', async () => {
    const { clock, start, state } = await upkept({ backup: { every_ms: HOUR, folder: folder(), keep: 2 } });
    const jobs = start();
    await vi.waitFor(() => expect(state(jobs).age_ms).toBe(0), WITHIN);
    clock.advance(7 * 60_000);
    expect(upkeepChecks(jobs.states())[0]?.detail).toBe('Last done 7 minutes ago.');
    const registry = new Registry();
    addUpkeepMetrics(registry, jobs.states);
    expect(await registry.metrics()).toContain('meshline_upkeep_age_seconds{upkeep="backup"} 420');
  });
});

describe('heads outside the ledger', () => {
  it('are appended as the chain grows, and lead along it', async () => {
    const file = join(folder(), 'outside', 'heads.txt');
    const { ledger, file: db, ids, clock, start } = await upkept({ head: { every_ms: HOUR, file } });
    await take(ledger, ids.uuid());
    start();
    const lines = () => readFileSync(file, 'utf8').trimEnd().split('\n').length;
    await vi.waitFor(() => expect(lines()).toBe(1), WITHIN);
    await take(ledger, ids.uuid());
    clock.advance(HOUR + TICK);
    await vi.waitFor(() => expect(lines()).toBe(2), WITHIN);
    clock.advance(HOUR + TICK);
    const text = readFileSync(file, 'utf8');
    expect(text).toMatch(
      /^2026-11-24T09:00:00\.000Z 1 [0-9a-f]{64}\n2026-11-24T10:00:0\d\.000Z 2 [0-9a-f]{64}\n$/,
    );
    expect((await verifyFile(db, readHeadLines(text).heads)).faults).toEqual([]);
  });

  it('begin a new line after a piece of one', async () => {
    const file = join(folder(), 'heads.txt');
    const { ledger, ids, start } = await upkept({ head: { every_ms: HOUR, file } });
    appendFileSync(file, '2026-11-24T08:59:00.000Z 12 ab');
    await take(ledger, ids.uuid());
    start();
    await vi.waitFor(() => expect(readHeadLines(readFileSync(file, 'utf8')).heads).toHaveLength(1), WITHIN);
    expect(readHeadLines(readFileSync(file, 'utf8')).unread).toEqual([1]);
  });

  it('say it when the ledger ends before one of them', async () => {
    const file = join(folder(), 'heads.txt');
    const { ledger, ids, clock, start, state } = await upkept({ head: { every_ms: HOUR, file } });
    for (let n = 0; n < 3; n += 1) await take(ledger, ids.uuid());
    const jobs = start();
    await vi.waitFor(() => expect(state(jobs).age_ms).toBe(0), WITHIN);
    await jobs.stop();
    const shorter = await openLedger({ file: join(folder(), 'meshline.db'), clock, ids });
    onTestFinished(() => shorter.close());
    const { log, errors } = logged();
    const other = startUpkeep({ head: { every_ms: HOUR, file } }, shorter, clock, log);
    onTestFinished(() => other.stop());
    await vi.waitFor(() => expect(errors).toHaveLength(1), WITHIN);
    expect(other.states()[0]?.trouble).toMatch(/ends at event 0, and .+ notes event 3/);
  });
});

import { closeSync, fsyncSync, openSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type Clock, systemClock } from '../src/clock.ts';
import { isRefusal, refuse } from '../src/exports/refusals.ts';
import { createDesk } from '../src/flow/desk.ts';
import { createSweeper } from '../src/flow/sweep.ts';
import type { Meshline } from '../src/meshline.ts';
import type { Synchronous } from '../src/store/open.ts';
import { bareDatabase, bareWriter, rowsOf } from './bare.ts';
import { type FarSide, openFarSide } from './far-side.ts';
import { folder, openMeshline } from './house.ts';
import { openFlow, take, takeMany } from './ledger.ts';
import { median, medians, percentile, seconds } from './measure.ts';
import type { Kind } from './wire.ts';

/** The figures of one case, by name. */
export type Figures = Record<string, number>;
export type Options = { full: boolean };

const WIDTH = 64;
const INTAKE = 6_000;
const WARM_UP = 2_000;

/** What SQLite alone does with the rows of one export: 1, 10 and 100 exports a transaction. */
async function bare(): Promise<Figures> {
  const sample = await rowsOf('asked');
  const figures: Figures = { rows_per_export: sample.rows.length };
  for (const [batch, count] of [
    [1, 3_000],
    [10, 10_000],
    [100, 20_000],
  ] as const) {
    const { per_second } = await medians(async () => {
      const db = bareDatabase();
      const write = bareWriter(db, sample);
      write(batch * 5, batch);
      const took = await seconds(() => write(count, batch));
      db.close();
      return { per_second: count / took };
    });
    figures[`batch_${batch}`] = per_second;
  }
  return figures;
}

async function intake(synchronous: Synchronous, width: number, count: number, run: string): Promise<number> {
  const flow = await openFlow(synchronous);
  await takeMany(flow, 'asked', `warm-${run}`, count / 3, width);
  const took = await seconds(() => takeMany(flow, 'asked', run, count, width));
  await flow.ledger.close();
  return count / took;
}

/** Core and ledger in process, waiting callers sharing one fsync; FULL against NORMAL, in turns. */
function grouped(): Promise<Figures> {
  return medians(async (round) => ({
    one_by_one: await intake('full', 1, 1_500, `one-${round}`),
    full: await intake('full', 100, INTAKE, `full-${round}`),
    normal: await intake('normal', 100, INTAKE, `normal-${round}`),
  }));
}

function echo(): Promise<{ url: string; close(): void }> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(Buffer.concat(chunks));
    });
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      resolve({ url: `http://127.0.0.1:${port}/v1/exports`, close: () => server.close() });
    });
  });
}

/** Signed HTTP to durable, everything running; beside a server that only gives the body back. */
async function overHttp(): Promise<Figures> {
  const far = await openFarSide();
  const mirror = await echo();
  const flood = (url: string, kind: Kind, run: string, count: number) =>
    far.ask<'flood'>({ do: 'flood', url, kind, run, count, width: WIDTH });
  await flood(mirror.url, 'asked', 'warm', WARM_UP);
  const meshline = await openMeshline(far);
  const url = `${meshline.url}/v1/exports`;
  const rss_before_mb = process.memoryUsage.rss() / 2 ** 20;
  await flood(url, 'asked', 'warm', WARM_UP);
  const runs = await medians(async (round) => {
    const echoed = await flood(mirror.url, 'asked', `echo-${round}`, INTAKE);
    const cpu = process.cpuUsage();
    const taken = await flood(url, 'asked', `intake-${round}`, INTAKE);
    const { user, system } = process.cpuUsage(cpu);
    return {
      echo_per_second: echoed.per_second,
      per_second: taken.per_second,
      ratio: taken.per_second / echoed.per_second,
      p50_ms: taken.p50_ms,
      p99_ms: taken.p99_ms,
      cpu_us: (user + system) / INTAKE,
      bytes: taken.bytes,
      refused: taken.refused,
    };
  });
  const steady = await medians(async (round) => {
    const run = `steady-${round}`;
    return far.ask<'stream'>({ do: 'stream', url, kind: 'asked', run, per_second: 1_000, count: 3_000 });
  });
  const rss_mb = process.memoryUsage.rss() / 2 ** 20;
  await close(meshline, far);
  mirror.close();
  return {
    ...runs,
    steady_p50_ms: steady.p50_ms,
    steady_p99_ms: steady.p99_ms,
    steady_refused: steady.refused,
    rss_before_mb,
    rss_mb,
  };
}

async function close(meshline: Meshline, far: FarSide): Promise<void> {
  await meshline.stop();
  far.close();
}

async function allDelivered({ flow }: Meshline): Promise<void> {
  for (;;) {
    const { open, outbox } = await flow.ledger.pulse(flow.clock.now());
    if (open === 0 && outbox === 0) return;
    await pause(5);
  }
}

/** Accepted by policy: signed HTTP in, one signed POST out, its outcome recorded. */
async function delivered(): Promise<Figures> {
  const far = await openFarSide();
  const meshline = await openMeshline(far);
  const url = `${meshline.url}/v1/exports`;
  const count = 4_000;
  const flood = (run: string, each: number) =>
    far.ask<'flood'>({ do: 'flood', url, kind: 'by_policy', run, count: each, width: WIDTH });
  await flood('warm', WARM_UP);
  await allDelivered(meshline);
  const figures = await medians(async (round) => {
    const cpu = process.cpuUsage();
    let refused = 0;
    const took = await seconds(async () => {
      const taken = await flood(`run-${round}`, count);
      refused = taken.refused;
      await allDelivered(meshline);
    });
    const { user, system } = process.cpuUsage(cpu);
    return { per_second: count / took, cpu_us: (user + system) / count, refused };
  });
  await close(meshline, far);
  return figures;
}

const MINUTE = 60_000;
const DUE = 100;
/** The first half warms up. */
const ROUNDS = 10;

/** Many open exports: the sweep of deadlines, intake, one person's inbox, and the time to open the ledger. */
async function atScale({ full }: Options): Promise<Figures> {
  const open = full ? 1_000_000 : 100_000;
  const file = join(folder(), 'scale.db');
  const sample = await rowsOf('asked');
  const start = systemClock.now();
  fill(file, sample, open);
  let ahead = 0;
  const clock: Clock = { ...systemClock, now: () => systemClock.now() + ahead };
  let flow = await openFlow('full', file, clock);
  await flow.ledger.close();
  const opening = await seconds(async () => {
    flow = await openFlow('full', file, clock);
  });
  const sweeper = createSweeper(flow);
  const idle: number[] = [];
  for (let n = 0; n < 200; n += 1) idle.push((await seconds(() => sweeper.sweep())) * 1000);
  const busy: number[] = [];
  const due = await flow.ledger.due(start + 365 * 24 * 60 * MINUTE, DUE * ROUNDS);
  for (let round = 0; round < ROUNDS; round += 1) {
    const last = await flow.ledger.get(due[(round + 1) * DUE - 1] ?? '');
    ahead =
      (last?.waiting_since ?? 0) +
      (last?.revision?.policy.ladder[0]?.after_ms ?? 0) -
      systemClock.now() +
      1_000;
    const waiting = await flow.ledger.due(clock.now(), open);
    if (waiting.length !== DUE) throw new Error(`${waiting.length} are due instead of ${DUE}.`);
    busy.push((await seconds(() => sweeper.sweep())) * 1000);
  }
  ahead = 0;
  await takeMany(flow, 'asked', 'warm', WARM_UP, 100);
  const { took } = await medians(async (round) => ({
    took: await seconds(() => takeMany(flow, 'asked', `scale-${round}`, INTAKE, 100)),
  }));
  const desk = createDesk(flow, async () => refuse('unknown_person'));
  const owner = (await flow.ledger.get(due[0] ?? ''))?.route.owner ?? '';
  const inbox = await medians(async () => ({
    ms: (await seconds(async () => desk.inbox(owner, 10))) * 1000,
  }));
  await flow.ledger.close();
  return {
    open,
    opening_ms: opening * 1000,
    idle_sweep_ms: percentile(idle, 0.5),
    due_sweep_ms: median(busy.slice(ROUNDS / 2)),
    intake_per_second: INTAKE / took,
    inbox_ms: inbox.ms,
  };
}

/** Open exports by the hundred thousand; the oldest hundreds come due five minutes apart. */
function fill(file: string, sample: Awaited<ReturnType<typeof rowsOf>>, open: number): void {
  const db = bareDatabase('normal', file);
  const row = sample.rows.find(({ table }) => table === 'exports');
  const { waiting_since } = JSON.parse(String(row?.values[row.columns.indexOf('state')])) as {
    waiting_since: number;
  };
  const deadline = Number(row?.values[row.columns.indexOf('due_at')]);
  const cohort = (n: number) => Math.ceil(n / DUE);
  const shift = (n: number) => (cohort(n) <= ROUNDS ? (ROUNDS + 1 - cohort(n)) * 5 * MINUTE : 0);
  const write = bareWriter(db, sample, (text, n) =>
    text.replaceAll(`"waiting_since":${waiting_since}`, `"waiting_since":${waiting_since - shift(n)}`),
  );
  write(open, 1_000);
  const move = db.prepare('UPDATE exports SET due_at = ? WHERE id = ?');
  const oldest = db
    .prepare<[number], { id: string }>('SELECT id FROM exports ORDER BY id LIMIT ?')
    .all(DUE * ROUNDS);
  for (const [at, { id }] of oldest.entries()) move.run(deadline - shift(at + 1), id);
  db.close();
  // What the filling left to the disk must not be counted against what is measured.
  const written = openSync(file, 'r+');
  fsyncSync(written);
  closeSync(written);
}

/** A click that is decided and committed, without Slack: 100 a second for three seconds, and as fast as it goes. */
async function clicks(): Promise<Figures> {
  const flow = await openFlow();
  const desk = createDesk(flow, async () => refuse('unknown_person'));
  const decide = async (id: string) => {
    const owner = (await flow.ledger.get(id))?.route.owner ?? '';
    return (
      (await seconds(async () => {
        const outcome = await desk.accept(id, owner, 1, false);
        if (isRefusal(outcome)) throw new Error(`The click was refused: ${outcome.refused}`);
      })) * 1000
    );
  };
  const fresh = async (count: number, run: string) => {
    const made: string[] = [];
    for (let n = 0; n < count; n += 1) made.push(await take(flow, 'asked', `${run}-${n}`));
    return made;
  };
  for (const id of await fresh(500, 'warm')) await decide(id);
  const figures = await medians(async (round) => {
    const times: number[] = [];
    for (const id of await fresh(300, `paced-${round}`)) {
      times.push(await decide(id));
      await pause(10);
    }
    return { p50_ms: percentile(times, 0.5), p99_ms: percentile(times, 0.99) };
  });
  await flow.ledger.close();
  return figures;
}

/** Walking the hash chain and replaying every export, as `meshline verify` does. */
async function verify(): Promise<Figures> {
  const flow = await openFlow();
  await takeMany(flow, 'by_policy', 'verify', 10_000, 100);
  const { events } = await flow.ledger.verify();
  const took = await seconds(async () => {
    const report = await flow.ledger.verify();
    if (report.faults.length > 0) throw new Error('The ledger of the benchmark has faults.');
  });
  await flow.ledger.close();
  return { events, events_per_second: events / took };
}

export const CASES: Readonly<Record<string, (options: Options) => Promise<Figures>>> = {
  bare,
  grouped,
  over_http: overHttp,
  delivered,
  at_scale: atScale,
  clicks,
  verify,
};

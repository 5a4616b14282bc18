import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { expect, it, onTestFinished } from 'vitest';
import { actAs } from '../../sandbox/client.ts';
import { reportProof } from '../proof/report.ts';
import { SCALE, scaled } from '../proof/scale.ts';
import { PEOPLE } from '../support/house.ts';
import type { Order as Attack, Ended } from './burst/attackers.ts';
import type { Order as Load, Told } from './burst/load.ts';
import { BY_TWO } from './town/exports.ts';
import { openTown, type Town } from './town/process.ts';
import { post } from './town/senders.ts';

const ROOT = new URL('../../', import.meta.url).pathname;
const EXPORTS = scaled({ short: 600, quick: 4_000, full: 10_000 });
const WIDTH = 64;
/** More at once than intake has places for: some may be told to come back. */
const CROWD = { count: scaled({ short: 300, quick: 1_500, full: 3_000 }), width: 700 };
const SLOW = scaled({ short: 100, quick: 500, full: 1_000 });
const EACH = scaled({ short: 1, quick: 3, full: 10 });
/** What is slow is waited for until Meshline ends it, except in the short run. */
const PATIENCE_MS = scaled({ short: 3_000, quick: 25_000, full: 80_000 });
const CLICKS = scaled({ short: 6, quick: 20, full: 40 });
const CLICK_EVERY_MS = 200;
const TIMEOUT_MS = scaled({ short: 90_000, quick: 180_000, full: 400_000 });

const ACK_MS = 2_500;
const MIB = 1024;
const MOST_GROWTH_MIB = 300;
const MOST_AFTER_MIB = 350;

/** The flags that Meshline is started with in production. */
function flags(): string[] {
  const command = /^CMD (\[.*\])$/mu.exec(readFileSync(`${ROOT}Dockerfile`, 'utf8'))?.[1] ?? '[]';
  return (JSON.parse(command) as string[]).slice(1, -1);
}

it('is started the same way everywhere', () => {
  const told = flags().join(' ');
  expect(told).toMatch(/--max-old-space-size=\d+/u);
  expect(readFileSync(`${ROOT}deploy/meshline.service`, 'utf8')).toContain(`/node ${told} src/main.ts`);
  expect(readFileSync(`${ROOT}package.json`, 'utf8')).toContain(`"start": "node ${told} `);
});

async function start(town: Town): Promise<ChildProcess> {
  const child = spawn(process.execPath, [...flags(), 'src/main.ts'], {
    cwd: ROOT,
    env: town.env,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const ready = () =>
    fetch(`${town.url}/readyz`).then(
      (answer) => answer.ok,
      () => false,
    );
  await expect.poll(ready, { timeout: 30_000, interval: 50 }).toBe(true);
  return child;
}

/** MiB of memory that a process holds, or held at most (`VmHWM`). */
function memory(child: ChildProcess, field: 'VmRSS' | 'VmHWM'): number {
  const status = readFileSync(`/proc/${String(child.pid)}/status`, 'utf8');
  return Number(new RegExp(`${field}:\\s+(\\d+)`, 'u').exec(status)?.[1]) / MIB;
}

/** A helper process, gone when the test ends. */
function helper(file: string): ChildProcess {
  const child = fork(new URL(`./burst/${file}.ts`, import.meta.url).pathname);
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

async function load(order: Load): Promise<Told> {
  const child = helper('load');
  const answered = once(child, 'message') as Promise<[Told]>;
  child.send(order);
  const [told] = await answered;
  child.kill();
  return told;
}

/** Resolves once the slow connections stand; `ended` when all of them are over. */
async function attack(order: Attack): Promise<{ ended: Promise<Ended[]> }> {
  const child = helper('attackers');
  const dialled = once(child, 'message');
  child.send(order);
  await dialled;
  const ended = (once(child, 'message') as Promise<[{ ended: Ended[] }]>).then(([told]) => {
    child.kill();
    return told.ended;
  });
  return { ended };
}

/** Exports that Priya can click at, each with its card. */
async function cards(town: Town, count: number): Promise<void> {
  const [make] = BY_TWO;
  if (!make) throw new Error('There is no promo.');
  for (let n = 0; n < count; n += 1) expect((await post(town.url, make(n))).status).toBe(202);
  const priya = actAs(town.sandbox.url, PEOPLE.priya.slack);
  const shown = async () => (await priya.messages('#promo-approvals')).length;
  await expect.poll(shown, { timeout: 20_000 }).toBeGreaterThan(0);
}

/** Clicks one after the other until told; gives the time of each acknowledgement, and what was not acknowledged. */
async function clicking(town: Town, going: () => boolean) {
  const priya = actAs(town.sandbox.url, PEOPLE.priya.slack);
  const acks: number[] = [];
  let missed = 0;
  while (going() && acks.length + missed < CLICKS * 20) {
    const all = await priya.messages('#promo-approvals').catch(() => []);
    const card = all.find((each) => JSON.stringify(each.blocks ?? []).includes('"action_id":"accept"'));
    if (card) {
      const began = performance.now();
      const answer = await priya.click(card, 'accept').catch(() => ({ acked: false }));
      if ('acked' in answer && answer.acked) acks.push(performance.now() - began);
      else missed += 1;
    }
    await pause(CLICK_EVERY_MS);
  }
  return { acks, missed };
}

/** The statuses that fit what was asked; every other ending is wrong. */
const FITS: Readonly<Record<string, readonly number[]>> = {
  'slow headers': [408],
  'a megabyte that is held back at the end': [404],
  'slow body': [408, 429],
  'slow chunks': [408, 400, 429],
  'slow batch': [408, 400, 429],
  'nothing at all': [408],
  'a length of ten gigabytes': [413, 429],
  'chunks over the cap': [413, 429],
  'a gzip bomb': [415],
  'a stream of gzip without end': [415],
  'a form': [415, 429],
  'no type': [415, 429],
  'no signature': [401],
  'headers without end': [431],
  'headers of blanks': [408],
  'a thousand headers': [431],
  'another protocol': [400],
  'a length beside chunks': [400],
  'a hundred at once on one line': [401, 429],
  'gone in the middle': [],
  'half closed': [400, 408, 429],
};

/** How long Meshline lets a connection be that says nothing, or says it slowly, ms, and some grace. */
const ENDS_WITHIN_MS: Readonly<Record<string, number>> = {
  'slow headers': 15_000,
  'headers of blanks': 15_000,
  'slow body': 75_000,
  'slow chunks': 75_000,
  'slow batch': 75_000,
  'nothing at all': 75_000,
};

/** Why an ending does not fit, or nothing. */
function unfit({ kind, statuses, closed }: Ended): string | null {
  if (!closed && PATIENCE_MS >= (ENDS_WITHIN_MS[kind] ?? 0)) return `${kind}: it was left open`;
  const strange = statuses.filter((status) => !FITS[kind]?.includes(status));
  return strange.length > 0 ? `${kind}: answered ${strange.join(' ')}` : null;
}

it('stays within its memory, keeps what it acknowledged and acknowledges clicks under a burst and slow attackers', {
  timeout: TIMEOUT_MS,
}, async () => {
  const town = await openTown();
  onTestFinished(() => town.close());
  const child = await start(town);
  const before = memory(child, 'VmRSS');
  await cards(town, CLICKS);

  let going = true;
  onTestFinished(() => {
    going = false;
  });
  const clicked = clicking(town, () => going);
  const attackers = await attack({ url: town.url, slow: SLOW, patience_ms: PATIENCE_MS, each: EACH });
  const burst = await load({ url: town.url, run: 'burst', count: EXPORTS, width: WIDTH });
  const crowd = await load({ url: town.url, run: 'crowd', ...CROWD });
  const ended = await attackers.ended;
  going = false;
  const { acks, missed } = await clicked;
  const highest = memory(child, 'VmHWM');
  const after = memory(child, 'VmRSS');

  const acknowledged = [...burst.acknowledged, ...crowd.acknowledged];
  const db = new Database(town.file, { readonly: true });
  const stored = new Set(
    db
      .prepare<[], { id: string }>('SELECT id FROM exports')
      .all()
      .map(({ id }) => id),
  );
  db.close();
  const lost = acknowledged.filter((id) => !stored.has(id)).length;
  const doubled = acknowledged.length - new Set(acknowledged).size;
  const strange = [burst, crowd].flatMap(({ statuses }) =>
    Object.keys(statuses).filter((status) => !['200', '202', '429', '503'].includes(status)),
  );
  const wrong = [
    ...ended.flatMap((each) => unfit(each) ?? []),
    ...strange.map((status) => `a rightful export was answered ${status}`),
    ...(missed > 0 ? [`${String(missed)} clicks were not acknowledged`] : []),
    ...(acks.length === 0 ? ['nothing was clicked'] : []),
    ...(burst.without_retry_after + crowd.without_retry_after > 0
      ? ['it does not say when to come back']
      : []),
    ...(highest - before > MOST_GROWTH_MIB ? [`memory grew by ${(highest - before).toFixed(0)} MiB`] : []),
    ...(after > MOST_AFTER_MIB ? [`${after.toFixed(0)} MiB are held afterwards`] : []),
    ...(EXPORTS + CROWD.count === acknowledged.length ? [] : ['not everything was acknowledged in the end']),
  ];
  const slowest = Math.max(...acks, 0);
  process.stdout.write(
    `memory ${before.toFixed(0)} MiB before, ${highest.toFixed(0)} at most, ${after.toFixed(0)} after; ` +
      `${burst.per_second.toFixed(0)} exports/s, then ${crowd.per_second.toFixed(0)}; ${JSON.stringify(burst.statuses)} ` +
      `${JSON.stringify(crowd.statuses)}; ${String(acks.length)} clicks, slowest ${slowest.toFixed(0)} ms\n`,
  );
  const tries = acknowledged.length + ended.length;
  reportProof('ingest_burst', { tries, lost, doubled, wrong: wrong.length, ms: slowest });
  expect([...new Set(wrong)]).toEqual([]);
  expect({ lost, doubled }).toEqual({ lost: 0, doubled: 0 });
  if (SCALE !== 'short') expect(slowest).toBeLessThan(ACK_MS);
  expect(child.exitCode).toBeNull();
});

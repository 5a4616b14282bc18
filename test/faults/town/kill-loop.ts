import { setTimeout as pause } from 'node:timers/promises';
import { expect, type onTestFinished } from 'vitest';
import { type Counts, p99 } from '../../proof/counts.ts';
import { reportProof } from '../../proof/report.ts';
import { scaled } from '../../proof/scale.ts';
import type { Chance } from './chance.ts';
import { steady } from './exports.ts';
import { cutOff, tally } from './ledger.ts';
import { type People, seatPeople } from './people.ts';
import type { Town } from './process.ts';
import { type Sending, sendSteadily } from './senders.ts';
import { comesToRest, countsOf, expectAllWell, judge } from './verdict.ts';

const KILLS = scaled({ short: 3, quick: 30, full: 500 });
/** Beside other test files the machine itself takes its time. */
const RESUMED_WITHIN_MS = scaled({ short: 90_000, quick: 5_000, full: 5_000 });
const AIM_MS = 600;
const GIVE_UP_MS = 90_000;

export const TIMEOUT_MS = 180_000 + KILLS * 8_000;

export type Loop = {
  town: Town;
  random: Chance;
  finished: typeof onTestFinished;
  /** Before each kill. */
  eachRound(): void;
  /** After the last, before everything must come to its end. */
  afterwards(): void;
};

/** How often each stage stood open when the process was killed. */
type Stages = Record<'starting' | 'ingest' | 'click' | 'card' | 'waiting' | 'push' | 'outcome', number>;

/** Some kills wait for a click or a post to be under way: those are answered within milliseconds. */
async function aimed(random: Chance, sending: Sending, people: People): Promise<void> {
  await pause(random.between(0, 400));
  const at = random.pick(['any', 'any', 'a click', 'a post'] as const);
  if (at === 'any') return;
  const until = performance.now() + AIM_MS;
  const underWay = () => (at === 'a click' ? people.inFlight() : sending.inFlight()) > 0;
  while (!underWay() && performance.now() < until) await pause(1);
  await pause(random.between(0, 6));
}

/** What is under way is asked before the kill; what the ledger and the sinks saw of it, after it. */
async function killed({ town }: Loop, sending: Sending, people: People, stages: Stages): Promise<void> {
  const posting = sending.inFlight() > 0;
  const clicking = people.inFlight() > 0;
  await town.end('SIGKILL');
  const rows = cutOff(town.file);
  const pushes = rows.filter(({ kind }) => kind === 'push').map(({ key }) => key);
  const done = new Set([...town.sinks.effects('oms'), ...town.sinks.effects('wms')].map(({ key }) => key));
  stages.ingest += posting ? 1 : 0;
  stages.click += clicking ? 1 : 0;
  stages.card += rows.some(({ kind }) => kind === 'card' || kind === 'note') ? 1 : 0;
  stages.waiting += (tally(town.file)['accepted'] ?? 0) > 0 ? 1 : 0;
  stages.push += pushes.some((key) => !done.has(key)) ? 1 : 0;
  stages.outcome += pushes.some((key) => done.has(key)) ? 1 : 0;
}

/** Milliseconds from the spawn until it says that it is ready, has acknowledged an export, has pushed something. */
type Resumed = { ready: number; answered: number; pushed: number };

const whole = ({ ready, answered, pushed }: Resumed) => Math.max(ready, answered, pushed);

async function resumed(town: Town, sending: Sending): Promise<Resumed> {
  const began = town.startedAt();
  const before = town.sinks.state().map(({ received }) => received[0]);
  const since = () => performance.now() - began;
  const first = async (happened: () => boolean): Promise<number> => {
    while (!happened()) {
      if (since() > GIVE_UP_MS) throw new Error(`It did not resume:\n${town.output()}`);
      await pause(5);
    }
    return since();
  };
  const [ready, answered, pushed] = await Promise.all([
    town.ready(),
    first(() => sending.lastAt() > began),
    first(() => town.sinks.state().some(({ received }, sink) => received[0] !== before[sink])),
  ]);
  return { ready, answered, pushed };
}

/** Kills at any moment: mostly while it works, sometimes while it still starts. Gives the times to resume. */
async function killAndRestart(
  loop: Loop,
  sending: Sending,
  people: People,
  stages: Stages,
): Promise<Resumed[]> {
  const { town, random, eachRound } = loop;
  const times: Resumed[] = [];
  town.start();
  await resumed(town, sending);
  for (let kills = 0; kills < KILLS; kills += 1) {
    eachRound();
    await aimed(random, sending, people);
    await killed(loop, sending, people, stages);
    town.start();
    if (random.next() < 0.8) times.push(await resumed(town, sending));
    else {
      stages.starting += 1;
      await pause(random.between(0, 800));
    }
  }
  times.push(await resumed(town, sending));
  return times;
}

/**
 * Sends exports and lets people accept them while the process is killed again and again, then holds
 * the ledger, the sinks and Slack's history against what was acknowledged.
 */
export async function surviveKills(loop: Loop): Promise<void> {
  const { town, random, finished } = loop;
  const stages: Stages = { starting: 0, ingest: 0, click: 0, card: 0, waiting: 0, push: 0, outcome: 0 };
  const people = seatPeople(town.sandbox);
  finished(() => people.stop());
  const sending = sendSteadily(() => town.url, steady, { width: 4, everyMs: 400 });
  finished(() => sending.abandon());
  const restarts = await killAndRestart(loop, sending, people, stages);
  loop.afterwards();
  const times = restarts.map(whole);
  const slowest = restarts.toSorted((a, b) => whole(b) - whole(a))[0];
  const quietSince = performance.now();
  await sending.enough();
  const all = sending.acknowledged.length;
  await comesToRest(town, all);
  await people.stop();
  expect(await town.end('SIGTERM')).toBe(0);
  const quiet = Math.round(performance.now() - quietSince);
  const verdict = await judge(town, sending.acknowledged);
  verdict.wrong.push(...sending.refused);
  const counts: Counts = { ...countsOf(KILLS, verdict), ms: p99(times) };
  reportProof('kill', counts);
  process.stdout.write(
    `seed ${random.seed}: ${KILLS} kills, ${all} exports in ${sending.posts()} posts and ${people.clicks()} clicks; ` +
      `resumed in ${Math.round(p99(times))} ms (p99 of ${times.length}, the slowest ${JSON.stringify(slowest, (_, ms: unknown) => (typeof ms === 'number' ? Math.round(ms) : ms))}); quiet ${quiet} ms after the last kill; ` +
      `open at the kill: ${Object.entries(stages)
        .map(([stage, n]) => `${stage} ${n}`)
        .join(', ')}\n`,
  );
  expectAllWell(verdict);
  expect(p99(times)).toBeLessThan(RESUMED_WITHIN_MS);
}

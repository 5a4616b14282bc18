import { describe, expect, it, type onTestFinished } from 'vitest';
import { reportProof } from '../proof/report.ts';
import { scaled } from '../proof/scale.ts';
import { type Chance, chance } from './town/chance.ts';
import { anyPoint, type Hit, killAt } from './town/crash-points.ts';
import { ofPeople, ofPolicy } from './town/exports.ts';
import { tally } from './town/ledger.ts';
import { seatPeople } from './town/people.ts';
import { openTown } from './town/process.ts';
import { sendSteadily } from './town/senders.ts';
import { comesToRest, countsOf, expectAllWell, judge } from './town/verdict.ts';

const KILLS = scaled({ short: 2, quick: 20, full: 40 });
/** A town of its own each: prices are too old to be accepted after five minutes. */
const TOWNS = scaled({ short: 1, quick: 1, full: 4 });
/** With more first cards waiting for one channel, they would share a digest. */
const MOST_ASKED = 6;

/** Kills the process `KILLS` times between an effect and its mark, or right before the effect. */
async function crashBetween(random: Chance, finished: typeof onTestFinished): Promise<void> {
  const town = await openTown((file) => {
    Object.assign(file.policies['promo_activation'] ?? {}, { undo_ms: 500 });
  });
  finished(() => town.close());
  const people = seatPeople(town.sandbox);
  finished(() => people.stop());
  let asking = true;
  const next = (n: number) => (asking && n % 2 === 0 ? ofPeople(n) : ofPolicy(n));
  const sending = sendSteadily(() => town.url, next, { width: 4, everyMs: 200 });
  finished(() => sending.abandon());

  const hits: Record<`${Hit} ${'done' | 'not done'}`, number> = {
    'push done': 0,
    'push not done': 0,
    'card done': 0,
    'card not done': 0,
    'reply done': 0,
    'reply not done': 0,
    'edit done': 0,
    'edit not done': 0,
  };
  let kills = 0;
  const began = performance.now();
  while (kills < KILLS) {
    const point = anyPoint(random);
    town.start();
    const hit = await killAt(town, point);
    if (hit === null) await town.end('SIGKILL');
    else {
      kills += 1;
      hits[`${hit} ${point.carriedOut ? 'done' : 'not done'}`] += 1;
    }
    asking = (tally(town.file)['pending'] ?? 0) < MOST_ASKED;
  }
  const last = performance.now();
  town.start();
  await town.ready();
  await sending.enough();
  const all = sending.acknowledged.length;
  await comesToRest(town, all);
  await people.stop();
  expect(await town.end('SIGTERM')).toBe(0);
  const verdict = await judge(town, sending.acknowledged);
  verdict.wrong.push(...sending.refused);
  reportProof('crash_between', countsOf(kills, verdict));
  const told = Object.entries(hits).map(([hit, n]) => `${hit} ${n}`);
  const [killing, rest] = [last - began, performance.now() - last].map((ms) => (ms / 1_000).toFixed(1));
  process.stdout.write(
    `seed ${random.seed}: ${kills} kills in ${killing} s, ${all} exports, quiet ${rest} s later; ${told.join(', ')}\n`,
  );
  expectAllWell(verdict);
  await town.close();
}

async function everyTown(salt: number, finished: typeof onTestFinished): Promise<void> {
  const random = chance(salt);
  for (let towns = 0; towns < TOWNS; towns += 1) await crashBetween(random, finished);
}

describe.concurrent('killed between an effect and its mark', {
  timeout: TOWNS * (120_000 + KILLS * 25_000),
}, () => {
  it('does nothing twice and forgets nothing', async (test) => everyTown(20, test.onTestFinished));
  it('does nothing twice and forgets nothing, in another town', async (test) =>
    everyTown(21, test.onTestFinished));
});

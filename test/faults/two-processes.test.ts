import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { linkSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, it, onTestFinished, vi } from 'vitest';
import { reportProof } from '../proof/report.ts';
import { scaled } from '../proof/scale.ts';
import { chance } from './town/chance.ts';
import { type Contender, contender } from './town/contender.ts';
import { ofPolicy } from './town/exports.ts';
import { openTown, type Town } from './town/process.ts';
import { sendSteadily } from './town/senders.ts';
import { comesToRest, countsOf, expectAllWell, judge } from './town/verdict.ts';

const ROOT = new URL('../../', import.meta.url).pathname;
const EXPORTS = scaled({ short: 150, quick: 1_500, full: 10_000 });
const PAUSES = scaled({ short: 2, quick: 8, full: 40 });
/** Every so many pauses the lock is taken away from the paused one, and another takes over. */
const TAKEN_EVERY = 2;
/** Whoever posts to a paused process soon asks the next one. */
const PACE = { width: 12, everyMs: 0, atMost: EXPORTS, patienceMs: 1_500 };
const RACES = scaled({ short: 1, quick: 2, full: 10 });
const QUIET = { timeout: 120_000, interval: 200 };
const TIMEOUT_MS = scaled({ short: 120_000, quick: 180_000, full: 900_000 });

async function ownTown(): Promise<Town> {
  const town = await openTown();
  onTestFinished(() => town.close());
  return town;
}

/** Other names of the ledger: relative, with turns in it, by a link, and through a linked folder. */
function otherNames(file: string): string[] {
  const folder = dirname(file);
  const beside = join(folder, 'elsewhere');
  mkdirSync(beside);
  symlinkSync(file, join(beside, 'link.db'));
  symlinkSync(folder, join(beside, 'folder'));
  return [
    relative(ROOT, file),
    `${folder}/elsewhere/../${basename(file)}`,
    join(beside, 'link.db'),
    join(beside, 'folder', basename(file)),
  ];
}

type Rival = { tries(): readonly string[]; stop(): Promise<void> };

function startRival(names: readonly string[]): Rival {
  const child = spawn(process.execPath, ['test/faults/town/rival.ts', ...names], {
    cwd: ROOT,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString('utf8');
  });
  const ended = once(child, 'close');
  onTestFinished(() => void child.kill('SIGKILL'));
  return {
    tries: () => said.split('\n').slice(0, -1),
    async stop() {
      child.stdin.end();
      await ended;
    },
  };
}

it('keeps a paused leader and whoever wants its place apart', { timeout: TIMEOUT_MS }, async () => {
  const random = chance(31);
  const town = await ownTown();
  let leader = await contender(town, onTestFinished);
  expect(await leader.ready()).toBe(true);
  const names = [town.file, ...otherNames(town.file)];
  const wrong: string[] = [];
  const sending = sendSteadily(() => leader.url, ofPolicy, PACE);
  onTestFinished(() => sending.abandon());
  let refused = 0;
  let taken = 0;

  /** Rivals try while the leader works, is paused and goes on; none may get in. */
  const besieged = async (): Promise<void> => {
    const rival = startRival(names);
    await vi.waitFor(() => expect(rival.tries().length).toBeGreaterThan(names.length), QUIET);
    leader.signal('SIGSTOP');
    await pause(random.between(20, 800));
    leader.signal('SIGCONT');
    await pause(random.between(0, 300));
    await rival.stop();
    const tries = rival.tries();
    refused += tries.filter((each) => each === 'refused').length;
    wrong.push(...tries.filter((each) => each !== 'refused'));
  };

  /** Pauses it and lets another one start. One that is paused in the middle of a write keeps everybody out. */
  const succeeded = async (old: Contender): Promise<Contender> => {
    for (;;) {
      old.signal('SIGSTOP');
      const next = await contender(town, onTestFinished);
      if (await next.ready()) return next;
      if (!next.said().includes('has held the write lock'))
        wrong.push(`the next did not start: ${next.said()}`);
      old.signal('SIGCONT');
      await pause(random.between(5, 50));
    }
  };

  /** Somebody removes the lock of a paused leader; the one who took over works on alone, and the paused one ends. */
  const overtaken = async (): Promise<void> => {
    const old = leader;
    rmSync(`${town.file}-lock`);
    leader = await succeeded(old);
    old.signal('SIGCONT');
    const code = await Promise.race([old.ended, pause(15_000, 'still running' as const, { ref: false })]);
    if (code !== 1 || !old.said().includes('Another process has opened the ledger'))
      wrong.push(`the paused one woke up and ended with ${code}: ${old.said()}`);
    taken += 1;
  };

  let pauses = 0;
  for (; pauses < PAUSES || sending.acknowledged.length < EXPORTS; pauses += 1) {
    await pause(random.between(0, 300));
    if (pauses % TAKEN_EVERY === 1) await overtaken();
    else await besieged();
  }
  await sending.all();
  const all = sending.acknowledged.length;
  await comesToRest(town, all);
  leader.signal('SIGTERM');
  expect(await leader.ended).toBe(0);
  const verdict = await judge(town, sending.acknowledged);
  verdict.wrong.push(...wrong, ...sending.refused);
  reportProof('two_processes', countsOf(all, verdict));
  process.stdout.write(
    `seed ${random.seed}: ${all} exports, ${pauses} pauses, ${refused} rivals refused, the lock removed ${taken} times\n`,
  );
  expectAllWell(verdict);
});

it('lets exactly one of two that start at once have the ledger, and tells the other who has it', {
  timeout: TIMEOUT_MS,
}, async () => {
  const town = await ownTown();
  for (let race = 0; race < RACES; race += 1) {
    const both = await Promise.all([contender(town, onTestFinished), contender(town, onTestFinished)]);
    const ready = await Promise.all(both.map((each) => each.ready()));
    expect(ready[0]).toBe(!ready[1]);
    const [winner, loser] = ready[0] ? both : both.toReversed();
    expect(await loser?.ended).toBe(1);
    expect(loser?.said()).toMatch(/The ledger .+ is in use by .+stop that one first/);

    // The lock of a process that was killed is free at once.
    winner?.signal('SIGKILL');
    await winner?.ended;
  }
});

it('refuses a ledger with two names', { timeout: TIMEOUT_MS }, async () => {
  const town = await ownTown();
  const first = await contender(town, onTestFinished);
  expect(await first.ready()).toBe(true);
  const other = join(dirname(town.file), 'other.db');
  linkSync(town.file, other);
  const second = await contender(town, onTestFinished, { MESHLINE_DB: other });
  expect(await second.ended).toBe(1);
  expect(second.said()).toContain('has another name too (a hard link)');
  expect(first.over()).toBe(false);
});

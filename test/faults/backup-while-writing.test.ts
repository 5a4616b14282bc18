import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { systemClock, systemIds } from '../../src/clock.ts';
import { openLedger, verifyFile } from '../../src/store/index.ts';
import { reportProof } from '../proof/report.ts';
import { scaled } from '../proof/scale.ts';
import type { Judged, Restoring } from './backups/restoring.ts';
import { writeAtFullSpeed } from './backups/writing.ts';
import { chance } from './town/chance.ts';

const random = chance();
let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'meshline-backups-'));
  process.stdout.write(`Backing up with seed ${random.seed}.\n`);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const BACKUPS = scaled({ short: 6, quick: 40, full: 500 });
/** Backups of one ledger; then a new one begins, so that it stays small. */
const EACH = 6;

/** Restores beside the writer, one after the other, in a thread of its own. */
function restorer(): (task: Restoring) => Promise<Judged> {
  const worker = new Worker(new URL('./backups/restoring.ts', import.meta.url));
  onTestFinished(async () => {
    await worker.terminate();
  });
  let turn: Promise<unknown> = Promise.resolve();
  return (task) => {
    const judged = turn.then(async () => {
      worker.postMessage(task);
      const [answer] = (await once(worker, 'message')) as [Judged];
      rmSync(join(task.file, '..'), { recursive: true, force: true });
      return answer;
    });
    turn = judged;
    return judged;
  };
}

it('holds everything acknowledged before it began, and works as a ledger', {
  timeout: 1_200_000,
}, async () => {
  const restore = restorer();
  const judged: Promise<Judged>[] = [];
  let [taken, alone, checkpoints] = [0, 0, 0];
  while (taken < BACKUPS) {
    const place = mkdtempSync(join(folder, 'ledger-'));
    const writing = await writeAtFullSpeed(join(place, 'meshline.db'));
    onTestFinished(() => writing.stop());
    const { ledger } = writing;
    const one = async () => {
      const n = (taken += 1);
      const acknowledged = writing.acknowledged();
      const backup = join(place, `backup-${n}.db`);
      await ledger.backup(backup);
      judged.push(restore({ backup, file: join(place, `restored-${n}`, 'meshline.db'), acknowledged }));
    };
    for (let n = 0; n < EACH && taken < BACKUPS; n += 1) {
      if (n % 3 === 0) {
        await one();
        alone += 1;
      } else if (n % 3 === 1) {
        // Two at once, to names of their own.
        await Promise.all(taken + 1 < BACKUPS ? [one(), one()] : [one()]);
      } else {
        let running = true;
        const backed = one().finally(() => {
          running = false;
        });
        while (running) {
          ledger.checkpoint();
          checkpoints += 1;
          await pause(random.between(1, 20));
        }
        await backed;
      }
    }
    await Promise.all(judged);
    await writing.stop();
    rmSync(place, { recursive: true, force: true });
  }
  const all = await Promise.all(judged);
  const [lost, wrong] = [all.flatMap((each) => each.lost), all.flatMap((each) => each.wrong)];
  process.stdout.write(`${all.length} backups, ${alone} alone, ${checkpoints} checkpoints meanwhile.\n`);
  reportProof('backup', { tries: all.length, lost: lost.length, doubled: 0, wrong: wrong.length });
  expect({ lost, wrong }).toEqual({ lost: [], wrong: [] });
});

async function backingUp(place: string): Promise<ChildProcess> {
  const script = fileURLToPath(new URL('./backups/dying.ts', import.meta.url));
  const child = spawn(process.execPath, [script, place], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  await once(child.stdout, 'data');
  return child;
}

const KILLS = scaled({ short: 3, quick: 15, full: 60 });

it('leaves no half of it under its name when the process is killed within', {
  timeout: 600_000,
}, async () => {
  const wrong: string[] = [];
  let partial = 0;
  for (let n = 0; n < KILLS; n += 1) {
    const place = join(folder, `killed-${n}`);
    mkdirSync(place);
    const child = await backingUp(place);
    // Every other time while a copy is there that has no name yet.
    if (n % 2 === 0) {
      const halfThere = () => readdirSync(place).some((name) => name.endsWith('.partial'));
      await expect.poll(halfThere, { timeout: 30_000, interval: 2 }).toBe(true);
      await pause(random.between(0, 15));
    } else await pause(random.between(0, 600));
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
    const names = readdirSync(place);
    partial += names.filter((name) => name.endsWith('.partial')).length;
    for (const name of names.filter((each) => /^backup-\d+\.db$/.test(each))) {
      const { faults } = await verifyFile(join(place, name));
      wrong.push(...faults.map(({ what }) => `${name}: ${what}`));
    }
    const ledger = await openLedger({
      file: join(place, 'meshline.db'),
      clock: systemClock,
      ids: systemIds(systemClock),
    });
    await ledger.backup(join(place, 'after.db')).catch((error: Error) => wrong.push(error.message));
    await ledger.close();
    rmSync(place, { recursive: true, force: true });
  }
  process.stdout.write(`${KILLS} kills, ${partial} within a copy.\n`);
  reportProof('backup', { tries: KILLS, lost: 0, doubled: 0, wrong: wrong.length });
  expect(wrong).toEqual([]);
});

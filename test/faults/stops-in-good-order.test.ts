import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { BY_ONE, BY_POLICY, type Parcel } from './town/exports.ts';
import { outboxOf, statesOf, tally } from './town/ledger.ts';
import { seatPeople } from './town/people.ts';
import { openTown, type Town } from './town/process.ts';
import { post } from './town/senders.ts';
import { expectNothingLostNorDoubled } from './town/verdict.ts';

let town: Town;
beforeAll(async () => {
  town = await openTown();
  town.start();
  await town.ready();
});
afterAll(() => town.close());

const ROOT = new URL('../../', import.meta.url).pathname;
const STOPPED_WITHIN_MS = 10_000;

/** Mostly machine traffic: Slack takes about one message a second. */
function parcel(n: number): Parcel {
  const makers = n % 40 === 0 ? BY_ONE : BY_POLICY;
  const maker = makers[Math.floor(n / 40) % makers.length];
  if (!maker) throw new Error('There is nothing to send.');
  return maker(n);
}

/** Sends without end until the far side has gone; gives the ids that were acknowledged. */
async function sendUntilGone(): Promise<string[]> {
  const ids: string[] = [];
  let next = 0;
  const sender = async () => {
    for (;;) {
      const answer = await post(town.url, parcel(next++)).catch(() => null);
      if (answer === null || answer.status === 503) return;
      expect(answer.status).toBe(202);
      ids.push(answer.id);
      await pause(20);
    }
  };
  await Promise.all(Array.from({ length: 16 }, sender));
  return ids;
}

it('ends within ten seconds of SIGTERM in the middle of work, with 0, and loses nothing', {
  timeout: 90_000,
}, async () => {
  const sending = sendUntilGone();
  await expect.poll(() => town.sinks.effects('oms').length, { timeout: 15_000 }).toBeGreaterThan(50);
  const begun = performance.now();
  expect(await town.end('SIGTERM')).toBe(0);
  expect(performance.now() - begun).toBeLessThan(STOPPED_WITHIN_MS);
  const ids = await sending;
  const stored = new Set(statesOf(town.file).map(({ id }) => id));
  expect(ids.filter((id) => !stored.has(id))).toEqual([]);

  const people = seatPeople(town.sandbox.url);
  town.start();
  await town.ready();
  const all = [...stored];
  await expect.poll(() => tally(town.file), { timeout: 60_000 }).toEqual({ delivered: all.length });
  await expect.poll(() => outboxOf(town.file), { timeout: 60_000 }).not.toHaveProperty('card');
  await people.stop();
  await expectNothingLostNorDoubled(town, all);
});

async function outputOf(child: ChildProcess): Promise<string> {
  const chunks: Buffer[] = [];
  child.stderr?.on('data', (chunk: Buffer) => chunks.push(chunk));
  await once(child, 'close');
  return Buffer.concat(chunks).toString('utf8');
}

it('refuses a second process on the same ledger, and says who has it and what to do', async () => {
  const second = spawn(process.execPath, ['src/main.ts'], {
    cwd: ROOT,
    env: { ...town.env, MESHLINE_PORT: '0' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const said = await outputOf(second);
  expect(second.exitCode).toBe(1);
  expect(said).toMatch(/The ledger .+ is in use by process \d+ on .+stop that one first/);
  const { status } = await post(town.url, parcel(900_001));
  expect(status).toBe(202);
});

import { setTimeout as pause } from 'node:timers/promises';
import { expect, vi } from 'vitest';
import type { Chance } from './chance.ts';
import { mixed } from './exports.ts';
import { outboxOf, tally } from './ledger.ts';
import { seatPeople } from './people.ts';
import type { Town } from './process.ts';
import { sendAll } from './senders.ts';
import { expectNothingLostNorDoubled } from './verdict.ts';

const KILLS = Number(process.env['MESHLINE_KILLS'] ?? 8);
const EXPORTS = Math.max(200, 6 * KILLS);
const SENDERS = 4;
/** So that exports go on arriving until most of the kills, of somewhat over a second each, are over. */
const SEND_EVERY_MS = (KILLS * 1_000 * SENDERS) / EXPORTS;
/** The bar is five seconds. Beside other test files on two cores the machine itself takes longer. */
const RESUMED_WITHIN_MS = process.env['MESHLINE_KILLS'] === undefined ? 15_000 : 5_000;

export const TIMEOUT_MS = 110_000 + KILLS * 4_000;

export type Loop = {
  town: Town;
  random: Chance;
  /** Before each kill. */
  eachRound(): void;
  /** After the last, before everything must come to its end. */
  afterwards(): void;
};

/** Kills at any moment: mostly while it works, sometimes while it still starts. Gives the times to ready. */
async function killAndRestart({ town, random, eachRound }: Loop): Promise<number[]> {
  const resumed: number[] = [];
  town.start();
  resumed.push(await town.ready());
  for (let kills = 0; kills < KILLS; kills += 1) {
    eachRound();
    await pause(random.between(0, 900));
    await town.end('SIGKILL');
    town.start();
    if (random.next() < 0.15) await pause(random.between(0, 600));
    else resumed.push(await town.ready());
  }
  resumed.push(await town.ready());
  return resumed;
}

/**
 * Sends exports and lets people accept them while the process is killed again and again, then holds
 * the ledger, the sinks and Slack's history against what was acknowledged.
 */
export async function surviveKills(loop: Loop): Promise<void> {
  const { town, random } = loop;
  const people = seatPeople(town.sandbox.url);
  const sending = sendAll(town.url, mixed(EXPORTS), SENDERS, SEND_EVERY_MS);
  const resumed = await killAndRestart(loop);
  loop.afterwards();
  const { acknowledged, posts } = await sending;
  const quiet = { timeout: 60_000, interval: 200 };
  await vi.waitFor(() => expect(tally(town.file)).toEqual({ delivered: EXPORTS }), quiet);
  await vi.waitFor(() => expect(outboxOf(town.file)).not.toHaveProperty('card'), quiet);
  const clicks = await people.stop();
  expect(await town.end('SIGTERM')).toBe(0);
  process.stdout.write(
    `seed ${random.seed}: ${KILLS} kills, ${EXPORTS} exports in ${posts} posts and ${clicks} clicks; ` +
      `ready again after at most ${Math.round(Math.max(...resumed))} ms\n`,
  );
  expect(acknowledged).toHaveLength(EXPORTS);
  await expectNothingLostNorDoubled(town, acknowledged);
  expect(Math.max(...resumed)).toBeLessThan(RESUMED_WITHIN_MS);
}

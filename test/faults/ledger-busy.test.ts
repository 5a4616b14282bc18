import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { verifyFile } from '../../src/store/index.ts';
import { reportProof } from '../proof/report.ts';
import { SCALE, scaled } from '../proof/scale.ts';
import { lateClick, promo, stateOf, told } from '../support/clicks.ts';
import { type House, openHouse } from '../support/house.ts';
import { BY_POLICY } from './town/exports.ts';

const HOLDER = fileURLToPath(new URL('ledger-busy/holder.ts', import.meta.url));
const LOCKS = scaled({ short: 1, quick: 2, full: 10 });
const CLICKS = scaled({ short: 6, quick: 20, full: 20 });
/** Longer than the writer goes on trying, except where there is no time for it. */
const HELD_MS = scaled({ short: 3_500, quick: 10_500, full: 10_500 });
const ACKED_WITHIN_MS = 2_500;
const PATIENCE = { timeout: 30_000, interval: 50 };

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.close());

/** Resolves once another process has the write lock; it gives it back by itself. */
async function holdLock(): Promise<ChildProcess> {
  const holder = spawn(process.execPath, [HOLDER, join(house.folder, 'meshline.db'), String(HELD_MS)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void holder.kill('SIGKILL'));
  if (!holder.stdout) throw new Error('The holder has no output.');
  await Promise.race([once(holder.stdout, 'data'), once(holder, 'exit')]);
  if (holder.exitCode !== null) throw new Error('The lock could not be taken.');
  return holder;
}

let sent = 0;
async function sendOne(): Promise<{ status: number; id: string }> {
  const make = BY_POLICY[(sent += 1) % BY_POLICY.length];
  if (!make) throw new Error('There is nothing to send.');
  const { source, raw } = make(sent);
  const { status, body } = await house.send(raw, source);
  return { status, id: body.export_id ?? '' };
}

it('acknowledges clicks while another program has the ledger locked, and loses nothing', {
  timeout: 60_000 + LOCKS * (HELD_MS + 40_000),
}, async () => {
  const counts = { tries: 0, lost: 0, doubled: 0, wrong: 0, ms: 0 };
  const answers = new Map<number, number>();
  const silent: string[] = [];
  for (let lock = 0; lock < LOCKS; lock += 1) {
    const cards: Awaited<ReturnType<typeof promo>>[] = [];
    for (let n = 0; n < CLICKS; n += 1) cards.push(await promo(house, `Locked ${lock}-${n}`));
    const said = told(house, 'priya').length;
    const holder = await holdLock();
    const released = once(holder, 'exit');
    const posts: Promise<{ status: number; id: string }>[] = [];
    for (const { card } of cards) {
      posts.push(sendOne());
      const began = performance.now();
      const { acked } = await lateClick(house, card, 'accept', 'priya');
      const ms = performance.now() - began;
      counts.tries += 1;
      counts.ms = Math.max(counts.ms, ms);
      if (!acked) counts.wrong += 1;
      await pause(HELD_MS / (2 * CLICKS));
    }
    await released;
    for (const { status, id } of await Promise.all(posts)) {
      answers.set(status, (answers.get(status) ?? 0) + 1);
      if (status === 202 && (await house.meshline.flow.ledger.get(id)) === null) counts.lost += 1;
      if (status !== 202 && status !== 503) counts.wrong += 1;
    }
    const accepted = async () => {
      const states = await Promise.all(cards.map(({ id }) => stateOf(house, id)));
      return states.filter(({ acceptances }) => acceptances.length > 0).length;
    };
    // Each click either counts, or whoever clicked was told that it does not.
    const open = async () => cards.length - (await accepted()) - (told(house, 'priya').length - said);
    await expect
      .poll(open, PATIENCE)
      .toBeLessThanOrEqual(0)
      .catch(async () => {
        silent.push(`${await open()} clicks of lock ${lock} came to nothing, and nobody was told`);
      });
  }
  counts.wrong += silent.length;
  const { faults } = await verifyFile(join(house.folder, 'meshline.db'));
  process.stdout.write(
    `${counts.tries} clicks within ${LOCKS} locks of ${HELD_MS} ms, acknowledged in at most ${Math.round(counts.ms)} ms; ` +
      `exports were answered ${[...answers].map(([status, n]) => `${status}: ${n}`).join(', ')}\n`,
  );
  reportProof('ledger_busy', counts);
  expect({ ...counts, silent, faults }).toMatchObject({ lost: 0, wrong: 0, silent: [], faults: [] });
  if (SCALE !== 'short') expect(counts.ms).toBeLessThan(ACKED_WITHIN_MS);
});

import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { verifyFile } from '../../src/store/index.ts';
import { lateClick, PROMO_CHANNEL, promo, stateOf } from '../support/clicks.ts';
import { type House, openHouse } from '../support/house.ts';
import { BY_POLICY } from './town/exports.ts';
import { post } from './town/senders.ts';

/** A small disk of its own; only root may mount one. */
function mounted(): string | null {
  const folder = mkdtempSync(join(tmpdir(), 'meshline-small-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=6m', 'tmpfs', folder], { stdio: 'ignore' });
    return folder;
  } catch {
    rmSync(folder, { recursive: true, force: true });
    return null;
  }
}

const disk = mounted();
if (disk === null) process.stdout.write('A full disk is not tried: mounting a small one needs root.\n');

let house: House;
beforeAll(async () => {
  if (disk !== null) house = await openHouse({ folder: disk });
});
afterAll(async () => {
  if (disk === null) return;
  await house.close();
  execFileSync('umount', [disk]);
  rmSync(disk, { recursive: true, force: true });
});

const BALLAST_BYTES = 64 * 1024;

function fillUp(file: string): void {
  try {
    for (;;) appendFileSync(file, Buffer.alloc(BALLAST_BYTES));
  } catch {
    // The last piece may still have fitted in part; one byte at a time nobody needs.
  }
}

let sent = 0;
async function sendOne(): Promise<{ status: number; id: string }> {
  const make = BY_POLICY[0];
  if (!make) throw new Error('There is nothing to send.');
  return post(house.meshline.url, make((sent += 1)));
}

it.skipIf(disk === null)(
  'answers 503 while the disk is full, goes on reading and answering clicks, and heals by itself',
  { timeout: 60_000 },
  async () => {
    const { id, card } = await promo(house, 'Full disk');
    expect((await sendOne()).status).toBe(202);
    const ballast = join(disk ?? '', 'ballast');
    fillUp(ballast);

    const acknowledged: string[] = [];
    let refused = 0;
    for (let tries = 0; tries < 2_000 && refused < 5; tries += 1) {
      const { status, id: stored } = await sendOne();
      if (status === 202) acknowledged.push(stored);
      else {
        expect(status).toBe(503);
        refused += 1;
      }
    }
    expect(refused).toBe(5);

    expect((await stateOf(house, id)).status).toBe('pending');
    expect((await fetch(`${house.meshline.url}/healthz`)).status).toBe(200);
    const before = house.sandbox.control.ephemerals(PROMO_CHANNEL).length;
    expect(await lateClick(house, card, 'accept', 'priya')).toMatchObject({ acked: true });
    await expect.poll(() => house.sandbox.control.ephemerals(PROMO_CHANNEL).length).toBeGreaterThan(before);
    expect((await stateOf(house, id)).acceptances).toEqual([]);

    rmSync(ballast);
    await expect.poll(async () => (await sendOne()).status, { timeout: 10_000 }).toBe(202);
    await lateClick(house, card, 'accept', 'priya');
    await expect.poll(async () => (await stateOf(house, id)).acceptances.length).toBe(1);
    for (const stored of acknowledged) {
      expect(await house.meshline.flow.ledger.get(stored)).not.toBeNull();
    }
    const { faults } = await verifyFile(join(disk ?? '', 'meshline.db'));
    expect(faults).toEqual([]);
  },
);

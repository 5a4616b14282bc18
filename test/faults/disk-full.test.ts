import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import { afterAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { verifyFile } from '../../src/store/index.ts';
import { reportProof } from '../proof/report.ts';
import { scaled } from '../proof/scale.ts';
import { lateClick, promo, stateOf, told } from '../support/clicks.ts';
import { SECRETS } from '../support/config.ts';
import { openHouse } from '../support/house.ts';
import { BY_POLICY, type Parcel } from './town/exports.ts';
import { openTown } from './town/process.ts';
import { post } from './town/senders.ts';
import { mountSmallDisk } from './town/small-disk.ts';

const CYCLES = scaled({ short: 2, quick: 8, full: 50 });
/** The write-ahead log is folded into the file only every 64 MiB, so many cycles need more room. */
const DISK_MIB = scaled({ short: 8, quick: 32, full: 192 });
const REFUSALS = 3;
const PATIENCE = { timeout: 20_000 };
const ROOT = new URL('../../', import.meta.url).pathname;

const disk = mountSmallDisk(DISK_MIB);
if (disk === null) process.stdout.write('A full disk is not tried: mounting a small one needs root.\n');
afterAll(() => disk?.remove());

let sent = 0;
function nextParcel(): Parcel {
  const make = BY_POLICY[(sent += 1) % BY_POLICY.length];
  if (!make) throw new Error('There is nothing to send.');
  return make(sent);
}

async function sendRaw(url: string, type: string, body: string): Promise<Response> {
  const id = `msg_${randomUUID()}`;
  const at = new Date();
  return fetch(`${url}/v1/exports`, {
    method: 'POST',
    body,
    headers: {
      'content-type': type,
      'meshline-source': 'wms',
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
      'webhook-signature': new Webhook(SECRETS['PIM_SECRET'] ?? '').sign(id, at, body),
    },
  });
}

describe.skipIf(disk === null)('a full disk', () => {
  it('answers 503, goes on reading and answering clicks, and heals by itself, again and again', {
    timeout: 60_000 + CYCLES * 20_000,
  }, async () => {
    if (disk === null) return;
    const house = await openHouse({ folder: disk.folder });
    onTestFinished(() => house.close());
    const { url } = house.meshline;
    const counts = { tries: 0, lost: 0, doubled: 0, wrong: 0 };
    const bad: string[] = [];
    const acknowledged: string[] = [];
    const refused: Parcel[] = [];
    for (let cycle = 0; cycle < CYCLES && bad.length === 0; cycle += 1) {
      const { id, card } = await promo(house, `Full disk ${cycle}`);
      disk.fill();
      refused.length = 0;
      for (let tries = 0; tries < 5_000 && refused.length < REFUSALS && bad.length < 5; tries += 1) {
        const parcel = nextParcel();
        const answer = await sendRaw(url, 'application/json', JSON.stringify(parcel.raw));
        const body = (await answer.json()) as { export_id?: string; code?: string };
        if (answer.status === 202) acknowledged.push(body.export_id ?? '');
        else if (answer.status === 503 && body.code === 'unavailable' && answer.headers.has('retry-after'))
          refused.push(parcel);
        else bad.push(`an export was answered with ${answer.status} ${body.code}`);
      }
      if (refused.length < REFUSALS) bad.push('the disk never was full');

      const read = await stateOf(house, id);
      if (read.status !== 'pending') bad.push(`what was read is ${read.status}`);
      const live = await fetch(`${url}/healthz`);
      await live.text();
      if (live.status !== 200) bad.push('it was not live');
      const said = told(house, 'priya').length;
      const { acked } = await lateClick(house, card, 'accept', 'priya');
      if (!acked) bad.push('a click was not acknowledged');
      const answered = () => told(house, 'priya').length - said;
      await expect
        .poll(answered, PATIENCE)
        .toBeGreaterThan(0)
        .catch(() => bad.push('nobody was told'));
      if ((await stateOf(house, id)).acceptances.length > 0) bad.push('a click was taken and refused');

      disk.free();
      for (const parcel of refused) {
        // Sent again as its sender would: what was refused left nothing behind, so it is new.
        const again = async () => (await post(url, parcel)).status;
        await expect
          .poll(again, PATIENCE)
          .toBe(202)
          .catch(() => bad.push('it did not heal'));
      }
      await lateClick(house, card, 'accept', 'priya');
      const taken = async () => (await stateOf(house, id)).acceptances.length;
      await expect
        .poll(taken, PATIENCE)
        .toBe(1)
        .catch(() => bad.push('a click after it healed did not count'));
      counts.tries += 1;
    }
    for (const id of acknowledged) if ((await house.meshline.flow.ledger.get(id)) === null) counts.lost += 1;
    const { faults } = await verifyFile(join(disk.folder, 'meshline.db'));
    reportProof('disk_full', { ...counts, wrong: bad.length + faults.length });
    process.stdout.write(
      `${counts.tries} times full and free again; ${acknowledged.length} exports taken in between\n`,
    );
    expect({ lost: counts.lost, bad, faults }).toEqual({ lost: 0, bad: [], faults: [] });
  });

  it('takes no batch that it cannot keep until its signature is checked, and the next one when it can', async () => {
    const small = mountSmallDisk(4);
    if (small === null) return;
    const house = await openHouse();
    onTestFinished(async () => {
      await house.close();
      small.remove();
    });
    vi.stubEnv('TMPDIR', small.folder);
    const line = JSON.stringify(nextParcel().raw);
    const batch = `${line}\n${' '.repeat(200_000)}\n`.repeat(8);
    const sendBatch = () => sendRaw(house.meshline.url, 'application/x-ndjson', batch);
    small.fill();
    const full = await sendBatch();
    expect(full.status).toBe(503);
    expect(Number(full.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await full.json()).toMatchObject({ code: 'unavailable' });
    expect(await house.meshline.flow.ledger.list({ limit: 5 })).toEqual([]);
    small.free();
    const taken = await sendBatch();
    await taken.text();
    expect(taken.status).toBeLessThan(300);
    expect(await house.meshline.flow.ledger.list({ limit: 5 })).toHaveLength(1);
  });

  it('is a reason not to start, in a sentence, for a new ledger and for one that is there', {
    timeout: 60_000,
  }, async () => {
    const small = mountSmallDisk(8);
    if (small === null) return;
    const town = await openTown();
    onTestFinished(async () => {
      await town.close();
      small.remove();
    });
    const start = (file: string) => {
      const env = { ...town.env, MESHLINE_DB: file };
      const child = spawn(process.execPath, ['src/main.ts'], {
        cwd: ROOT,
        env,
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      let said = '';
      child.stderr.on('data', (chunk: Buffer) => {
        said += chunk.toString('utf8');
      });
      onTestFinished(() => void child.kill('SIGKILL'));
      return { child, said: () => said };
    };
    const refusal = async (file: string) => {
      const { child, said } = start(file);
      await once(child, 'close');
      return { code: child.exitCode, said: said() };
    };
    const file = join(small.folder, 'meshline.db');
    const first = start(file);
    const ready = () =>
      fetch(`${town.url}/readyz`).then(
        (answer) => answer.ok,
        () => false,
      );
    await expect.poll(ready, PATIENCE).toBe(true);
    expect((await post(town.url, nextParcel())).status).toBe(202);
    const killed = once(first.child, 'exit');
    first.child.kill('SIGKILL');
    await killed;
    small.fill();
    for (const each of [file, join(small.folder, 'new', 'meshline.db'), join(small.folder, 'other.db')]) {
      const { code, said } = await refusal(each);
      expect(code).toBe(1);
      expect(said).toMatch(/disk .*is full/);
      expect(said).not.toMatch(/^\s+at /m);
    }
    small.free();
    start(file);
    await expect.poll(ready, PATIENCE).toBe(true);
    expect((await verifyFile(file)).faults).toEqual([]);
  });
});

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { run } from '../../src/cli/run.ts';
import { breakIn, changeOne, eventsIn, forgeChain, forgeProjections } from '../faults/tampering/attacker.ts';
import { type House, NO_PACE, openHouse } from '../support/house.ts';

const CHANNEL = '#merchandising';
let house: House;

beforeEach(async () => {
  house = await openHouse({ pace: NO_PACE });
});

afterEach(() => house.close());

const card = () => house.sandbox.control.messages(CHANNEL).find((message) => message.thread_ts === null);
const file = () => join(house.folder, 'meshline.db');

async function verify(...args: string[]): Promise<{ code: number; said: string }> {
  const said: string[] = [];
  const say = (line: string) => said.push(line);
  const input = async () => Buffer.alloc(0);
  const code = await run(['verify', ...args], { env: { MESHLINE_DB: file() }, out: say, err: say, input });
  return { code, said: said.join('\n') };
}

it('names the event of its decision, and copied from Slack it finds a history that was made anew', async () => {
  await house.sendFixture('staged_product');
  const mei = house.as('mei');
  const asked = await mei.waitForMessage(CHANNEL, () => true);
  expect(JSON.stringify(card()?.blocks)).not.toContain('Record');
  await mei.click(asked, 'accept');
  await expect.poll(() => JSON.stringify(card()?.blocks)).toMatch(/Delivered.+Record/);

  const [record = ''] = /Record [\d,]+ · [0-9a-f]{12}/.exec(JSON.stringify(card()?.blocks)) ?? [];
  const noted = card()?.metadata?.event_payload ?? {};
  await house.meshline.stop();
  const decided = breakIn(file(), eventsIn).find(({ type }) => type === 'delivered');
  expect(noted).toMatchObject({
    record_seq: decided?.seq,
    record_hash: decided?.hash.toString('hex'),
  });
  expect(record).toBe(`Record ${decided?.seq} · ${decided?.hash.toString('hex').slice(0, 12)}`);

  const copied = join(house.folder, 'copied.txt');
  writeFileSync(copied, `Staged product · from PIM\n${record}\n`);
  expect(await verify('--against', copied)).toMatchObject({ code: 0 });
  breakIn(file(), (db) => {
    const events = eventsIn(db).map((row) =>
      row.type === 'acceptance_recorded'
        ? {
            ...row,
            data: changeOne(
              row.data,
              ([first]) => first,
              (path) => path.endsWith('by'),
            ),
          }
        : row,
    );
    forgeChain(db, events);
    forgeProjections(db);
  });
  expect(await verify()).toMatchObject({ code: 0 });
  expect(await verify('--against', copied)).toMatchObject({
    code: 1,
    said: expect.stringContaining('The chain does not lead to the head that was noted'),
  });
});

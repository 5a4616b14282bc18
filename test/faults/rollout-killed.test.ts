import { setTimeout as pause } from 'node:timers/promises';
import { expect, it, onTestFinished, vi } from 'vitest';
import { actAs } from '../../sandbox/client.ts';
import { send } from '../../sandbox/demo/sender.ts';
import { systemClock } from '../../src/clock.ts';
import { verifyFile } from '../../src/store/index.ts';
import { SECRETS } from '../support/config.ts';
import { fixture } from '../support/fixtures.ts';
import { PEOPLE } from '../support/house.ts';
import { prices, SKUS, staged } from '../support/rollout-prices.ts';
import { chance } from './town/chance.ts';
import { statesOf } from './town/ledger.ts';
import { openTown, type Town } from './town/process.ts';

const WITHIN = { timeout: 60_000, interval: 200 };

async function killable(hold_ms: number): Promise<Town> {
  const town = await openTown((file) => staged({ hold_ms, max_error_percent: 100 }).configure?.(file));
  onTestFinished(() => town.close());
  return town;
}

async function accepted(town: Town): Promise<{ mei: ReturnType<typeof actAs>; channel: string; ts: string }> {
  town.start();
  await town.ready();
  const raw = fixture('price_update', { now: systemClock.now(), edit: (each) => prices(each, 'Killed') });
  await send(town.url, 'erp', SECRETS['ERP_SECRET'] ?? '', raw, systemClock.now());
  const mei = actAs(town.sandbox.url, PEOPLE.mei.slack);
  const card = await mei.waitForMessage(
    '#merchandising',
    (message) => message.text.includes('Killed'),
    20_000,
  );
  await mei.click(card, 'accept');
  return { mei, channel: card.channel, ts: card.ts };
}

type Carried = { key: string; skus: string[]; prices: string[] };

function carried(town: Town): Carried[] {
  return town.sinks.effects('oms').map(({ key, body }) => {
    const { lines } = (body as { data: { lines: { sku: string; price: string }[] } }).data;
    return {
      key: key.slice(-3),
      skus: lines.map((line) => line.sku),
      prices: [...new Set(lines.map((line) => line.price))],
    };
  });
}

it('finishes every stage once, however often it is killed in the middle', async () => {
  const town = await killable(1_000);
  const random = chance(7);
  town.sinks.setMode('oms', 'lost_answer');
  await accepted(town);
  for (let kill = 0; kill < 4; kill += 1) {
    await pause(random.between(0, 1_200));
    await town.end('SIGKILL');
    town.sinks.setMode('oms', random.pick(['ok', 'lost_answer', 'fail_once_500'] as const));
    town.start();
    await town.ready();
  }
  town.sinks.setMode('oms', 'ok');
  await vi.waitFor(() => expect(carried(town)).toHaveLength(3), WITHIN);
  expect(carried(town).map(({ key, skus }) => [key, skus])).toEqual([
    ['-s1', SKUS.slice(0, 2)],
    ['-s2', SKUS.slice(2, 6)],
    ['-s3', SKUS.slice(6)],
  ]);
  await town.end('SIGTERM');
  expect((await verifyFile(town.file)).faults).toEqual([]);
}, 120_000);

it('takes back once, when it is killed right after somebody asked for it', async () => {
  const town = await killable(600_000);
  const { mei, channel, ts } = await accepted(town);
  await vi.waitFor(async () => {
    const card = (await mei.messages(channel)).find((message) => message.ts === ts);
    if (!card) throw new Error('The card is gone.');
    await mei.click(card, 'rollout_roll_back');
  }, WITHIN);
  const asked = () => statesOf(town.file).some(({ rollout }) => (rollout?.rollbacks ?? 0) > 0);
  await vi.waitFor(() => expect(asked()).toBe(true), { timeout: 10_000, interval: 2 });
  await town.end('SIGKILL');
  town.start();
  await town.ready();
  const says = (text: string) =>
    mei.waitForMessage('#merchandising', (each) => each.ts === ts && each.text.includes(text), 40_000);
  await says('Rolled back');
  const back = carried(town).filter((each) => each.prices.includes('10.00'));
  expect(back).toHaveLength(1);
  const touched = carried(town).filter((each) => each.prices.includes('9.00'));
  for (const { skus } of touched) expect(back[0]?.skus).toEqual(expect.arrayContaining(skus));
  await town.end('SIGTERM');
  expect((await verifyFile(town.file)).faults).toEqual([]);
}, 120_000);

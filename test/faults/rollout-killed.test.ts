import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it, type onTestFinished, vi } from 'vitest';
import { actAs } from '../../sandbox/client.ts';
import { send } from '../../sandbox/demo/sender.ts';
import { systemClock } from '../../src/clock.ts';
import { verifyFile } from '../../src/store/index.ts';
import { reportProof } from '../proof/report.ts';
import { scaled } from '../proof/scale.ts';
import { SECRETS } from '../support/config.ts';
import { fixture } from '../support/fixtures.ts';
import { PEOPLE } from '../support/house.ts';
import { prices, SKUS, staged } from '../support/rollout-prices.ts';
import { chance } from './town/chance.ts';
import { statesOf } from './town/ledger.ts';
import { openTown, type Town } from './town/process.ts';
import { countsOf, expectAllWell, type Verdict } from './town/verdict.ts';

const ROLLOUTS = scaled({ short: 1, quick: 2, full: 8 });
const KILLS_EACH = 4;
const ROLLBACKS = scaled({ short: 1, quick: 2, full: 8 });
const WITHIN = { timeout: 60_000, interval: 50 };
const TIMEOUT_MS = 120_000 + 60_000 * Math.max(ROLLOUTS, ROLLBACKS);

async function killable(hold_ms: number, finished: typeof onTestFinished): Promise<Town> {
  const town = await openTown((file) => staged({ hold_ms, max_error_percent: 100 }).configure?.(file));
  finished(() => town.close());
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

/** What the sink carried out, against what it had to: each once, and nothing else. */
function compared(done: readonly string[], due: readonly string[]): Verdict {
  return {
    lost: due.filter((each) => !done.includes(each)).map((each) => `never done: ${each}`),
    doubled: done.filter((each, at) => done.indexOf(each) !== at).map((each) => `again: ${each}`),
    wrong: done.filter((each) => !due.includes(each)).map((each) => `never asked: ${each}`),
  };
}

async function faultsOf(town: Town): Promise<string[]> {
  await town.end('SIGTERM');
  const { faults } = await verifyFile(town.file);
  return faults.map((fault) => `${fault.where}: ${fault.what}`);
}

const STAGES = [
  `-s1 ${SKUS.slice(0, 2).join(' ')}`,
  `-s2 ${SKUS.slice(2, 6).join(' ')}`,
  `-s3 ${SKUS.slice(6).join(' ')}`,
];

/** The stages of a rollout whose process is killed `KILLS_EACH` times. */
async function rolledOut(salt: number, finished: typeof onTestFinished): Promise<Verdict> {
  const town = await killable(1_000, finished);
  const random = chance(salt);
  town.sinks.setMode('oms', random.pick(['lost_answer', 'ok'] as const));
  await accepted(town);
  for (let kill = 0; kill < KILLS_EACH; kill += 1) {
    await pause(random.between(0, 900));
    await town.end('SIGKILL');
    town.sinks.setMode('oms', random.pick(['ok', 'lost_answer', 'fail_once_500'] as const));
    town.start();
    await town.ready();
  }
  town.sinks.setMode('oms', 'ok');
  const delivered = () => statesOf(town.file).every(({ status }) => status === 'delivered');
  await vi.waitFor(() => expect(delivered()).toBe(true), WITHIN).catch(() => undefined);
  const verdict = compared(
    carried(town).map(({ key, skus }) => `${key} ${skus.join(' ')}`),
    STAGES,
  );
  verdict.wrong.push(...(await faultsOf(town)));
  await town.close();
  return verdict;
}

/** A rollback whose process is killed right after somebody asked for it. */
async function takenBack(finished: typeof onTestFinished): Promise<Verdict> {
  const town = await killable(600_000, finished);
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
  const saysSo = (message: { ts: string; text: string }) =>
    message.ts === ts && message.text.includes('Rolled back');
  await mei.waitForMessage('#merchandising', saysSo, 40_000);
  const done = carried(town);
  const touched = done.filter((each) => each.prices.includes('9.00')).flatMap(({ skus }) => skus);
  const restored = done.filter((each) => each.prices.includes('10.00')).flatMap(({ skus }) => skus);
  const verdict = compared(
    restored.map((sku) => `${sku} back`),
    touched.map((sku) => `${sku} back`),
  );
  verdict.wrong.push(...(await faultsOf(town)));
  await town.close();
  return verdict;
}

describe.concurrent('a rollout', { timeout: TIMEOUT_MS }, () => {
  it('finishes every stage once, however often it is killed in the middle', async (test) => {
    for (let rollout = 0; rollout < ROLLOUTS; rollout += 1) {
      const verdict = await rolledOut(70 + rollout, test.onTestFinished);
      reportProof('rollout_killed', countsOf(KILLS_EACH, verdict));
      expectAllWell(verdict);
    }
  });

  it('takes back once, when it is killed right after somebody asked for it', async (test) => {
    for (let rollback = 0; rollback < ROLLBACKS; rollback += 1) {
      const verdict = await takenBack(test.onTestFinished);
      reportProof('rollout_killed', countsOf(1, verdict));
      expectAllWell(verdict);
    }
  });
});

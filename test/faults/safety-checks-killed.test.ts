import { expect, it, onTestFinished, vi } from 'vitest';
import { z } from 'zod';
import { actAs } from '../../sandbox/client.ts';
import { send } from '../../sandbox/demo/sender.ts';
import { systemClock } from '../../src/clock.ts';
import { verifyFile } from '../../src/store/index.ts';
import { reportProof } from '../proof/report.ts';
import { scaled } from '../proof/scale.ts';
import { SECRETS } from '../support/config.ts';
import { fixture, put } from '../support/fixtures.ts';
import { PEOPLE } from '../support/house.ts';
import { openTown, type Town } from './town/process.ts';
import { countsOf, expectAllWell, type Verdict } from './town/verdict.ts';

/** Each try is cut off at the next step of the checks. */
const TRIES = scaled({ short: 2, quick: 5, full: 15 });
const WITHIN = { timeout: 30_000, interval: 5 };
const STEPS = ['sample.write', 'sample.read', 'sample.clean', 'order.test', 'order.cancel'] as const;
const Sample = z.object({ sample_id: z.string() });

/** What staging was asked, oldest first, with the sample or the order that each was about. */
function asked(town: Town): { operation: string; body: unknown }[] {
  const received = town.sinks.state().find((sink) => sink.name === 'oms_staging')?.received ?? [];
  return received.map(({ operation, body }) => ({ operation, body })).toReversed();
}

/** Staging falls silent at that step, the process is killed, and the next one repeats the checks. */
async function cutOffAt(town: Town, step: (typeof STEPS)[number], n: number): Promise<Verdict> {
  const verdict: Verdict = { lost: [], doubled: [], wrong: [] };
  const before = asked(town).length;
  const since = () => asked(town).slice(before);
  let silent = false;
  const fallSilent = () => {
    if (silent || since().length !== STEPS.indexOf(step)) return;
    silent = true;
    town.sinks.setMode('oms_staging', 'timeout');
  };
  town.sinks.onChange(fallSilent);
  fallSilent();
  const campaign = `Cut off ${n}`;
  const raw = fixture('promo_activation', { now: systemClock.now() });
  Object.assign(raw, { idempotency_key: `cut-off-${n}`, campaign_id: `cut-off-${n}` });
  put(raw, 'payload.campaign_name', campaign);
  await send(town.url, 'pim', SECRETS['PIM_SECRET'] ?? '', raw, systemClock.now());
  await vi.waitFor(() => expect(since().at(-1)?.operation).toBe(step), WITHIN);
  await town.end('SIGKILL');
  const cut = since().length;
  town.sinks.setMode('oms_staging', 'ok');
  town.start();
  await town.ready();
  const priya = actAs(town.sandbox.url, PEOPLE.priya.slack);
  const checked = await priya
    .waitForMessage(
      '#promo-approvals',
      ({ text, blocks }) => text.includes(campaign) && JSON.stringify(blocks).includes('test order ✓'),
      30_000,
    )
    .catch(() => null);
  if (!checked || !JSON.stringify(checked.blocks).includes('"accept"'))
    verdict.lost.push(`${step}: nobody can accept`);
  const again = since()
    .slice(cut)
    .map(({ operation }) => operation);
  if (again.join(' ') !== STEPS.join(' ')) verdict.wrong.push(`${step}: repeated as ${again.join(' ')}`);
  const samples = since().flatMap(({ body }) => Sample.safeParse(body).data?.sample_id ?? []);
  if (new Set(samples).size !== 1)
    verdict.doubled.push(`${step}: samples ${[...new Set(samples)].join(', ')}`);
  return verdict;
}

it(
  'repeats a safety check that was cut off in the middle, and cleans up what the first try had left',
  async () => {
    const town = await openTown(() => {}, { staging: true });
    onTestFinished(() => town.close());
    town.start();
    await town.ready();
    const all: Verdict = { lost: [], doubled: [], wrong: [] };
    for (let n = 0; n < TRIES; n += 1) {
      const verdict = await cutOffAt(town, STEPS[(n + 1) % STEPS.length] ?? 'sample.read', n);
      for (const kind of ['lost', 'doubled', 'wrong'] as const) all[kind].push(...verdict[kind]);
    }
    await town.end('SIGTERM');
    all.wrong.push(...(await verifyFile(town.file)).faults.map((fault) => `${fault.where}: ${fault.what}`));
    reportProof('safety_checks_killed', countsOf(TRIES, all));
    expectAllWell(all);
  },
  60_000 + TRIES * 60_000,
);

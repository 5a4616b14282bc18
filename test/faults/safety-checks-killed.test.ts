import { expect, it, onTestFinished, vi } from 'vitest';
import { z } from 'zod';
import { actAs } from '../../sandbox/client.ts';
import { send } from '../../sandbox/demo/sender.ts';
import { systemClock } from '../../src/clock.ts';
import { verifyFile } from '../../src/store/index.ts';
import { SECRETS } from '../support/config.ts';
import { fixture } from '../support/fixtures.ts';
import { PEOPLE } from '../support/house.ts';
import { openTown, type Town } from './town/process.ts';

const WITHIN = { timeout: 30_000, interval: 50 };
const Sample = z.object({ sample_id: z.string() });

/** What staging was asked, oldest first, with the sample that each was about. */
function asked(town: Town): { operation: string; sample: string }[] {
  const received = town.sinks.state().find((sink) => sink.name === 'oms_staging')?.received ?? [];
  return received
    .map(({ operation, body }) => ({ operation, sample: Sample.parse(body).sample_id }))
    .toReversed();
}

it('repeats a safety check that was cut off in the middle, and cleans up what the first try had left', async () => {
  const town = await openTown(() => {}, { staging: true });
  onTestFinished(() => town.close());
  // The sample is written; then the staging system falls silent.
  let silent = false;
  town.sinks.onChange(() => {
    if (silent || asked(town).length !== 1) return;
    silent = true;
    town.sinks.setMode('oms_staging', 'timeout');
  });
  town.start();
  await town.ready();
  const raw = fixture('promo_activation', { now: systemClock.now() });
  await send(town.url, 'pim', SECRETS['PIM_SECRET'] ?? '', raw, systemClock.now());
  await vi.waitFor(() => expect(asked(town).map((each) => each.operation)).toContain('sample.read'), WITHIN);
  await town.end('SIGKILL');
  expect(asked(town).map((each) => each.operation)).toEqual(['sample.write', 'sample.read']);

  town.sinks.setMode('oms_staging', 'ok');
  town.start();
  await town.ready();
  const priya = actAs(town.sandbox.url, PEOPLE.priya.slack);
  const checked = await priya.waitForMessage(
    '#promo-approvals',
    (message) => JSON.stringify(message.blocks).includes('test order ✓'),
    30_000,
  );
  expect(JSON.stringify(checked.blocks)).toContain('"accept"');
  expect(asked(town).map((each) => each.operation)).toEqual([
    'sample.write',
    'sample.read',
    'sample.write',
    'sample.read',
    'sample.clean',
    'order.test',
    'order.cancel',
  ]);
  expect(new Set(asked(town).map((each) => each.sample)).size).toBe(1);
  await town.end('SIGTERM');
  expect((await verifyFile(town.file)).faults).toEqual([]);
}, 120_000);

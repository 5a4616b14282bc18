import { expect, onTestFinished, test, vi } from 'vitest';
import { createLogger } from '../../../src/log.ts';
import { startSoundness } from '../../../src/schedule/soundness.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const FAULT = { what: 'The stored state is not what its events make', where: 'export 1', advice: 'Stop.' };
const NO_NIGHT_MS = 37 * 60 * 60_000;

function started(reports: readonly (readonly (typeof FAULT)[] | Error)[], nights = '17 3 29 2 *') {
  const clock = new ManualClock();
  const told: (typeof FAULT)[] = [];
  let looks = 0;
  const ledger = {
    async verify() {
      const report = reports[looks];
      looks += 1;
      if (report instanceof Error) throw report;
      return { faults: report ?? [] };
    },
  };
  const log = createLogger({ level: 'silent' });
  const soundness = startSoundness(ledger, clock, log, (fault) => told.push(fault), nights);
  onTestFinished(() => soundness.stop());
  return { clock, told, soundness, looks: () => looks };
}

test('the ledger is verified after a minute and when no night came for long, and what is wrong is told', async () => {
  const { clock, told, looks } = started([[], [FAULT]]);
  clock.advance(59_000);
  expect(looks()).toBe(0);
  clock.advance(1_000);
  expect(looks()).toBe(1);
  await vi.waitFor(() => expect(told).toEqual([]));
  clock.advance(NO_NIGHT_MS);
  await vi.waitFor(() => expect(told).toEqual([FAULT]));
});

test('a look that fails is no damage, and is taken again', async () => {
  const { clock, told, looks } = started([new Error('the file cannot be read'), [FAULT]]);
  clock.advance(60_000);
  await vi.waitFor(() => expect(looks()).toBe(1));
  expect(told).toEqual([]);
  clock.advance(NO_NIGHT_MS);
  await vi.waitFor(() => expect(told).toEqual([FAULT]));
});

test('a stopped one looks no more', () => {
  const { clock, soundness, looks } = started([]);
  soundness.stop();
  clock.advance(2 * NO_NIGHT_MS);
  expect(looks()).toBe(0);
});

test('the nights are told by the wall clock', async () => {
  const { told } = started([[FAULT]], '* * * * * *');
  await vi.waitFor(() => expect(told).toEqual([FAULT]), { timeout: 5_000 });
});

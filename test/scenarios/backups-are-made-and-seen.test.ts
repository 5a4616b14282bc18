import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { readHeadLines } from '../../src/head-line.ts';
import { verifyFile } from '../../src/store/index.ts';
import { openHouse } from '../support/house.ts';
import { folder } from '../unit/store/ledger.ts';

const HOUR = 3_600_000;
const JUST_NOW = expect.stringMatching(/^Last done \d+ seconds? ago\.$/);
const WITHIN = { timeout: 20_000, interval: 50 };

it('backs itself up and notes its head as configured, and shows how old both are', {
  timeout: 60_000,
}, async () => {
  const outside = folder();
  const backups = join(outside, 'backups');
  const heads = join(outside, 'heads.txt');
  const house = await openHouse({
    configure: (file) => {
      file['schedules'] = {
        backup: { every_ms: HOUR, folder: backups, keep: 3 },
        head: { every_ms: 60_000, file: heads },
      };
    },
  });
  onTestFinished(() => house.close());
  const details = async () => {
    const { checks } = (await (await fetch(`${house.meshline.url}/readyz`)).json()) as {
      checks: { name: string; detail: string }[];
    };
    return Object.fromEntries(checks.map(({ name, detail }) => [name, detail]));
  };
  await expect.poll(details, WITHIN).toMatchObject({ backup: JUST_NOW });
  await house.sendFixture('promo_activation');
  house.clock.leap(HOUR / 2);
  expect(await details()).toMatchObject({ backup: 'Last done 30 minutes ago.' });
  const metrics = await (await fetch(`${house.meshline.url}/metrics`)).text();
  expect(metrics).toMatch(/meshline_upkeep_age_seconds\{upkeep="backup"\} 18\d\d/);
  expect(metrics).toContain('meshline_upkeep_failures_total{upkeep="backup"} 0');

  house.clock.leap(HOUR / 2);
  await expect.poll(() => readdirSync(backups).length, WITHIN).toBe(2);
  await expect.poll(() => readHeadLines(readFileSync(heads, 'utf8')).heads.length, WITHIN).toBeGreaterThan(0);
  await expect.poll(details, WITHIN).toMatchObject({ backup: JUST_NOW });
  const newest = join(backups, readdirSync(backups).toSorted().at(-1) ?? '');
  expect(await verifyFile(newest)).toMatchObject({ exports: 1, faults: [] });
  const { heads: noted } = readHeadLines(readFileSync(heads, 'utf8'));
  expect((await verifyFile(join(house.folder, 'meshline.db'), noted)).faults).toEqual([]);
});

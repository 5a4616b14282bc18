import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { run } from '../../../src/cli/run.ts';
import { systemClock, systemIds } from '../../../src/clock.ts';
import { openLedger } from '../../../src/store/index.ts';
import { SECRETS, WHOLE } from '../../support/config.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'meshline-skus-'));
  writeFileSync(join(folder, 'meshline.yml'), WHOLE);
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const db = () => join(folder, 'meshline.db');

async function meshline(args: readonly string[], piped = '') {
  const out: string[] = [];
  const err: string[] = [];
  const code = await run(args, {
    env: { ...SECRETS, MESHLINE_CONFIG: join(folder, 'meshline.yml'), MESHLINE_DB: db() },
    out: (line) => out.push(line),
    err: (line) => err.push(line),
    input: async () => Buffer.from(piped),
  });
  return { code, out: out.join('\n'), err: err.join('\n') };
}

const GOOD = '\ufeffalias,system,sku\r\n"OMS ""1"", a",oms,ab–1\r\n000123,wms,AB-1\r\n\r\n';

test('names are taken from a file in any order of columns, and come back as they are', async () => {
  expect(await meshline(['skus', 'import', '-'], GOOD)).toMatchObject({
    code: 0,
    out: 'ok   2 names read, 2 new or changed.',
  });
  const text = 'system,sku,alias\noms,AB-1,"OMS ""1"", a"\nwms,AB-1,000123';
  expect((await meshline(['skus', 'export', '-'])).out).toBe(text);
  const file = join(folder, 'out.csv');
  expect((await meshline(['skus', 'export', file])).out).toMatch(/^ok {3}2 names of SKUs/);
  expect(readFileSync(file, 'utf8')).toBe(`${text}\n`);
  expect((await meshline(['skus', 'import', file])).out).toBe('ok   2 names read, 0 new or changed.');
  expect((await meshline(['skus', 'import', '-'], 'system,sku,alias\nwms,ab-1,\noms,C,\n')).out).toMatch(
    /1 new or changed/,
  );
  expect((await meshline(['skus', 'export', '-'])).out).toBe(text.split('\n').slice(0, 2).join('\n'));
  expect((await meshline(['verify'])).out).toMatch(/^ok {3}2 events of 0 exports verify/);
});

test('everything that is wrong is told at once with its line, and nothing is recorded', async () => {
  const { code, err } = await meshline(
    ['skus', 'import', '-'],
    'system,sku,alias\noms,A,X\noms,B,X\nnowhere,C,Z\noms,D\noms,E,a\u0007b\noms,,W\noms,a,V\noms,F,"x"y\n',
  );
  expect(code).toBe(1);
  const lines = err.split('\n');
  expect(lines.slice(0, -1).map((line) => line.split(': ')[0])).toEqual(
    [3, 4, 5, 6, 7, 8, 9].map((line) => `-:${line}`),
  );
  expect(err).toMatch(/-:3: oms already knows A as “X”/);
  expect(err).toMatch(/-:4: .*no sink with this name. Known: oms, wms/);
  expect(err).toMatch(/-:5: There are 2 values where 3 belong/);
  expect(err).toMatch(/-:6: .*invisible character/);
  expect(err).toMatch(/-:7: .*The SKU is empty/);
  expect(err).toMatch(/-:8: .*A is there twice/);
  expect(err).toMatch(/-:9: The quotes do not fit/);
  expect(lines.at(-1)).toBe('7 faults. Nothing was recorded.');
  expect((await meshline(['skus', 'export', '-'])).out).toBe('system,sku,alias');
});

test('a file without its columns is refused in one line', async () => {
  expect((await meshline(['skus', 'import', '-'], 'sku,alias\nA,B\n')).err).toMatch(
    /^-:1: The first line names/,
  );
  expect((await meshline(['skus', 'import', '-'], '')).code).toBe(1);
});

test('a dry run records nothing, and a running Meshline is not disturbed', async () => {
  expect((await meshline(['skus', 'import', '-', '--dry-run'], GOOD)).out).toMatch(/would be taken/);
  expect((await meshline(['skus', 'export', '-'])).out).toBe('system,sku,alias');
  const ledger = await openLedger({ file: db(), clock: systemClock, ids: systemIds(systemClock) });
  try {
    expect((await meshline(['skus', 'import', '-'], GOOD)).err).toMatch(/Meshline is running on this ledger/);
  } finally {
    await ledger.close();
  }
});

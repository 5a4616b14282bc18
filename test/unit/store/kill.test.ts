import { once } from 'node:events';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openLedger } from '../../../src/store/index.ts';
import { countingIds, ManualClock } from '../../support/manual-clock.ts';
import { startChild } from './children/start.ts';
import { folder } from './ledger.ts';

it('keeps every acknowledged export when the process is killed', { timeout: 30_000 }, async () => {
  const file = join(folder(), 'meshline.db');
  const acknowledged: string[] = [];
  for (let kills = 0; kills < 5; kills += 1) {
    const child = await startChild('take-exports.ts', file);
    let output = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      if (output.length > 1000 * (kills + 1)) child.kill('SIGKILL');
    });
    await once(child, 'close');
    acknowledged.push(...output.split('\n').slice(0, -1));
  }
  const ledger = await openLedger({ file, clock: new ManualClock(), ids: countingIds() });
  const missing = [];
  for (const id of acknowledged) if (!(await ledger.get(id))) missing.push(id);
  expect(acknowledged.length).toBeGreaterThan(100);
  expect(missing).toEqual([]);
  expect((await ledger.verify()).faults).toEqual([]);
  await ledger.close();
});

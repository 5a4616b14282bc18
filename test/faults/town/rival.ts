import { setTimeout as pause } from 'node:timers/promises';
import { systemClock, systemIds } from '../../../src/clock.ts';
import { LedgerLocked, openLedger } from '../../../src/store/index.ts';

/**
 * A process that tries to open the ledger under each of the names it is given, again and again, and writes
 * a line for each try: `refused`, `opened`, or what else came of it. It ends with its standard input.
 */
process.stdin.on('end', () => process.exit(0)).resume();

for (let turn = 2; ; turn = turn + 1 < process.argv.length ? turn + 1 : 2) {
  const file = process.argv[turn] ?? '';
  try {
    const ledger = await openLedger({ file, clock: systemClock, ids: systemIds(systemClock) });
    await ledger.close();
    process.stdout.write('opened\n');
  } catch (error) {
    process.stdout.write(error instanceof LedgerLocked ? 'refused\n' : `${String(error)}\n`);
  }
  await pause(5);
}

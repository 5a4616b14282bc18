import { systemClock, systemIds } from '../../../../src/clock.ts';
import { openLedger } from '../../../../src/store/index.ts';

/** Opens the ledger named on the command line and keeps it until killed. */
await openLedger({ file: process.argv[2] ?? '', clock: systemClock, ids: systemIds(systemClock) });
process.stdout.write('open\n');
setInterval(() => {}, 60_000);

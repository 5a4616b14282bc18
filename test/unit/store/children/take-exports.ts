import { systemClock, systemIds } from '../../../../src/clock.ts';
import { openLedger } from '../../../../src/store/index.ts';
import { received } from '../../../support/events.ts';

/** Takes in exports, eight at a time, and prints the id of each as soon as it is acknowledged. */
const ids = systemIds(systemClock);
const ledger = await openLedger({ file: process.argv[2] ?? '', clock: systemClock, ids });

async function takeForEver(): Promise<void> {
  for (;;) {
    const id = ids.uuid();
    const key = { source: 'pim', key: id, body_hash: 'b' };
    await ledger.intake(systemClock.now(), key, () => ({
      export_id: id,
      events: [received()],
      remember: { ...key, answer: (after) => ({ export_id: after.id }) },
    }));
    process.stdout.write(`${id}\n`);
  }
}

await Promise.all(Array.from({ length: 8 }, takeForEver));

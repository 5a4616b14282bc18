import { parentPort } from 'node:worker_threads';
import { systemClock, systemIds } from '../../../src/clock.ts';
import { openLedger, restoreLedger, verifyFile } from '../../../src/store/index.ts';
import type { Acknowledged } from './writing.ts';

export type Restoring = { backup: string; file: string; acknowledged: Acknowledged };
/** What the restored ledger lacks, and what is wrong with it. */
export type Judged = { lost: string[]; wrong: string[] };

/** Puts a backup into an empty place, opens it as a ledger, and looks for all that was acknowledged before. */
async function judge({ backup, file, acknowledged }: Restoring): Promise<Judged> {
  await restoreLedger(backup, file, 'test');
  const ledger = await openLedger({ file, clock: systemClock, ids: systemIds(systemClock) });
  const lost: string[] = [];
  for (const [id, events] of acknowledged) {
    const state = await ledger.get(id);
    if (state === null || state.version < events) lost.push(`${id}: ${state?.version ?? 0} of ${events}`);
  }
  await ledger.close();
  const { faults } = await verifyFile(file);
  return { lost, wrong: faults.map(({ what, where }) => `${where}: ${what}`) };
}

parentPort?.on('message', (restoring: Restoring) => {
  const failed = (error: Error): Judged => ({ lost: [], wrong: [error.message] });
  void judge(restoring)
    .catch(failed)
    .then((judged) => parentPort?.postMessage(judged));
});

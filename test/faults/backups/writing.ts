import { systemClock, systemIds } from '../../../src/clock.ts';
import { type Maintenance, openLedger } from '../../../src/store/index.ts';
import type { Ledger } from '../../../src/store/port.ts';
import { delivering, received } from '../../support/events.ts';

/** How many events of each export were acknowledged. */
export type Acknowledged = ReadonlyMap<string, number>;

export type Writing = {
  ledger: Ledger & Maintenance;
  /** All that was acknowledged up to now. */
  acknowledged(): Acknowledged;
  stop(): Promise<void>;
};

const AT_ONCE = 8;
const ids = systemIds(systemClock);

/** A ledger that exports come into as fast as it takes them, until it is stopped. */
export async function writeAtFullSpeed(file: string): Promise<Writing> {
  const ledger = await openLedger({ file, clock: systemClock, ids });
  const acknowledged = new Map<string, number>();
  let going = true;
  async function write(): Promise<void> {
    while (going) {
      const id = ids.uuid();
      const key = { source: 'pim', key: id, body_hash: 'b' };
      const stored = await ledger.intake(systemClock.now(), key, () => ({
        export_id: id,
        events: [received({ idempotency_key: id })],
        remember: { ...key, answer: (after) => ({ export_id: after.id }) },
      }));
      if (stored.kind === 'stored') acknowledged.set(id, 1);
      await ledger.update(id, systemClock.now(), () => ({ events: delivering(id) }));
      acknowledged.set(id, 3);
    }
  }
  const writers = Promise.all(Array.from({ length: AT_ONCE }, write));
  return {
    ledger,
    acknowledged: () => new Map(acknowledged),
    async stop() {
      going = false;
      await writers;
      await ledger.close();
    },
  };
}

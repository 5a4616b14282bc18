import type { Flow } from '../flow/settings.ts';
import { every, type Sweeper } from '../flow/sweep.ts';

const SWEEP_MS = 1_000;
const AUDIT_MS = 30_000;
const OVERDUE_MS = 60_000;

/**
 * Sweeps once a second by the monotonic clock, and alarms on anything overdue. No cron: it stops when the wall
 * clock goes back, and when that goes forward by years it goes through every second of them at once.
 */
export function startTicks(flow: Flow, sweeper: Sweeper): () => void {
  const stopSweeps = every(flow, SWEEP_MS, () => {
    sweeper.sweep().catch((err: unknown) => flow.log.error({ err }, 'The sweep of deadlines failed'));
  });
  const stopAuditor = every(flow, AUDIT_MS, () => {
    void audit(flow, sweeper);
  });
  return () => {
    stopSweeps();
    stopAuditor();
  };
}

async function audit(flow: Flow, sweeper: Sweeper): Promise<void> {
  if (sweeper.expiryHeld()) return;
  try {
    const { overdue_deadlines } = await flow.ledger.pulse(flow.clock.now() - OVERDUE_MS);
    if (overdue_deadlines > 0) {
      flow.log.error({ overdue_deadlines }, 'Deadlines are more than a minute overdue and have not fired');
    }
  } catch (err) {
    flow.log.error({ err }, 'The auditor could not read the ledger');
  }
}

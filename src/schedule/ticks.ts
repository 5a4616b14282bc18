import { schedule } from 'node-cron';
import type { Flow } from '../flow/settings.ts';
import { every, type Sweeper } from '../flow/sweep.ts';
import type { Log } from '../log.ts';

const WATCHDOG_MS = 1_000;
/** A sweep this late means that cron skipped ticks or stopped, as it does when the clock goes back. */
const LATE_MS = 2_500;
const AUDIT_MS = 30_000;
const OVERDUE_MS = 60_000;

/** Sweeps once a second by cron, with a watchdog on the monotonic clock beside it; alarms on anything overdue. */
export function startTicks(flow: Flow, sweeper: Sweeper): () => Promise<void> {
  const sweep = () => {
    sweeper.sweep().catch((err: unknown) => flow.log.error({ err }, 'The sweep of deadlines failed'));
  };
  const cron = schedule('* * * * * *', sweep, {
    name: 'deadlines',
    noOverlap: true,
    // Late ticks are expected: the watchdog answers for them.
    suppressMissedWarning: true,
    logger: cronLog(flow.log),
  });
  const stopWatchdog = every(flow, WATCHDOG_MS, () => {
    if (sweeper.sinceLast() > LATE_MS) sweep();
  });
  const stopAuditor = every(flow, AUDIT_MS, () => {
    void audit(flow, sweeper);
  });
  return async () => {
    stopWatchdog();
    stopAuditor();
    await cron.destroy();
  };
}

/** node-cron would print to the console. */
function cronLog(log: Log) {
  return {
    info: () => undefined,
    debug: () => undefined,
    warn: (notice: string) => log.warn({ notice }, 'node-cron warns'),
    error: (err: string | Error) => log.error({ err }, 'node-cron failed'),
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

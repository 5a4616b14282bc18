import type { Clock } from '../clock.ts';
import { HOUR_MS, MINUTE_MS } from '../exports/words.ts';
import { every } from '../flow/sweep.ts';
import type { Log } from '../log.ts';
import { atTimes } from './at-times.ts';

/** Something that does not verify: what, which row, and what to do. */
type Fault = { what: string; where: string; advice: string };

/** Late enough that a start has its hands free. */
const FIRST_MS = MINUTE_MS;

const EVERY_NIGHT = '17 3 * * *';
/** A night that did not come for so long was lost to a clock that was set. */
const NO_NIGHT_MS = 36 * HOUR_MS;

/**
 * Verifies the whole ledger a minute after the start and every night (`nights` is a cron expression), in threads
 * of its own. Disks forget bits without a word; going on would build on what is wrong, so whoever is told should stop.
 */
export function startSoundness(
  ledger: { verify(): Promise<{ faults: readonly Fault[] }> },
  clock: Clock,
  log: Log,
  onDamaged: (fault: Fault) => void,
  nights = EVERY_NIGHT,
): { stop(): void } {
  let underWay = false;
  let lastAt = clock.monotonic();
  const look = async () => {
    if (underWay) return;
    underWay = true;
    lastAt = clock.monotonic();
    try {
      const { faults } = await ledger.verify();
      for (const fault of faults) log.error({ fault }, 'The ledger does not verify');
      if (faults[0]) onDamaged(faults[0]);
    } catch (err) {
      log.error({ err }, 'The ledger could not be verified');
    } finally {
      underWay = false;
    }
  };
  const stopFirst = clock.after(FIRST_MS, () => void look());
  const stopNights = atTimes(nights, 'soundness', log, () => void look());
  const stopWatchdog = every({ clock }, HOUR_MS, () => {
    if (clock.monotonic() - lastAt >= NO_NIGHT_MS) void look();
  });
  return {
    stop() {
      stopFirst();
      stopNights();
      stopWatchdog();
    },
  };
}

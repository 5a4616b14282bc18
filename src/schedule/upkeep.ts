import type { Clock } from '../clock.ts';
import type { Check } from '../flow/health.ts';
import { spanOf } from '../flow/span.ts';
import type { Log } from '../log.ts';
import { type BackupPlan, backupJob } from './backups.ts';
import { type HeadPlan, headJob } from './heads.ts';
import { type JobState, type Jobs, startJobs } from './jobs.ts';

type Ledger = Parameters<typeof backupJob>[1] & Parameters<typeof headJob>[1];

/** Backups and heads as meshline.yml asks for them. */
export function startUpkeep(
  schedules: { backup?: BackupPlan | undefined; head?: HeadPlan | undefined },
  ledger: Ledger,
  clock: Clock,
  log: Log,
): Jobs {
  return startJobs(clock, log, [
    ...(schedules.backup ? [backupJob(schedules.backup, ledger, clock, log)] : []),
    ...(schedules.head ? [headJob(schedules.head, ledger, clock)] : []),
  ]);
}

/** Lines of the health page. A backup that fails takes nobody's work away, so Meshline stays ready. */
export function upkeepChecks(states: readonly JobState[]): readonly Check[] {
  return states.map((state) => {
    const { name, age_ms, every_ms, trouble } = state;
    const check = { name, ok: true, detail: detailOf(state) };
    if (trouble === null && (age_ms ?? 0) <= 2 * every_ms) return check;
    const runbook = `docs/runbook.md#${name === 'backup' ? 'meshlinebackupold' : 'meshlineheadold'}`;
    return { ...check, attention: true, runbook };
  });
}

function detailOf({ age_ms, trouble }: JobState): string {
  const done = age_ms === null ? 'Not done yet.' : `Last done ${spanOf(age_ms)} ago.`;
  return trouble === null ? done : `${done} In trouble: ${trouble}`;
}

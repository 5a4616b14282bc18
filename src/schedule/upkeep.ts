import type { Clock } from '../clock.ts';
import { HOUR_MS, MINUTE_MS } from '../exports/words.ts';
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
export function upkeepChecks(states: readonly JobState[]): { name: string; ok: boolean; detail: string }[] {
  return states.map((state) => ({ name: state.name, ok: true, detail: detailOf(state) }));
}

function detailOf({ age_ms, trouble }: JobState): string {
  const done = age_ms === null ? 'Not done yet.' : `Last done ${spanOf(age_ms)} ago.`;
  return trouble === null ? done : `${done} In trouble: ${trouble}`;
}

function spanOf(ms: number): string {
  if (ms < HOUR_MS) return `${Math.floor(ms / MINUTE_MS)} minutes`;
  return `${Math.floor(ms / HOUR_MS)} hours`;
}

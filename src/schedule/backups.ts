import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Clock, fromIso, toIso } from '../clock.ts';
import type { Log } from '../log.ts';
import type { Job } from './jobs.ts';

export type BackupPlan = { every_ms: number; folder: string; keep: number };

/** Only what bears such a name is ever removed. */
const NAME = /^meshline-(\d{4}-\d{2}-\d{2}T\d{2})-(\d{2})-(\d{2}\.\d{3}Z)\.db$/;
const PARTIAL = /^meshline-[\dTZ.-]+\.db\.partial$/;

const nameOf = (at: number) => `meshline-${toIso(at).replaceAll(':', '-')}.db`;

/** The instant that a backup is named after, or null for any other file. */
function instantOf(name: string): number | null {
  const [, hour, minute, second] = NAME.exec(name) ?? [];
  if (hour === undefined || minute === undefined || second === undefined) return null;
  return fromIso(`${hour}:${minute}:${second}`);
}

/** Backups by age, the newest first. */
async function backupsIn(folder: string): Promise<{ name: string; at: number }[]> {
  return (await readdir(folder))
    .flatMap((name) => {
      const at = instantOf(name);
      return at === null ? [] : [{ name, at }];
    })
    .sort((a, b) => b.at - a.at);
}

/** Puts a verified backup into a folder and removes the oldest beyond `keep`, never the one just made. */
export function backupJob(
  plan: BackupPlan,
  ledger: { backup(file: string): Promise<{ bytes: number; report: { head: { seq: number } } }> },
  clock: Clock,
  log: Log,
): Job {
  return {
    name: 'backup',
    every_ms: plan.every_ms,
    async last() {
      await mkdir(plan.folder, { recursive: true });
      return (await backupsIn(plan.folder))[0]?.at ?? null;
    },
    async run() {
      await mkdir(plan.folder, { recursive: true });
      await removePartial(plan.folder);
      const name = nameOf(clock.now());
      const { bytes, report } = await ledger.backup(join(plan.folder, name));
      log.info({ file: join(plan.folder, name), bytes, seq: report.head.seq }, 'The ledger was backed up');
      const others = (await backupsIn(plan.folder)).filter((each) => each.name !== name);
      for (const old of others.slice(plan.keep - 1)) await rm(join(plan.folder, old.name));
    },
    failed: 'The ledger could not be backed up; trying again',
  };
}

/** What a process that was killed left behind. */
async function removePartial(folder: string): Promise<void> {
  for (const name of await readdir(folder)) if (PARTIAL.test(name)) await rm(join(folder, name));
}

import { mkdir, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Clock } from '../clock.ts';
import { headLine, readHeadLines } from '../head-line.ts';
import type { Job } from './jobs.ts';

export type HeadPlan = { every_ms: number; file: string };
type Head = { seq: number; hash: Buffer };

/** Appends the end of the chain to a file and puts it on the disk; an unchanged end is not noted again. */
export function headJob(plan: HeadPlan, ledger: { head(): Head }, clock: Clock): Job {
  /** The last event that the file notes; null until it was read, and after a failure. */
  let noted: number | null = null;
  let start = '';
  return {
    name: 'head',
    every_ms: plan.every_ms,
    last: async () => null,
    async run() {
      if (noted === null) {
        const before = await textOf(plan.file);
        noted = readHeadLines(before).heads.at(-1)?.seq ?? 0;
        // A power cut or a full disk may have left a piece of a line.
        start = before === '' || before.endsWith('\n') ? '' : '\n';
      }
      const head = ledger.head();
      if (head.seq < noted) {
        const last = noted;
        noted = null;
        throw new Error(
          `The ledger ends at event ${head.seq}, and ${plan.file} notes event ${last}. Run "meshline verify --against" on it; after a restore, begin a new head file.`,
        );
      }
      if (head.seq === noted) return;
      noted = null;
      await append(plan.file, `${start}${headLine(clock.now(), head)}`);
      noted = head.seq;
      start = '';
    },
    failed: 'The head of the ledger could not be noted; trying again',
  };
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && Reflect.get(error, 'code') === 'ENOENT') return '';
    throw error;
  }
}

async function append(file: string, line: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const handle = await open(file, 'a');
  try {
    await handle.writeFile(line);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

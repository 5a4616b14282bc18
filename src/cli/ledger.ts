import { existsSync } from 'node:fs';
import { systemClock, systemIds } from '../clock.ts';
import { readNotedLines } from '../head-line.ts';
import { backupFile, type Head, type Noted, verifyFile } from '../store/index.ts';
import type { LedgerReader } from '../store/port.ts';
import { openReader } from '../store/reader.ts';
import { environmentOf, readText } from './setup.ts';
import { CommandFailed, type ExitCode, type Terminal } from './terminal.ts';

/** @throws CommandFailed when there is no ledger yet */
export function ledgerFile(terminal: Terminal): string {
  const file = environmentOf(terminal.env).MESHLINE_DB;
  if (existsSync(file)) return file;
  throw new CommandFailed(`There is no ledger at ${file}. Set MESHLINE_DB, or start Meshline once.`);
}

/** Runs `use` on the ledger as it is now, beside a Meshline that may be writing to it. */
export async function withReader<T>(file: string, use: (reader: LedgerReader) => Promise<T>): Promise<T> {
  const reader = openReader(file, systemIds(systemClock));
  try {
    return await use(reader);
  } finally {
    reader.close();
  }
}

export const headText = ({ seq, hash }: Head) => `${seq}:${hash.toString('hex')}`;

function readHead(text: string): Noted {
  const [, seq, hash] = /^(\d{1,15}):([0-9a-f]{12,64})$/.exec(text) ?? [];
  if (seq === undefined || hash === undefined) {
    throw new CommandFailed('A head is a number, ":" and 64 hex digits, as "verify" prints it.', 2);
  }
  return { seq: Number(seq), hash };
}

/** The heads of a file that Meshline wrote by `schedules.head`, or of records that people copied from cards. */
function readHeads(terminal: Terminal, file: string): Noted[] {
  const { noted: heads, unread } = readNotedLines(readText(file));
  if (heads.length === 0)
    throw new CommandFailed(
      `${file} holds no head. Each is a line of an instant, a number and 64 hex digits, or "Record 1,234 · 3f2a91c0d4e1" from a card.`,
    );
  for (const line of unread) terminal.out(`warn ${file}:${line} is not a head and was passed over.`);
  terminal.out(`ok   ${file} notes ${heads.length} heads.`);
  return heads;
}

/**
 * `verify [--head HEAD] [--against FILE]`: the chain is whole, leads to what was noted elsewhere, and
 * what is shown is what the events make.
 */
export async function verify(
  terminal: Terminal,
  noted: { head: string | undefined; against: string | undefined },
): Promise<ExitCode> {
  const file = ledgerFile(terminal);
  const heads = noted.against === undefined ? [] : readHeads(terminal, noted.against);
  if (noted.head !== undefined) heads.push(readHead(noted.head));
  const report = await verifyFile(file, heads);
  for (const fault of report.faults) terminal.out(`fail ${fault.where}: ${fault.what}. ${fault.advice}`);
  if (report.faults.length > 0) {
    terminal.err(`${file} does not verify.`);
    return 1;
  }
  terminal.out(`ok   ${report.events} events of ${report.exports} exports verify.`);
  terminal.out(
    `ok   The head is ${headText(report.head)}. Keep it elsewhere, and pass it as --head next time.`,
  );
  return 0;
}

/** `backup FILE`: a verified copy, also while Meshline runs. */
export async function backup(terminal: Terminal, to: string): Promise<ExitCode> {
  const { file, bytes, report } = await backupFile(ledgerFile(terminal), to);
  terminal.out(
    `ok   ${file}: ${bytes} bytes, ${report.events} events of ${report.exports} exports, verified.`,
  );
  terminal.out(`ok   The head is ${headText(report.head)}.`);
  return 0;
}

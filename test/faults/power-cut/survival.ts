import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { connect } from '../../../src/store/connection.ts';
import { openLedger, RestoreUnfinished, restoreLedger } from '../../../src/store/index.ts';
import { openForReading } from '../../../src/store/open.ts';
import { restoringName } from '../../../src/store/restore.ts';
import { verifyChain } from '../../../src/store/verify-chain.ts';
import { verifyReplay } from '../../../src/store/verify-replay.ts';
import { countingIds, ManualClock } from '../../support/manual-clock.ts';

/** `lost`: what was acknowledged and is not there. `broken`: what is not whole, or does not open. */
export type Verdict = { lost: string[]; broken: string[] };

/** Opens the ledger that a power cut left under `top`, and holds it against the lines acknowledged before. */
export async function examine(top: string, acknowledged: readonly string[]): Promise<Verdict> {
  const file = join(top, 'data', 'meshline.db');
  const verdict: Verdict = { lost: [], broken: [] };
  if (!existsSync(file) && acknowledged.length > 0) return { ...verdict, lost: [...acknowledged] };
  try {
    const ledger = await openLedger({ file, clock: new ManualClock(), ids: countingIds() });
    await ledger.close();
    const head = look(file, acknowledged, verdict);
    for (const line of acknowledged) {
      const [what, seq] = line.split(' ');
      if (what === 'copied') lookAtCopy(join(top, 'data', 'copy.db'), Number(seq), head, verdict);
    }
  } catch (error) {
    verdict.broken.push(`The ledger does not open: ${(error as Error).message}`);
  }
  return verdict;
}

/** The same for what restoring.ts was doing when the power was cut, and for what it is told to do then. */
export async function examineRestore(top: string, said: readonly string[]): Promise<Verdict> {
  const file = join(top, 'data', 'meshline.db');
  const verdict: Verdict = { lost: [], broken: [] };
  const exportsIn = (ledger: string) => {
    const db = openForReading(ledger);
    try {
      verifyAll(db, verdict);
      return rowsOf(db).exports.size;
    } finally {
      db.close();
    }
  };
  const open = async () => {
    await (await openLedger({ file, clock: new ManualClock(), ids: countingIds() })).close();
    return exportsIn(file);
  };
  try {
    const there = await open().catch(async (error: unknown) => {
      if (!(error instanceof RestoreUnfinished)) throw error;
      if (existsSync(file)) rmSync(restoringName(file));
      else await restoreLedger(join(top, 'data', 'backup.db'), file, 'again');
      return await open();
    });
    const done = said.includes('restored');
    if (there !== 2 && (done || there !== 4)) verdict.broken.push(`The ledger holds ${there} exports`);
    if (done && exportsIn(`${file}.before-restore-T`) !== 4) verdict.lost.push('the ledger that was there');
  } catch (error) {
    verdict.broken.push((error as Error).message);
  }
  return verdict;
}

/** Gives the number of the last event. */
function look(file: string, acknowledged: readonly string[], verdict: Verdict): number {
  const db = openForReading(file);
  try {
    const head = verifyAll(db, verdict);
    const rows = rowsOf(db);
    for (const [id, status] of rows.exports) {
      const half = whatIsHalf(id, status, rows.outbox, rows.keys);
      if (half !== null) verdict.broken.push(half);
    }
    for (const line of acknowledged) {
      const [what = '', id = ''] = line.split(' ');
      if (what !== 'copied' && !stands(what, id, rows)) verdict.lost.push(line);
    }
    return head;
  } finally {
    db.close();
  }
}

/** The same as `verify`, without its threads: those take longer to start than all the rest. */
function verifyAll(db: Database.Database, verdict: Verdict): number {
  const connection = connect(db);
  const found = (what: string, where: string) => verdict.broken.push(`${where}: ${what}`);
  const { head } = verifyChain(connection, [], found);
  verifyReplay(connection, found);
  return head.seq;
}

type Rows = {
  /** Status by id. */
  exports: ReadonlyMap<string, string>;
  /** How often each outbox row was claimed, by its key. */
  outbox: ReadonlyMap<string, number>;
  /** Exports whose answer is remembered. */
  keys: ReadonlySet<string>;
};

function rowsOf(db: Database.Database): Rows {
  const exports = db.prepare<[], { id: string; status: string }>('SELECT id, status FROM exports').all();
  const outbox = db.prepare<[], { key: string; attempts: number }>('SELECT key, attempts FROM outbox').all();
  const keys = db.prepare<[], { export_id: string }>('SELECT export_id FROM idempotency').all();
  return {
    exports: new Map(exports.map(({ id, status }) => [id, status])),
    outbox: new Map(outbox.map(({ key, attempts }) => [key, attempts])),
    keys: new Set(keys.map(({ export_id }) => export_id)),
  };
}

const cardOf = (id: string) => `card:${id}:C0MERCH`;
const pushOf = (id: string) => `push:${id}:shop`;

function whatIsHalf(id: string, status: string, outbox: Rows['outbox'], keys: Rows['keys']): string | null {
  if (!keys.has(id)) return `${id} is stored without the answer to its sender`;
  if (!outbox.has(cardOf(id))) return `${id} has no card in the outbox`;
  if (outbox.has(pushOf(id)) !== (status === 'delivering'))
    return `${id} is ${status} and its push disagrees`;
  return null;
}

function stands(what: string, id: string, { exports, outbox }: Rows): boolean {
  const status = exports.get(id);
  switch (what) {
    case 'received':
      return status !== undefined;
    case 'accepted':
      return status === 'delivering' || status === 'delivered';
    case 'claimed':
      return status === 'delivered' || (outbox.get(pushOf(id)) ?? 0) > 0;
    case 'delivered':
      return status === 'delivered';
  }
  throw new Error(`The workload acknowledged something unknown: ${what}.`);
}

function lookAtCopy(file: string, seq: number, head: number, verdict: Verdict): void {
  if (!existsSync(file)) {
    verdict.lost.push(`the backup up to event ${seq}`);
    return;
  }
  const db = new Database(file, { readonly: true });
  try {
    const copied = verifyAll(db, verdict);
    if (copied !== seq) verdict.broken.push(`The backup ends at event ${copied} instead of ${seq}`);
    if (copied > head) verdict.lost.push(`events ${head + 1} to ${copied}, which the backup has`);
  } finally {
    db.close();
  }
}

import { parentPort, workerData } from 'node:worker_threads';
import { GENESIS } from './chain.ts';
import { connect } from './connection.ts';
import { codeOf } from './failures.ts';
import {
  type ChainPart,
  type Fault,
  type Found,
  RESTORE,
  type ReplayPart,
  type VerifyTask,
} from './faults.ts';
import { openForReading } from './open.ts';
import { verifyChain } from './verify-chain.ts';
import { verifyReplay } from './verify-replay.ts';

/** More faults than these tell an operator nothing new. */
const MAX_FAULTS = 100;

const task = workerData as VerifyTask;
const faults: Fault[] = [];
const found: Found = (what, where, advice) => {
  if (faults.length < MAX_FAULTS) faults.push({ what, where, advice });
};

function verify(): ChainPart | ReplayPart {
  const db = openForReading(task.file);
  try {
    db.exec('BEGIN');
    const connection = connect(db);
    return task.part === 'chain'
      ? verifyChain(connection, task.noted, found)
      : { exports: verifyReplay(connection, found) };
  } catch (error) {
    if (!/^SQLITE_(CORRUPT|NOTADB|IOERR)/.test(codeOf(error))) throw error;
    found(`The file cannot be read to its end (${(error as Error).message})`, task.file, RESTORE);
    return task.part === 'chain' ? { events: 0, head: GENESIS } : { exports: 0 };
  } finally {
    db.close();
  }
}

parentPort?.postMessage({ ...verify(), faults });

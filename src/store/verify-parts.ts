import { connect } from './connection.ts';
import { codeOf } from './failures.ts';
import { type Fault, type Found, type PartDone, RESTORE, type VerifyPart } from './faults.ts';
import { openForReading } from './open.ts';
import { checkFile, verifyChain } from './verify-chain.ts';
import { verifyOthers } from './verify-others.ts';
import { verifyReplay } from './verify-replay.ts';
import { verifySchema } from './verify-schema.ts';
import { verifySeals } from './verify-seals.ts';

/** More faults than these tell an operator nothing new. */
const MAX_FAULTS = 100;

/** Does one part on a snapshot of the file. Throws when the file cannot be opened at all. */
export function verifyPart(file: string, part: VerifyPart): PartDone {
  const faults: Fault[] = [];
  const found: Found = (what, where, advice) => {
    if (faults.length < MAX_FAULTS) faults.push({ what, where, advice });
  };
  const nothing: PartDone = { events: 0, exports: 0, head: null, faults };
  const db = openForReading(file);
  try {
    db.exec('BEGIN');
    const connection = connect(db);
    switch (part.part) {
      case 'file':
        checkFile(connection, found);
        verifySchema(connection, found);
        verifySeals(connection, found);
        return nothing;
      case 'chain':
        return { ...nothing, ...verifyChain(connection, part, part.noted, found) };
      case 'replay':
        return { ...nothing, exports: verifyReplay(connection, part, found) };
      case 'others':
        verifyOthers(connection, found);
        return nothing;
    }
  } catch (error) {
    if (!/^SQLITE_(CORRUPT|NOTADB|IOERR|ERROR|SCHEMA|MISMATCH)/.test(codeOf(error))) throw error;
    found(`The file cannot be read to its end (${(error as Error).message})`, file, RESTORE);
    return nothing;
  } finally {
    db.close();
  }
}

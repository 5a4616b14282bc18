import { chained, type EventRow, GENESIS } from './chain.ts';
import type { Connection, Head } from './connection.ts';
import { type Found, RESTORE } from './faults.ts';

/** SQLite's own check of the file, then every event against the hash before it and the heads that were noted. */
export function verifyChain(
  connection: Connection,
  noted: readonly Head[],
  found: Found,
): { events: number; head: Head } {
  for (const row of connection.all<{ integrity_check: string }>('PRAGMA integrity_check(20)')()) {
    if (row.integrity_check !== 'ok')
      found(`SQLite finds damage: ${row.integrity_check}`, 'the file', RESTORE);
  }
  const rows = connection.iterate<EventRow>(
    'SELECT seq, export_id, n, at, type, data, hash FROM events ORDER BY seq',
  );
  const expected = Map.groupBy(noted, ({ seq }) => seq);
  let head = GENESIS;
  let events = 0;
  for (const row of rows()) {
    const where = `event ${row.seq} of ${row.export_id}`;
    if (row.seq !== head.seq + 1)
      found(`Events ${head.seq + 1} to ${row.seq - 1} are missing`, where, RESTORE);
    else if (!chained(head.hash, row).equals(row.hash)) {
      found('The event or its place was changed after it was recorded', where, RESTORE);
    }
    if (expected.get(row.seq)?.some(({ hash }) => !row.hash.equals(hash))) {
      found('The chain does not lead to the head that was noted', where, RESTORE);
    }
    head = { seq: row.seq, hash: row.hash };
    events += 1;
  }
  const last = noted.reduce((most, { seq }) => Math.max(most, seq), 0);
  if (head.seq < last) {
    found(`The chain ends at event ${head.seq}; it was noted up to ${last}`, `event ${head.seq}`, RESTORE);
  }
  return { events, head };
}

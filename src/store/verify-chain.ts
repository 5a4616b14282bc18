import { hash } from 'node:crypto';
import { GENESIS, type Link, linkText } from './chain.ts';
import type { Connection, Head } from './connection.ts';
import { type Found, type NotedHash, RESTORE, type Stretch } from './faults.ts';

/** An event whose hash is 64 lower-case hex digits: as text it is read in a third of the time of a blob. */
type Row = Link & { hash: string };

const HASH_BYTES = 32;
/** UTF-8 of one UTF-16 code unit. */
const MOST_BYTES = 3;

/** SQLite's own check of the file. */
export function checkFile(connection: Connection, found: Found): void {
  for (const row of connection.all<{ integrity_check: string }>('PRAGMA integrity_check(20)')()) {
    if (row.integrity_check !== 'ok')
      found(`SQLite finds damage: ${row.integrity_check}`, 'the file', RESTORE);
  }
}

/**
 * Every event of the stretch against the hash before it and the heads that were noted. Stretches that
 * meet prove the whole chain, because each begins with the hash that the one before ends with.
 */
export function verifyChain(
  connection: Connection,
  { after, until }: Stretch,
  noted: readonly NotedHash[],
  found: Found,
): { events: number; head: Head } {
  const rows = connection.iterate<Row>(
    'SELECT seq, export_id, n, at, data, lower(hex(hash)) AS hash FROM events WHERE seq > ? AND seq <= ? ORDER BY seq',
  );
  const before = connection.one<{ seq: number; hash: string }>(
    'SELECT seq, lower(hex(hash)) AS hash FROM events WHERE seq <= ? ORDER BY seq DESC LIMIT 1',
  );
  const expected = Map.groupBy(noted, ({ seq }) => seq);
  const hashed = hasher();
  const begin = after === null ? undefined : before(after);
  let head = begin ?? { seq: GENESIS.seq, hash: GENESIS.hash.toString('hex') };
  let events = 0;
  for (const row of rows(after ?? Number.MIN_SAFE_INTEGER, until ?? Number.MAX_SAFE_INTEGER)) {
    const where = `event ${row.seq} of ${row.export_id}`;
    if (row.seq !== head.seq + 1)
      found(`Events ${head.seq + 1} to ${row.seq - 1} are missing`, where, RESTORE);
    else if (hashed(head.hash, row) !== row.hash)
      found('The event or its place was changed after it was recorded', where, RESTORE);
    if (expected.get(row.seq)?.some(({ begins }) => !row.hash.startsWith(begins)))
      found('The chain does not lead to the head that was noted', where, RESTORE);
    head = row;
    events += 1;
  }
  const last = noted.reduce((most, { seq }) => Math.max(most, seq), 0);
  if (until === null && head.seq < last) {
    found(`The chain ends at event ${head.seq}; it was noted up to ${last}`, `event ${head.seq}`, RESTORE);
  }
  return { events, head: { seq: head.seq, hash: Buffer.from(head.hash, 'hex') } };
}

/** As `chained`, in hex, with one buffer for all events: making one for each costs more than hashing it. */
function hasher(): (before: string, row: Link) => string {
  let bytes = Buffer.alloc(64 * 1024);
  return (before, row) => {
    const text = linkText(row);
    const most = HASH_BYTES + text.length * MOST_BYTES;
    if (bytes.length < most) bytes = Buffer.alloc(most);
    const start = bytes.write(before, 0, HASH_BYTES, 'hex');
    return hash('sha256', bytes.subarray(0, start + bytes.write(text, start)), 'hex');
  };
}

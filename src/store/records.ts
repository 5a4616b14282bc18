import type { Event } from '../exports/events.ts';
import type { Connection } from './connection.ts';
import type { EventRecord } from './port.ts';

/** Events by which an export is decided or comes to its end. */
const DECISIVE: readonly Event['type'][] = [
  'accepted',
  'rejected',
  'withdrawn',
  'expired',
  'superseded',
  'delivered',
  'rolled_back',
];

/** Where in the chain the newest decision about an export stands, up to its event `n`; null when there is none. */
export function recordsOver(connection: Connection): (exportId: string, n: number) => EventRecord | null {
  const last = connection.one<EventRecord>(
    `SELECT seq, lower(hex(hash)) AS hash FROM events
     WHERE export_id = ? AND n <= ? AND type IN (${DECISIVE.map((type) => `'${type}'`).join(', ')})
     ORDER BY n DESC LIMIT 1`,
  );
  return (exportId, n) => last(exportId, n) ?? null;
}

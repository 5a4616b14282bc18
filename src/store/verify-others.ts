import { isDeepStrictEqual } from 'node:util';
import { CATALOGUE } from '../exports/catalogue.ts';
import { DIRECTORY, replayDirectory } from '../exports/directory.ts';
import type { Connection } from './connection.ts';
import { directoryOver } from './directory.ts';
import { type Found, REBUILD, RESTORE } from './faults.ts';
import { verifyCampaigns } from './verify-campaigns.ts';
import { verifyCatalogue } from './verify-catalogue.ts';

/** What the other streams of the chain make, and that no row belongs to nothing. */
export function verifyOthers(connection: Connection, found: Found): void {
  verifyDirectory(connection, found);
  verifyCatalogue(connection, found);
  verifyCampaigns(connection, found);
  checkNames(connection, found);
  checkReferences(connection, found);
}

/** The name of an event stands beside its data, where the chain does not cover it. Replaying an export sees to its own. */
function checkNames(connection: Connection, found: Found): void {
  const renamed = connection.all<{ seq: number; export_id: string }>(
    `SELECT seq, export_id FROM events
     WHERE (export_id IN (?, ?) OR (export_id >= 'campaign:' AND export_id < 'campaign;'))
       AND type IS NOT iif(json_valid(data), json_extract(data, '$.type'), NULL) LIMIT 20`,
  );
  for (const { seq, export_id } of renamed(DIRECTORY, CATALOGUE))
    found('The event stands under another name than its own', `event ${seq} of ${export_id}`, RESTORE);
}

function verifyDirectory(connection: Connection, found: Found): void {
  const row = directoryOver(connection);
  try {
    const changes = row.changes();
    if (changes.some(({ n }, index) => n !== index + 1)) {
      found('The events of the directory are not in order', DIRECTORY, RESTORE);
    }
    if (!isDeepStrictEqual(row.overlay(), replayDirectory(changes))) {
      found('The stored directory is not what its events make', DIRECTORY, REBUILD);
    }
  } catch (error) {
    found(`The directory cannot be replayed (${(error as Error).message})`, DIRECTORY, RESTORE);
  }
}

function checkReferences(connection: Connection, found: Found): void {
  for (const table of ['events', 'outbox', 'tasks', 'idempotency', 'messages', 'digests']) {
    const strays = connection.all<{ export_id: string }>(
      `SELECT DISTINCT export_id FROM ${table} WHERE export_id NOT IN (SELECT id FROM exports) AND export_id NOT IN (SELECT 'campaign:' || id FROM campaigns) AND export_id NOT IN ('${DIRECTORY}', '${CATALOGUE}') LIMIT 20`,
    );
    const advice = table === 'events' ? REBUILD : RESTORE;
    for (const { export_id } of strays()) {
      found(`Rows of ${table} belong to no export`, `export ${export_id}`, advice);
    }
  }
}

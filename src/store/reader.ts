import type { Ids } from '../clock.ts';
import { campaignsOver } from './campaigns.ts';
import { catalogueOver } from './catalogue.ts';
import { chainOver } from './chain.ts';
import { connect } from './connection.ts';
import { digestsOver } from './digests.ts';
import { directoryOver } from './directory.ts';
import { homesOver } from './homes.ts';
import { messagesOver } from './messages.ts';
import { openForReading } from './open.ts';
import { outboxOver } from './outbox.ts';
import { partiesOver } from './parties.ts';
import type { LedgerReader } from './port.ts';
import { previewsOver } from './previews.ts';
import { promosOver } from './promos.ts';
import { readsOver } from './reads.ts';
import { rowsOver } from './rows.ts';
import { subjectsOver } from './subjects.ts';
import { countAll } from './tally.ts';
import { tasksOver } from './tasks.ts';

/** Reads an existing ledger beside whoever writes to it. Throws when the file is no ledger. */
export function openReader(file: string, ids: Ids): LedgerReader & { close(): void } {
  const db = openForReading(file);
  try {
    const connection = connect(db);
    const rows = rowsOver(connection);
    const outbox = outboxOver(connection, 0);
    const tables = {
      chain: chainOver(connection),
      rows,
      subjects: subjectsOver(connection),
      parties: partiesOver(connection),
      promos: promosOver(connection),
      previews: previewsOver(connection),
      outbox,
      tasks: tasksOver(connection, ids),
      digests: digestsOver(connection, outbox, rows),
    };
    const others = {
      messages: messagesOver(connection),
      directory: directoryOver(connection),
      catalogue: catalogueOver(connection),
      campaigns: campaignsOver(connection),
      homes: homesOver(connection),
    };
    const reads = readsOver(connection, tables, others, () => countAll(connection));
    return { ...reads, close: () => db.close() };
  } catch (error) {
    db.close();
    throw error;
  }
}

import type { Ids } from '../clock.ts';
import { chainOver } from './chain.ts';
import { connect } from './connection.ts';
import { messagesOver } from './messages.ts';
import { openForReading } from './open.ts';
import { outboxOver } from './outbox.ts';
import type { LedgerReader } from './port.ts';
import { readsOver } from './reads.ts';
import { rowsOver } from './rows.ts';
import { slackLinksOver } from './slack-links.ts';
import { subjectsOver } from './subjects.ts';
import { countAll } from './tally.ts';
import { tasksOver } from './tasks.ts';

/** Reads an existing ledger beside whoever writes to it. Throws when the file is no ledger. */
export function openReader(file: string, ids: Ids): LedgerReader & { close(): void } {
  const db = openForReading(file);
  try {
    const connection = connect(db);
    const tables = {
      chain: chainOver(connection),
      rows: rowsOver(connection),
      subjects: subjectsOver(connection),
      outbox: outboxOver(connection, 0),
      tasks: tasksOver(connection, ids),
    };
    const reads = readsOver(connection, tables, messagesOver(connection), slackLinksOver(connection), () =>
      countAll(connection),
    );
    return { ...reads, close: () => db.close() };
  } catch (error) {
    db.close();
    throw error;
  }
}

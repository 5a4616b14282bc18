import { hash } from 'node:crypto';
import type { RecordedCampaignEvent } from '../exports/campaigns/events.ts';
import type { RecordedMapping } from '../exports/catalogue.ts';
import type { RecordedChange } from '../exports/directory.ts';
import type { Recorded } from '../exports/events.ts';
import type { Connection, Head, Tx } from './connection.ts';

/** What the first event's hash is chained to. */
export const GENESIS: Head = { seq: 0, hash: Buffer.alloc(32) };

export type EventRow = {
  seq: number;
  export_id: string;
  n: number;
  at: number;
  type: string;
  data: string;
  hash: Buffer;
};

/** What an event's hash covers besides the hash before it. */
export type Link = Omit<EventRow, 'hash' | 'type'>;

/** The row's place and its data exactly as stored. */
export function linkText({ seq, export_id, n, at, data }: Link): string {
  return `${JSON.stringify([seq, export_id, n, at])}${data}`;
}

/** SHA-256 of the hash before and {@link linkText}. */
export function chained(before: Buffer, row: Link): Buffer {
  const text = linkText(row);
  const bytes = Buffer.allocUnsafe(before.length + Buffer.byteLength(text));
  before.copy(bytes);
  bytes.write(text, before.length);
  return hash('sha256', bytes, 'buffer');
}

export type Chain = {
  /** Appends to the ledger and moves the head of the transaction. */
  append(tx: Tx, recorded: Recorded | RecordedChange | RecordedMapping | RecordedCampaignEvent): void;
  /** The head as the file has it. */
  head(): Head;
};

export function chainOver(connection: Connection): Chain {
  const insert = connection.write(
    'INSERT INTO events (seq, export_id, n, at, type, data, hash) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  const last = connection.one<Head>('SELECT seq, hash FROM events ORDER BY seq DESC LIMIT 1');
  return {
    append(tx, { export_id, n, at, event }) {
      const seq = tx.head.seq + 1;
      const data = JSON.stringify(event);
      const own = chained(tx.head.hash, { seq, export_id, n, at, data });
      insert(tx, seq, export_id, n, at, event.type, data, own);
      tx.head = { seq, hash: own };
    },
    head: () => last() ?? GENESIS,
  };
}

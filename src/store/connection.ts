import type BetterSqlite3 from 'better-sqlite3';
import type { OutboxRow } from './port.ts';

declare const writing: unique symbol;

/** The end of the hash chain: the last event's sequence number and hash. */
export type Head = { seq: number; hash: Buffer };

/** A row that a commit left free to be worked on. */
export type Announced = Pick<OutboxRow, 'key' | 'lane' | 'priority' | 'due_at' | 'effect'>;

/** What health and metrics count; kept in memory, because counting a million rows takes its time. */
export type Tally = { open: number; outbox: number; tasks_open: number };

/**
 * Proof of an open write transaction, and what it has gathered so far. Only the writer makes one, so
 * a write outside a transaction does not compile.
 */
export type Tx = {
  readonly [writing]: true;
  head: Head;
  announced: Announced[];
  exports: string[];
  /** Desks (`Whose`) that the changed exports were on or are on. */
  desks: string[];
  /** The counts as they are after it. */
  tally: Tally;
};

export type Value = string | number | Buffer | null;

/** Prepares statements, once each; reading and writing ones have different types. */
export type Connection = {
  one<Row>(sql: string): (...params: Value[]) => Row | undefined;
  all<Row>(sql: string): (...params: Value[]) => Row[];
  iterate<Row>(sql: string): (...params: Value[]) => IterableIterator<Row>;
  /** Gives how many rows it changed. */
  write(sql: string): (tx: Tx, ...params: Value[]) => number;
  /** A write with RETURNING: the row it touched, or undefined. */
  change<Row>(sql: string): (tx: Tx, ...params: Value[]) => Row | undefined;
};

export function connect(db: BetterSqlite3.Database): Connection {
  const reading = <Row>(sql: string) => {
    const statement = db.prepare<Value[], Row>(sql);
    if (!statement.readonly) throw new Error(`A write needs a transaction: ${sql}`);
    return statement;
  };
  return {
    one<Row>(sql: string) {
      const statement = reading<Row>(sql);
      return (...params: Value[]) => statement.get(...params);
    },
    all<Row>(sql: string) {
      const statement = reading<Row>(sql);
      return (...params: Value[]) => statement.all(...params);
    },
    iterate<Row>(sql: string) {
      const statement = reading<Row>(sql);
      return (...params: Value[]) => statement.iterate(...params);
    },
    write(sql) {
      const statement = db.prepare<Value[]>(sql);
      return (_tx, ...params) => statement.run(...params).changes;
    },
    change<Row>(sql: string) {
      const statement = db.prepare<Value[], Row>(sql);
      return (_tx: Tx, ...params: Value[]) => statement.get(...params);
    },
  };
}

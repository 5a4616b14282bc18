import type BetterSqlite3 from 'better-sqlite3';
import type { Clock, Ids } from '../clock.ts';
import { type Found, lookBefore } from './admit.ts';
import { type Backup, backupInThread } from './backup.ts';
import { campaignsOver, changeCampaign } from './campaigns.ts';
import { catalogueOver, changeCatalogue } from './catalogue.ts';
import { chainOver } from './chain.ts';
import { type Announced, type Connection, connect, type Head } from './connection.ts';
import { deliveriesOver } from './deliveries.ts';
import { digestsOver } from './digests.ts';
import { changeDirectory, directoryOver } from './directory.ts';
import { LogDamaged } from './errors.ts';
import { named } from './failures.ts';
import { homesOver } from './homes.ts';
import { inboundOver } from './inbound.ts';
import { intakeOver } from './intake.ts';
import { type Lock, lockLedger } from './lock.ts';
import { lostOver } from './lost.ts';
import { messagesOver } from './messages.ts';
import { MIGRATIONS, migrate } from './migrate.ts';
import { assertDurable, BUSY_MS, openDatabase, type Synchronous } from './open.ts';
import { outboxOver } from './outbox.ts';
import { partiesOver } from './parties.ts';
import { preparePlace } from './place.ts';
import type { Ledger, Workspace } from './port.ts';
import { previewsOver } from './previews.ts';
import { promosOver } from './promos.ts';
import { readsOver } from './reads.ts';
import { unfinishedRestore } from './restore.ts';
import { rowsOver } from './rows.ts';
import { subjectsOver } from './subjects.ts';
import { countAll } from './tally.ts';
import { tasksOver } from './tasks.ts';
import { type Tables, update } from './updates.ts';
import { type Noted, type Report, verifyFile } from './verify.ts';
import { walIsDamaged } from './wal-check.ts';
import { workspaceOver } from './workspace.ts';
import { createWriter, type Written } from './writer.ts';

export type { Found } from './admit.ts';
export type { Backup } from './backup.ts';
export { backupFile } from './backup.ts';
export type { Head } from './connection.ts';
export * from './errors.ts';
export type { Fault } from './faults.ts';
export { type Restored, restoreLedger, unfinishedRestore } from './restore.ts';
export type { Noted, Report } from './verify.ts';
export { verifyFile } from './verify.ts';

/** What an operator does with a ledger. */
export type Maintenance = {
  /** Compares everything stored with the events; `noted` are heads noted earlier elsewhere. */
  verify(noted?: Noted | readonly Noted[]): Promise<Report>;
  /** A verified copy of the ledger as it is now, made while it is written to. `file` must not exist. */
  backup(file: string): Promise<Backup>;
  /** The end of the hash chain; noted outside the database it proves later that nothing was cut. */
  head(): Head;
  /** The workspace that the ledger belongs to: the one told first, which is remembered. */
  workspace(told: Workspace): Promise<Workspace>;
  /** Moves the write-ahead log into the database. False when a reader kept some of it back. */
  checkpoint(): boolean;
};

export type LedgerOptions = {
  file: string;
  clock: Clock;
  ids: Ids;
  /** Looks at what is there before anything is written to it, and throws to leave it as it is. */
  admit?: (found: Found) => void;
  /** Folder of the migrations; the project's own by default. */
  migrations?: string;
  /** Hears once, in the middle of a write, that another process has opened the ledger past the lock. */
  onTaken?: () => void;
  /** `normal` may lose acknowledged work in a power cut: for the benchmark's comparison only. */
  synchronous?: Synchronous;
};

/**
 * Opens the ledger as its only writer, making it and its folder if need be, and brings its schema
 * up to date. Throws LedgerLocked, LedgerHasTwoNames, RestoreUnfinished, LogDamaged, NotDurable, LedgerPlaceUnusable, LedgerTooNew, MigrationMismatch,
 * LedgerCorrupt or StorageUnavailable, each with what to do.
 */
export async function openLedger(options: LedgerOptions): Promise<Ledger & Maintenance> {
  preparePlace(options.file);
  const lock = lockOrName(options.file);
  try {
    const unfinished = unfinishedRestore(options.file);
    if (unfinished) throw unfinished;
    const synchronous = options.synchronous ?? 'full';
    if (synchronous === 'full' && walIsDamaged(`${options.file}-wal`)) throw new LogDamaged(options.file);
    lookBefore(options.file, options.admit ?? (() => undefined));
    const db = openDatabase(options.file, synchronous);
    try {
      migrate(db, options.migrations ?? MIGRATIONS, options.clock);
      assertDurable(db, synchronous);
      const ledger = ledgerOver(db, options);
      return {
        ...ledger,
        async close() {
          await ledger.close();
          lock.release();
        },
      };
    } catch (error) {
      db.close();
      throw error;
    }
  } catch (error) {
    lock.release();
    throw named(error as Error, options.file);
  }
}

function lockOrName(file: string): Lock {
  try {
    return lockLedger(file);
  } catch (error) {
    throw named(error as Error, file);
  }
}

/** The ledger over a database that is open, locked and migrated; it closes it. */
export function ledgerOver(
  db: BetterSqlite3.Database,
  { clock, ids, onTaken = () => undefined }: Pick<LedgerOptions, 'clock' | 'ids' | 'onTaken'>,
): Ledger & Maintenance {
  const connection = connect(db);
  const exportRows = rowsOver(connection);
  const epoch = nextEpoch(db);
  const outbox = outboxOver(connection, epoch);
  const tables: Tables = {
    chain: chainOver(connection),
    rows: exportRows,
    subjects: subjectsOver(connection),
    parties: partiesOver(connection),
    promos: promosOver(connection),
    previews: previewsOver(connection),
    outbox,
    tasks: tasksOver(connection, ids),
    digests: digestsOver(connection, outbox, exportRows),
  };
  const homes = homesOver(connection);
  const messages = messagesOver(connection);
  const firstSeen = deliveriesOver(connection);
  const directory = directoryOver(connection);
  const campaigns = campaignsOver(connection);
  const intake = intakeOver(connection, tables, campaigns, firstSeen);
  const catalogue = catalogueOver(connection);
  const inbound = inboundOver(connection);
  const workspace = workspaceOver(connection);
  const lost = lostOver(connection, tables, campaigns);
  const listeners: Parameters<Ledger['onCommitted']>[0][] = [];
  const tell = ({ announced, exports, desks }: Written) => {
    const rows = [...new Map(announced.map((row): [string, Announced] => [row.key, row])).values()];
    const changed = [...new Set(exports)];
    const touched = [...new Set(desks)];
    for (const listener of listeners) listener(rows, changed, touched);
  };
  const start = { head: tables.chain.head(), tally: countAll(connection) };
  const writer = createWriter(db, clock, start, stillOurs(connection, epoch, onTaken), tell);
  db.pragma(`busy_timeout = ${BUSY_MS}`);
  return {
    ...readsOver(connection, tables, { messages, directory, catalogue, campaigns, homes }, () =>
      writer.tally(),
    ),
    update: (id, now, decide, settle) => writer.submit((tx) => update(tx, tables, id, now, decide, settle)),
    intake: (now, key, decide, delivery) => writer.submit((tx) => intake(tx, now, key, decide, delivery)),
    changeCampaign: (id, now, decide, settle) =>
      writer.submit((tx) => changeCampaign(tx, tables, campaigns, id, now, decide, settle)),
    claim: (keys, now, leaseMs) => writer.submit((tx) => tables.outbox.claim(tx, keys, now, leaseMs)),
    settle: (settlement) => writer.submit((tx) => tables.outbox.settle(tx, settlement, clock.now())),
    begunSince: async (since) => tables.outbox.begunSince(since),
    waiting: async (until, limit, lane) => tables.outbox.waiting(until, clock.now(), limit, lane),
    changeDirectory: (now, decide) =>
      writer.submit((tx) => changeDirectory(tx, tables, directory, now, decide)),
    changeCatalogue: (now, decide) =>
      writer.submit((tx) => changeCatalogue(tx, tables, catalogue, now, decide)),
    homeOpened: (person, at) => writer.submit((tx) => homes.opened(tx, person, at)),
    collapse: (channel, keys, now) => writer.submit((tx) => tables.digests.collapse(tx, channel, keys, now)),
    expandDigest: (channel, now) => writer.submit((tx) => tables.digests.expand(tx, channel, now)),
    saveMessage: (message) => writer.submit((tx) => messages.save(tx, message)),
    forgetMessage: (postId) => writer.submit((tx) => messages.forget(tx, postId)),
    lost: (place, now) => writer.submit((tx) => lost.lose(tx, place, now)),
    standing: async (limit) => lost.standing(limit),
    inbound: {
      note: (event, now) => writer.submit((tx) => inbound.note(tx, event, now)),
      settle: (settlement, now) => writer.submit((tx) => inbound.settle(tx, settlement, now)),
      due: async (source, now, limit) => inbound.due(source, now, limit),
      counts: async () => inbound.counts(),
      mark: async (source, stream) => inbound.mark(source, stream),
      pulled: (source, stream, events, mark, now) =>
        writer.submit((tx) => {
          inbound.setMark(tx, source, stream, mark, now);
          return events.filter((event) => inbound.note(tx, event, now) === 'new').length;
        }),
    },
    firstSeen: (scope, id, bodyHash, now, keepMs) =>
      writer.submit((tx) => firstSeen(tx, scope, id, bodyHash, now, keepMs)),
    onCommitted(listener) {
      listeners.push(listener);
    },
    verify: (noted) => verifyFile(db.name, noted),
    backup: (to) => backupInThread({ file: db.name, to, least: writer.head() }),
    head: () => writer.head(),
    workspace: (told) => writer.submit((tx) => workspace(tx, told)),
    checkpoint() {
      const [result] = db.pragma('wal_checkpoint(TRUNCATE)') as { busy: number }[];
      return result?.busy === 0;
    },
    async close() {
      await writer.close();
      db.close();
    },
  };
}

/** Whether nobody has opened the ledger since: the lock is a file, and a file can be removed. */
function stillOurs(connection: Connection, epoch: number, onTaken: () => void): () => boolean {
  const latest = connection.one<{ value: number }>("SELECT value FROM counters WHERE name = 'epoch'");
  let told = false;
  return () => {
    const ours = latest()?.value === epoch;
    if (!ours && !told) {
      told = true;
      onTaken();
    }
    return ours;
  };
}

/** Counts this opening; committed before any token of it is given out. */
function nextEpoch(db: BetterSqlite3.Database): number {
  const row = db
    .prepare<[], { value: number }>(
      "UPDATE counters SET value = value + 1 WHERE name = 'epoch' RETURNING value",
    )
    .get();
  if (!row) throw new Error('The ledger has lost its counter of openings. Restore a backup that verifies.');
  return row.value;
}

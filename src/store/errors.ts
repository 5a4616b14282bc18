/** Nothing was stored, and the same call may succeed later; the web layer answers 503 with `retry_after_s`. */
export class StorageUnavailable extends Error {
  override name = 'StorageUnavailable';
  readonly retry_after_s: number;

  constructor(message: string, retryAfterS: number, cause?: unknown) {
    super(message, { cause });
    this.retry_after_s = retryAfterS;
  }
}

/** The disk, or the quota of the database, is full. Heals by itself once there is room. */
export class StorageFull extends StorageUnavailable {
  override name = 'StorageFull';

  constructor(cause?: unknown) {
    super('The disk that holds the ledger is full. Nothing was stored. Free some space on it.', 30, cause);
  }
}

/** Another connection held the write lock longer than updates may wait. */
export class StorageBusy extends StorageUnavailable {
  override name = 'StorageBusy';

  constructor(cause?: unknown) {
    super(
      'Another program has held the write lock of the ledger too long. Nothing was stored. Close whatever has the database open for writing.',
      5,
      cause,
    );
  }
}

/** Reading or writing the file failed; the disk needs a look. */
export class StorageFailed extends StorageUnavailable {
  override name = 'StorageFailed';

  constructor(cause: Error) {
    super(
      `The ledger could not be written (${cause.message}). Nothing was stored. Check the disk.`,
      30,
      cause,
    );
  }
}

/** The file is damaged. Going on could hide what is lost. */
export class LedgerCorrupt extends Error {
  override name = 'LedgerCorrupt';

  constructor(file: string, cause: Error) {
    super(
      `The ledger ${file} is damaged (${cause.message}). Stop Meshline, keep the file, and restore the newest backup that "meshline verify" accepts.`,
      { cause },
    );
  }
}

/** The write-ahead log is damaged in its middle: opening it would silently drop what comes after. */
export class LogDamaged extends Error {
  override name = 'LogDamaged';

  constructor(file: string) {
    super(
      `The write-ahead log ${file}-wal is damaged, and what was stored after the damage would be lost without a word. Keep ${file} and ${file}-wal, and restore the newest backup that "meshline verify" accepts. If none is new enough, removing the log gives up what is in it.`,
    );
  }
}

/** A call after `close()`. */
export class LedgerClosed extends Error {
  override name = 'LedgerClosed';

  constructor() {
    super('The ledger is closed. Nothing was stored.');
  }
}

/** The place of the ledger is not one where it can be written. */
export class LedgerPlaceUnusable extends Error {
  override name = 'LedgerPlaceUnusable';

  constructor(file: string, trouble: string, code: string) {
    const known = WHY[code];
    super(
      `The ledger ${file} cannot be used: ${trouble}${known === undefined ? '' : ` (${known})`}. Set MESHLINE_DB to a file on a local disk that the user of Meshline may write.`,
    );
  }
}

const WHY: Readonly<Record<string, string>> = {
  EACCES: 'this user may not',
  EPERM: 'this user may not',
  EROFS: 'the disk is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the quota is used up',
  ENOTDIR: 'something on the way to it is no folder',
  EEXIST: 'something else has that name',
  ENOENT: 'it is not there',
};

/** A second process, or a second `openLedger`, on the same file. */
export class LedgerLocked extends Error {
  override name = 'LedgerLocked';

  constructor(file: string, holder: string) {
    super(
      `The ledger ${file} is in use by ${holder}. Only one Meshline may write to it: stop that one first, or give this one another MESHLINE_DB.`,
    );
  }
}

/** Another process has opened the ledger since, past the lock. */
export class LedgerTaken extends Error {
  override name = 'LedgerTaken';

  constructor(file: string) {
    super(
      `Another process has opened the ledger ${file} and goes on with it, so this one stores nothing more. Let one run alone, and leave the file ${file}-lock where it is.`,
    );
  }
}

/** The file has several names, and locks and the write-ahead log go by name. */
export class LedgerHasTwoNames extends Error {
  override name = 'LedgerHasTwoNames';

  constructor(file: string) {
    super(
      `The ledger ${file} has another name too (a hard link). Two processes that open it under different names would damage it: remove the other name, or copy the ledger with "meshline backup" and use the copy.`,
    );
  }
}

/** The connection would lose acknowledged work in a power cut. */
export class NotDurable extends Error {
  override name = 'NotDurable';

  constructor(file: string, found: string) {
    super(
      `The ledger ${file} cannot be made durable (${found}). Put it on a local disk that supports SQLite's write-ahead log.`,
    );
  }
}

/** The database and the migration files do not belong together. */
export class MigrationMismatch extends Error {
  override name = 'MigrationMismatch';
}

/** A newer Meshline has changed the database in a way that this one cannot work with. */
export class LedgerTooNew extends Error {
  override name = 'LedgerTooNew';

  constructor(name: string) {
    super(
      `The ledger was changed by a newer Meshline (migration ${name}) in a way this version cannot read. Run that newer version, or restore a backup from before it.`,
    );
  }
}

/** A restore that was not begun; nothing was changed. */
export class RestoreRefused extends Error {
  override name = 'RestoreRefused';
}

/** A restore was cut short, so that what stands there may be neither the old ledger nor the new one. */
export class RestoreUnfinished extends Error {
  override name = 'RestoreUnfinished';

  constructor(file: string, copy: string) {
    super(
      `A restore of ${file} was cut short. Run "meshline restore" with the same backup again; or, if ${file} still exists and you want to keep it as it is, remove ${copy}.`,
    );
  }
}

/** The copy could not be made, or does not verify. */
export class BackupFailed extends Error {
  override name = 'BackupFailed';
}

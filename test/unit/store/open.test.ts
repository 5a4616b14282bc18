import { once } from 'node:events';
import { linkSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import {
  LedgerClosed,
  LedgerCorrupt,
  LedgerHasTwoNames,
  LedgerLocked,
  LedgerTaken,
  openLedger,
} from '../../../src/store/index.ts';
import { assertDurable, openDatabase } from '../../../src/store/open.ts';
import { countingIds, ManualClock } from '../../support/manual-clock.ts';
import { startChild } from './children/start.ts';
import { folder, freshLedger, take } from './ledger.ts';

const parts = () => ({ clock: new ManualClock(), ids: countingIds() });

describe('one writer', () => {
  it('refuses a second process by name, until the first is killed', async () => {
    const file = join(folder(), 'meshline.db');
    const child = await startChild('hold-ledger.ts', file);
    const second = openLedger({ file, ...parts() });
    await expect(second).rejects.toThrow(LedgerLocked);
    await expect(second).rejects.toThrow(`in use by process ${child.pid} on `);
    child.kill('SIGKILL');
    await once(child, 'exit');
    const ledger = await openLedger({ file, ...parts() });
    await ledger.close();
  });

  it('refuses a second one in the same process, and frees the file on close', async () => {
    const { ledger, file } = await freshLedger();
    await expect(openLedger({ file, ...parts() })).rejects.toThrow('in use by this same process');
    await ledger.close();
    const next = await openLedger({ file, ...parts() });
    await next.close();
  });

  it('refuses a second one by another name for the same file', async () => {
    const { file } = await freshLedger();
    const link = join(folder(), 'link.db');
    symlinkSync(file, link);
    await expect(openLedger({ file: link, ...parts() })).rejects.toThrow(LedgerLocked);
  });

  it('knows a link to a ledger that is still to be made', async () => {
    const file = join(folder(), 'meshline.db');
    const link = join(folder(), 'link.db');
    symlinkSync(file, link);
    const ledger = await openLedger({ file: link, ...parts() });
    await expect(openLedger({ file, ...parts() })).rejects.toThrow(LedgerLocked);
    await ledger.close();
  });

  it('refuses a ledger that has another name on the disk', async () => {
    const { file } = await freshLedger();
    const other = join(folder(), 'other.db');
    linkSync(file, other);
    await expect(openLedger({ file: other, ...parts() })).rejects.toThrow(LedgerHasTwoNames);
  });

  it('stores nothing more, and says so once, when another got in because the lock was removed', async () => {
    const file = join(folder(), 'meshline.db');
    let told = 0;
    const first = await openLedger({ file, ...parts(), onTaken: () => (told += 1) });
    await take(first, 'before');
    rmSync(`${file}-lock`);
    const second = await openLedger({ file, ...parts() });
    await expect(take(first, 'after')).rejects.toThrow(LedgerTaken);
    await expect(take(first, 'later')).rejects.toThrow(LedgerTaken);
    expect(told).toBe(1);
    await take(second, 'of the second');
    expect((await second.list({ limit: 10 })).map(({ id }) => id)).toEqual(['of the second', 'before']);
    await first.close();
    await second.close();
  });

  it('frees the file when it cannot be opened', async () => {
    const file = join(folder(), 'meshline.db');
    writeFileSync(file, 'this is not a database, however long it may be, and never was one');
    await expect(openLedger({ file, ...parts() })).rejects.toThrow(LedgerCorrupt);
    writeFileSync(file, '');
    const ledger = await openLedger({ file, ...parts() });
    await ledger.close();
  });
});

it('makes the folder of a new ledger', async () => {
  const ledger = await openLedger({ file: join(folder(), 'data', 'new', 'meshline.db'), ...parts() });
  await ledger.close();
});

describe('durability', () => {
  it('is set on every open, and seen when it is lost', () => {
    const file = join(folder(), 'meshline.db');
    for (let opens = 0; opens < 2; opens += 1) {
      const db = openDatabase(file);
      expect(db.pragma('synchronous', { simple: true })).toBe(2);
      expect(db.pragma('journal_mode', { simple: true })).toBe('wal');
      db.pragma('synchronous = NORMAL');
      expect(() => assertDurable(db, 'full')).toThrow('synchronous 1');
      db.close();
    }
  });

  it('refuses a file that cannot have a write-ahead log', () => {
    expect(() => openDatabase(':memory:')).toThrow('journal_mode memory');
  });
});

describe('close', () => {
  it('finishes what was begun and refuses the rest', async () => {
    const { ledger, ids, file } = await freshLedger();
    const id = ids.uuid();
    const begun = take(ledger, id);
    const closed = ledger.close();
    await expect(take(ledger, ids.uuid())).rejects.toThrow(LedgerClosed);
    await begun;
    await closed;
    const db = new Database(file, { readonly: true });
    expect(db.prepare('SELECT id FROM exports').all()).toEqual([{ id }]);
    db.close();
  });
});

import { existsSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { LedgerLocked, openLedger, restoreLedger, verifyFile } from '../../../src/store/index.ts';
import { T0 } from '../../support/manual-clock.ts';
import { folder, freshLedger, take } from './ledger.ts';

/** A ledger of two exports, a backup of its first, closed. */
async function backedUp() {
  const fresh = await freshLedger();
  await take(fresh.ledger, fresh.ids.uuid());
  const backup = join(folder(), 'backup.db');
  await fresh.ledger.backup(backup);
  await take(fresh.ledger, fresh.ids.uuid());
  return { ...fresh, backup };
}

const exportsIn = (file: string) => verifyFile(file).then((report) => report.exports);

describe('restore', () => {
  it('puts the backup in place and keeps the ledger that was there, with its write-ahead log', async () => {
    const { ledger, file, backup, clock, ids } = await backedUp();
    // A reader of its own keeps the log from being folded into the file.
    const reader = new Database(file, { readonly: true });
    reader.prepare('SELECT count(*) FROM events').get();
    await ledger.close();
    reader.close();
    const restored = await restoreLedger(backup, file, 'T');
    expect(restored).toMatchObject({
      report: { events: 1, exports: 1, faults: [] },
      last_event_at: T0,
      outbox: 1,
      kept: `${file}.before-restore-T`,
    });
    expect(await exportsIn(file)).toBe(1);
    expect(await exportsIn(`${file}.before-restore-T`)).toBe(2);
    const again = await openLedger({ file, clock, ids });
    await take(again, ids.uuid());
    expect((await again.verify(restored.report.head)).faults).toEqual([]);
    await again.close();
    expect(existsSync(backup)).toBe(true);
  });

  it('makes a ledger where there is none', async () => {
    const { backup } = await backedUp();
    const file = join(folder(), 'data', 'meshline.db');
    expect(await restoreLedger(backup, file, 'T')).toMatchObject({ kept: null });
    expect(await exportsIn(file)).toBe(1);
  });

  it('can be taken back, because what it kept is a ledger too', async () => {
    const { ledger, file, backup } = await backedUp();
    await ledger.close();
    const { kept } = await restoreLedger(backup, file, 'T');
    expect(await restoreLedger(kept ?? '', file, 'U')).toMatchObject({ report: { exports: 2 } });
  });

  it('of a link is refused', async () => {
    const { backup } = await backedUp();
    const link = join(folder(), 'link.db');
    symlinkSync(backup, link);
    await expect(restoreLedger(backup, link, 'T')).rejects.toThrow('is a link');
  });

  it('is refused while Meshline runs, and changes nothing', async () => {
    const { ledger, file, backup } = await backedUp();
    await expect(restoreLedger(backup, file, 'T')).rejects.toThrow(LedgerLocked);
    expect((await ledger.verify()).exports).toBe(2);
  });

  it('of something that is no whole backup is refused, and changes nothing', async () => {
    const { ledger, file, backup } = await backedUp();
    await ledger.close();
    const db = new Database(backup);
    db.exec(`UPDATE events SET data = replace(data, 'SKU-1', 'SKU-2')`);
    db.close();
    await expect(restoreLedger(backup, file, 'T')).rejects.toThrow(/does not verify .+ Nothing was changed/);
    await expect(restoreLedger(`${backup}.none`, file, 'T')).rejects.toThrow('does not exist');
    writeFileSync(backup, 'not a database at all, however long');
    await expect(restoreLedger(backup, file, 'T')).rejects.toThrow('Nothing was changed');
    expect(await exportsIn(file)).toBe(2);
  });

  it('of a backup that a newer version made otherwise is refused', async () => {
    const { ledger, file, backup } = await backedUp();
    await ledger.close();
    const db = new Database(backup);
    db.exec(`INSERT INTO migrations VALUES (9001, '9001_next.sql', 'x', 0, 1)`);
    db.close();
    await expect(restoreLedger(backup, file, 'T')).rejects.toThrow('Run that newer version');
    expect(await exportsIn(file)).toBe(2);
  });

  it('that was cut short keeps Meshline from starting until it is done again', async () => {
    const { ledger, file, backup, clock, ids } = await backedUp();
    await ledger.close();
    writeFileSync(`${file}.restoring`, 'a part of it');
    await expect(openLedger({ file, clock, ids })).rejects.toThrow(/was cut short. Run "meshline restore"/);
    await restoreLedger(backup, file, 'T');
    const again = await openLedger({ file, clock, ids });
    await again.close();
    expect(readdirSync(join(file, '..')).filter((name) => name.includes('restoring'))).toEqual([]);
  });
});

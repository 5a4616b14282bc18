import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { backupFile, openLedger, verifyFile } from '../../../src/store/index.ts';
import { OWNER } from '../../support/events.ts';
import { T0 } from '../../support/manual-clock.ts';
import { folder, freshLedger, take } from './ledger.ts';

describe('backup', () => {
  it('made while the ledger is written to restores and verifies', async () => {
    const { ledger, ids, clock } = await freshLedger();
    const names = Array.from({ length: 200 }, () => ids.uuid());
    await Promise.all(names.map((id) => take(ledger, id)));
    const copy = join(folder(), 'copy.db');
    let going = true;
    const writing = (async () => {
      for (let n = 0; going; n += 1) {
        await ledger.update(names[n % 200] ?? '', T0, () => ({
          events: [{ type: 'reminded', to: [OWNER] }],
        }));
      }
    })();
    onTestFinished(async () => {
      going = false;
      await writing;
    });
    const least = ledger.head();
    const backup = await ledger.backup(copy);
    going = false;
    await writing;
    expect(backup.report.faults).toEqual([]);
    expect(backup.report.head.seq).toBeGreaterThanOrEqual(least.seq);
    expect(existsSync(`${copy}-wal`)).toBe(false);
    expect((await verifyFile(copy, least)).faults).toEqual([]);
    const restored = await openLedger({ file: copy, clock, ids });
    await take(restored, ids.uuid());
    expect((await restored.verify()).faults).toEqual([]);
    await restored.close();
    await ledger.update(names[0] ?? '', T0, () => ({ events: [{ type: 'reminded', to: [OWNER] }] }));
    expect((await ledger.verify()).faults).toEqual([]);
  });

  it('can be made beside a running ledger', async () => {
    const { ledger, ids, file } = await freshLedger();
    await take(ledger, ids.uuid());
    const copy = join(folder(), 'copy.db');
    expect((await backupFile(file, copy)).report).toMatchObject({ exports: 1, faults: [] });
  });

  it('never overwrites a file', async () => {
    const { ledger } = await freshLedger();
    const copy = join(folder(), 'copy.db');
    writeFileSync(copy, 'precious');
    await expect(ledger.backup(copy)).rejects.toThrow('exists already');
  });

  it('of a damaged ledger is refused and leaves nothing', async () => {
    const { ledger, ids, file } = await freshLedger();
    await take(ledger, ids.uuid());
    await ledger.close();
    const { default: Database } = await import('better-sqlite3');
    const db = new Database(file);
    db.exec(`UPDATE exports SET owner = 'somebody'`);
    db.close();
    const copy = join(folder(), 'copy.db');
    await expect(backupFile(file, copy)).rejects.toThrow('does not verify');
    expect([existsSync(copy), existsSync(`${copy}.partial`)]).toEqual([false, false]);
  });
});

describe('checkpoint', () => {
  it('moves the write-ahead log into the database', async () => {
    const { ledger, ids } = await freshLedger();
    await take(ledger, ids.uuid());
    expect(ledger.checkpoint()).toBe(true);
  });
});

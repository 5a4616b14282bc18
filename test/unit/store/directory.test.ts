import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { type DirectoryEvent, EMPTY_OVERLAY, replayDirectory } from '../../../src/exports/directory.ts';
import { isRefusal, refuse } from '../../../src/exports/refusals.ts';
import { openLedger } from '../../../src/store/index.ts';
import { ALICE, BOB } from '../../support/core.ts';
import { T0 } from '../../support/manual-clock.ts';
import { type Fresh, freshLedger, take } from './ledger.ts';

const out: DirectoryEvent = {
  type: 'person_went_out',
  by: ALICE,
  person: ALICE,
  from: T0,
  until: T0 + 1000,
  note: null,
};
const back: DirectoryEvent = { type: 'person_came_back', by: ALICE, person: ALICE };
const backup: DirectoryEvent = { type: 'backup_set', by: ALICE, person: ALICE, backup: BOB };

async function changed(...events: DirectoryEvent[]): Promise<Fresh> {
  const fresh = await freshLedger();
  await take(fresh.ledger, fresh.ids.uuid());
  for (const event of events) await fresh.ledger.changeDirectory(T0, () => ({ events: [event] }));
  return fresh;
}

describe('changes of the directory', () => {
  it('are events of the same chain, summed up in one row that a reopening finds', async () => {
    const { ledger, file, clock, ids } = await changed(out, backup);
    expect(await ledger.directoryChanges()).toEqual([
      { export_id: 'directory', n: 1, at: T0, event: out },
      { export_id: 'directory', n: 2, at: T0, event: backup },
    ]);
    expect(ledger.head().seq).toBe(3);
    const overlay = await ledger.directory();
    expect(overlay).toEqual(replayDirectory(await ledger.directoryChanges()));
    await ledger.close();
    const again = await openLedger({ file, clock, ids });
    expect(await again.directory()).toEqual(overlay);
    expect((await again.verify()).faults).toEqual([]);
    await again.close();
  });

  it('commit nothing when they are refused', async () => {
    const { ledger } = await changed();
    const refused = await ledger.changeDirectory(T0, () => refuse('unknown_person'));
    expect(isRefusal(refused)).toBe(true);
    expect(await ledger.directory()).toEqual(EMPTY_OVERLAY);
    expect(ledger.head().seq).toBe(1);
  });

  it('ask what waits for somebody to look again, and somebody to be told, in the same commit', async () => {
    const { ledger } = await changed(out, back);
    const rows = await ledger.waiting(T0, 100);
    expect(
      rows.map(({ key, lane }) => [key, lane]).filter(([key]) => /^(?:follow|briefing)/.test(key ?? '')),
    ).toEqual(
      expect.arrayContaining([
        ['follow:1', 'directory'],
        ['follow:2', 'directory'],
        ['briefing:1', `slack:dm:for:${ALICE}`],
      ]),
    );
  });

  it.each([
    [
      'an edited event',
      `UPDATE events SET data = replace(data, '${BOB}', '${ALICE}') WHERE seq = 3`,
      'was changed',
    ],
    [
      'a changed directory',
      `UPDATE directory SET state = replace(state, '"began":true', '"began":false')`,
      'stored directory',
    ],
    ['a lost directory', 'DELETE FROM directory', 'stored directory'],
    ['an unreadable one', `UPDATE directory SET state = '{'`, 'cannot be replayed'],
  ])('verify finds %s', async (_, sql, says) => {
    const { ledger, file, clock, ids } = await changed(out, backup);
    await ledger.close();
    const db = new Database(file);
    db.exec(sql);
    db.close();
    const again = await openLedger({ file, clock, ids });
    expect((await again.verify()).faults.map((fault) => fault.what).join(' ')).toContain(says);
    await again.close();
  });
});

import { readFileSync, writeFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { openLedger, verifyFile } from '../../../src/store/index.ts';
import { aRevision, delivering, OWNER, received } from '../../support/events.ts';
import { T0 } from '../../support/manual-clock.ts';
import { type Fresh, freshLedger, take } from './ledger.ts';

/** Five exports with two or three events each, closed. */
async function written(): Promise<Fresh & { names: string[] }> {
  const fresh = await freshLedger();
  const names = Array.from({ length: 5 }, () => fresh.ids.uuid());
  for (const [index, id] of names.entries()) {
    await take(
      fresh.ledger,
      id,
      received({ revision: aRevision({ subjects: [`sku:${index % 3}`] }), occurred_at: T0 - index }),
    );
    await fresh.ledger.update(id, T0 + index, () => ({ events: delivering(id) }));
  }
  return { ...fresh, names };
}

/** Changes the file behind the ledger's back. */
function tamper(file: string, ...statements: string[]): void {
  const db = new Database(file);
  for (const sql of statements) db.exec(sql);
  db.close();
}

describe('verify', () => {
  it('accepts an untouched ledger', async () => {
    const { ledger } = await written();
    const report = await ledger.verify(ledger.head());
    expect(report).toEqual({ events: 15, exports: 5, head: ledger.head(), faults: [] });
  });

  it.each([
    [
      'an edited event',
      `UPDATE events SET data = replace(data, 'SKU-1', 'SKU-2') WHERE seq = 4`,
      'was changed after',
    ],
    ['an event at another time', 'UPDATE events SET at = at + 1 WHERE seq = 4', 'was changed after'],
    ['an event of another export', `UPDATE events SET export_id = 'x' WHERE seq = 5`, 'was changed after'],
    ['an event under another name', `UPDATE events SET type = 'expired' WHERE seq = 5`, 'not in order'],
    ['a deleted event', 'DELETE FROM events WHERE seq = 5', 'Events 5 to 5 are missing'],
    ['a forged hash', 'UPDATE events SET hash = zeroblob(32) WHERE seq = 15', 'was changed after'],
    [
      'a changed state',
      `UPDATE exports SET state = replace(state, '"delivering"', '"delivered"')`,
      'stored state',
    ],
    ['a broken state', `UPDATE exports SET state = '{'`, 'stored state'],
    ['a changed column', `UPDATE exports SET owner = 'somebody'`, 'columns'],
    ['an invented deadline', `UPDATE exports SET due_at = 5`, 'columns'],
    ['a lost export', 'DELETE FROM exports WHERE rowid = 1', 'Rows of events belong to no export'],
    ['an older subject head', 'UPDATE subject_heads SET occurred_at = occurred_at - 1', 'newer value'],
    ['an invented subject head', `INSERT INTO subject_heads VALUES ('sku:9', 1, 'x')`, 'no export brought'],
    ['an export that went out, forgotten', 'DELETE FROM subject_outs', 'went out is not noted'],
    ['an export that never went out', `INSERT INTO subject_outs VALUES ('sku:9', 1, 'x')`, 'never let go'],
    ['a newer subject head', 'UPDATE subject_heads SET occurred_at = occurred_at + 1', 'no export brought'],
    ['a stray outbox row', `UPDATE outbox SET export_id = 'x'`, 'Rows of outbox belong to no export'],
  ])('finds %s', async (_name, sql, what) => {
    const { ledger, file } = await written();
    tamper(file, sql);
    const { faults } = await ledger.verify();
    expect(faults.map((fault) => fault.what).join('\n')).toContain(what);
    for (const { where, advice } of faults) expect([where, advice].join('')).toMatch(/\w+.*\.$/);
  });

  it('finds two events that changed places', async () => {
    const { ledger, file } = await written();
    tamper(
      file,
      'UPDATE events SET seq = 100 WHERE seq = 4',
      'UPDATE events SET seq = 4 WHERE seq = 7',
      'UPDATE events SET seq = 7 WHERE seq = 100',
    );
    const { faults } = await ledger.verify();
    expect(faults.map(({ where }) => where)).toEqual(
      expect.arrayContaining([expect.stringMatching(/^event 4 /)]),
    );
  });

  it('finds a clean cut of the end by the head that was noted', async () => {
    const { ledger, file, names } = await written();
    const head = ledger.head();
    await ledger.close();
    tamper(
      file,
      'DELETE FROM events WHERE seq > 12',
      ...[
        'exports WHERE id',
        ...['outbox', 'idempotency', 'parties', 'skus', 'subject_outs'].map(
          (each) => `${each} WHERE export_id`,
        ),
      ].map((table) => `DELETE FROM ${table} = '${names[4]}'`),
      `UPDATE subject_heads SET occurred_at = ${T0 - 1}, export_id = '${names[1]}' WHERE subject = 'sku:1'`,
    );
    expect((await verifyFile(file)).faults).toEqual([]);
    const { faults } = await verifyFile(file, head);
    expect(faults).toMatchObject([{ what: 'The chain ends at event 12; it was noted up to 15' }]);
  });

  it('finds a chain that was rewritten from some event on', async () => {
    const { ledger, file } = await written();
    const report = await verifyFile(file, { seq: 15, hash: Buffer.alloc(32, 1) });
    expect(report.faults).toMatchObject([{ what: 'The chain does not lead to the head that was noted' }]);
    await take(ledger, 'later');
    expect((await ledger.verify(report.head)).faults).toEqual([]);
  });

  it('holds the chain against every head that was noted', async () => {
    const { ledger, file } = await written();
    const last = ledger.head();
    const noted = [{ seq: 5, hash: Buffer.alloc(32, 1) }, { seq: 9, hash: Buffer.alloc(32, 2) }, last];
    const { faults } = await verifyFile(file, noted);
    expect(faults.map(({ where }) => where)).toEqual([
      expect.stringMatching(/^event 5 /),
      expect.stringMatching(/^event 9 /),
    ]);
    expect((await verifyFile(file, [last, last])).faults).toEqual([]);
  });

  it('reads a snapshot while the ledger is written to', async () => {
    const { ledger, ids } = await written();
    const report = ledger.verify();
    await Promise.all([take(ledger, ids.uuid()), take(ledger, ids.uuid())]);
    expect(await report).toMatchObject({ faults: [] });
  });

  it('accepts what random decisions leave behind', async () => {
    const fresh = await freshLedger();
    const { ledger, ids } = fresh;
    const names = Array.from({ length: 20 }, () => ids.uuid());
    let seed = 7;
    const random = (below: number) => {
      seed = (seed * 48271) % 2147483647;
      return seed % below;
    };
    await Promise.all(
      names.map((id) =>
        take(
          ledger,
          id,
          received({
            revision: aRevision({ subjects: [`a:${random(4)}`, `b:${random(4)}`] }),
            occurred_at: T0 - random(50),
          }),
        ),
      ),
    );
    await Promise.all(
      Array.from({ length: 200 }, () => {
        const id = names[random(20)] ?? '';
        const chosen = random(5);
        return ledger
          .update(id, T0 + random(100), (state) => {
            if (!state?.revision || state.status !== 'pending') return { refused: 'not_waiting', facts: {} };
            const { raw, refresh, route } = state;
            switch (chosen) {
              case 0:
                return { events: [{ type: 'reminded', to: [OWNER] }] };
              case 1:
                return {
                  events: [
                    { type: 'freshness_renewed', reference: 'r', refresh, occurred_at: T0 + random(50) },
                  ],
                };
              case 2: {
                const revision = { ...state.revision, subjects: [`a:${random(4)}`] };
                return {
                  events: [
                    {
                      type: 'revised',
                      reference: 'r',
                      raw,
                      revision,
                      refresh,
                      route,
                      occurred_at: T0,
                      problems: [],
                    },
                  ],
                };
              }
              case 3:
                return { events: delivering(id) };
              default:
                throw new Error('A decision may throw.');
            }
          })
          .catch(() => null);
      }),
    );
    expect((await ledger.verify(ledger.head())).faults).toEqual([]);
    const pulse = await ledger.pulse(T0);
    await ledger.close();
    const again = await openLedger(fresh);
    expect(await again.pulse(T0)).toEqual(pulse);
    await again.close();
  });
});

describe('a flipped bit', () => {
  const tables = ['events', 'exports', 'subject_heads'];

  /** Every value of the ledger, or what SQLite says when it cannot read them. */
  function contents(file: string): string {
    const db = new Database(file, { readonly: true });
    try {
      return JSON.stringify(tables.map((table) => db.prepare(`SELECT * FROM ${table}`).raw().all()));
    } catch (error) {
      return (error as Error).message;
    } finally {
      db.close();
    }
  }

  it('is found wherever it changes what the ledger says', { timeout: 30_000 }, async () => {
    const { ledger, file } = await written();
    await ledger.close();
    const whole = readFileSync(file);
    const before = contents(file);
    let seed = 11;
    let changed = 0;
    while (changed < 12) {
      seed = (seed * 48271) % 2147483647;
      const bytes = Buffer.from(whole);
      // Past the header, whose damage keeps SQLite from opening the file at all.
      const at = 100 + (seed % (whole.length - 100));
      bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << (seed % 8)), at);
      writeFileSync(file, bytes);
      if (contents(file) === before) continue;
      changed += 1;
      const faults = await verifyFile(file).then(
        (report) => report.faults.length,
        () => 1,
      );
      expect(faults, `bit ${seed % 8} of byte ${at}`).toBeGreaterThan(0);
    }
  });
});

import { describe, expect, it } from 'vitest';
import { replay } from '../../../src/exports/evolve.ts';
import { refuse } from '../../../src/exports/refusals.ts';
import { DUE } from '../../../src/store/reads.ts';
import { aRevision, BACKUP, delivering, OWNER, received } from '../../support/events.ts';
import { T0 } from '../../support/manual-clock.ts';
import { freshLedger, ledgerWithDatabase, take } from './ledger.ts';

describe('update', () => {
  it('commits the state, the events and the effects together', async () => {
    const { ledger, ids } = await freshLedger();
    const id = ids.uuid();
    await take(ledger, id);
    const done = await ledger.update(id, T0 + 5, (state) => {
      expect(state?.status).toBe('pending');
      return { events: [{ type: 'rejected', by: OWNER, reason: 'Too cheap' }] };
    });
    expect(done).toMatchObject({
      before: { version: 1 },
      after: { status: 'rejected', version: 2 },
      answer: null,
    });
    expect(await ledger.get(id)).toMatchObject({ status: 'rejected', ending: { reason: 'Too cheap' } });
    const events = await ledger.events(id);
    expect(events.map(({ n, at, event }) => [n, at, event.type])).toEqual([
      [1, T0, 'received'],
      [2, T0 + 5, 'rejected'],
    ]);
    expect(replay(id, events)).toEqual(await ledger.get(id));
    const waiting = await ledger.waiting(T0 + 5, 10);
    expect(waiting.map(({ key }) => key).sort()).toEqual([`card:${id}:C0MERCH`, `note:${id}:2`]);
  });

  it('commits nothing when the decision refuses', async () => {
    const { ledger, ids } = await freshLedger();
    const id = ids.uuid();
    await take(ledger, id);
    const head = ledger.head();
    const refusal = refuse('not_waiting', { status: 'pending', verb: 'resume' });
    expect(await ledger.update(id, T0, () => refusal)).toEqual(refusal);
    expect(ledger.head()).toEqual(head);
  });

  it('rejects what one decision throws and keeps its neighbours', async () => {
    const { ledger, ids } = await freshLedger();
    const [a, b] = [ids.uuid(), ids.uuid()];
    await Promise.all([take(ledger, a), take(ledger, b)]);
    const results = await Promise.allSettled([
      ledger.update(a, T0, () => ({ events: [{ type: 'reminded', to: [OWNER] }] })),
      ledger.update(a, T0, () => ({ events: [{ type: 'reminded', to: [OWNER] }, received()] })),
      ledger.update(b, T0, () => ({ events: [{ type: 'reminded', to: [OWNER] }] })),
      ledger.update('nobody', T0, () => ({ events: [] })),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'rejected']);
    expect((await ledger.get(a))?.version).toBe(2);
    expect(await ledger.events(a)).toHaveLength(2);
    expect((await ledger.verify()).faults).toEqual([]);
  });

  it('shares one transaction among updates that wait at the same moment', async () => {
    const { ledger, commits, ids } = ledgerWithDatabase();
    const names = Array.from({ length: 50 }, () => ids.uuid());
    await Promise.all(names.map((id) => take(ledger, id)));
    const told: number[] = [];
    ledger.onCommitted((_rows, exports) => told.push(exports.length));
    const before = commits();
    await Promise.all(
      names.map((id, index) =>
        ledger.update(id, T0 + index, () => ({ events: [{ type: 'reminded', to: [OWNER] }] })),
      ),
    );
    expect(commits() - before).toBe(1);
    expect(told).toEqual([50]);
    for (const id of names) expect((await ledger.get(id))?.rungs_fired).toBe(1);
  });

  it('lets later decisions of the same transaction see earlier ones', async () => {
    const { ledger, ids } = await freshLedger();
    const id = ids.uuid();
    await take(ledger, id);
    const seen: number[] = [];
    await Promise.all(
      [1, 2, 3].map(() =>
        ledger.update(id, T0, (state) => {
          seen.push(state?.version ?? 0);
          return { events: [{ type: 'reminded', to: [OWNER] }] };
        }),
      ),
    );
    expect(seen).toEqual([1, 2, 3]);
    expect((await ledger.events(id)).map(({ n }) => n)).toEqual([1, 2, 3, 4]);
  });

  it('tells listeners after the commit, with rows that can be claimed', async () => {
    const { ledger, ids } = await freshLedger();
    const id = ids.uuid();
    const told: string[][] = [];
    ledger.onCommitted((rows, exports) => told.push([...rows.map(({ key }) => key), ...exports]));
    await take(ledger, id);
    expect(told).toEqual([[`card:${id}:C0MERCH`, id]]);
    await ledger.update(id, T0, () => refuse('not_found', { export_id: id }));
    expect(told).toHaveLength(1);
  });

  it('opens a task once and closes it when the export ends', async () => {
    const { ledger, ids } = await freshLedger();
    const id = ids.uuid();
    await take(ledger, id);
    await ledger.update(id, T0 + 1, () => ({ events: [{ type: 'escalated', to: [BACKUP] }] }));
    expect(await ledger.tasks({ export_id: id, limit: 10 })).toMatchObject([
      { kind: 'high_priority', owner: BACKUP, state: 'open', opened_at: T0 + 1, closed_at: null },
    ]);
    await ledger.update(id, T0 + 9, () => ({ events: [{ type: 'rejected', by: OWNER, reason: 'No' }] }));
    expect(await ledger.tasks({ owner: BACKUP, state: 'open', limit: 10 })).toEqual([]);
    expect(await ledger.tasks({ owner: BACKUP, limit: 10 })).toMatchObject([
      { state: 'closed', closed_at: T0 + 9 },
    ]);
  });

  it('drops a push that has not begun and lets one that has finish', async () => {
    const { ledger, ids } = await freshLedger();
    const [idle, begun] = [ids.uuid(), ids.uuid()];
    for (const id of [idle, begun]) {
      await take(ledger, id);
      await ledger.update(id, T0, () => ({ events: delivering(id) }));
    }
    expect(await ledger.claim([`push:${begun}:shop`], T0, 60_000)).toHaveLength(1);
    for (const id of [idle, begun]) {
      await ledger.update(id, T0, () => ({ events: [{ type: 'superseded', newer: 'x' }] }));
    }
    expect(await ledger.claim([`push:${idle}:shop`], T0, 60_000)).toEqual([]);
    expect(await ledger.claim([`push:${begun}:shop`], T0 + 60_000, 60_000)).toMatchObject([
      { unsettled: true },
    ]);
  });
});

describe('deadlines', () => {
  it('gives the exports whose deadline has come, oldest first', async () => {
    const { ledger, ids } = await freshLedger();
    const [a, b, c] = [ids.uuid(), ids.uuid(), ids.uuid()];
    const ladder = (after_ms: number) => {
      const revision = aRevision();
      return received({
        revision: { ...revision, policy: { ...revision.policy, ladder: [{ do: 'remind', after_ms }] } },
      });
    };
    await take(ledger, a, ladder(3000));
    await take(ledger, b, ladder(1000));
    await take(ledger, c, ladder(9000));
    expect(await ledger.due(T0 + 999, 10)).toEqual([]);
    expect(await ledger.due(T0 + 3000, 10)).toEqual([b, a]);
    expect(await ledger.due(T0 + 3000, 1)).toEqual([b]);
    await ledger.update(b, T0 + 3000, () => ({ events: [{ type: 'reminded', to: [OWNER] }] }));
    expect(await ledger.due(T0 + 3000, 10)).toEqual([a]);
    expect((await ledger.pulse(T0 + 3000)).overdue_deadlines).toBe(1);
  });

  it('finds them by the partial index', () => {
    const { db } = ledgerWithDatabase();
    const plan = db.prepare<[number, number], { detail: string }>(`EXPLAIN QUERY PLAN ${DUE}`).all(T0, 10);
    expect(plan.map(({ detail }) => detail)).toEqual([
      'SEARCH exports USING INDEX exports_due (due_at>? AND due_at<?)',
    ]);
  });
});

import { describe, expect, it } from 'vitest';
import { openLedger } from '../../../src/store/index.ts';
import { delivering, OWNER } from '../../support/events.ts';
import { T0 } from '../../support/manual-clock.ts';
import { type Fresh, freshLedger, take } from './ledger.ts';

const LEASE = 60_000;

/** An export whose card waits in the outbox. */
async function withCard(fresh: Fresh): Promise<{ id: string; card: string }> {
  const id = fresh.ids.uuid();
  await take(fresh.ledger, id);
  return { id, card: `card:${id}:C0MERCH` };
}

function remind(fresh: Fresh, id: string, now = T0) {
  return fresh.ledger.update(id, now, () => ({ events: [{ type: 'reminded', to: [OWNER] }] }));
}

describe('claim', () => {
  it('gives a row to one worker at a time', async () => {
    const fresh = await freshLedger();
    const { card } = await withCard(fresh);
    const [first, second] = await Promise.all([
      fresh.ledger.claim([card, 'unknown'], T0, LEASE),
      fresh.ledger.claim([card], T0, LEASE),
    ]);
    expect(first).toMatchObject([{ key: card, lane: 'slack:C0MERCH', attempts: 1, unsettled: false }]);
    expect(second).toEqual([]);
    expect(await fresh.ledger.waiting(T0, 10)).toEqual([]);
  });

  it('gives it again, unsettled and with a newer token, when the lease ran out', async () => {
    const fresh = await freshLedger();
    const { card } = await withCard(fresh);
    const [old] = await fresh.ledger.claim([card], T0, LEASE);
    const [next] = await fresh.ledger.claim([card], T0 + LEASE, LEASE);
    expect(next).toMatchObject({ attempts: 2, unsettled: true });
    expect(next?.token).toBeGreaterThan(old?.token ?? Infinity);
  });

  it('frees what a process that has ended was working on', async () => {
    const fresh = await freshLedger();
    const { card } = await withCard(fresh);
    const [old] = await fresh.ledger.claim([card], T0, LEASE);
    await fresh.ledger.close();
    const ledger = await openLedger(fresh);
    expect(await ledger.waiting(T0, 10)).toMatchObject([{ key: card, attempts: 1 }]);
    const [next] = await ledger.claim([card], T0, LEASE);
    expect(next).toMatchObject({ attempts: 2, unsettled: true });
    await ledger.settle({ key: card, token: old?.token ?? 0, result: { done: true } });
    await ledger.settle({ key: card, token: next?.token ?? 0, result: { later: T0 + 5, cause: 'busy' } });
    expect(await ledger.waiting(T0 + 5, 10)).toMatchObject([{ key: card, due_at: T0 + 5, unsettled: true }]);
    await ledger.close();
  });
});

describe('a card that was deleted', () => {
  it('still says so when it changes before it stands again', async () => {
    const fresh = await freshLedger();
    const { id, card } = await withCard(fresh);
    const [first] = await fresh.ledger.claim([card], T0, LEASE);
    await fresh.ledger.settle({ key: card, token: first?.token ?? 0, result: { done: true } });
    const place = { channel: 'C0MERCH', ts: '1.1' };
    await fresh.ledger.saveMessage({ post_id: card, export_id: id, body_hash: 'h', ...place });
    await fresh.ledger.lost(place, T0);
    await remind(fresh, id);
    const [again] = await fresh.ledger.claim([card], T0, LEASE);
    expect(again?.effect).toMatchObject({ kind: 'card', again: true });
    await fresh.ledger.settle({ key: card, token: again?.token ?? 0, result: { done: true } });
    await remind(fresh, id);
    const [later] = await fresh.ledger.claim([card], T0, LEASE);
    expect(later?.effect).not.toHaveProperty('again');
  });
});

describe('underWay', () => {
  it('knows what has begun and has not ended, and nothing of a process that is gone', async () => {
    const fresh = await freshLedger();
    const { card } = await withCard(fresh);
    expect(await fresh.ledger.underWay([card], T0)).toBe(false);
    await fresh.ledger.claim([card], T0, LEASE);
    expect(await fresh.ledger.underWay(['other', card], T0 + LEASE - 1)).toBe(true);
    expect(await fresh.ledger.underWay([card], T0 + LEASE)).toBe(false);
    await fresh.ledger.close();
    const ledger = await openLedger(fresh);
    expect(await ledger.underWay([card], T0)).toBe(false);
    await ledger.close();
  });
});

describe('settle', () => {
  it('removes a row that is done', async () => {
    const fresh = await freshLedger();
    const { card } = await withCard(fresh);
    const [row] = await fresh.ledger.claim([card], T0, LEASE);
    await fresh.ledger.settle({ key: card, token: row?.token ?? 0, result: { done: true } });
    expect((await fresh.ledger.pulse(T0)).outbox).toBe(0);
  });

  it('changes nothing under an older token', async () => {
    const fresh = await freshLedger();
    const { card } = await withCard(fresh);
    const [old] = await fresh.ledger.claim([card], T0, LEASE);
    const [row] = await fresh.ledger.claim([card], T0 + LEASE, LEASE);
    await fresh.ledger.settle({ key: card, token: old?.token ?? 0, result: { done: true } });
    await fresh.ledger.settle({ key: card, token: old?.token ?? 0, result: { later: 0, cause: 'x' } });
    expect(await fresh.ledger.claim([card], T0 + LEASE, LEASE)).toEqual([]);
    await fresh.ledger.settle({ key: card, token: row?.token ?? 0, result: { done: true } });
    expect((await fresh.ledger.pulse(T0)).outbox).toBe(0);
  });

  it('changes nothing under the token of a row that is gone and came again', async () => {
    const fresh = await freshLedger();
    const { id, card } = await withCard(fresh);
    const [old] = await fresh.ledger.claim([card], T0, LEASE);
    await fresh.ledger.settle({ key: card, token: old?.token ?? 0, result: { done: true } });
    await remind(fresh, id);
    const [row] = await fresh.ledger.claim([card], T0, LEASE);
    expect(row).toMatchObject({ attempts: 1, unsettled: false });
    await fresh.ledger.settle({ key: card, token: old?.token ?? 0, result: { done: true } });
    expect((await fresh.ledger.pulse(T0)).outbox).toBe(2);
  });

  it('puts a row off without forgetting that its first attempt may have taken effect', async () => {
    const fresh = await freshLedger();
    const { id, card } = await withCard(fresh);
    const later = async (now: number) => {
      const [row] = await fresh.ledger.claim([card], now, LEASE);
      await fresh.ledger.settle({ key: card, token: row?.token ?? 0, result: { later: now, cause: 'busy' } });
      return row?.unsettled;
    };
    expect(await later(T0)).toBe(false);
    expect(await later(T0)).toBe(false);
    await fresh.ledger.claim([card], T0, LEASE);
    expect(await later(T0 + LEASE)).toBe(true);
    const [row] = await fresh.ledger.claim([card], T0 + LEASE, LEASE);
    expect(row).toMatchObject({ attempts: 5, unsettled: true });
    await remind(fresh, id);
    await fresh.ledger.settle({ key: card, token: row?.token ?? 0, result: { done: true } });
    expect(await later(T0 + LEASE)).toBe(false);
  });

  it('keeps a row that was asked for again meanwhile, and announces it', async () => {
    const fresh = await freshLedger();
    const { id, card } = await withCard(fresh);
    const [row] = await fresh.ledger.claim([card], T0, LEASE);
    const told: string[][] = [];
    fresh.ledger.onCommitted((rows) => told.push(rows.map(({ key }) => key)));
    await remind(fresh, id);
    await fresh.ledger.settle({ key: card, token: row?.token ?? 0, result: { done: true } });
    expect(told).toEqual([[`note:${id}:2`], [card]]);
    expect(await fresh.ledger.claim([card], T0, LEASE)).toMatchObject([{ attempts: 2, unsettled: false }]);
  });

  it('coalesces renewals of a row that has not begun into one', async () => {
    const fresh = await freshLedger();
    const { id, card } = await withCard(fresh);
    await remind(fresh, id, T0 + 1);
    await remind(fresh, id, T0 + 2);
    const cards = (await fresh.ledger.waiting(T0 + 2, 10)).filter(({ key }) => key === card);
    expect(cards).toMatchObject([{ due_at: T0, attempts: 0 }]);
  });

  it('happens in the transaction of the update that reports it, before its effects', async () => {
    const fresh = await freshLedger();
    const id = fresh.ids.uuid();
    const key = `push:${id}:shop`;
    await take(fresh.ledger, id);
    await fresh.ledger.update(id, T0, () => ({ events: delivering(id) }));
    const [row] = await fresh.ledger.claim([key], T0, LEASE);
    const settlement = { key, token: row?.token ?? 0, result: { done: true } } as const;
    await fresh.ledger.update(
      id,
      T0 + 1,
      () => ({ events: [{ type: 'push_retried', key, cause: 'busy', next_at: T0 + 5000 }] }),
      settlement,
    );
    expect(await fresh.ledger.waiting(T0 + 4999, 10, 'sink:shop')).toEqual([]);
    expect(await fresh.ledger.waiting(T0 + 5000, 10, 'sink:shop')).toMatchObject([{ due_at: T0 + 5000 }]);
  });

  it('counts even when the decision refuses', async () => {
    const fresh = await freshLedger();
    const { id, card } = await withCard(fresh);
    const [row] = await fresh.ledger.claim([card], T0, LEASE);
    await fresh.ledger.update(
      id,
      T0,
      () => ({ refused: 'not_waiting', facts: { status: 'pending', verb: 'resume' } }),
      { key: card, token: row?.token ?? 0, result: { done: true } },
    );
    expect((await fresh.ledger.pulse(T0)).outbox).toBe(0);
  });
});

describe('waiting', () => {
  it('shares its limit among the lanes', async () => {
    const fresh = await freshLedger();
    for (let n = 0; n < 20; n += 1) {
      const { id } = await withCard(fresh);
      if (n === 19) await fresh.ledger.update(id, T0 + n, () => ({ events: delivering(id) }));
    }
    const lanes = async (limit: number) => {
      const rows = await fresh.ledger.waiting(T0 + 100, limit);
      const pushes = rows.filter(({ lane }) => lane === 'sink:shop').length;
      return [rows.length, pushes];
    };
    expect(await lanes(4)).toEqual([4, 1]);
    expect(await lanes(1)).toEqual([1, 1]);
    expect(await lanes(100)).toEqual([22, 1]);
    expect(await fresh.ledger.waiting(T0 + 100, 5, 'slack:C0MERCH')).toHaveLength(5);
    expect(await fresh.ledger.waiting(T0 - 1, 5)).toEqual([]);
  });

  it('tells how late the oldest row is', async () => {
    const fresh = await freshLedger();
    expect(await fresh.ledger.pulse(T0)).toEqual({
      open: 0,
      outbox: 0,
      oldest_due_ms: 0,
      overdue_deadlines: 0,
      tasks_open: 0,
    });
    await withCard(fresh);
    expect(await fresh.ledger.pulse(T0 + 700)).toMatchObject({ open: 1, outbox: 1, oldest_due_ms: 700 });
  });
});

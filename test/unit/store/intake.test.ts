import { describe, expect, it } from 'vitest';
import { refuse } from '../../../src/exports/refusals.ts';
import type { IntakeView } from '../../../src/store/port.ts';
import { aRevision, OWNER, received } from '../../support/events.ts';
import { T0 } from '../../support/manual-clock.ts';
import { freshLedger, type TestLedger, take } from './ledger.ts';

/** What an intake would see now; commits nothing. */
async function look<T>(ledger: TestLedger, see: (view: IntakeView) => T): Promise<T> {
  let seen: { value: T } | undefined;
  await ledger.intake(T0, { source: 'test', key: 'look', body_hash: '' }, (view) => {
    seen = { value: see(view) };
    return refuse('bad_request', { detail: 'only looking' });
  });
  if (!seen) throw new Error('The view was never shown.');
  return seen.value;
}

describe('idempotency', () => {
  it('answers a repeat as the first time and refuses another body', async () => {
    const { ledger, ids } = await freshLedger();
    const id = ids.uuid();
    const send = (body_hash: string) =>
      ledger.intake(T0, { source: 'pim', key: 'k', body_hash }, () => ({
        export_id: id,
        events: [received()],
        remember: { source: 'pim', key: 'k', body_hash, answer: (after) => ({ export_id: after.id }) },
      }));
    const results = await Promise.all([send('one'), send('one'), send('two')]);
    expect(results).toMatchObject([
      { kind: 'stored', answer: { export_id: id }, committed: { before: null } },
      { kind: 'repeat', answer: { export_id: id } },
      { kind: 'refused', refusal: { refused: 'conflict', facts: { key: 'k' } } },
    ]);
    expect(await ledger.events(id)).toHaveLength(1);
    expect(await look(ledger, (view) => view.seen('pim', 'k'))).toEqual({
      body_hash: 'one',
      answer: { export_id: id },
    });
  });

  it('takes the same key from another source', async () => {
    const { ledger, ids } = await freshLedger();
    await take(ledger, ids.uuid());
    expect(await look(ledger, (view) => view.seen('other', 'key-1'))).toBeNull();
  });

  it('remembers nothing of what was refused', async () => {
    const { ledger } = await freshLedger();
    await look(ledger, () => null);
    expect(await look(ledger, (view) => view.seen('test', 'look'))).toBeNull();
  });
});

describe('the open export', () => {
  const subjects = ['price:shop:A', 'price:shop:B'];
  const event = received({ revision: aRevision({ subjects }) });

  it('is found by exactly its subjects, in any order', async () => {
    const { ledger, ids } = await freshLedger();
    const id = ids.uuid();
    await take(ledger, id, event);
    const openFor = (wanted: string[]) => look(ledger, (view) => view.openFor(wanted)?.id);
    expect(await openFor(['price:shop:B', 'price:shop:A'])).toBe(id);
    expect(await openFor(['price:shop:A'])).toBeUndefined();
    expect(await openFor([...subjects, 'price:shop:C'])).toBeUndefined();
  });

  it('is never one without subjects, nor one that has ended', async () => {
    const { ledger, ids } = await freshLedger();
    const [a, b] = [ids.uuid(), ids.uuid()];
    await take(ledger, a, received({ revision: aRevision({ subjects: [] }) }));
    await take(ledger, b, event);
    await ledger.update(b, T0, () => ({ events: [{ type: 'rejected', by: OWNER, reason: 'No' }] }));
    expect(await look(ledger, (view) => view.openFor([]))).toBeNull();
    expect(await look(ledger, (view) => view.openFor(subjects))).toBeNull();
  });
});

describe('the newest value of a subject', () => {
  const at = (occurred_at: number, outcome: 'pending' | 'quarantined' | 'superseded' = 'pending') =>
    received({ occurred_at, outcome });
  const subject = 'price:shop:SKU-1';

  it('only moves forward', async () => {
    const { ledger, ids } = await freshLedger();
    const [old, young, older] = [ids.uuid(), ids.uuid(), ids.uuid()];
    expect(await look(ledger, (view) => view.newestFor(subject))).toBeNull();
    await take(ledger, old, at(T0 - 500));
    await take(ledger, young, at(T0 - 100));
    await take(ledger, older, at(T0 - 900));
    const newest = { export_id: young, occurred_at: T0 - 100 };
    expect(await look(ledger, (view) => view.newestFor(subject))).toEqual(newest);
    expect(await ledger.newest(['price:shop:none', subject])).toEqual(newest);
    expect(await ledger.newest([])).toBeNull();
  });

  it('leaves out what is quarantined or came too late, until it is corrected', async () => {
    const { ledger, ids } = await freshLedger();
    const [bad, late] = [ids.uuid(), ids.uuid()];
    await take(ledger, bad, at(T0 - 10, 'quarantined'));
    await take(ledger, late, at(T0 - 20, 'superseded'));
    expect(await ledger.newest([subject])).toBeNull();
    await ledger.update(bad, T0, (state) => {
      if (!state?.revision) throw new Error('It has values.');
      const { raw, revision, refresh, route } = state;
      return {
        events: [
          { type: 'corrected', by: OWNER, raw, revision, refresh, route, occurred_at: T0 - 10, problems: [] },
        ],
      };
    });
    expect(await ledger.newest([subject])).toEqual({ export_id: bad, occurred_at: T0 - 10 });
  });

  it('moves when the same values are confirmed', async () => {
    const { ledger, ids } = await freshLedger();
    const id = ids.uuid();
    await take(ledger, id, at(T0 - 100));
    await ledger.update(id, T0, () => ({
      events: [{ type: 'freshness_renewed', reference: 'ref-2', refresh: {}, occurred_at: T0 - 1 }],
    }));
    expect((await ledger.newest([subject]))?.occurred_at).toBe(T0 - 1);
    expect((await ledger.verify()).faults).toEqual([]);
  });
});

describe('delivery ids', () => {
  it('are new once, then the same or another body, until they expire', async () => {
    const { ledger } = await freshLedger();
    const seen = (body: string, now: number, scope = 'pim') =>
      ledger.firstSeen(scope, 'msg-1', body, now, 1000);
    expect(await seen('one', T0)).toBe('new');
    expect(await seen('one', T0 + 10)).toBe('same');
    expect(await seen('two', T0 + 10)).toBe('other');
    expect(await seen('two', T0 + 10, 'oms')).toBe('new');
    expect(await seen('two', T0 + 1000)).toBe('new');
  });
});

describe('messages', () => {
  it('are found by their post, moved and forgotten', async () => {
    const { ledger, ids } = await freshLedger();
    const id = ids.uuid();
    await take(ledger, id);
    const message = { post_id: 'p1', export_id: id, channel: 'C1', ts: '1.1', body_hash: 'h' };
    await ledger.saveMessage(message);
    await ledger.saveMessage({ ...message, ts: '2.2' });
    expect(await ledger.message('p1')).toEqual({ ...message, ts: '2.2' });
    await ledger.forgetMessage('p1');
    expect(await ledger.message('p1')).toBeNull();
  });
});

import { describe, expect, it } from 'vitest';
import { aRevision, BACKUP, OWNER, received } from '../../support/events.ts';
import { T0 } from '../../support/manual-clock.ts';
import { freshLedger, take } from './ledger.ts';

describe('list', () => {
  it('gives the newest first, page by page', async () => {
    const { ledger, ids } = await freshLedger();
    const names = Array.from({ length: 5 }, () => ids.uuid());
    for (const id of names) await take(ledger, id);
    const first = await ledger.list({ limit: 2 });
    expect(first.map(({ id }) => id)).toEqual([names[4], names[3]]);
    const next = await ledger.list({ limit: 10, before: first[1]?.id ?? '' });
    expect(next.map(({ id }) => id)).toEqual([names[2], names[1], names[0]]);
    expect(next[0]).toMatchObject({
      status: 'pending',
      export_type: 'price_change',
      owner: OWNER,
      source: 'pim',
    });
  });

  it('filters by every column, alone and together', async () => {
    const { ledger, ids } = await freshLedger();
    const [plain, campaign, other] = [ids.uuid(), ids.uuid(), ids.uuid()];
    const base = received();
    await take(ledger, plain);
    await take(
      ledger,
      campaign,
      received({ revision: aRevision({ campaign_id: 'summer', export_type: 'promo' }) }),
    );
    await take(
      ledger,
      other,
      received({
        outcome: 'quarantined',
        revision: null,
        route: { ...base.route, owner: BACKUP },
        source: { ...base.source, name: 'oms' },
      }),
    );
    await ledger.update(plain, T0, () => ({ events: [{ type: 'rejected', by: OWNER, reason: 'No' }] }));
    const list = async (filter: object) => (await ledger.list({ limit: 10, ...filter })).map(({ id }) => id);
    expect(await list({ status: 'pending' })).toEqual([campaign]);
    expect(await list({ owner: OWNER })).toEqual([campaign, plain]);
    expect(await list({ owner: OWNER, status: 'rejected' })).toEqual([plain]);
    expect(await list({ campaign_id: 'summer' })).toEqual([campaign]);
    expect(await list({ campaign_id: 'summer', status: 'rejected' })).toEqual([]);
    expect(await list({ source: 'oms' })).toEqual([other]);
    expect(await list({ export_type: 'promo', owner: BACKUP })).toEqual([]);
    expect(await list({ export_type: 'price_change' })).toEqual([plain]);
  });

  it('looks through more rows than it reads in one go', async () => {
    const { ledger, ids } = await freshLedger();
    const base = received();
    const wanted = ids.uuid();
    await take(ledger, wanted, received({ source: { ...base.source, name: 'rare' } }));
    await Promise.all(Array.from({ length: 1100 }, () => take(ledger, ids.uuid())));
    expect((await ledger.list({ source: 'rare', limit: 5 })).map(({ id }) => id)).toEqual([wanted]);
    expect(await ledger.list({ source: 'pim', limit: 700 })).toHaveLength(700);
  });
});

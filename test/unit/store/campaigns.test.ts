import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import type { CampaignCommand } from '../../../src/exports/campaigns/commands.ts';
import { decideCampaign } from '../../../src/exports/campaigns/decide.ts';
import { isRefusal } from '../../../src/exports/refusals.ts';
import { HOUR_MS } from '../../../src/exports/words.ts';
import { verifyFile } from '../../../src/store/index.ts';
import { PRIYA, people, SOFIA } from '../../support/campaign-core.ts';
import { aBrief } from '../../support/campaigns.ts';
import { T0 } from '../../support/manual-clock.ts';
import { freshLedger } from './ledger.ts';

async function opened() {
  const { ledger, file } = await freshLedger();
  const change = async (id: string, command: CampaignCommand, now = T0) => {
    const result = await ledger.changeCampaign(id, now, (campaign, claimants) =>
      decideCampaign(campaign, command, { now, directory: people, claimants }),
    );
    return isRefusal(result) ? result.refused : result.after;
  };
  const create = (id: string, over: Parameters<typeof aBrief>[1] = {}) =>
    change(id, {
      do: 'create',
      by: SOFIA,
      via: 'slack',
      brief: aBrief(T0, { name: id, ...over }),
      owner: PRIYA,
      channel: '#promo-approvals',
    });
  const owners = async (value: string) => {
    const found: string[] = [];
    await ledger.changeCampaign('looks', T0, (_, claimants) => {
      found.push(...claimants({ kind: 'keyword', value }).map(({ campaign_id }) => campaign_id));
      return { refused: 'no_campaign', facts: { campaign: 'looks' } } as never;
    });
    return found;
  };
  return { ledger, file, change, create, owners };
}

describe('campaigns in the ledger', () => {
  it('gives a keyword to whoever claims it first, and free again when that campaign has ended', async () => {
    const { ledger, change, create, owners } = await opened();
    await create('first');
    const second = await create('second', { keywords: ['Autumn  LINEN'] });
    expect(second).toMatchObject({ conflicts: [{ with: 'first', state: 'open' }, { kind: 'page' }] });
    expect(await owners('autumn linen')).toEqual(['first']);
    expect(await change('second', { do: 'ready', by: SOFIA, seen: 1, unpriced: [] })).toBe('claim_open');
    await change('first', { do: 'end', by: PRIYA });
    expect(await owners('autumn linen')).toEqual([]);
    expect(await change('second', { do: 'ready', by: SOFIA, seen: 1, unpriced: [] })).toMatchObject({
      status: 'ready',
      conflicts: [],
    });
    expect(await owners('autumn linen')).toEqual(['second']);
    expect((await ledger.verify()).faults).toEqual([]);
    await ledger.close();
  });

  it('lets both have what its owner has allowed, and moves claims with the brief', async () => {
    const { ledger, change, create, owners } = await opened();
    await create('first');
    await create('second', { landing_urls: [] });
    const claim = { kind: 'keyword', value: 'autumn linen' } as const;
    const settled = { do: 'settle_conflict', claim, with: 'first', allow: true, note: null } as const;
    expect(await change('second', { ...settled, by: SOFIA })).toBe('not_allowed');
    await change('second', { ...settled, by: PRIYA });
    await change('second', { do: 'ready', by: SOFIA, seen: 1, unpriced: [] });
    expect(await owners('autumn linen')).toEqual(['first', 'second']);
    const brief = aBrief(T0, { name: 'first', keywords: ['wool'] });
    await change('first', { do: 'revise', by: PRIYA, via: 'slack', seen: 1, brief });
    expect(await owners('autumn linen')).toEqual(['second']);
    expect(await owners('wool')).toEqual(['first']);
    expect((await ledger.verify()).faults).toEqual([]);
    await ledger.close();
  });

  it('knows which campaigns the clock has something for, and whose they are', async () => {
    const { ledger, change, create } = await opened();
    await create('first');
    await change('first', { do: 'ready', by: SOFIA, seen: 1, unpriced: [] });
    expect(await ledger.campaignsDue(T0, 10)).toEqual([]);
    expect(await ledger.campaignsDue(T0 + 24 * HOUR_MS, 10)).toEqual(['first']);
    expect((await ledger.campaigns({ of: SOFIA, limit: 10 })).map(({ id }) => id)).toEqual(['first']);
    expect((await ledger.campaigns({ status: 'live', limit: 10 })).length).toBe(0);
    await ledger.close();
  });

  it.each([
    [
      'its state',
      "UPDATE campaigns SET state = replace(state, 'autumn linen', 'wool')",
      'is not what its events make',
    ],
    ['a column', "UPDATE campaigns SET status = 'live'", 'is not what its events make'],
    ['when it is due', 'UPDATE campaigns SET due_at = 1', 'is not what its events make'],
    ['a claim', 'DELETE FROM claims', 'is not noted as its own'],
    ['a claim of nobody', "INSERT INTO claims VALUES ('keyword', 'wool', 'first')", 'that do not claim them'],
    ['the campaign itself', 'DELETE FROM campaigns; DELETE FROM claims', 'campaign'],
  ])('is found out when somebody changes %s in the file', async (_, statement, fault) => {
    const { ledger, file, create } = await opened();
    await create('first');
    await ledger.close();
    expect((await verifyFile(file)).faults).toEqual([]);
    const db = new Database(file);
    db.exec(statement);
    db.close();
    expect((await verifyFile(file)).faults.map(({ what, where }) => `${what} ${where}`).join(' ')).toContain(
      fault,
    );
  });
});

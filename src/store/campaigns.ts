import { type Campaign, type CampaignStatus, streamOf } from '../exports/campaigns/campaign.ts';
import { type Claim, claimsOf } from '../exports/campaigns/claims.ts';
import {
  type CampaignContext,
  type CampaignDecision,
  type Claimants,
  campaignDue,
} from '../exports/campaigns/decide.ts';
import { campaignEffects } from '../exports/campaigns/effects.ts';
import type { CampaignCommitted, CampaignEvent, RecordedCampaignEvent } from '../exports/campaigns/events.ts';
import { evolveCampaign } from '../exports/campaigns/evolve.ts';
import { isRefusal, type Refusal } from '../exports/refusals.ts';
import type { Connection, Tx } from './connection.ts';
import type { CampaignFilter, CampaignSummary, Settlement } from './port.ts';
import type { Tables } from './updates.ts';

export type CampaignRow = {
  id: string;
  status: CampaignStatus;
  owner: string;
  created_by: string | null;
  name: string;
  created_at: number;
  due_at: number | null;
  version: number;
  state: string;
};

/** The columns that lists and look-ups use, made from the state. */
export function campaignRow(campaign: Campaign): CampaignRow {
  const { id, status, owner, created_by, brief, created_at, version } = campaign;
  const state = JSON.stringify(campaign);
  const [name, due_at] = [brief.name, campaignDue(campaign)];
  return { id, status, owner, created_by, name, created_at, due_at, version, state };
}

/** What it claims; nothing once it has ended, nor what belongs to another and was not allowed. */
export function claimedBy({ status, brief, conflicts }: Campaign): readonly Claim[] {
  if (status === 'ended') return [];
  const disputed = (claim: Claim) =>
    conflicts.some(
      (each) => each.kind === claim.kind && each.value === claim.value && each.state !== 'allowed',
    );
  return claimsOf(brief).filter((claim) => !disputed(claim));
}

export type Campaigns = {
  load(id: string): Campaign | null;
  claimants(without: string): Claimants;
  save(tx: Tx, before: Campaign | null, after: Campaign): void;
  events(id: string): readonly RecordedCampaignEvent[];
  list(filter: CampaignFilter): readonly CampaignSummary[];
  due(now: number, limit: number): readonly string[];
};

const SUMMARY = 'id, status, owner, name, created_at';

export function campaignsOver(connection: Connection): Campaigns {
  const load = connection.one<{ state: string }>('SELECT state FROM campaigns WHERE id = ?');
  const put =
    connection.write(`INSERT INTO campaigns (id, status, owner, created_by, name, created_at, due_at, version, state)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (id) DO UPDATE SET status = excluded.status, owner = excluded.owner, name = excluded.name,
    due_at = excluded.due_at, version = excluded.version, state = excluded.state`);
  const claim = connection.write('INSERT INTO claims (kind, value, campaign_id) VALUES (?, ?, ?)');
  const drop = connection.write('DELETE FROM claims WHERE kind = ? AND value = ? AND campaign_id = ?');
  const holders = connection.all<{ campaign_id: string; owner: string }>(
    'SELECT campaign_id, owner FROM claims JOIN campaigns ON id = campaign_id WHERE kind = ? AND value = ? AND campaign_id <> ? ORDER BY created_at, id',
  );
  const events = connection.all<{ n: number; at: number; data: string }>(
    'SELECT n, at, data FROM events WHERE export_id = ? ORDER BY n',
  );
  const every = connection.all<CampaignSummary>(
    `SELECT ${SUMMARY} FROM campaigns ORDER BY created_at DESC, id LIMIT ?`,
  );
  const byStatus = connection.all<CampaignSummary>(
    `SELECT ${SUMMARY} FROM campaigns WHERE status = ? ORDER BY created_at DESC, id LIMIT ?`,
  );
  const byPerson = connection.all<CampaignSummary>(
    `SELECT ${SUMMARY} FROM campaigns WHERE (owner = ? OR created_by = ?) AND status = coalesce(?, status)
     ORDER BY CASE status WHEN 'paused' THEN 0 WHEN 'ready' THEN 1 WHEN 'live' THEN 2 WHEN 'draft' THEN 3 ELSE 4 END,
       created_at DESC, id LIMIT ?`,
  );
  const due = connection.all<{ id: string }>(
    'SELECT id FROM campaigns WHERE due_at IS NOT NULL AND due_at <= ? ORDER BY due_at LIMIT ?',
  );
  return {
    load(id) {
      const row = load(id);
      return row ? (JSON.parse(row.state) as Campaign) : null;
    },
    claimants:
      (without) =>
      ({ kind, value }) =>
        holders(kind, value, without),
    save(tx, before, after) {
      const row = campaignRow(after);
      const { id, status, owner, created_by, name, created_at, due_at, version, state } = row;
      put(tx, id, status, owner, created_by, name, created_at, due_at, version, state);
      const had = before === null ? [] : claimedBy(before);
      const has = claimedBy(after);
      const same = (a: Claim) => (b: Claim) => a.kind === b.kind && a.value === b.value;
      for (const each of had.filter((old) => !has.some(same(old)))) drop(tx, each.kind, each.value, after.id);
      for (const each of has.filter((one) => !had.some(same(one))))
        claim(tx, each.kind, each.value, after.id);
    },
    events: (id) =>
      events(streamOf(id)).map(({ n, at, data }) => ({
        export_id: streamOf(id),
        n,
        at,
        event: JSON.parse(data) as CampaignEvent,
      })),
    list({ status, of, limit }) {
      if (of !== undefined) return byPerson(of, of, status ?? null, limit);
      return status === undefined ? every(limit) : byStatus(status, limit);
    },
    due: (now, limit) => due(now, limit).map(({ id }) => id),
  };
}

/** One decision about one campaign, with its events, its state and what follows from them. */
export function changeCampaign(
  tx: Tx,
  tables: Pick<Tables, 'chain' | 'outbox'>,
  campaigns: Campaigns,
  id: string,
  now: number,
  decide: (campaign: Campaign | null, claimants: CampaignContext['claimants']) => CampaignDecision,
  settle: Settlement | undefined,
): CampaignCommitted | Refusal {
  const before = campaigns.load(id);
  const decision = decide(before, campaigns.claimants(id));
  if (settle) tables.outbox.settle(tx, settle, now);
  if (isRefusal(decision)) return decision;
  let after = before;
  const recorded: RecordedCampaignEvent[] = [];
  for (const event of decision.events) {
    after = evolveCampaign(after, event, now, id);
    const entry: RecordedCampaignEvent = { export_id: streamOf(id), n: after.version, at: now, event };
    tables.chain.append(tx, entry);
    recorded.push(entry);
  }
  if (after === null)
    throw new Error(`A decision about ${id} gave no events, and there is no such campaign.`);
  if (recorded.length === 0) return { before, after, events: recorded };
  campaigns.save(tx, before, after);
  for (const effect of campaignEffects(after, recorded)) tables.outbox.put(tx, streamOf(id), effect, now);
  const makers = [after.owner, ...(after.created_by === null ? [] : [after.created_by])];
  tx.desks.push(...makers.map((each) => `person:${each}`));
  return { before, after, events: recorded };
}

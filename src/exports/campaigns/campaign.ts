import type { PersonId } from '../ownership.ts';
import type { Status } from '../words.ts';
import type { Brief } from './brief.ts';
import type { Claim } from './claims.ts';

export type CampaignStatus = 'draft' | 'ready' | 'live' | 'paused' | 'ended';

/** Where its time goes. `scheduled` waits for its window, `closing` for its values to be put back. */
export type Stage =
  | 'briefing'
  | 'approval'
  | 'shortfall'
  | 'delivery'
  | 'publishing'
  | 'scheduled'
  | 'live'
  | 'closing'
  | 'paused'
  | 'ended';

/** What Meshline issues for a campaign. */
export type Issue = 'activate' | 'publish' | 'end';

/** Why its values are put back. `refused`: its promo ended unaccepted after part of it had gone out. */
export type Occasion = 'window_over' | 'pause' | 'rollback' | 'refused';

/** A claim that another campaign owns; its owner is asked. */
export type Conflict = Claim & {
  /** Campaign id. */
  with: string;
  owner: PersonId;
  state: 'open' | 'allowed' | 'refused';
  by: PersonId | null;
  note: string | null;
};

/** An export of the campaign as it was last heard of. */
export type CampaignExport = {
  export_id: string;
  what: Issue | 'other';
  export_type: string;
  occasion: Occasion | null;
  /** Which activation it belongs to, from 1. */
  round: number;
  status: Status;
  /** Number of its newest event that was noted. */
  seen: number;
  since: number;
  /** The exception it is in. */
  code: string | null;
  /** Some or all of what it sets stands at a system, or may do so, and has not been put back. */
  out: boolean;
};

/** One campaign as its events made it. Plain JSON; instants are ms since the epoch. */
export type Campaign = {
  id: string;
  /** How many events made it what it is. */
  version: number;
  status: CampaignStatus;
  owner: PersonId;
  /** Who briefed it; null when a system did. */
  created_by: PersonId | null;
  /** The surface or the source that its first brief came through. */
  via: string;
  created_at: number;
  /** Slack channel in which its card and its thread stand. */
  channel: string;
  brief: Brief;
  brief_version: number;
  conflicts: readonly Conflict[];
  exports: readonly CampaignExport[];
  /** Activations so far. */
  round: number;
  /** Who marked the present round ready. */
  requested_by: PersonId | null;
  /** The present round was paused by a sink, so that it goes live by a live publish with its trail. */
  was_short: boolean;
  /** Why it stands still; null while it does not. */
  halt: { at: number; by: PersonId | null; reason: string; code: string | null } | null;
  /** When its values were put back because its window ended, or were to be; null before. */
  over_at: number | null;
  /** When each stage began, oldest first. */
  marks: readonly { stage: Stage; at: number }[];
  ended: { at: number; by: PersonId | null; how: Ending } | null;
};

export type Ending = 'window_over' | 'rolled_back' | 'withdrawn';

/** The stream of the ledger under which a campaign's events are kept. */
export function streamOf(campaignId: string): string {
  return `campaign:${campaignId}`;
}

export function stageOf(campaign: Pick<Campaign, 'marks'>): Stage {
  return campaign.marks.at(-1)?.stage ?? 'briefing';
}

/** The export of this kind in the present round. */
export function issued(campaign: Campaign, what: Issue, occasion?: Occasion): CampaignExport | null {
  const fits = campaign.exports.filter(
    (each) =>
      each.what === what &&
      each.round === campaign.round &&
      (occasion === undefined || each.occasion === occasion),
  );
  return fits.at(-1) ?? null;
}

/** Its values are out, wholly or in part, and have not been put back. */
export function isOut(campaign: Campaign): boolean {
  return issued(campaign, 'activate')?.out === true;
}

/** Its values are being put back, or that is waiting for somebody. */
export function isClosing(campaign: Pick<Campaign, 'marks'>): boolean {
  return stageOf(campaign) === 'closing';
}

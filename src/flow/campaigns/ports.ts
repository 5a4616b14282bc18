import type { Brief } from '../../exports/campaigns/brief.ts';
import type { Campaign } from '../../exports/campaigns/campaign.ts';
import type { Claim } from '../../exports/campaigns/claims.ts';
import type { Drift } from '../../exports/campaigns/commands.ts';
import type { CampaignCommitted, RecordedCampaignEvent } from '../../exports/campaigns/events.ts';
import type { Directory, PersonId } from '../../exports/ownership.ts';
import type { Refusal } from '../../exports/refusals.ts';
import type { Export } from '../../exports/state.ts';
import type { CampaignFilter, CampaignSummary } from '../../store/port.ts';

/** One campaign with what a surface needs to draw it; `exports` are the ones it caused, oldest first. */
export type CampaignShown = {
  campaign: Campaign;
  events: readonly RecordedCampaignEvent[];
  exports: readonly Export[];
  directory: Directory;
  now: number;
};

/** `more`: there are others, which are left out. */
export type MyCampaigns = { items: readonly CampaignShown[]; more: boolean };

/** Channels that promos go to here, and the currency of the newest one. */
export type Usual = { channels: readonly string[]; currency: string | null };

export type Outcome = Promise<CampaignCommitted | Refusal>;

/** What a person can do with campaigns through a surface. Authority is checked again at every call. */
export interface CampaignDesk {
  /** `via` names the surface. The campaign's id is made from its name. */
  create(by: PersonId, brief: Brief, via: string): Outcome;
  /** The same from a system, under an id of its own; the same brief again changes nothing. */
  receive(source: string, campaignId: string, brief: Brief): Outcome;
  /** `seen` is the brief's version that the person was looking at. */
  revise(id: string, by: PersonId, seen: number, brief: Brief): Outcome;
  settleConflict(
    id: string,
    by: PersonId,
    claim: Pick<Claim, 'kind' | 'value'>,
    other: string,
    allow: boolean,
    note: string | null,
  ): Outcome;
  /** Reads the present prices of every item first, so it may take seconds. */
  ready(id: string, by: PersonId, seen: number): Outcome;
  pause(id: string, by: PersonId, reason: string): Outcome;
  resume(id: string, by: PersonId): Outcome;
  /** Values that somebody has changed since the promo began; also reads the shop. */
  drift(id: string): Promise<readonly Drift[] | Refusal>;
  rollBack(id: string, by: PersonId, reason: string, leaveDrifted: boolean): Outcome;
  end(id: string, by: PersonId): Outcome;
  show(id: string): Promise<CampaignShown | Refusal>;
  /** Those that this person owns or briefed, what needs somebody first, without their events. */
  mine(person: PersonId): Promise<MyCampaigns>;
  /** What a new brief most likely says. */
  usual(): Promise<Usual>;
  list(filter: CampaignFilter): Promise<readonly CampaignSummary[]>;
  /** The campaign with this id, or the one whose id or name begins so; null for none and for several. */
  named(wanted: string): Promise<string | null>;
}

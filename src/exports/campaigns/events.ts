import type { PersonId } from '../ownership.ts';
import type { Brief } from './brief.ts';
import type { Campaign, Conflict, Ending, Issue, Occasion } from './campaign.ts';
import type { Claim } from './claims.ts';
import type { News } from './news.ts';

/** What has happened to a campaign. Stored for good: a shape may gain fields, never lose them. */
export type CampaignEvent =
  | {
      type: 'campaign_created';
      by: PersonId | null;
      /** The surface or the source it came through. */
      via: string;
      owner: PersonId;
      channel: string;
      brief: Brief;
      conflicts: readonly Conflict[];
    }
  | { type: 'brief_revised'; by: PersonId | null; via: string; brief: Brief; conflicts: readonly Conflict[] }
  | {
      type: 'conflict_settled';
      by: PersonId;
      claim: Pick<Claim, 'kind' | 'value'>;
      with: string;
      allowed: boolean;
      note: string | null;
    }
  /** `conflicts` as they then were: those of campaigns that have ended are gone. */
  | { type: 'readied'; by: PersonId; conflicts: readonly Conflict[] }
  | {
      type: 'export_issued';
      what: Issue;
      occasion: Occasion | null;
      export_id: string;
      export_type: string;
    }
  /** It could not be issued; `problem` says what to do. */
  | { type: 'issue_failed'; what: Issue; problem: string }
  | ({ type: 'export_moved'; export_id: string; export_type: string } & News)
  | { type: 'went_live' }
  | { type: 'campaign_paused'; by: PersonId; reason: string }
  /** `again`: what it goes on with. Its promo may be out already, and only its live publish was refused. */
  | {
      type: 'campaign_resumed';
      by: PersonId;
      conflicts: readonly Conflict[];
      again: 'activate' | 'publish';
    }
  /** `leave` are canonical SKUs that have drifted and keep their present values. */
  | { type: 'rollback_asked'; by: PersonId; reason: string; leave: readonly string[] }
  | { type: 'window_over' }
  | { type: 'campaign_ended'; by: PersonId | null; how: Ending };

/** An event as the ledger keeps it; `n` counts within the campaign, from 1. */
export type RecordedCampaignEvent = { export_id: string; n: number; at: number; event: CampaignEvent };

export type CampaignCommitted = {
  before: Campaign | null;
  after: Campaign;
  events: readonly RecordedCampaignEvent[];
};

import type { PersonId } from '../ownership.ts';
import type { Brief } from './brief.ts';
import type { Issue, Occasion } from './campaign.ts';
import type { Claim } from './claims.ts';
import type { News } from './news.ts';

/** What somebody or something wants of a campaign. `seen` is the brief's version that the person was looking at. */
export type CampaignCommand =
  | { do: 'create'; by: PersonId | null; via: string; brief: Brief; owner: PersonId; channel: string }
  | { do: 'revise'; by: PersonId | null; via: string; seen: number | null; brief: Brief }
  | {
      do: 'settle_conflict';
      by: PersonId;
      claim: Pick<Claim, 'kind' | 'value'>;
      with: string;
      allow: boolean;
      note: string | null;
    }
  | { do: 'ready'; by: PersonId; seen: number; unpriced: readonly string[] }
  | { do: 'pause'; by: PersonId; reason: string }
  | { do: 'resume'; by: PersonId; unpriced: readonly string[] }
  /** `drift`: what stands at the shop now and is neither the promo's value nor the one from before. */
  /** `set`: how many items the promo has set; all of its brief where that is not said. */
  | {
      do: 'roll_back';
      by: PersonId;
      reason: string;
      drift: readonly Drift[];
      leave_drifted: boolean;
      set?: number;
    }
  | { do: 'end'; by: PersonId }
  | {
      do: 'note_issued';
      what: Issue;
      occasion: Occasion | null;
      export_id: string;
      export_type: string;
    }
  | { do: 'note_failure'; what: Issue; problem: string }
  | ({ do: 'note_move'; export_id: string; export_type: string } & News)
  /** `held`: the wall clock cannot be trusted, so nothing ends by it. */
  | { do: 'tick'; held?: boolean };

/** A value that somebody has changed since: canonical SKU, what the promo had set, what stands there now. */
export type Drift = { sku: string; expected: string; present: string };

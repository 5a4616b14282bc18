import type { Catalog, Price } from './define.ts';
import type { Json } from './envelope.ts';
import type { Repaired } from './events.ts';
import type { Directory, PersonId } from './ownership.ts';
import type { Held } from './shortfall.ts';
import type { CheckFinding, Push, Via } from './state.ts';
import type { Role } from './words.ts';

/** What a decision may look at besides the state: all of it data. */
export type Context = {
  now: number;
  directory: Directory;
  catalog: Catalog;
  sources: ReadonlyMap<string, { can_refetch: boolean }>;
};

/** What somebody or something wants, in the imperative. `seen` is the revision the person was looking at. */
export type Command =
  | { do: 'accept'; by: PersonId; via: Via; seen: number; confirm_stale: boolean }
  | { do: 'reject'; by: PersonId; seen: number; reason: string }
  | { do: 'withdraw'; by: PersonId; reason: string | null }
  | { do: 'correct'; by: PersonId; repaired: Repaired }
  | { do: 'assign_owner'; by: PersonId; repaired: Repaired }
  | { do: 'open_review'; by: PersonId; take_over: boolean }
  | { do: 'close_review'; by: PersonId }
  | { do: 'request_changes'; by: PersonId; seen: number; reason: string }
  /** New values typed by a person: by a decider within the fields that the type lets them edit, by the requester to resubmit. */
  | { do: 'edit'; by: PersonId; seen: number; repaired: Repaired }
  | { do: 'undo'; by: PersonId }
  | { do: 'reassign'; by: PersonId; to: PersonId; reason: string }
  | { do: 'comment'; by: PersonId; text: string }
  | { do: 'acknowledge'; by: PersonId }
  /** `task` as the ledger holds it; by a person, or by the outside tracker `via`. */
  | {
      do: 'close_task';
      closer: PersonId | null;
      via: string | null;
      task: { key: string; title: string; role: Role; owner: PersonId | null };
    }
  /** Looks at the directory again after it changed. */
  | { do: 'follow_directory' }
  | { do: 'supersede'; newer: string }
  /** Its time is over before it went out, such as the window of its campaign. */
  | { do: 'expire' }
  /** `may_expire` is false while the wall clock cannot be trusted. */
  | { do: 'tick'; may_expire: boolean }
  | { do: 'record_push'; key: string; outcome: PushOutcome; next_at: number | null }
  /** What the system `to` asks for it; null when it cannot tell. */
  | { do: 'record_quote'; to: string; price: Price | null }
  | { do: 'use_alternate'; by: PersonId; seen: number }
  /** What a staging system found, in this round of the checks of this revision. */
  | {
      do: 'record_rehearsal';
      sink: string;
      revision: number;
      round: number;
      findings: readonly CheckFinding[];
    }
  | { do: 'request_rehearsal'; by: PersonId; seen: number }
  | { do: 'override_safety_checks'; by: PersonId; seen: number; reason: string }
  | { do: 'redeliver'; by: PersonId; newer: string | null }
  | { do: 'raise_exception'; sink: string; code: string; message: string; metadata: { [key: string]: Json } }
  | { do: 'resume'; by: PersonId; note: string }
  /** The SKUs that are short; `repaired` is what is left without them, null where nothing can be taken out. `held` is what systems may hold of earlier revisions. */
  | { do: 'take_out'; by: PersonId; seen: number; held: Held; repaired: Repaired | null }
  /** The names that its sink has for our SKUs are known now. */
  | { do: 'continue_mapped'; by: PersonId }
  | { do: 'close_preview'; live: string | null }
  /** `stage` is the one the person was looking at. */
  | { do: 'advance_rollout'; by: PersonId; stage: number }
  | { do: 'hold_rollout'; by: PersonId; stage: number }
  | { do: 'roll_back_rollout'; by: PersonId }
  | { do: 'note_rollback'; export_id: string }
  /** The export that was to undo it ended before it went out, or could not be made. */
  | { do: 'end_rollback'; why: string }
  /** `own`: Meshline itself put back what this one had set, in whatever state it was left. */
  | { do: 'roll_back'; by_export: string; own?: true };

/** `next_at` on the command says when a retry or an unknown outcome is tried again; null when tries are used up. */
export type PushOutcome =
  | { kind: 'delivered'; reference: string | null; facts?: Push['facts'] }
  | { kind: 'partial'; cursor: string; facts?: Push['facts'] }
  | { kind: 'retry'; cause: string }
  | { kind: 'unknown'; cause: string }
  | { kind: 'failed'; exception_code: string; message: string; metadata: { [key: string]: Json } };

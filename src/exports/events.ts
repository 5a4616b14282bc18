import type { Price } from './define.ts';
import type { Json } from './envelope.ts';
import type { PersonId, Route } from './ownership.ts';
import type { Gate } from './policy.ts';
import type { Problem } from './problems.ts';
import type { Acceptance, Alternate, CheckFinding, Push, Revision, Trouble } from './state.ts';

/** What has happened, in the past tense. Stored for good: a shape may gain fields, never lose them. */
export type Event =
  | {
      type: 'received';
      outcome: 'pending' | 'quarantined' | 'superseded';
      source: { name: string; system: string; reference: string; reverses: string | null };
      requester: PersonId | null;
      idempotency_key: string;
      occurred_at: number;
      raw: { [key: string]: Json };
      revision: Revision | null;
      refresh: Refreshed;
      problems: readonly Problem[];
      route: Route;
      /** The newer export, when this one came too late. */
      newer: string | null;
    }
  | ({ type: 'corrected'; by: PersonId } & Repaired)
  | ({ type: 'owner_assigned'; by: PersonId } & Repaired)
  | {
      type: 'revised';
      reference: string;
      raw: { [key: string]: Json };
      revision: Revision;
      refresh: Refreshed;
      occurred_at: number;
      problems: readonly Problem[];
      route: Route;
    }
  | { type: 'freshness_renewed'; reference: string; refresh: Refreshed; occurred_at: number }
  /** `from` is whose review this takes over. */
  | { type: 'review_opened'; by: PersonId; until: number; from: PersonId | null }
  /** `by` is null when the time ran out. */
  | { type: 'review_closed'; by: PersonId | null }
  | { type: 'changes_requested'; by: PersonId; reason: string }
  /** `mended` is the code of the failure that was settled by it. */
  | ({ type: 'edited'; by: PersonId; changes: readonly Edit[]; mended?: string } & Repaired)
  | { type: 'undone'; by: PersonId }
  | { type: 'reassigned'; by: PersonId; reason: string; route: Route }
  | { type: 'commented'; by: PersonId; text: string }
  | { type: 'acknowledged'; by: PersonId; until: number }
  /** Somebody stands in for the owner; `by` is null when nobody is left to do so. `why` goes on after the owner's name. */
  | { type: 'covered'; for: PersonId; by: PersonId | null; until: number | null; why: string }
  | { type: 'cover_over'; for: PersonId }
  | { type: 'backup_changed'; of: PersonId; backup: PersonId | null }
  /** An acknowledgement went quiet. */
  | { type: 'reopened'; was: PersonId }
  | { type: 'refetch_requested'; by: PersonId; groups: readonly string[] }
  /** What a staging system found of this revision. With `gate`, people are asked in the place of policy. */
  | { type: 'rehearsed'; sink: string; revision: number; findings: readonly CheckFinding[]; gate?: Gate }
  | { type: 'rehearsal_requested'; by: PersonId; revision: number }
  | { type: 'safety_checks_overridden'; by: PersonId; reason: string; revision: number }
  | { type: 'acceptance_recorded'; acceptance: Acceptance }
  | { type: 'accepted'; undo_until: number | null }
  | { type: 'acceptance_lapsed'; groups: readonly string[] }
  | { type: 'rejected'; by: PersonId; reason: string }
  | { type: 'withdrawn'; by: PersonId; reason: string | null }
  | { type: 'expired' }
  | { type: 'superseded'; newer: string }
  | { type: 'reminded'; to: readonly PersonId[] }
  | { type: 'escalated'; to: readonly PersonId[] }
  /** `because` when no rung of the ladder asked for it. */
  | {
      type: 'paged';
      to: readonly PersonId[];
      user_group: string | null;
      channel: string;
      because?: 'nobody_left' | 'gone_quiet';
    }
  | { type: 'delivery_begun'; pushes: readonly Push[] }
  | { type: 'push_delivered'; key: string; reference: string | null; facts?: Push['facts'] }
  /** Some of a long piece of work is done; the rest goes on from `cursor`. */
  | { type: 'push_advanced'; key: string; cursor: string; facts: Push['facts'] }
  | { type: 'push_retried'; key: string; cause: string; next_at: number }
  | { type: 'push_unknown'; key: string; cause: string; next_at: number }
  | {
      type: 'push_failed';
      key: string;
      exception_code: string;
      message: string;
      metadata: { [key: string]: Json };
    }
  | { type: 'delivered' }
  | { type: 'failed'; trouble: Trouble }
  | { type: 'redelivery_requested'; by: PersonId; keys: readonly string[] }
  /** `alternate` when it waits for somebody's word on the next system. */
  | { type: 'paused'; trouble: Trouble; alternate?: Alternate }
  /** One system refused and another may cure that: its price is asked before anything is sent to it. */
  | { type: 'alternate_sought'; from: string; to: string; code: string; message: string }
  /** The next system is sent `push`; `by` gave their word where one was needed, `dearer` is what that costs more. */
  | {
      type: 'failed_over';
      from: string;
      to: string;
      code: string;
      message: string;
      cost?: Price;
      dearer?: { amount: string; currency: string };
      by: PersonId | null;
      push: Push;
    }
  | { type: 'resumed'; by: PersonId; note: string }
  /** The far side's own SKUs are known now, so the same values go out again: `tries` gives the new key of each push that does, by its key until then. */
  | { type: 'mapping_completed'; by: PersonId; system: string; tries: Readonly<Record<string, string>> }
  /** A preview stands: where it is shown, and whom of marketing that concerns. */
  | { type: 'preview_ready'; url: string | null; reference: string; tell: PersonId | null }
  /** No stock is waited for any more: `live` asks to publish it, or null when a newer preview has its place. */
  | { type: 'preview_closed'; live: string | null }
  /** `via` is the tracker that closed it when nobody did in Slack. */
  | { type: 'task_closed'; key: string; title: string; by: PersonId | null; via: string | null }
  | { type: 'rolled_back'; by_export: string }
  /** Percents and SKUs of every stage; `stage` counts from 1. The pushes of the first are in `delivery_begun`. */
  | {
      type: 'rollout_stage_begun';
      stage: number;
      stages: readonly { percent: number; skus: number }[];
      accept_ms: number;
      reversible: boolean;
      /** Null when the clock began it. */
      by: PersonId | null;
      pushes: readonly Push[];
    }
  /** Everything of it is delivered. `hold_until` is null when it was the last or somebody must decide. */
  | { type: 'rollout_stage_completed'; stage: number; health: RolloutHealth; hold_until: number | null }
  /** A sink reported later that it could not carry something out, and the export goes on all the same. */
  | { type: 'rollout_exception_reported'; stage: number; sink: string; code: string; message: string }
  | { type: 'rollout_held'; by: PersonId | null; why: string }
  /** `number` counts the rollbacks of this export. */
  | { type: 'rollout_rollback_begun'; by: PersonId; percent: number; number: number }
  | { type: 'rollout_rollback_issued'; export_id: string };

/** How a stage went. */
export type RolloutHealth = {
  accept_ms: number;
  attempts: number;
  errors: number;
  retries: number;
  exceptions: number;
};

/** One value that a person changed; `path` as in problems, values as they are shown. */
export type Edit = { path: string; before: string; after: string };

/** An export that was read again after somebody repaired it. */
export type Repaired = {
  raw: { [key: string]: Json };
  revision: Revision | null;
  refresh: Refreshed;
  occurred_at: number;
  problems: readonly Problem[];
  route: Route;
};

export type Refreshed = Readonly<Record<string, { as_of: number; max_age_ms: number | null }>>;

export type EventType = Event['type'];

/** An event as the ledger keeps it. `n` counts within the export, from 1; `at` is UTC ms. */
export type Recorded = { export_id: string; n: number; at: number; event: Event };

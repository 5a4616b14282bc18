import type { Operation, Price } from './define.ts';
import type { Json } from './envelope.ts';
import type { PersonId, Route } from './ownership.ts';
import type { ExceptionRule, StampedPolicy } from './policy.ts';
import type { Problem } from './problems.ts';
import type { Intent, Role, Status } from './words.ts';

/** One set of values. Acceptances are bound to its hash; ages and instants are not part of it. */
export type Revision = {
  number: number;
  hash: string;
  export_type: string;
  intent: Intent;
  campaign_id: string | null;
  payload: { [key: string]: Json };
  subjects: readonly string[];
  policy: StampedPolicy;
  /** Warnings the preflight left; errors never get this far. */
  warnings: readonly Problem[];
};

export type Via = 'slack' | 'api' | 'policy';

export type Acceptance = {
  /** Index of the gate's step; -1 when policy accepted. */
  step: number;
  role: Role | null;
  by: PersonId | null;
  /** Whose step it was, when the signer stood in for them. */
  for: PersonId | null;
  at: number;
  via: Via;
  revision: number;
  hash: string;
  /** Field groups the signer accepted although they were over their age. */
  confirmed_stale: readonly string[];
};

export type PushStatus = 'waiting' | 'retrying' | 'unknown' | 'delivered' | 'failed';

/** One operation at one sink. `key` never changes over retries, so that its effect happens once. */
export type Push = {
  key: string;
  sink: string;
  operation: Operation;
  status: PushStatus;
  attempts: number;
  next_at: number | null;
  detail: string | null;
  exception_code: string | null;
  /** How far a long piece of work has come; the sink's own words. */
  cursor: string | null;
  /** What the sink told of it so far: values from before, cost, tracking number, addresses of pages. */
  facts: { readonly [key: string]: Json };
};

/** The next system, after one refused: asked for its price, or waiting for somebody's word. */
export type Alternate = {
  /** Names of sinks. */
  from: string;
  to: string;
  /** Why the first one would not. */
  code: string;
  message: string;
  /** What the next one asks; null while it has not told, or when it tells none. */
  price: Price | null;
  /** How much more that is than was expected; null when it is no more, or cannot be compared. */
  dearer: { amount: string; currency: string } | null;
};

/** One stage of a rollout and how it went. Instants are null until then. */
export type RolloutStage = {
  /** Of the SKUs, what is out when it ends. */
  percent: number;
  /** How many SKUs it adds. */
  skus: number;
  begun_at: number | null;
  completed_at: number | null;
  /** Tries at sinks; of these, those that failed for good and those that were repeated. */
  attempts: number;
  errors: number;
  retries: number;
  /** What sinks reported afterwards. */
  exceptions: number;
};

/** An export that goes out SKU by SKU, cohort after cohort (R28). */
export type RolloutState = {
  /** `held` waits for a person, `over` goes on no more: the status of the export says why. */
  status: 'running' | 'holding' | 'held' | 'rolling_back' | 'over';
  /** Number of the present stage, from 1. */
  stage: number;
  stages: readonly RolloutStage[];
  /** How long it took to be accepted. */
  accept_ms: number;
  /** Whether its type can put back what it has set. */
  reversible: boolean;
  /** When the next stage begins by itself, if all is well. */
  hold_until: number | null;
  /** `by` is null when the rule held it. */
  held: { by: PersonId | null; why: string } | null;
  /** The highest percent that was ever begun, in any revision: a rollback covers all of it. */
  highest: number;
  /** How often a rollback was begun. */
  rollbacks: number;
  rollback: { by: PersonId; at: number; export_id: string | null } | null;
};

/** A failure that now belongs to somebody. */
export type Trouble = ExceptionRule & {
  code: string;
  message: string;
  metadata: { [key: string]: Json };
  sink: string | null;
  owner: PersonId | null;
  at: number;
  /** Where its card stands too, when it is for people who are not in its own channel. */
  channel?: string;
  /** Title of the form in which its values can be mended, where there is one. */
  mend?: string;
};

/** Somebody is looking at it and means to decide: others wait, or take over knowingly. */
export type Lock = { by: PersonId; at: number; until: number };

/** Sent back with what must change; it waits for the requester until new values come. */
export type Returned = {
  by: PersonId;
  at: number;
  reason: string;
  /** Where the owner's own clock stood; it goes on from there when new values come. */
  kept: { elapsed_ms: number; rungs_fired: number; escalated_to: readonly PersonId[] };
};

/** Who stands in for the owner while they are away or covered; `by` is null when nobody is left. */
export type StandIn = { for: PersonId; by: PersonId | null; until: number | null };

/** One step of a safety check; `problem` is a sentence that says what went wrong, null when all is well. */
export type CheckFinding = { name: string; problem: string | null; detail: string | null };

/** One staging system's part in the safety checks; `at` is null while it has not answered. */
export type CheckedSink = {
  sink: string;
  status: 'waiting' | 'passed' | 'failed';
  findings: readonly CheckFinding[];
  at: number | null;
};

/** The safety checks of one revision (R10): a sample and a test order on the staging systems. */
export type Rehearsal = {
  revision: number;
  /** Which try, from 1. */
  round: number;
  asked_at: number;
  sinks: readonly CheckedSink[];
  /** Somebody let this revision go on although they failed. */
  override: { by: PersonId; reason: string; at: number } | null;
};

/** On-call has seen it; when they go quiet past `until`, it is open again. */
export type Ack = { by: PersonId; at: number; until: number };

/** Who ended it, when and why; `by` is null when a clock or a newer export did. */
export type Ending = { at: number; by: PersonId | null; reason: string | null };

/**
 * One export as its events made it. Plain JSON: it is stored, replayed and compared as such.
 * Instants are ms since the epoch.
 */
export type Export = {
  id: string;
  status: Status;
  /** How many events made it what it is. */
  version: number;
  source: { name: string; system: string; reference: string; reverses: string | null };
  requester: PersonId | null;
  idempotency_key: string;
  received_at: number;
  occurred_at: number;
  /** What the sender sent, whole; quarantined exports are shown and corrected from it. */
  raw: { [key: string]: Json };
  /** Null only while the payload has never passed its schema. */
  revision: Revision | null;
  /** `as_of` by field group, renewed when the same values arrive again. */
  refresh: Readonly<Record<string, { as_of: number; max_age_ms: number | null }>>;
  problems: readonly Problem[];
  route: Route;
  /** Channels in which a card of this export stands; the first is where it first appeared. */
  channels: readonly string[];
  acceptances: readonly Acceptance[];
  /** When the present wait began: rungs of the ladder count from here. Null when nobody is awaited. */
  waiting_since: number | null;
  /** What of the ladder's time had already passed when the present wait began. */
  elapsed_ms: number;
  rungs_fired: number;
  last_rung_at: number | null;
  /** Backups who joined by escalation; they may act beside the owners. */
  escalated_to: readonly PersonId[];
  refetch_asked_at: number | null;
  /** As last told: who may decide is looked up in the directory. */
  stand_in: StandIn | null;
  lock: Lock | null;
  returned: Returned | null;
  /** How often on-call was paged in the present wait. */
  pages: number;
  ack: Ack | null;
  undo_until: number | null;
  /** Somebody has seen that values had changed since, and goes on all the same. */
  drift_seen: boolean;
  /** Null where nothing is tried before people accept. */
  rehearsal: Rehearsal | null;
  pushes: readonly Push[];
  /** Null while it never went out in stages. */
  rollout: RolloutState | null;
  alternate: Alternate | null;
  trouble: Trouble | null;
  /** It has needed a person, so its card is kept up to date whatever its gate is. */
  noticed: boolean;
  ending: Ending | null;
  /** A preview that waits for no stock any more. */
  preview_closed?: true;
};

import type { Operation } from './define.ts';
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

/** A failure that now belongs to somebody. */
export type Trouble = ExceptionRule & {
  code: string;
  message: string;
  metadata: { [key: string]: Json };
  sink: string | null;
  owner: PersonId | null;
  at: number;
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
  pushes: readonly Push[];
  trouble: Trouble | null;
  ending: Ending | null;
};

import type { Calendar } from './calendar.ts';
import type { GateMode, OffHours, OnStale, Role, Severity, SlaClock } from './words.ts';

/** One step of a gate: who may sign it. */
export type GateStep = { role: Role };

/** The gate an export must pass, with the reason it is this one, for the card. */
export type Gate = {
  mode: GateMode;
  /** Empty for `policy`, one for `single`, two with different roles for `two_step`. */
  steps: readonly GateStep[];
  /** True when step two may only be signed after step one. */
  ordered: boolean;
  reason: string;
};

export type LadderAction = 'remind' | 'escalate' | 'page' | 'expire';

/** `after_ms` counts from the moment the export began to wait; in working time when the policy has a calendar. */
export type LadderRung = { do: LadderAction; after_ms: number };

export type LadderStep = { do: LadderAction; after: number; every?: number; times?: number };

export type RefreshRule = { max_age_ms: number; on_stale: OnStale };

export type RetryPolicy = {
  /** Tries in all, the first included, before the push goes to the dead letter. */
  max_attempts: number;
  first_delay_ms: number;
  max_delay_ms: number;
};

/** What a failure of this kind means for the export, and who owns it. */
export type ExceptionRule = {
  role: Role;
  severity: Severity;
  /** `pause` waits for a resolution and asks for acceptance again; `fail` goes to the dead letter. */
  then: 'pause' | 'fail';
  /** What the owner can do about it. */
  remedy: string;
  /** Another system may well do what this one would not (R32); never so where the values themselves are wrong. */
  alternate?: true;
  /** What was delivered stays done: once resolved, nothing is sent again. */
  stands?: true;
};

/** Whose word it takes before the next system is asked in the place of one that refused. */
export const FAILOVER_APPROVALS = ['never', 'dearer', 'always'] as const;
export type FailoverApproval = (typeof FAILOVER_APPROVALS)[number];

/** The sinks of each route are alternatives, one after the other, and not all at once (R32). */
export type Failover = {
  approve: FailoverApproval;
  /** Under which of the wanted names a sink is asked; a sink that goes by none is not here. */
  as: Readonly<Record<string, string>>;
};

/** Cohort after cohort instead of all at once (R28). */
export type Rollout = {
  /** Percent of the SKUs that are out after each stage: rising, the last is 100. */
  stages: readonly number[];
  /** How long a stage is watched before the next. */
  hold_ms: number;
  /** `hand`: somebody says yes to every stage. */
  advance: 'auto' | 'hand';
  /** Failed tries in a hundred, and exceptions reported afterwards, up to which a stage counts as healthy. */
  max_error_percent: number;
  max_exceptions: number;
  /** How long acceptance may have taken; null: as long as it liked. */
  max_accept_ms: number | null;
};

/** Policy and limits as they stood when the export came in: stamped, so that later edits of the configuration never change a card that is already out. */
export type StampedPolicy = {
  gate: Gate;
  sla_ms: number;
  ladder: readonly LadderRung[];
  /** The owner's, when SLA and ladder run on working hours; null when they run on the wall clock. */
  calendar: Calendar | null;
  refresh: Readonly<Record<string, RefreshRule>>;
  undo_ms: number;
  /** How long an opened review keeps others from deciding. */
  lock_ms: number;
  /** How long an acknowledgement of on-call counts without a decision. */
  ack_ms: number;
  /** Sinks by operation name; with `failover` in the order in which they are tried. */
  routes: Readonly<Record<string, readonly string[]>>;
  /** Sinks on which a sample is tried before people accept; empty where nothing is tried. */
  staging: readonly string[];
  /** Null where every sink of a route is pushed to. */
  failover: Failover | null;
  /** Null where everything goes out at once. */
  rollout: Rollout | null;
  retry: RetryPolicy;
  /** The limits of the type's own rules, as they were checked. */
  rules: Readonly<Record<string, number | string>>;
};

export type RolloutPolicy = {
  stages?: readonly number[];
  hold_ms?: number;
  min_lines?: number;
  advance?: 'auto' | 'hand';
  max_error_percent?: number;
  max_exceptions?: number;
  max_accept_ms?: number;
};

/** What the configuration may say about one type (R11, R15, R16). Absent means the type's default. */
export type TypePolicy = {
  gate?: GateMode;
  ordered?: boolean;
  sla_ms?: number;
  /** `after` is a fraction of the SLA: 0.5 is half-way, 2 is twice the SLA. */
  /** `every` repeats the rung after as much again, `times` in all, at most ten. */
  ladder?: readonly LadderStep[];
  /** `always` when absent. */
  clock?: SlaClock;
  /** Whether what comes in outside the owner's working hours waits for them (when absent) or goes to the backup. */
  off_hours?: OffHours;
  refresh?: Readonly<Record<string, { max_age_ms?: number; on_stale?: OnStale }>>;
  undo_ms?: number;
  lock_ms?: number;
  ack_ms?: number;
  /** Sink names; each takes the operations it knows. */
  routes?: readonly string[];
  /** Names of staging sinks on which safety checks run before anybody can accept (R10). */
  staging?: readonly string[];
  /** For types whose routes can be alternatives: whose word the next one takes. */
  failover?: { approve: FailoverApproval };
  /** Without it everything goes out at once; so does what has fewer SKUs than `min_lines`. */
  rollout?: RolloutPolicy;
  /** Limits of the type's own rules, by the names the type declares. */
  rules?: Readonly<Record<string, number | string>>;
};

export const MOST_REPEATS = 10;

export const DEFAULT_LADDER: readonly LadderStep[] = [
  { do: 'remind', after: 0.5 },
  { do: 'escalate', after: 1 },
  { do: 'page', after: 1.5 },
  { do: 'expire', after: 8 },
];

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
  /** Sinks by operation name. */
  routes: Readonly<Record<string, readonly string[]>>;
  retry: RetryPolicy;
  /** The limits of the type's own rules, as they were checked. */
  rules: Readonly<Record<string, number | string>>;
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

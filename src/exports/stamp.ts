import type { Calendar } from './calendar.ts';
import type { AnyExportType, GateNeed, Rules } from './define.ts';
import type { Envelope } from './envelope.ts';
import {
  DEFAULT_LADDER,
  type Gate,
  type LadderRung,
  type LadderStep,
  MOST_REPEATS,
  type RefreshRule,
  type StampedPolicy,
  type TypePolicy,
} from './policy.ts';
import { rolloutFor } from './rollout.ts';
import { failoverOf, inTurn } from './turns.ts';
import { type GateMode, MINUTE_MS, type Role } from './words.ts';

/** A sink's name and whether it takes an operation, as far as the core must know. */
export type SinkFacts = {
  name: string;
  /** Names it also goes by: the carriers whose labels it makes. */
  carriers?: readonly string[];
  accepts(operation: string): boolean;
};

const STRICTNESS: Record<GateMode, number> = { policy: 0, single: 1, two_step: 2 };

function stricter(a: GateMode, b: GateMode): GateMode {
  return STRICTNESS[a] >= STRICTNESS[b] ? a : b;
}

/** The second signer of a gate that configuration tightened to two steps. */
function secondRole(first: Role): Role {
  return first === 'operations' ? 'marketing_ops' : 'operations';
}

/**
 * The gate that applies. Configuration sets the usual gate, unless the type's is fixed; a rule of
 * the payload can still raise it, and nothing lowers it again (R2, R11).
 */
export function gateFor(type: AnyExportType, need: GateNeed, policy: TypePolicy, ownerRole: Role): Gate {
  const wanted = policy.gate ?? need.mode;
  const mode = type.policy.gate_is_fixed || need.raised ? stricter(wanted, need.mode) : wanted;
  const ordered = policy.ordered ?? false;
  const reason = mode === need.mode ? need.reason : 'By the policy for this type.';
  switch (mode) {
    case 'policy':
      return { mode, steps: [], ordered: false, reason };
    case 'single':
      return { mode, steps: [{ role: ownerRole }], ordered: false, reason };
    case 'two_step': {
      const roles = need.roles.length === 2 ? need.roles : [ownerRole, secondRole(ownerRole)];
      return { mode, steps: roles.map((role) => ({ role })), ordered, reason };
    }
  }
}

/** The type's limits with the configuration's over them. */
export function rulesFor(type: AnyExportType, policy: TypePolicy): Rules {
  return { ...type.rules, ...policy.rules };
}

function refreshFor(type: AnyExportType, policy: TypePolicy, mode: GateMode, canRefetch: boolean) {
  const rules: Record<string, RefreshRule> = {};
  for (const [group, own] of Object.entries(type.policy.refresh)) {
    const set = policy.refresh?.[group];
    const usual = canRefetch ? 'refetch' : mode === 'two_step' ? 'refuse' : 'confirm';
    rules[group] = {
      max_age_ms: set?.max_age_ms ?? own.max_age_ms,
      on_stale: set?.on_stale ?? own.on_stale ?? usual,
    };
  }
  return rules;
}

export type Stamping = {
  type: AnyExportType;
  need: GateNeed;
  policy: TypePolicy;
  envelope: Envelope;
  ownerRole: Role;
  /** The owner's; null when there is no owner, or no calendar for them. */
  calendar: Calendar | null;
  sla_ms: number;
  canRefetch: boolean;
  operations: readonly string[];
  sinks: readonly SinkFacts[];
  /** Names of sinks or carriers, the most wanted first; null where the type has no alternatives. */
  wanted: readonly string[] | null;
  /** How many SKUs could go out in stages. */
  skus: number;
  /** It takes another export back: what it puts back is known and does not age, and all of it goes at once. */
  reversal: boolean;
};

/**
 * R10: only what writes live is tried first. A preview writes nothing live, and what takes an export
 * back must not wait for a test system.
 */
function stagingFor(
  { policy, envelope, reversal }: Stamping,
  routes: readonly (readonly [string, readonly string[]])[],
): readonly string[] {
  const live = envelope.intent !== 'publish_preview' && routes.some(([, sinks]) => sinks.length > 0);
  return live && !reversal ? [...new Set(policy.staging)] : [];
}

const LOCK_MS = 5 * MINUTE_MS;
const ACK_MS = 30 * MINUTE_MS;

/** Every firing of the ladder as a rung of its own, in the order of time; expiry comes last. */
function rungs(ladder: readonly LadderStep[], sla_ms: number): readonly LadderRung[] {
  return ladder
    .flatMap(({ do: action, after, every, times }) =>
      Array.from({ length: every === undefined ? 1 : Math.min(times ?? 2, MOST_REPEATS) }, (_, n) => ({
        do: action,
        after_ms: Math.round((after + n * (every ?? 0)) * sla_ms),
      })),
    )
    .sort((a, b) => Number(a.do === 'expire') - Number(b.do === 'expire') || a.after_ms - b.after_ms);
}

/** Everything that configuration and type say, fixed for the life of one revision. */
export function stampPolicy(stamping: Stamping): StampedPolicy {
  const { type, policy, envelope } = stamping;
  const gate = gateFor(type, stamping.need, policy, stamping.ownerRole);
  const allowed = policy.sla_ms ?? stamping.sla_ms;
  const sla_ms = Math.min(allowed, envelope.sla_ms ?? allowed);
  const named = stamping.sinks.filter((sink) => policy.routes?.includes(sink.name) ?? false);
  const failover = failoverOf(policy, stamping.wanted, named);
  const routed = failover ? inTurn(named, policy.routes ?? [], stamping.wanted ?? []) : named;
  const routes = stamping.operations.map(
    (operation) =>
      [operation, routed.filter((sink) => sink.accepts(operation)).map((sink) => sink.name)] as const,
  );
  return {
    gate,
    sla_ms,
    ladder: rungs(policy.ladder ?? DEFAULT_LADDER, sla_ms),
    calendar: policy.clock === 'working_hours' ? stamping.calendar : null,
    refresh: stamping.reversal ? {} : refreshFor(type, policy, gate.mode, stamping.canRefetch),
    lock_ms: policy.lock_ms ?? LOCK_MS,
    ack_ms: policy.ack_ms ?? ACK_MS,
    undo_ms: gate.mode === 'policy' ? 0 : (policy.undo_ms ?? 0),
    routes: Object.fromEntries(routes),
    staging: stagingFor(stamping, routes),
    failover,
    rollout: failover || stamping.reversal ? null : rolloutFor(policy.rollout, stamping.skus),
    retry: type.policy.retry,
    rules: rulesFor(type, policy),
  };
}

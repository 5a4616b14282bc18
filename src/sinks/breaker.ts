import type { Clock } from '../clock.ts';
import type { BreakerState, SinkOutcome } from './port.ts';

export type BreakerLimits = {
  /** Different pushes that fail in a row, with no success between, before the sink is left to rest. */
  failures: number;
  cooldown_ms: number;
  /** The cool-down doubles with each failed probe up to this. */
  max_cooldown_ms: number;
};

export const DEFAULT_BREAKER: BreakerLimits = { failures: 5, cooldown_ms: 5_000, max_cooldown_ms: 300_000 };

/** While a probe is out, the others ask again this soon: it may answer at any moment. */
const PROBE_MS = 1_000;

/** A pass must be settled, or the probe it may be stays out for ever. */
export type Pass = { ok: true; settle(outcome: SinkOutcome): void } | { ok: false; after_ms: number };

export interface Breaker {
  allow(key: string): Pass;
  state(): BreakerState;
}

function isTrouble(outcome: SinkOutcome): boolean {
  switch (outcome.kind) {
    case 'retry':
    case 'unknown':
      return true;
    // The sink is up and has said no.
    case 'failed':
    case 'delivered':
    case 'partial':
      return false;
  }
}

/**
 * Lets a sink in trouble rest. Failures are counted over different keys, so that one poisonous push
 * tried again and again holds up no other. Waits are measured on the monotonic clock.
 */
export function createBreaker(clock: Clock, limits: BreakerLimits = DEFAULT_BREAKER): Breaker {
  const failing = new Set<string>();
  let opened = 0;
  let openUntil = 0;
  let cooldown = limits.cooldown_ms;
  let probing = false;
  let restingSince = 0;
  let cause: string | null = null;

  const open = (outcome: SinkOutcome) => {
    if (opened === 0) restingSince = clock.monotonic();
    opened += 1;
    cause = outcome.kind === 'retry' || outcome.kind === 'unknown' ? outcome.cause : cause;
    const asked = outcome.kind === 'retry' ? (outcome.after_ms ?? 0) : 0;
    openUntil = clock.monotonic() + Math.max(cooldown, asked);
    cooldown = Math.min(cooldown * 2, limits.max_cooldown_ms);
  };
  const close = () => {
    failing.clear();
    opened = 0;
    cause = null;
    cooldown = limits.cooldown_ms;
  };
  const settleProbe = (outcome: SinkOutcome) => {
    probing = false;
    if (isTrouble(outcome)) open(outcome);
    else close();
  };
  const settleOrdinary = (key: string, outcome: SinkOutcome) => {
    // Begun before the sink was left to rest: the probe will tell.
    if (opened > 0) return;
    if (!isTrouble(outcome)) {
      failing.clear();
      return;
    }
    failing.add(key);
    if (failing.size >= limits.failures) open(outcome);
  };
  const once = (settle: (outcome: SinkOutcome) => void) => {
    let done = false;
    return (outcome: SinkOutcome) => {
      if (!done) settle(outcome);
      done = true;
    };
  };

  return {
    allow(key) {
      if (opened === 0) return { ok: true, settle: once((outcome) => settleOrdinary(key, outcome)) };
      const left = openUntil - clock.monotonic();
      if (left > 0) return { ok: false, after_ms: left };
      if (probing) return { ok: false, after_ms: Math.min(limits.cooldown_ms, PROBE_MS) };
      probing = true;
      return { ok: true, settle: once(settleProbe) };
    },
    state() {
      const failures = failing.size;
      if (opened === 0)
        return { state: 'closed', failures, retry_after_ms: null, resting_ms: null, cause: null };
      const resting_ms = clock.monotonic() - restingSince;
      const left = openUntil - clock.monotonic();
      if (left > 0) return { state: 'open', failures, retry_after_ms: left, resting_ms, cause };
      return { state: 'half_open', failures, retry_after_ms: null, resting_ms, cause };
    },
  };
}

import type { RetryPolicy } from '../exports/policy.ts';

/**
 * How long to wait before the next attempt, ms, or null when attempts are used up. `attempt` counts
 * those made, the last one included. Exponential with full jitter (`random` in [0, 1)), never below
 * the first delay and never earlier than the far side asked for.
 */
export function nextDelay(
  policy: RetryPolicy,
  attempt: number,
  retryAfterMs: number | null,
  random: number,
): number | null {
  if (attempt >= policy.max_attempts) return null;
  // 2^40 first delays are longer than any cap, and larger exponents would end at Infinity.
  const grown = policy.first_delay_ms * 2 ** Math.min(attempt, 40);
  const ceiling = Math.max(policy.first_delay_ms, Math.min(policy.max_delay_ms, grown));
  const jittered = policy.first_delay_ms + random * (ceiling - policy.first_delay_ms);
  return Math.round(Math.max(jittered, retryAfterMs ?? 0));
}

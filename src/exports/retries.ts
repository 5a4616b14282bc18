import type { RetryPolicy } from './policy.ts';
import { MINUTE_MS } from './words.ts';

/** Near-real-time values: fast, and over in about an hour, because by then they are stale. */
export const RETRY_FAST: RetryPolicy = {
  max_attempts: 20,
  first_delay_ms: 1000,
  max_delay_ms: 5 * MINUTE_MS,
};

/**
 * What must arrive in the end: outlasts a system that is down for 72 hours. Random waits come to half
 * the longest on the whole, so these tries take about 81 hours, and hardly ever less than 75.
 */
export const RETRY_PATIENT: RetryPolicy = {
  max_attempts: 650,
  first_delay_ms: 1000,
  max_delay_ms: 15 * MINUTE_MS,
};

/**
 * `tries` of a fault, and what came of them: acknowledged things `lost`, effects `doubled`, anything else
 * `wrong`. `ms` is what the row measures, in milliseconds: the largest or the 99th percentile, as its bar says.
 */
export type Counts = { tries: number; lost: number; doubled: number; wrong: number; ms?: number };

/** Counts of both together. */
export function added(one: Counts | undefined, other: Counts): Counts {
  if (!one) return other;
  const ms = Math.max(one.ms ?? 0, other.ms ?? 0);
  return {
    tries: one.tries + other.tries,
    lost: one.lost + other.lost,
    doubled: one.doubled + other.doubled,
    wrong: one.wrong + other.wrong,
    ...(one.ms === undefined && other.ms === undefined ? {} : { ms }),
  };
}

/** The value below which 99 of 100 are; 0 of none. */
export function p99(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * 0.99) - 1)] ?? 0;
}

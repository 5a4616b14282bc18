/** The middle of some figures. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  const upper = sorted[half] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? Number.NaN) + upper) / 2;
}

/** The value that `share` (0 to 1) of the values do not exceed. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** Runs something three times and gives the median of each figure. */
export async function medians<K extends string>(
  run: (round: number) => Promise<Record<K, number>> | Record<K, number>,
  rounds = 3,
): Promise<Record<K, number>> {
  const runs: Record<K, number>[] = [];
  for (let round = 0; round < rounds; round += 1) runs.push(await run(round));
  const names = Object.keys(runs[0] ?? {}) as K[];
  return Object.fromEntries(names.map((name) => [name, median(runs.map((each) => each[name]))])) as Record<
    K,
    number
  >;
}

/** Times one thing, in seconds. */
export async function seconds(run: () => unknown): Promise<number> {
  const begun = performance.now();
  await run();
  return (performance.now() - begun) / 1000;
}

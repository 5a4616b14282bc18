/** A repeatable source of chance; the same seed gives the same run as far as the machine allows. */
export type Chance = {
  seed: number;
  /** In [0, 1). */
  next(): number;
  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number;
  pick<T>(from: readonly [T, ...T[]]): T;
};

/** From MESHLINE_SEED when it is set. The generator is mulberry32. */
export function chance(salt = 0): Chance {
  const seed = Number(process.env['MESHLINE_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
  let state = (seed + salt) >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    seed,
    next,
    between: (low, high) => low + Math.floor(next() * (high - low + 1)),
    pick: (from) => from[Math.floor(next() * from.length)] ?? from[0],
  };
}

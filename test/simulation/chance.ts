/** Repeatable chance: the same seed gives the same numbers. The generator is mulberry32. */
export class Chance {
  #state: number;

  constructor(seed: number, salt = 0) {
    this.#state = (Math.imul(seed + 1, 0x9e3779b1) + Math.imul(salt, 0x85ebca6b)) >>> 0;
  }

  /** In [0, 1). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1));
  }

  /** True in `share` of all cases. */
  of(share: number): boolean {
    return this.next() < share;
  }

  pick<T>(from: readonly [T, ...T[]]): T {
    return from[Math.floor(this.next() * from.length)] ?? from[0];
  }

  /** One of them, or undefined when there is none. */
  any<T>(from: readonly T[]): T | undefined {
    return from[Math.floor(this.next() * from.length)];
  }

  /** One of the keys, as often as its weight says. */
  weighed<Key extends string>(weights: Readonly<Record<Key, number>>): Key {
    const all = Object.entries(weights) as [Key, number][];
    let left = this.next() * all.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [key, weight] of all) {
      left -= weight;
      if (left < 0) return key;
    }
    return all[all.length - 1]?.[0] as Key;
  }

  /** A wait around `mean` ms: often shorter, sometimes much longer. */
  wait(mean: number): number {
    return Math.round(-Math.log(1 - this.next()) * mean);
  }
}

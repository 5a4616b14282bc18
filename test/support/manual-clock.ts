import type { Clock, Ids } from '../../src/clock.ts';

/** One fixed start for all tests: a Tuesday, 09:00 UTC. */
export const T0 = Date.UTC(2026, 10, 24, 9, 0, 0);

/** A clock that moves only when told; timers due on the way fire in order. */
export class ManualClock implements Clock {
  #now: number;
  #monotonic = 0;
  #timers: { at: number; fn: () => void }[] = [];

  constructor(start: number = T0) {
    this.#now = start;
  }

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#monotonic;
  }

  after(ms: number, fn: () => void): () => void {
    const timer = { at: this.#monotonic + Math.max(0, ms), fn };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  advance(ms: number): void {
    const end = this.#monotonic + ms;
    for (;;) {
      const next = this.#timers.filter((t) => t.at <= end).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      this.#timers = this.#timers.filter((t) => t !== next);
      this.#now += Math.max(0, next.at - this.#monotonic);
      this.#monotonic = Math.max(this.#monotonic, next.at);
      next.fn();
    }
    this.#now += end - this.#monotonic;
    this.#monotonic = end;
  }

  /** The wall clock is set; timers and the monotonic clock do not notice. */
  setWall(now: number): void {
    this.#now = now;
  }
}

/** Ids that count up, UUIDv7-shaped, the same in every run. */
export function countingIds(): Ids {
  let n = 0;
  const next = () => (n += 1).toString(16).padStart(12, '0');
  return {
    uuid: () => `01930000-0000-7000-8000-${next()}`,
    token: () => `token${next()}`,
    random: () => 0.5,
  };
}

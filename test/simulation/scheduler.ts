import type { Clock } from '../../src/clock.ts';
import type { Chance } from './chance.ts';

/** Something that can end: what it was going to do is then never done. */
export type Mortal = { dead: boolean };

/** The world outside, which outlives every process. */
export const FOREVER: Mortal = { dead: false };
export const HOUR_MS = 3_600_000;

type Timer = { at: number; seq: number; of: Mortal; label: string; fn: () => void };
type Turn = { of: Mortal; label: string; go: () => void };

/** Of the dispatcher and the like: a safety net that may well run late while nothing else happens. */
const SAFETY_NET_MS = 30_000;

/**
 * Virtual time, and whose turn it is. Everything that waits does so here, so that chance alone decides
 * what goes on next, and the same seed decides the same.
 */
export class Scheduler {
  readonly #chance: Chance;
  readonly #timers: Timer[] = [];
  #lazy: Timer[] = [];
  #ready: Turn[] = [];
  #seq = 0;
  #busy = 0;
  /** Milliseconds that have passed; what the monotonic clock shows. */
  elapsed = 0;
  /** How far the wall clock of Meshline's machine is from the true one. */
  wallError = 0;
  readonly start: number;

  constructor(chance: Chance, start: number) {
    this.#chance = chance;
    this.start = start;
  }

  /** The clock of the world outside, which nobody sets. */
  trueNow(): number {
    return this.start + Math.floor(this.elapsed);
  }

  now(): number {
    return this.trueNow() + this.wallError;
  }

  clockFor(of: Mortal): Clock {
    return {
      now: () => this.now(),
      monotonic: () => this.elapsed,
      after: (ms, fn) => {
        const timer = this.#put(of, ms, 'timer', fn, ms === SAFETY_NET_MS);
        return () => {
          timer.fn = () => undefined;
        };
      },
    };
  }

  /** Runs `fn` after `ms`, unless `of` has ended by then. */
  after(of: Mortal, ms: number, label: string, fn: () => void): void {
    this.#put(of, ms, label, fn, false);
  }

  /** Resolves when chance gives the turn; never, when `of` ends before. */
  turn(of: Mortal, label: string): Promise<void> {
    return new Promise((go) => {
      this.#ready.push({ of, label, go });
    });
  }

  sleep(of: Mortal, ms: number, label: string): Promise<void> {
    return new Promise((go) => {
      this.#put(of, ms, label, go, false);
    });
  }

  /** Real work outside virtual time: the next step waits for it. */
  async work<T>(run: () => Promise<T>): Promise<T> {
    this.#busy += 1;
    try {
      return await run();
    } finally {
      this.#busy -= 1;
    }
  }

  /** True when something could go on at this very moment. */
  isBusy(): boolean {
    return this.#ready.length > 0;
  }

  /** Goes on with one thing or a few at once, at the latest at `until` ms; gives their names, none when only time has passed. */
  async step(until: number): Promise<readonly string[]> {
    const went = this.#goOn(until);
    do await new Promise((resolve) => setImmediate(resolve));
    while (this.#busy > 0);
    return went;
  }

  #goOn(until: number): readonly string[] {
    if (this.#ready.length > 0) {
      if (this.#chance.of(0.3)) this.elapsed += this.#chance.between(1, 8);
      const n = this.#chance.of(0.85) ? 1 : this.#chance.between(2, 5);
      return Array.from({ length: n }, () => this.#giveTurn()).filter((label) => label !== null);
    }
    for (const [index, timer] of this.#lazy.entries()) {
      if (timer.at > this.elapsed) continue;
      this.#lazy.splice(index, 1);
      if (timer.of.dead) return [];
      timer.fn();
      return ['safety net'];
    }
    const [next] = this.#timers;
    if (!next || next.at > until) {
      this.elapsed = Math.max(this.elapsed, until);
      return [];
    }
    this.#pop();
    if (next.of.dead) return [];
    this.elapsed = Math.max(this.elapsed, next.at);
    next.fn();
    return [next.label];
  }

  #giveTurn(): string | null {
    const index = this.#chance.between(0, this.#ready.length - 1);
    const [turn] = this.#ready.splice(index, 1);
    if (!turn) return null;
    turn.go();
    return turn.label;
  }

  /** Drops whatever waits for somebody who has ended. */
  bury(): void {
    this.#ready = this.#ready.filter((turn) => !turn.of.dead);
    this.#lazy = this.#lazy.filter((timer) => !timer.of.dead);
  }

  #put(of: Mortal, ms: number, label: string, fn: () => void, lazy: boolean): Timer {
    const at = this.elapsed + Math.max(0, Number.isFinite(ms) ? ms : 0);
    this.#seq += 1;
    const timer: Timer = { at, seq: this.#seq, of, label, fn };
    if (lazy) this.#lazy.push(timer);
    else this.#push(timer);
    return timer;
  }

  #push(timer: Timer): void {
    const heap = this.#timers;
    heap.push(timer);
    let child = heap.length - 1;
    while (child > 0) {
      const parent = (child - 1) >> 1;
      if (!before(heap, child, parent)) break;
      swap(heap, child, parent);
      child = parent;
    }
  }

  #pop(): void {
    const heap = this.#timers;
    const last = heap.pop();
    if (heap.length === 0 || !last) return;
    heap[0] = last;
    let parent = 0;
    for (;;) {
      let least = parent;
      for (const child of [2 * parent + 1, 2 * parent + 2])
        if (child < heap.length && before(heap, child, least)) least = child;
      if (least === parent) return;
      swap(heap, least, parent);
      parent = least;
    }
  }
}

function before(heap: readonly Timer[], a: number, b: number): boolean {
  const [x, y] = [heap[a], heap[b]];
  if (!x || !y) return false;
  return x.at < y.at || (x.at === y.at && x.seq < y.seq);
}

function swap(heap: Timer[], a: number, b: number): void {
  const [x, y] = [heap[a], heap[b]];
  if (!x || !y) return;
  heap[a] = y;
  heap[b] = x;
}

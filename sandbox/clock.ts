import { type Cancel, type Clock, systemClock } from '../src/clock.ts';

type Timer = { due: number; fn: () => void; cancel: Cancel };

/** A clock laid over another: it can be moved forward, and the timers due on the way fire in order. */
export class SandboxClock implements Clock {
  #base: Clock;
  #offset = 0;
  #timers = new Set<Timer>();

  constructor(base: Clock = systemClock) {
    this.#base = base;
  }

  now(): number {
    return this.#base.now() + this.#offset;
  }

  monotonic(): number {
    return this.#base.monotonic() + this.#offset;
  }

  after(ms: number, fn: () => void): Cancel {
    const timer: Timer = { due: this.monotonic() + Math.max(0, ms), fn, cancel: () => undefined };
    this.#timers.add(timer);
    this.#arm(timer);
    return () => {
      timer.cancel();
      this.#timers.delete(timer);
    };
  }

  /** Moves sandbox time `ms` forward, over whatever the clock beneath does. */
  advance(ms: number): void {
    const end = this.#offset + ms;
    for (;;) {
      const horizon = this.#base.monotonic() + end;
      const next = this.#soonest();
      if (!next || next.due > horizon) break;
      this.#offset = Math.max(this.#offset, next.due - this.#base.monotonic());
      this.#fire(next);
    }
    this.#offset = Math.max(this.#offset, end);
    for (const timer of this.#timers) {
      timer.cancel();
      this.#arm(timer);
    }
  }

  /** Forgets every timer, so that nothing fires into a closed sandbox. */
  stop(): void {
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
  }

  #soonest(): Timer | null {
    let soonest: Timer | null = null;
    for (const timer of this.#timers) if (!soonest || timer.due < soonest.due) soonest = timer;
    return soonest;
  }

  #arm(timer: Timer): void {
    timer.cancel = this.#base.after(Math.max(0, timer.due - this.monotonic()), () => this.#fire(timer));
  }

  #fire(timer: Timer): void {
    if (!this.#timers.delete(timer)) return;
    timer.cancel();
    timer.fn();
  }
}

import { setTimeout as pause } from 'node:timers/promises';
import { SandboxClock } from '../../sandbox/clock.ts';
import { LeapClock } from './house.ts';

/** What loopback calls take to be answered: some time, and on a busy machine so many turns of the event loop. */
const TURN_MS = 4;
const TURNS = 12;

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Runs with the machine's clock, and when it is moved forward the timers on the way fire in order. */
export class SteppedClock extends LeapClock {
  #inner = new SandboxClock();

  override now(): number {
    return Math.floor(this.#inner.now());
  }

  override monotonic(): number {
    return this.#inner.monotonic();
  }

  override after(ms: number, fn: () => void): () => void {
    return this.#inner.after(ms, fn);
  }

  override leap(ms: number): void {
    this.#inner.advance(ms);
  }

  /** Lets `ms` pass in steps, each with time for what it set off. */
  async pass(ms: number, step: number): Promise<void> {
    for (let left = ms; left > 0; left -= step) {
      this.leap(Math.min(left, step));
      await pause(TURN_MS);
      for (let turns = 0; turns < TURNS; turns += 1) await turn();
    }
  }

  /** Passes steps until `done`; gives how long it took, or null when it did not come within `most`. */
  async until(done: () => boolean | Promise<boolean>, most: number, step: number): Promise<number | null> {
    const begun = this.monotonic();
    for (;;) {
      if (await done()) return this.monotonic() - begun;
      if (this.monotonic() - begun > most) return null;
      await this.pass(step, step);
    }
  }

  /** Nothing fires any more. */
  stop(): void {
    this.#inner.stop();
  }
}

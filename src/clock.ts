import { randomBytes, randomUUID } from 'node:crypto';

/** Cancels a timer; calling it twice does nothing. */
export type Cancel = () => void;

/** Where time comes from. Instants are milliseconds since the Unix epoch, UTC. */
export interface Clock {
  now(): number;
  /** Milliseconds from an arbitrary start; never goes back when the wall clock does. */
  monotonic(): number;
  /** Runs `fn` once after `ms`. The timer never keeps the process alive by itself. */
  after(ms: number, fn: () => void): Cancel;
}

/** Where identity and chance come from. */
export interface Ids {
  /** UUIDv7: time-ordered, so that inserts stay at the end of every index. */
  uuid(): string;
  /** 192 unguessable bits, base64url. */
  token(): string;
  /** In [0, 1). Jitter only, never a secret. */
  random(): number;
}

/** `setTimeout` fires at once beyond 2^31-1 ms (24.8 days), so longer waits are cut into hops. */
const LONGEST_TIMEOUT_MS = 2_147_483_647;

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(ms, fn) {
    let timer: NodeJS.Timeout;
    const arm = (left: number) => {
      const hop = Math.min(left, LONGEST_TIMEOUT_MS);
      timer = setTimeout(() => (left > hop ? arm(left - hop) : fn()), hop);
      timer.unref();
    };
    arm(Math.max(0, ms));
    return () => clearTimeout(timer);
  },
};

export function systemIds(clock: Clock): Ids {
  let lastMs = 0;
  let counter = 0;
  return {
    /** RFC 9562 §6.2 method 1: a 12-bit counter keeps ids of one millisecond in order. */
    uuid() {
      const now = Math.max(clock.now(), lastMs);
      if (now === lastMs) counter += 1;
      else counter = randomBytes(1).readUInt8();
      lastMs = counter > 0xfff ? now + 1 : now;
      if (counter > 0xfff) counter = 0;
      const tail = randomUUID().slice(19);
      const time = lastMs.toString(16).padStart(12, '0');
      return `${time.slice(0, 8)}-${time.slice(8)}-7${counter.toString(16).padStart(3, '0')}-${tail}`;
    },
    token: () => randomBytes(24).toString('base64url'),
    random: () => Math.random(),
  };
}

/** Resolves after `ms` of this clock. */
export function sleep(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => {
    clock.after(ms, resolve);
  });
}

/** ISO 8601 in UTC with milliseconds, as contracts carry instants. */
export function toIso(ms: number): string {
  return new Date(ms).toISOString();
}

/** Milliseconds of an ISO 8601 instant; NaN when it is none. */
export function fromIso(iso: string): number {
  return Date.parse(iso);
}

/** The instant for a library that asks for a `Date`. */
export function toDate(ms: number): Date {
  return new Date(ms);
}

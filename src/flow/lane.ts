import type { Clock } from '../clock.ts';
import type { OutboxRow } from '../store/port.ts';
import { Holds } from './holds.ts';

/** What a lane knows of a row that waits; the rest is read when its turn comes. */
export type Ticket = Pick<OutboxRow, 'key' | 'lane' | 'priority' | 'due_at' | 'effect'>;

/** Permissions: `burst` at once, then `per_second`. */
export type Pace = { burst: number; per_second: number };

/** A token bucket on the monotonic clock. */
export class Bucket {
  #clock: Clock;
  #pace: Pace;
  #tokens: number;
  #at: number;

  constructor(clock: Clock, pace: Pace) {
    this.#clock = clock;
    this.#pace = pace;
    this.#tokens = pace.burst;
    this.#at = clock.monotonic();
  }

  /** Milliseconds until a permission is there; 0 when there is one. */
  wait(): number {
    const now = this.#clock.monotonic();
    const earned = ((now - this.#at) / 1000) * this.#pace.per_second;
    this.#tokens = Math.min(this.#pace.burst, this.#tokens + earned);
    this.#at = now;
    return this.#tokens >= 1 ? 0 : Math.ceil(((1 - this.#tokens) / this.#pace.per_second) * 1000);
  }

  take(): void {
    this.#tokens -= 1;
  }
}

const PRIORITIES = 4;

/**
 * The rows of one far side, in memory, whose times are those of a clock that nobody sets: the most urgent first and, within a priority, first come
 * first served; at most `concurrency` at a time, never two of one subject at once.
 */
export class Lane {
  readonly #concurrency: number;
  readonly #bucket: Bucket | null;
  #ready: Map<string, Ticket>[] = Array.from({ length: PRIORITIES }, () => new Map());
  #later = new Map<string, Ticket>();
  #busy = new Map<string, readonly string[]>();
  #holds = new Holds();
  #quietUntil = 0;
  /** When it was last asked for a row: what is ready was due by then. */
  #seen = Number.NEGATIVE_INFINITY;
  /** Cards that have not been posted and could share a digest. */
  #quietCards = new Set<string>();

  constructor(concurrency: number, bucket: Bucket | null) {
    this.#concurrency = concurrency;
    this.#bucket = bucket;
  }

  /** A row that is being worked on comes again afterwards; one whose turn is coming keeps its place. */
  put(ticket: Ticket): void {
    const standing = this.#ready[rank(ticket)];
    if (standing?.has(ticket.key) && ticket.due_at <= this.#seen) {
      standing.set(ticket.key, ticket);
    } else {
      for (const queue of this.#ready) queue.delete(ticket.key);
      this.#later.set(ticket.key, ticket);
    }
    const { effect } = ticket;
    if (effect.kind === 'card' && effect.may_wait && !this.#busy.has(ticket.key))
      this.#quietCards.add(ticket.key);
    else this.#quietCards.delete(ticket.key);
  }

  /** It waits here, or is being worked on. */
  has(key: string): boolean {
    return this.#busy.has(key) || this.#later.has(key) || this.#ready.some((queue) => queue.has(key));
  }

  /** Cards that wait here and could share one digest message. */
  quietCards(): readonly string[] {
    return [...this.#quietCards];
  }

  /** Counts these cards no more: they stand already, or are somewhere else now. */
  uncount(keys: readonly string[]): void {
    for (const key of keys) this.#quietCards.delete(key);
  }

  /** Cards that are shown by a digest now. One that was asked for again since, for itself, stays. */
  drop(keys: readonly string[]): void {
    for (const key of keys) {
      for (const queue of [this.#later, ...this.#ready]) {
        const effect = queue.get(key)?.effect;
        if (effect?.kind === 'card' && effect.may_wait) queue.delete(key);
      }
    }
  }

  /** The far side asked for quiet until then. */
  quiet(until: number): void {
    this.#quietUntil = Math.max(this.#quietUntil, until);
  }

  /** What was sent of it may still arrive until then, so others of its subjects wait. */
  hold(ticket: Ticket, until: number): void {
    this.#holds.hold(ticket.key, subjectsOf(ticket), until);
  }

  done(key: string): void {
    this.#busy.delete(key);
  }

  /** The next row to begin now, or how long to wait for one; null when nothing waits or a place must free first. */
  next(now: number): Ticket | { wait: number } | null {
    if (this.#busy.size >= this.#concurrency) return null;
    if (this.#quietUntil > now) return { wait: this.#quietUntil - now };
    this.#holds.forget(now);
    const due = this.#sortIn(now);
    const { best, freeAt } = this.#best(now);
    const soonest = Math.min(due ?? Number.POSITIVE_INFINITY, freeAt);
    if (!best) return soonest === Number.POSITIVE_INFINITY ? null : { wait: soonest - now };
    const wait = this.#bucket?.wait() ?? 0;
    if (wait > 0) return { wait };
    this.#bucket?.take();
    this.#ready[rank(best)]?.delete(best.key);
    this.#quietCards.delete(best.key);
    this.#busy.set(best.key, subjectsOf(best));
    return best;
  }

  /** Moves what has come due to its queue; gives when the next one will. */
  #sortIn(now: number): number | null {
    this.#seen = now;
    let soonest: number | null = null;
    for (const ticket of this.#later.values()) {
      if (ticket.due_at > now) {
        soonest = Math.min(soonest ?? ticket.due_at, ticket.due_at);
        continue;
      }
      this.#later.delete(ticket.key);
      this.#ready[rank(ticket)]?.set(ticket.key, ticket);
    }
    return soonest;
  }

  /** The best that may begin, and otherwise when the first that is held back may. */
  #best(now: number): { best: Ticket | null; freeAt: number } {
    const busy = new Set([...this.#busy.values()].flat());
    let first = Number.POSITIVE_INFINITY;
    for (const queue of this.#ready) {
      for (const ticket of queue.values()) {
        const subjects = subjectsOf(ticket);
        if (this.#busy.has(ticket.key) || subjects.some((each) => busy.has(each))) continue;
        const freeAt = this.#holds.freeAt(ticket.key, subjects, now);
        if (freeAt <= now) return { best: this.#inOrder(ticket), freeAt };
        first = Math.min(first, freeAt);
      }
    }
    return { best: null, freeAt: first };
  }

  /** A thread is told in order: however urgent a note is, the earlier ones of its export go before it. */
  #inOrder(ticket: Ticket): Ticket {
    if (ticket.effect.kind !== 'note' && ticket.effect.kind !== 'campaign_note') return ticket;
    const thread = threadOf(ticket);
    let first = ticket;
    let n = ticket.effect.n;
    for (const queue of this.#ready) {
      for (const other of queue.values()) {
        if (other.effect.kind !== ticket.effect.kind || other.effect.n >= n || threadOf(other) !== thread)
          continue;
        first = other;
        n = other.effect.n;
      }
    }
    return first;
  }
}

function threadOf(ticket: Ticket): string {
  return ticket.key.slice(0, ticket.key.lastIndexOf(':'));
}

function rank(ticket: Ticket): number {
  return Math.min(Math.max(ticket.priority, 0), PRIORITIES - 1);
}

/** Pushes that share a subject and news of one campaign keep their order; everything else is its own subject. */
function subjectsOf({ effect, key }: Ticket): readonly string[] {
  if (effect.kind === 'push') return [effect.subject, ...(effect.others ?? [])];
  return [effect.kind === 'campaign' || effect.kind === 'issue' ? `campaign:${effect.campaign}` : key];
}

import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '../clock.ts';
import type { Limits } from './deps.ts';
import { endWith, sendProblem, tooMany, transportProblem } from './problems.ts';

export type Leave = () => void;

/** A request on its way in. `bytes` is what its body may take in memory. */
export type Guest = {
  bytes: number;
  batch: boolean;
  /** Its body is still coming. */
  receiving(): boolean;
  /** Ends it at once. */
  cut(): void;
};

/** Whose body has been coming for longer makes room for others, ms. */
const SLOW_MS = 5_000;

/**
 * Bounds what intake holds in memory and on disk at one moment. Who is not let in is told to come
 * back; nothing waits in a queue that could grow. A signature is known only with the last byte, so that
 * anybody could hold every place by sending slowly: when it is full, the slowest are sent away.
 */
export class Admission {
  readonly #limits: Limits;
  readonly #clock: Clock;
  /** Since when, on the monotonic clock; the earliest first. */
  readonly #inside = new Map<Guest, number>();
  #bytes = 0;
  #batches = 0;

  constructor(limits: Limits, clock: Clock) {
    this.#limits = limits;
    this.#clock = clock;
  }

  /** Null when it is full. The way out works once. */
  enter(guest: Guest): Leave | null {
    while (!this.#fits(guest)) {
      const slow = this.#slowest(guest);
      if (!slow) return null;
      this.#leave(slow);
      slow.cut();
    }
    this.#inside.set(guest, this.#clock.monotonic());
    this.#bytes += guest.bytes;
    if (guest.batch) this.#batches += 1;
    return () => this.#leave(guest);
  }

  #fits({ bytes, batch }: Guest): boolean {
    const { requests, bytes: most, batches } = this.#limits;
    if (batch && this.#batches >= batches) return false;
    return this.#inside.size < requests && this.#bytes + bytes <= most;
  }

  /** One whose going would help, if any has been sending for too long. */
  #slowest({ batch }: Guest): Guest | null {
    const needsBatch = batch && this.#batches >= this.#limits.batches;
    const now = this.#clock.monotonic();
    for (const [guest, since] of this.#inside) {
      if (now - since < SLOW_MS) return null;
      if (guest.receiving() && (!needsBatch || guest.batch)) return guest;
    }
    return null;
  }

  #leave(guest: Guest): void {
    if (!this.#inside.delete(guest)) return;
    this.#bytes -= guest.bytes;
    if (guest.batch) this.#batches -= 1;
  }

  get inFlight(): number {
    return this.#inside.size;
  }
}

/** Lets a request in until its connection has nothing more to do with it, or answers 429. */
export async function enterFor(
  admission: Admission,
  request: FastifyRequest,
  reply: FastifyReply,
  limits: Limits,
): Promise<FastifyReply | undefined> {
  const batch = request.headers['content-type']?.startsWith('application/x-ndjson') ?? false;
  const declared = Number(request.headers['content-length'] ?? Number.NaN);
  const most = batch ? limits.spool_bytes : limits.json_bytes;
  const leave = admission.enter({
    bytes: declared <= most ? declared : most,
    batch,
    receiving: () => !request.raw.complete,
    cut: () => endWith(request.raw.socket, transportProblem('request_timeout')),
  });
  if (!leave) return sendProblem(reply.header('connection', 'close'), tooMany());
  reply.raw.once('close', leave);
  return undefined;
}

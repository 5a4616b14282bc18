import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Limits } from './deps.ts';
import { sendProblem, tooMany } from './problems.ts';

export type Leave = () => void;

/**
 * Bounds what intake holds in memory and on disk at one moment. Who is not let in is told to come
 * back; nothing waits in a queue that could grow.
 */
export class Admission {
  readonly #limits: Limits;
  #requests = 0;
  #bytes = 0;
  #batches = 0;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /** Null when it is full. `bytes` is what the body may take in memory. The way out works once. */
  enter(bytes: number, batch: boolean): Leave | null {
    const limits = this.#limits;
    const full =
      this.#requests >= limits.requests ||
      this.#bytes + bytes > limits.bytes ||
      (batch && this.#batches >= limits.batches);
    if (full) return null;
    this.#requests += 1;
    this.#bytes += bytes;
    if (batch) this.#batches += 1;
    let inside = true;
    return () => {
      if (!inside) return;
      inside = false;
      this.#requests -= 1;
      this.#bytes -= bytes;
      if (batch) this.#batches -= 1;
    };
  }

  get inFlight(): number {
    return this.#requests;
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
  const leave = admission.enter(declared <= most ? declared : most, batch);
  if (!leave) return sendProblem(reply.header('connection', 'close'), tooMany());
  reply.raw.once('close', leave);
  return undefined;
}

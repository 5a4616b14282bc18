import type { FastifyRequest } from 'fastify';
import { refuse } from '../exports/refusals.ts';
import { type Claim, readClaim } from '../signature.ts';
import type { Delivery } from '../store/port.ts';
import type { WebDeps } from './deps.ts';
import { type Problem, problemOf } from './problems.ts';

/** Who says they sent a request; true only once a `Verifier` has seen the whole body. */
export type Signed = { name: string; keys: readonly Buffer[]; claim: Claim };

declare module 'fastify' {
  interface FastifyRequest {
    signed: Signed | null;
  }
}

/**
 * What can be known before the body: it is not compressed, the sender is configured, the signature's
 * instant is now. Every failure of the sender's has the same answer, so that nobody learns which names exist.
 */
export function authenticate(
  request: FastifyRequest,
  header: 'meshline-source' | 'meshline-sink',
  known: ReadonlyMap<string, { keys: readonly Buffer[] }>,
  now: number,
): Signed | Problem {
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') return problemOf(refuse('unsupported_media_type'));
  const name = request.headers[header];
  const entry = typeof name === 'string' ? known.get(name) : undefined;
  const claim = readClaim(request.headers, now);
  if (typeof name !== 'string' || !entry || entry.keys.length === 0 || !claim) {
    return problemOf(refuse('bad_signature'));
  }
  return { name, keys: entry.keys, claim };
}

/** Longer than any sender goes on trying, so that a delivery id is never taken for a new one. */
const KEEP_MS = 3 * 24 * 60 * 60_000;

/** Whether this delivery id is new, came with the same body, or came with another one. */
export async function checkReplay(
  deps: Pick<WebDeps, 'firstSeen' | 'clock'>,
  kind: 'source' | 'sink',
  signed: Signed,
  bodyHash: string,
): Promise<'new' | 'same' | 'other'> {
  const { scope, id, keep_ms } = deliveryOf(kind, signed, bodyHash);
  return deps.firstSeen(scope, id, bodyHash, deps.clock.now(), keep_ms);
}

/** The delivery as the ledger remembers it. */
export function deliveryOf(kind: 'source' | 'sink', signed: Signed, body_hash: string): Delivery {
  return { scope: `${kind}:${signed.name}`, id: signed.claim.id, body_hash, keep_ms: KEEP_MS };
}

import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { Json } from './envelope.ts';
import type { Intent } from './words.ts';

/** SHA-256, hex, of the RFC 8785 form: equal values have equal hashes whatever their key order. */
export function hashOf(value: Json): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError('A value that is not JSON cannot be hashed.');
  return createHash('sha256').update(text).digest('hex');
}

/**
 * What an acceptance is bound to: the values of one revision, not their ages. Two exports with the
 * same hash ask for the same effect.
 */
export function revisionHash(values: {
  export_type: string;
  intent: Intent;
  campaign_id: string | null;
  payload: Json;
}): string {
  return hashOf(values);
}

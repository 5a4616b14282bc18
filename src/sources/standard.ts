import type { IncomingHttpHeaders } from 'node:http';
import type { z } from 'zod';
import { fromIso } from '../clock.ts';
import { type Refusal, refuse } from '../exports/refusals.ts';
import { readClaim, Verifier } from '../signature.ts';
import type { Claim } from './port.ts';

export const notGenuine = (): Refusal => refuse('hook_not_genuine');

/** Standard Webhooks 1.0 under any of the keys, within five minutes to either side. */
export function verifyStandard(
  headers: IncomingHttpHeaders,
  body: Buffer,
  keys: readonly Buffer[],
  now: number,
): Claim | Refusal {
  const claim = readClaim(headers, now);
  if (!claim || !new Verifier(claim, keys).update(body).verify()) return notGenuine();
  return { id: claim.id, event: null, topic: null, at: null };
}

export function headerOf(headers: IncomingHttpHeaders, name: string): string | null {
  const value = headers[name];
  return typeof value === 'string' && /^[\x20-\x7e]{1,300}$/.test(value) ? value : null;
}

/** Milliseconds of an instant with a zone, or null. A space between day and time is taken as well. */
export function instant(text: string | null | undefined): number | null {
  if (text === null || text === undefined || !/^\d{4}-\d\d-\d\d[T ].+(?:Z|[+-]\d\d:?\d\d)$/.test(text))
    return null;
  const at = fromIso(text.replace(' ', 'T'));
  return Number.isNaN(at) ? null : at;
}

/** The first thing that is wrong with a body, as a sentence. */
export function wrongIn(error: z.ZodError): { kind: 'wrong'; reason: string } {
  const { path, message } = error.issues[0] ?? { path: [], message: 'It cannot be read.' };
  const where = path.length === 0 ? 'The body' : `"${path.join('.')}"`;
  return { kind: 'wrong', reason: `${where} is not as expected: ${message}` };
}

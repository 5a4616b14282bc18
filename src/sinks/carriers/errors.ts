import type { Json } from '../../exports/envelope.ts';
import type { HttpResult } from '../http-client.ts';
import { oneLine, type Reading, retryAfterMs } from '../outcome.ts';
import type { SinkOutcome } from '../port.ts';
import { failed } from '../shared/ending.ts';

/** Our exception code by the carrier's own code. Codes that nobody owns have a meaning in `outcomeOf`. */
export type CodeTable = Readonly<Record<string, string>>;

/** One row a carrier's code, all with the same exception code. */
export function codes(exceptionCode: string, ...theirs: readonly string[]): CodeTable {
  return Object.fromEntries(theirs.map((code) => [code, exceptionCode]));
}

/** One complaint of an answer, in the carrier's own words. */
export type Complaint = { code: string | null; message: string | null; field?: string | null };

/** An answer that can be read. `complete` is false when it was too long or broke off. */
export type CarrierAnswer = Extract<HttpResult, { kind: 'answer' }>;

/** `writes`: an effect, such as a bought label, may stand although the answer is no success. */
export type CarrierReading = Reading & { table: CodeTable; writes: boolean };

const LONGEST_WORDS = 500;
const LONGEST_CODE = 80;
/** Not overload or breakage but a plain no. */
const NEVER: ReadonlySet<number> = new Set([501, 505]);

const BY_STATUS: Readonly<Record<number, readonly [code: string, sentence: string]>> = {
  401: ['carrier_auth_expired', 'The carrier does not take our credentials; renew them.'],
  403: ['carrier_auth_forbidden', 'The carrier does not let this account do that; check its rights.'],
  404: ['carrier_endpoint_not_found', 'The carrier does not know this address; check base_url.'],
  413: ['payload_too_large', 'The carrier says that the request is too large.'],
};

/** The answer, or the outcome of a call that has none. Nothing that is no answer reaches a person. */
export function answerOf(
  result: HttpResult,
  writes: boolean,
): { ok: true; answer: CarrierAnswer } | { ok: false; outcome: SinkOutcome } {
  switch (result.kind) {
    case 'answer':
      return { ok: true, answer: result };
    case 'barred':
      return {
        ok: false,
        outcome: failed('egress_blocked', result.cause),
      };
    case 'unsent':
      return { ok: false, outcome: { kind: 'retry', after_ms: null, cause: result.cause } };
    case 'lost':
      return { ok: false, outcome: lost(result.cause, writes) };
  }
}

/** Without an answer that can be read: a write may stand, a read is made again. */
export function lost(cause: string, writes: boolean): SinkOutcome {
  return writes ? { kind: 'unknown', cause } : { kind: 'retry', after_ms: null, cause };
}

/** A failure in the carrier's words, or ours when it has none. */
export function refusal(
  exceptionCode: string,
  complaints: readonly Complaint[],
  status: number,
  otherwise: string,
  redact: Reading['redact'],
): SinkOutcome {
  const clean = (text: string, limit: number) => oneLine(redact(text), limit);
  const said = complaints
    .map(({ message, field }) =>
      [field, message].filter((part) => part !== null && part !== undefined && part !== '').join(': '),
    )
    .filter((words) => words !== '')
    .join(' ');
  const words = clean(said, LONGEST_WORDS);
  const theirs = complaints.flatMap(({ code }) => (code === null ? [] : [clean(code, LONGEST_CODE)]));
  const metadata: { [key: string]: Json } = { http_status: status };
  if (theirs[0] !== undefined) metadata['carrier_code'] = theirs[0];
  if (theirs.length > 1) metadata['carrier_codes'] = theirs.slice(0, 20);
  return failed(exceptionCode, words === '' ? otherwise : words, metadata);
}

/** The first complaint whose code the table knows decides; the order of a list is the carrier's. */
export function exceptionOf(complaints: readonly Complaint[], table: CodeTable): string | null {
  for (const { code } of complaints)
    if (code !== null && Object.hasOwn(table, code)) return table[code] ?? null;
  return null;
}

/**
 * How an answer that is no success ends. A 429 surely had no effect. After a 5xx, a 408 or a code that
 * means the carrier lost its way, a write is unknown and a read is made again. Everything else is a
 * plain no: it goes to a person, never to a retry.
 */
export function outcomeOf(
  answer: CarrierAnswer,
  complaints: readonly Complaint[],
  reading: CarrierReading,
): SinkOutcome {
  const { status, headers } = answer;
  const after_ms = retryAfterMs(headers, reading.now);
  const cause = `The carrier answered ${String(status)}.`;
  const known = exceptionOf(complaints, reading.table);
  if (status === 429 || known === 'rate_limited') return { kind: 'retry', after_ms, cause };
  if (status === 408 || (status >= 500 && !NEVER.has(status)) || known === 'outcome_unknown')
    return reading.writes ? { kind: 'unknown', cause } : { kind: 'retry', after_ms, cause };
  if (known === 'carrier_unavailable' || status === 425) return { kind: 'retry', after_ms, cause };
  const [code, sentence] = BY_STATUS[status] ?? ['sink_rejected', cause];
  return refusal(known ?? code, complaints, status, sentence, reading.redact);
}

/** JSON of an answer's body, or undefined when it is none. */
export function jsonOf(answer: CarrierAnswer): unknown {
  if (!answer.complete) return undefined;
  try {
    return JSON.parse(answer.body) as unknown;
  } catch {
    return undefined;
  }
}

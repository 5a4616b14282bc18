import { z } from 'zod';
import { fromIso } from '../clock.ts';
import type { Json } from '../exports/envelope.ts';
import { HOUR_MS } from '../exports/words.ts';
import type { AnswerHeaders, HttpResult } from './http-client.ts';
import type { SinkOutcome } from './port.ts';

/** What the classifier needs besides the result. `redact` takes the sink's secrets out of a text. */
export type Reading = { now: number; redact: (text: string) => string };

/** What an answer in JSON may say; anything else in it is ignored. */
const Answer = z.looseObject({
  reference: z.union([z.string(), z.number()]).optional().catch(undefined),
  id: z.union([z.string(), z.number()]).optional().catch(undefined),
  exception_code: z
    .string()
    .regex(/^[a-z][a-z0-9_]{1,79}$/u)
    .optional()
    .catch(undefined),
  exception_metadata: z.record(z.string().max(80), z.json()).optional().catch(undefined),
  message: z.string().optional().catch(undefined),
  detail: z.string().optional().catch(undefined),
  title: z.string().optional().catch(undefined),
});
type Answer = z.infer<typeof Answer>;

const LONGEST_MESSAGE = 500;
const LONGEST_REFERENCE = 200;
const LONGEST_METADATA = 8_000;

/** Text from outside as one line: no control, formatting or line-breaking characters, at most `limit` long. */
export function oneLine(text: string, limit: number): string {
  const flat = text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]+/gu, ' ').trim();
  return flat.length <= limit ? flat : `${flat.slice(0, limit - 1).toWellFormed()}…`;
}

/** The answer as JSON: `none` for an empty body, `unreadable` for anything but a JSON value. */
function readBody(
  body: string,
): { kind: 'none' } | { kind: 'unreadable' } | { kind: 'json'; answer: Answer } {
  if (body.trim() === '') return { kind: 'none' };
  try {
    const parsed = Answer.safeParse(JSON.parse(body));
    return { kind: 'json', answer: parsed.success ? parsed.data : {} };
  } catch {
    return { kind: 'unreadable' };
  }
}

/**
 * How long the far side asks us to wait, ms: seconds or an HTTP date (RFC 9110, 10.2.3), at least 0
 * and at most an hour, so that a wrong clock over there stops nothing for long. Null when it does not say.
 */
export function retryAfterMs(headers: AnswerHeaders, now: number): number | null {
  const value = headers['retry-after'];
  if (typeof value !== 'string') return null;
  const text = value.trim();
  if (/^\d{1,12}$/u.test(text)) return Math.min(Number(text) * 1000, HOUR_MS);
  if (!/^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/u.test(text))
    return null;
  const at = fromIso(text);
  return Number.isNaN(at) ? null : Math.min(Math.max(0, at - now), HOUR_MS);
}

/** Where a redirect pointed, host only: the rest of the address may hold a token. */
function hostOfLocation(headers: AnswerHeaders, reading: Reading): string {
  const location = headers['location'];
  if (typeof location !== 'string') return 'nowhere';
  // Before parsing, which changes case.
  const clean = reading.redact(location);
  return URL.canParse(clean) ? oneLine(new URL(clean).host, LONGEST_REFERENCE) : 'another path';
}

/** The words the far side chose, without anything of ours in them, or `otherwise`. */
function wordsOf(answer: Answer, otherwise: string, reading: Reading): string {
  const said = [answer.message, answer.detail, answer.title].find((text) => text !== undefined);
  const words = said === undefined ? '' : oneLine(reading.redact(said), LONGEST_MESSAGE);
  return words === '' ? otherwise : words;
}

function metadataOf(answer: Answer, status: number, reading: Reading): { [key: string]: Json } {
  const text = reading.redact(JSON.stringify(answer.exception_metadata ?? {}));
  const said =
    text.length <= LONGEST_METADATA ? z.record(z.string(), z.json()).safeParse(JSON.parse(text)) : null;
  return { ...(said?.success === true ? said.data : {}), http_status: status };
}

function failed(
  answer: Answer,
  status: number,
  code: string,
  sentence: string,
  reading: Reading,
): SinkOutcome {
  return {
    kind: 'failed',
    exception_code: answer.exception_code ?? code,
    message: wordsOf(answer, sentence, reading),
    metadata: metadataOf(answer, status, reading),
  };
}

function succeeded(result: Extract<HttpResult, { kind: 'answer' }>, reading: Reading): SinkOutcome {
  if (!result.complete) return { kind: 'unknown', cause: 'The answer was too long, or broke off.' };
  const read = readBody(result.body);
  switch (read.kind) {
    case 'none':
      return { kind: 'delivered', reference: null };
    case 'unreadable':
      // A page from a proxy or a login says nothing about the effect: it is looked for, not assumed.
      return { kind: 'unknown', cause: 'The answer was a success, but not in JSON.' };
    case 'json': {
      const { answer } = read;
      if (answer.exception_code !== undefined)
        return failed(
          answer,
          result.status,
          answer.exception_code,
          'The sink answered with an exception.',
          reading,
        );
      const reference = answer.reference ?? answer.id;
      if (reference === undefined) return { kind: 'delivered', reference: null };
      return { kind: 'delivered', reference: oneLine(reading.redact(String(reference)), LONGEST_REFERENCE) };
    }
  }
}

const WAIT: ReadonlySet<number> = new Set([408, 425, 429]);
/** Not overload or breakage but a plain no: trying again changes nothing. */
const NEVER: ReadonlySet<number> = new Set([501, 505]);

/** The exception code of a refusal whose body names none, and its sentence. */
const REFUSALS: Readonly<Record<number, readonly [code: string, sentence: string]>> = {
  401: ['sink_unauthorized', 'The sink does not accept our signature; check its secret.'],
  403: ['sink_unauthorized', 'The sink does not let us do this; check its secret and rights.'],
  410: ['sink_gone', 'The sink says that its address is gone for good.'],
  413: ['payload_too_large', 'The sink says that the payload is too large.'],
};

function answered(result: Extract<HttpResult, { kind: 'answer' }>, reading: Reading): SinkOutcome {
  const { status, headers } = result;
  if (status >= 200 && status < 300) return succeeded(result, reading);
  const sentence = `The sink answered ${String(status)}.`;
  if (status < 400) {
    const message = `The sink redirected to ${hostOfLocation(headers, reading)}; redirects are not followed.`;
    return failed({}, status, 'sink_rejected', message, reading);
  }
  // After a 5xx the effect may have happened. Sending again is safe: the key stays and the far side dedupes by it.
  if (WAIT.has(status) || (status >= 500 && !NEVER.has(status)))
    return { kind: 'retry', after_ms: retryAfterMs(headers, reading.now), cause: sentence };
  const read = readBody(result.body);
  const answer = read.kind === 'json' ? read.answer : {};
  const [code, words] = REFUSALS[status] ?? ['sink_rejected', sentence];
  return failed(answer, status, code, words, reading);
}

/** The one reading of what came back, for every sink that speaks HTTP. */
export function classify(result: HttpResult, reading: Reading): SinkOutcome {
  switch (result.kind) {
    case 'answer':
      return answered(result, reading);
    case 'barred':
      return { kind: 'failed', exception_code: 'egress_blocked', message: result.cause, metadata: {} };
    case 'unsent':
      return { kind: 'retry', after_ms: null, cause: result.cause };
    case 'lost':
      return { kind: 'unknown', cause: result.cause };
  }
}

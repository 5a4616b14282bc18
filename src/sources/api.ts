import type { z } from 'zod';
import type { Json } from '../exports/envelope.ts';
import type { HttpCall, HttpClient } from '../sinks/http-client.ts';
import { retryAfterMs } from '../sinks/outcome.ts';
import type { Fetched } from './define.ts';

const WAIT: ReadonlySet<number> = new Set([408, 425, 429]);

export type Asking = Omit<HttpCall, 'body'> & { body?: Json };

/**
 * Asks a platform for JSON. Reasons name the status and nothing of the request. An empty answer
 * (204) is `null` to the schema.
 */
export async function ask<Schema extends z.ZodType>(
  http: HttpClient,
  { body, headers, ...call }: Asking,
  schema: Schema,
  now: number,
): Promise<Fetched<z.infer<Schema>>> {
  const result = await http.call({
    ...call,
    headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    body: body === undefined ? null : JSON.stringify(body),
  });
  switch (result.kind) {
    case 'barred':
      return { kind: 'failed', reason: result.cause };
    case 'unsent':
    case 'lost':
      return { kind: 'later', after_ms: null, reason: result.cause };
    case 'answer': {
      const { status, headers: answered } = result;
      if (WAIT.has(status) || status >= 500) {
        const after_ms = retryAfterMs(answered, now);
        return { kind: 'later', after_ms, reason: `${call.url.host} answered ${status}.` };
      }
      if (status === 401 || status === 403) {
        // A token is renewed by people, and the event is still there afterwards.
        const reason = `${call.url.host} answered ${status}: check the API token and its rights.`;
        return { kind: 'later', after_ms: null, reason, refused: true };
      }
      if (status < 200 || status > 299) {
        return { kind: 'failed', reason: `${call.url.host} answered ${status}.` };
      }
      if (!result.complete) return { kind: 'later', after_ms: null, reason: 'The answer broke off.' };
      return readAnswer(result.body, schema, call.url.host);
    }
  }
}

function readAnswer<Schema extends z.ZodType>(
  text: string,
  schema: Schema,
  host: string,
): Fetched<z.infer<Schema>> {
  try {
    const parsed = schema.safeParse(text.trim() === '' ? null : JSON.parse(text));
    if (parsed.success) return { kind: 'ok', value: parsed.data };
    const { path, message } = parsed.error.issues[0] ?? { path: [], message: '' };
    return {
      kind: 'failed',
      reason: `The answer of ${host} is not as agreed: ${path.join('.')}: ${message}`,
    };
  } catch {
    return { kind: 'later', after_ms: null, reason: `The answer of ${host} is not JSON.` };
  }
}

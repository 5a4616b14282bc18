import type { FetchFunction } from '@slack/web-api';
import type { QuietTimes } from './quiet-times.ts';
import { callResult, methodOf, type OnCall } from './slack-calls.ts';

/** A trigger lives three seconds, so a slower call could not open its modal any more. */
export const CALL_TIMEOUT_MS = 2_500;
/** The longest answer that is read, in bytes; a page of two hundred cards is far below. */
const LONGEST_ANSWER = 16 * 1024 * 1024;
/** A refusal is short; nothing longer is looked at for one. */
const LONGEST_REFUSAL = 2_000;
const TOO_MANY = JSON.stringify({ ok: false, error: 'ratelimited' });

/**
 * What Slack clients and response URLs are called through: always with an end, never redirected, never
 * read without bound. With `quiet`, a call that Slack asked to leave for now is answered here as Slack would.
 */
export function slackFetch(quiet: QuietTimes | null, onCall: OnCall = () => undefined): FetchFunction {
  return async (url, init) => {
    const method = methodOf(String(url));
    const channel = channelOf(init?.body);
    const wait = quiet?.wait(method, channel) ?? 0;
    if (wait > 0) return tooMany(wait);
    const { response, body } = await read(url, init).catch((error: unknown) => {
      onCall(method, 'unreachable');
      throw error;
    });
    onCall(method, callResult(response.status, body));
    if (response.status === 429 || saysTooMany(response.status, body)) {
      quiet?.asked(method, channel, response.headers.get('retry-after'));
    }
    const { status, statusText, headers } = response;
    return new Response(body.length === 0 ? null : body, { status, statusText, headers });
  };
}

async function read(url: Parameters<FetchFunction>[0], init: Parameters<FetchFunction>[1]) {
  const response = await globalThis.fetch(url, {
    ...init,
    redirect: 'error',
    signal: init?.signal ?? AbortSignal.timeout(CALL_TIMEOUT_MS),
  });
  return { response, body: await bounded(response) };
}

function tooMany(waitMs: number): Response {
  const retryAfter = String(Math.ceil(waitMs / 1000));
  return new Response(TOO_MANY, { status: 429, headers: { 'retry-after': retryAfter } });
}

function channelOf(body: unknown): string {
  return typeof body === 'string' ? (new URLSearchParams(body).get('channel') ?? '') : '';
}

function saysTooMany(status: number, body: Uint8Array): boolean {
  if (status !== 200 || body.length > LONGEST_REFUSAL) return false;
  return /"error"\s*:\s*"rate_?limited"/.test(Buffer.from(body).toString('utf8'));
}

/** @throws when the answer is longer than anything that Slack sends. */
async function bounded(response: Response): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of response.body ?? []) {
    size += part.length;
    if (size > LONGEST_ANSWER) throw new Error('The answer is longer than any of Slack.');
    parts.push(part);
  }
  return new Uint8Array(Buffer.concat(parts));
}

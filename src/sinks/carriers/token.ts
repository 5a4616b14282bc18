import { z } from 'zod';
import type { Clock } from '../../clock.ts';
import { MINUTE_MS } from '../../exports/words.ts';
import type { HttpClient } from '../http-client.ts';
import { retryAfterMs } from '../outcome.ts';
import type { SinkOutcome } from '../port.ts';
import { failed } from '../shared/ending.ts';
import { createRedact } from '../signing.ts';
import { answerOf, jsonOf, refusal } from './errors.ts';

/** A token, or why there is none; nothing has been asked of the carrier with it by then. */
export type TokenResult = { ok: true; value: string } | { ok: false; outcome: SinkOutcome };

/** A fresh token and how long it lasts, ms. */
export type FetchedToken =
  | { ok: true; value: string; lasts_ms: number }
  | { ok: false; outcome: SinkOutcome };

export interface TokenCache {
  /** The token that is held, or a new one; callers that come together share one fetch. */
  get(): Promise<TokenResult>;
  /** Forgets this token after a 401; a newer one that another call has fetched by then stays. */
  drop(value: string): void;
  /** Tokens of this process, to be taken out of texts. */
  known(): readonly string[];
}

/** A token is renewed this long before it ends, or at nine tenths of a short life. */
const MARGIN_MS = MINUTE_MS;

/** Lives are measured on the monotonic clock, so that a wall clock set back keeps no token too long. */
export function createTokenCache(clock: Clock, fetch: () => Promise<FetchedToken>): TokenCache {
  let held: { value: string; until: number } | null = null;
  let before: string | null = null;
  let coming: Promise<TokenResult> | null = null;

  const renew = async (): Promise<TokenResult> => {
    const fetched = await fetch();
    if (!fetched.ok) return fetched;
    const { value, lasts_ms } = fetched;
    before = held?.value ?? before;
    held = { value, until: clock.monotonic() + lasts_ms - Math.min(MARGIN_MS, lasts_ms / 10) };
    return { ok: true, value };
  };

  return {
    async get() {
      if (held && clock.monotonic() < held.until) return { ok: true, value: held.value };
      coming ??= renew().finally(() => {
        coming = null;
      });
      return await coming;
    },
    drop(value) {
      if (held?.value !== value) return;
      before = value;
      held = null;
    },
    known: () => [held?.value, before].filter((value) => value !== undefined && value !== null),
  };
}

export type ClientCredentials = {
  http: HttpClient;
  clock: Clock;
  url: URL;
  client_id: string;
  /** Newest first; an older one is tried when the carrier does not take a newer one yet. */
  secrets: readonly string[];
  form: 'urlencoded' | 'json';
  /** Statuses that mean "too many from this address", and how long to wait then when it does not say, ms. */
  throttle?: { statuses: readonly number[]; wait_ms: number };
};

const Granted = z.object({
  access_token: z.string().min(1).max(10_000),
  expires_in: z.coerce.number().positive().max(31_536_000),
});

const Refused = z.object({
  errors: z.array(z.object({ code: z.string().nullish(), message: z.string().nullish() })).optional(),
  error: z.union([z.string(), z.object({ message: z.string().nullish() })]).optional(),
  error_description: z.string().optional(),
});

function wordsOf(body: unknown): { code: string | null; message: string | null } {
  const read = Refused.safeParse(body);
  if (!read.success) return { code: null, message: null };
  const { errors, error, error_description } = read.data;
  const first = errors?.[0];
  const code = first?.code ?? (typeof error === 'string' ? error : null);
  const told = typeof error === 'object' ? error.message : null;
  return { code, message: first?.message ?? error_description ?? told ?? null };
}

/** OAuth 2.0 client credentials (RFC 6749, 4.4). A fetch that fails had no effect on any shipment. */
export function clientCredentials(options: ClientCredentials): () => Promise<FetchedToken> {
  const { http, clock, url, client_id, secrets, form, throttle } = options;
  const redact = createRedact(secrets);

  const ask = async (client_secret: string): Promise<FetchedToken & { refused?: true }> => {
    const fields = { grant_type: 'client_credentials', client_id, client_secret };
    const json = form === 'json';
    const result = await http.call({
      method: 'POST',
      url,
      headers: { 'content-type': json ? 'application/json' : 'application/x-www-form-urlencoded' },
      body: json ? JSON.stringify(fields) : new URLSearchParams(fields).toString(),
    });
    const read = answerOf(result, false);
    if (!read.ok) return { ok: false, outcome: read.outcome };
    const { answer } = read;
    const { status, headers } = answer;
    const body = jsonOf(answer);
    if (status >= 200 && status < 300) {
      const granted = Granted.safeParse(body);
      if (granted.success) {
        const { access_token, expires_in } = granted.data;
        return { ok: true, value: access_token, lasts_ms: expires_in * 1000 };
      }
      return {
        ok: false,
        outcome: { kind: 'retry', after_ms: null, cause: 'The token answer could not be read.' },
      };
    }
    const after = retryAfterMs(headers, clock.now());
    if (throttle?.statuses.includes(status) === true)
      return {
        ok: false,
        outcome: {
          kind: 'retry',
          after_ms: after ?? throttle.wait_ms,
          cause: 'Too many tokens were asked for.',
        },
      };
    if (status === 429 || status === 408 || status >= 500)
      return {
        ok: false,
        outcome: {
          kind: 'retry',
          after_ms: after,
          cause: `The token address answered ${String(status)}.`,
        },
      };
    const sentence = `The token address answered ${String(status)}; check client_id and secret.`;
    const code = status === 404 ? 'carrier_endpoint_not_found' : 'carrier_auth_expired';
    const outcome = refusal(code, [wordsOf(body)], status, sentence, redact);
    return { ok: false, outcome, refused: true };
  };

  return async () => {
    let last: FetchedToken = {
      ok: false,
      outcome: failed('carrier_auth_expired', 'There is no secret to ask for a token with.'),
    };
    for (const secret of secrets) {
      const asked = await ask(secret);
      if (asked.ok) return asked;
      if (asked.refused !== true) return { ok: false, outcome: asked.outcome };
      last = { ok: false, outcome: asked.outcome };
    }
    return last;
  };
}

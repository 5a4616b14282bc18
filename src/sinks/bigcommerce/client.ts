import type { z } from 'zod';
import { type Clock, sleep } from '../../clock.ts';
import type { SinkContext } from '../define.ts';
import type { HttpCall, HttpResult } from '../http-client.ts';
import { retryAfterMs } from '../outcome.ts';
import type { SinkOutcome } from '../port.ts';
import { failed, Stopped } from '../shared/ending.ts';
import { createRedact } from '../signing.ts';
import { type Refusal, refusalOf } from './causes.ts';
import type { BigCommerceSettings } from './settings.ts';
import { createWindow, resetMs } from './window.ts';

export function failedBy(refusal: Refusal): SinkOutcome {
  return failed(refusal.code, refusal.message, { http_status: refusal.status });
}

export type Query = Readonly<Record<string, string | number>>;

/** How a write was answered: taken, or refused without effect (`answer` may name single lines). */
export type Written<T> = { ok: true; status: number; value: T } | { ok: false; refusal: Refusal };

/** One attempt's view of the shop. */
export interface Shop {
  readonly settings: BigCommerceSettings;
  readonly clock: Clock;
  /** Enough has been done in this attempt: the rest is for the next one. */
  late(): boolean;
  /** At most two of these run at a time in one store; the others wait for their turn. */
  inTurn<T>(work: () => Promise<T>): Promise<T>;
  /** Ends the attempt with `retry` when there is no answer, and with `failed` when it is refused. */
  get<S extends z.ZodType>(path: string, query: Query, schema: S): Promise<z.infer<S>>;
  /** As `get`; null for 404. */
  find<S extends z.ZodType>(path: string, query: Query, schema: S): Promise<z.infer<S> | null>;
  /** Ends the attempt with `unknown` when it may have taken effect. */
  write<S extends z.ZodType>(
    method: 'POST' | 'PUT' | 'DELETE',
    path: string,
    body: unknown,
    schema: S,
  ): Promise<Written<z.infer<S>>>;
}

/** No call begins later than this, so that an attempt ends well within its lease of 120 s. */
const LAST_CALL_MS = 70_000;
const ENOUGH_MS = 40_000;

export type Client = { attempt(): Shop; close(): Promise<void> };

const NOT_JSON = Symbol('not JSON');

function parsed(body: string): unknown {
  if (body.trim() === '') return null;
  try {
    return JSON.parse(body);
  } catch {
    return NOT_JSON;
  }
}

/** The API of one store. V2 and V3 paths begin with their version, such as `/v3/catalog/products`. */
export function createClient(settings: BigCommerceSettings, context: SinkContext): Client {
  const { clock, secrets } = context;
  const redact = createRedact(secrets);
  const window = createWindow(clock);
  const turns = createTurns(2);
  const http = context.http({
    allow_private: settings.allow_private,
    timeout_ms: settings.timeout_ms,
    concurrency: Math.max(settings.concurrency, 2),
    longest_answer_bytes: 8 * 1024 * 1024,
  });
  const root = `${settings.base_url.replace(/(?<!\/)\/+$/u, '')}/stores/${settings.store_hash}`;
  // The first is the newest; an older one serves while the newest is not yet known over there.
  let token = 0;

  const once = async (until: number, call: Omit<HttpCall, 'headers'>): Promise<HttpResult> => {
    for (let wait = window.wait(); wait > 0; wait = window.wait()) {
      if (clock.monotonic() + wait > until) throw waiting(wait);
      await sleep(clock, wait);
    }
    if (clock.monotonic() > until) throw waiting(0);
    window.begin();
    const headers = { 'content-type': 'application/json', 'x-auth-token': secrets[token] ?? '' };
    const result = await http.call({ ...call, headers });
    window.end(result.kind === 'answer' ? result.headers : null);
    return result;
  };
  const send = async (
    until: number,
    method: HttpCall['method'],
    path: string,
    query: Query,
    body: unknown,
  ): Promise<HttpResult> => {
    const url = new URL(root + path);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, String(value));
    const call = { method, url, body: body === null ? null : JSON.stringify(body) };
    const used = token;
    const result = await once(until, call);
    if (result.kind !== 'answer' || result.status !== 401 || secrets.length < 2) return result;
    // Refused before anything was done, so another token may be tried for the same call.
    if (used === token) token = (token + 1) % secrets.length;
    return once(until, call);
  };

  /** What surely had no effect, whatever was asked. Null when the answer is to be read. */
  const withoutEffect = (result: HttpResult): SinkOutcome | null => {
    if (result.kind === 'barred') return failed('egress_blocked', result.cause);
    if (result.kind === 'unsent') return { kind: 'retry', after_ms: null, cause: result.cause };
    if (result.kind === 'lost') return null;
    const { status, headers } = result;
    if (status === 429) {
      const after_ms = resetMs(headers) ?? retryAfterMs(headers, clock.now());
      const cause =
        after_ms === null
          ? 'BigCommerce is overloaded (429).'
          : 'The store has used up its window of calls (429).';
      return { kind: 'retry', after_ms, cause };
    }
    if (status >= 300 && status < 400)
      return failed('sink_rejected', 'BigCommerce redirected; redirects are not followed.', {
        http_status: status,
      });
    return null;
  };

  const reading = async (until: number, path: string, query: Query) => {
    const result = await send(until, 'GET', path, query, null);
    const ended = withoutEffect(result);
    if (ended) throw new Stopped(ended);
    if (result.kind !== 'answer')
      throw again(result.kind === 'lost' ? result.cause : 'The call has no answer.');
    if (result.status >= 500 || result.status === 408)
      throw again(`BigCommerce answered ${String(result.status)}.`);
    const answer = result.complete ? parsed(result.body) : NOT_JSON;
    if (result.status < 300 && answer === NOT_JSON) throw again('The answer could not be read.');
    return { status: result.status, answer: answer === NOT_JSON ? null : answer };
  };
  const shaped = <S extends z.ZodType>(answer: unknown, schema: S): z.infer<S> => {
    const read = schema.safeParse(answer);
    if (read.success) return read.data;
    throw new Stopped(failed('invalid_answer', 'BigCommerce answered in a form that it does not document.'));
  };

  const attempt = (): Shop => {
    const begun = clock.monotonic();
    const until = begun + LAST_CALL_MS;
    return {
      settings,
      clock,
      late: () => clock.monotonic() - begun >= ENOUGH_MS,
      inTurn: turns,
      async get(path, query, schema) {
        const { status, answer } = await reading(until, path, query);
        if (status >= 400) throw new Stopped(failedBy(refusalOf(status, answer, redact)));
        return shaped(answer, schema);
      },
      async find(path, query, schema) {
        const { status, answer } = await reading(until, path, query);
        if (status === 404) return null;
        if (status >= 400) throw new Stopped(failedBy(refusalOf(status, answer, redact)));
        return shaped(answer, schema);
      },
      async write(method, path, body, schema) {
        const result = await send(until, method, path, {}, body);
        const ended = withoutEffect(result);
        if (ended) throw new Stopped(ended);
        if (result.kind !== 'answer')
          throw unsure(result.kind === 'lost' ? result.cause : 'The call has no answer.');
        const { status } = result;
        if (status >= 500 || status === 408) throw unsure(`BigCommerce answered ${String(status)}.`);
        const answer = result.complete ? parsed(result.body) : NOT_JSON;
        if (status >= 400)
          return { ok: false, refusal: refusalOf(status, answer === NOT_JSON ? null : answer, redact) };
        if (answer === NOT_JSON) throw unsure('The answer was a success that could not be read.');
        const read = schema.safeParse(answer);
        if (!read.success) throw unsure('The answer was a success in a form that is not documented.');
        return { ok: true, status, value: read.data };
      },
    };
  };
  return { attempt, close: () => http.close() };
}

/** Runs at most `most` at once, the others in the order they came. */
function createTurns(most: number): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let free = most;
  return async (work) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    }
  };
}

const again = (cause: string) => new Stopped({ kind: 'retry', after_ms: null, cause });
const unsure = (cause: string) => new Stopped({ kind: 'unknown', cause });
const waiting = (after_ms: number) =>
  new Stopped({ kind: 'retry', after_ms, cause: 'The store’s window of calls is used up for now.' });

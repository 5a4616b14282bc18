import type { Clock } from '../../clock.ts';
import type { Json } from '../../exports/envelope.ts';
import type { HttpCall, HttpClient } from '../http-client.ts';
import { retryAfterMs } from '../outcome.ts';
import type { SinkOutcome } from '../port.ts';
import type { Budget } from './budget.ts';
import { answerOf, type CarrierAnswer, lost } from './errors.ts';
import type { TokenCache } from './token.ts';

export type CarrierCall = {
  method: HttpCall['method'];
  /** Below the sink's own base address; no call goes to another host. */
  path: string;
  body: Json | null;
  /** An effect may stand when the answer is lost. */
  writes: boolean;
  headers?: Readonly<Record<string, string>>;
  /** Already taken from the budget, with the other calls that belong to it. */
  prepaid?: boolean;
  /** A second token that goes with this call, by the name of its header. */
  also?: { header: string; tokens: TokenCache };
};

export type Called = { ok: true; answer: CarrierAnswer } | { ok: false; outcome: SinkOutcome };

export type CarrierClient = { call(call: CarrierCall): Promise<Called> };

export type CarrierClientOptions = {
  http: HttpClient;
  clock: Clock;
  base: URL;
  tokens: TokenCache;
  budget: Budget;
};

export const usedUp = (after_ms: number): SinkOutcome => ({
  kind: 'retry',
  after_ms,
  cause: 'The calls allowed for now are used up.',
  deferred: true,
});

/**
 * Calls with a bearer token. A 401 had no effect: the tokens are renewed once and the call is made
 * again. A read whose answer breaks off is a retry, a write is unknown.
 */
export function createCarrierClient(options: CarrierClientOptions): CarrierClient {
  const { http, clock, base, tokens, budget } = options;
  const once = async (call: CarrierCall): Promise<Called & { used: readonly [string, string | null] }> => {
    const unused = ['', null] as const;
    const token = await tokens.get();
    if (!token.ok) return { ...token, used: unused };
    const second = call.also === undefined ? null : await call.also.tokens.get();
    if (second && !second.ok) return { ...second, used: unused };
    const wait = call.prepaid === true ? null : budget.take(1);
    if (wait !== null) return { ok: false, outcome: usedUp(wait), used: unused };
    const headers: Record<string, string> = { authorization: `Bearer ${token.value}`, ...call.headers };
    if (call.body !== null) headers['content-type'] = 'application/json';
    if (call.also && second) headers[call.also.header] = second.value;
    const result = await http.call({
      method: call.method,
      url: new URL(`${base.pathname.replace(/\/$/u, '')}${call.path}`, base),
      headers,
      body: call.body === null ? null : JSON.stringify(call.body),
    });
    const used = [token.value, second?.value ?? null] as const;
    const read = answerOf(result, call.writes);
    if (!read.ok) return { ...read, used };
    const { answer } = read;
    if (answer.status === 429) budget.spent(retryAfterMs(answer.headers, clock.now()) ?? 0);
    if (!answer.complete && answer.status < 300)
      return {
        ok: false,
        outcome: lost('The answer was too long, or broke off.', call.writes),
        used,
      };
    return { ...read, used };
  };
  return {
    async call(call) {
      const first = await once(call);
      if (!first.ok || first.answer.status !== 401) return first;
      const [token, second] = first.used;
      tokens.drop(token);
      if (second !== null) call.also?.tokens.drop(second);
      return await once(call);
    },
  };
}

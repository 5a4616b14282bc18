import { z } from 'zod';
import type { Clock } from '../../clock.ts';
import type { Json } from '../../exports/envelope.ts';
import type { Budget } from '../carriers/budget.ts';
import { answerOf, type Complaint, jsonOf, lost, outcomeOf } from '../carriers/errors.ts';
import type { HttpClient, HttpResult } from '../http-client.ts';
import { retryAfterMs } from '../outcome.ts';
import type { SinkOutcome } from '../port.ts';
import type { Redact } from '../signing.ts';
import { SHIPSTATION_CODES } from './codes.ts';

/**
 * `body` is null where the answer has none, and undefined where there is none that can be read. `absent`:
 * the far side does not know what was asked for.
 */
export type Answered =
  | { ok: true; body: unknown }
  | { ok: false; body: unknown; absent: boolean; complaints: readonly Complaint[]; outcome: SinkOutcome };

export type Call = {
  method: 'GET' | 'POST' | 'PUT';
  /** Below the base address, query included. */
  path: string;
  body?: Json;
  /** An effect may stand when the answer is lost. */
  writes: boolean;
};

export type ShipStation = { call(call: Call): Promise<Answered> };

export type ShipStationOptions = {
  http: HttpClient;
  clock: Clock;
  base: URL;
  /** Newest first. */
  keys: readonly string[];
  budget: Budget;
  redact: Redact;
};

const EXHAUSTED = 'The calls allowed for now are used up.';

const Errors = z.object({
  errors: z.array(
    z.union([
      z.string().transform((message) => ({ error_code: null, message, field_name: null })),
      z.object({
        error_code: z.string().nullish(),
        message: z.string().nullish(),
        field_name: z.string().nullish(),
      }),
    ]),
  ),
});

/** What an answer complains of, whatever its status: errors come inside successes too. */
export function complaintsOf(body: unknown): readonly Complaint[] {
  const read = Errors.safeParse(body);
  if (!read.success) return [];
  return read.data.errors.map(({ error_code, message, field_name }) => ({
    code: error_code ?? null,
    message: message ?? null,
    field: field_name ?? null,
  }));
}

/** Calls with an API key; during a rotation an older key is tried where a newer one is not taken yet. */
export function createShipStation(options: ShipStationOptions): ShipStation {
  const { http, clock, base, keys, budget, redact } = options;

  const send = async (call: Call): Promise<HttpResult> => {
    const headers: Record<string, string> = {};
    if (call.body !== undefined) headers['content-type'] = 'application/json';
    const body = call.body === undefined ? null : JSON.stringify(call.body);
    const url = new URL(`${base.href.replace(/\/$/u, '')}${call.path}`);
    let result: HttpResult = { kind: 'unsent', cause: 'There is no API key.' };
    for (const key of keys) {
      result = await http.call({
        method: call.method,
        url,
        headers: { ...headers, 'api-key': key },
        body,
      });
      if (result.kind !== 'answer' || result.status !== 401) break;
    }
    return result;
  };

  return {
    async call(call) {
      const fail = (
        outcome: SinkOutcome,
        told: Partial<Extract<Answered, { ok: false }>> = {},
      ): Answered => ({
        body: undefined,
        absent: false,
        complaints: [],
        ...told,
        ok: false,
        outcome,
      });
      const wait = budget.take(1);
      if (wait !== null) return fail({ kind: 'retry', after_ms: wait, cause: EXHAUSTED, deferred: true });
      const read = answerOf(await send(call), call.writes);
      if (!read.ok) return fail(read.outcome);
      const { answer } = read;
      const { status, headers } = answer;
      if (status === 429) budget.spent(retryAfterMs(headers, clock.now()) ?? 0);
      const body = answer.complete && answer.body.trim() === '' ? null : jsonOf(answer);
      const complaints = complaintsOf(body);
      const reading = { now: clock.now(), redact, table: SHIPSTATION_CODES, writes: call.writes };
      if (status < 200 || status > 299) {
        const gone = status === 404 && call.method === 'GET';
        return fail(outcomeOf(answer, complaints, reading), { body, complaints, absent: gone });
      }
      if (body === undefined) return fail(lost('The answer was a success that cannot be read.', call.writes));
      if (complaints.length > 0) return fail(outcomeOf(answer, complaints, reading), { body, complaints });
      return { ok: true, body };
    },
  };
}

import { z } from 'zod';
import type { Json } from '../../exports/envelope.ts';
import { clientCredentials, createTokenCache } from '../carriers/token.ts';
import type { SinkContext } from '../define.ts';
import type { HttpResult } from '../http-client.ts';
import { oneLine, retryAfterMs } from '../outcome.ts';
import type { SinkOutcome } from '../port.ts';
import { failed, Stopped } from '../shared/ending.ts';
import { createRedact } from '../signing.ts';
import { createBudget } from './budget.ts';
import type { Document } from './document.ts';
import { BROKEN, QUERY_ERRORS, STATUSES } from './errors.ts';
import type { ShopifySettings } from './settings.ts';

export interface Client {
  /** The answer's data. Throws a `Stopped` with the outcome of the push when there is none. */
  ask<Data>(document: Document<Data>, variables?: { readonly [name: string]: Json }): Promise<Data>;
  /** The version that answered last, where it is not the one asked for. */
  drifted(): string | null;
  /** Takes our secrets out of a text. */
  redact(text: string): string;
  close(): Promise<void>;
}

const Cost = z.object({
  requestedQueryCost: z.number().optional(),
  throttleStatus: z
    .object({ maximumAvailable: z.number(), currentlyAvailable: z.number(), restoreRate: z.number() })
    .optional(),
});

const Answer = z.object({
  data: z.json().optional(),
  errors: z
    .union([
      z.array(
        z.object({
          message: z.string(),
          extensions: z.looseObject({ code: z.string().optional() }).optional(),
        }),
      ),
      z.string(),
      z.record(z.string(), z.json()),
    ])
    .optional(),
  extensions: z
    .object({ cost: Cost.optional().catch(undefined) })
    .optional()
    .catch(undefined),
});
type Answer = z.infer<typeof Answer>;

const Ran = z.object({ result: z.record(z.string(), z.json()) });
type Errors = readonly { message: string; extensions?: { code?: string | undefined } | undefined }[];

/** How long one call may wait for the cost budget; a longer wait is the outbox's. */
const LONGEST_WAIT_MS = 5_000;
const THROTTLED_TRIES = 3;
/** Several hundred variants with their products. */
const LONGEST_ANSWER_BYTES = 4 * 1024 * 1024;

function retry(cause: string, after_ms: number | null = null): SinkOutcome {
  return { kind: 'retry', after_ms, cause };
}

/** Lost on its way back: a read is simply made again. */
function lost(document: Document<unknown>, cause: string): SinkOutcome {
  return document.writes ? { kind: 'unknown', cause } : retry(cause);
}

function readAnswer(body: string): Answer | null {
  try {
    const read = Answer.safeParse(JSON.parse(body));
    return read.success ? read.data : null;
  } catch {
    return null;
  }
}

/** Some refusals before the query runs carry a bare text instead of a list. */
function errorsOf({ errors }: Answer): Errors {
  if (errors === undefined) return [];
  if (Array.isArray(errors)) return errors;
  return [{ message: typeof errors === 'string' ? errors : JSON.stringify(errors) }];
}

export function createClient(settings: ShopifySettings, context: SinkContext): Client {
  const { clock, log, name, secrets } = context;
  const { timeout_ms, allow_private, concurrency, api_version } = settings;
  const base = settings.base_url ?? `https://${settings.shop}.myshopify.com`;
  const url = new URL(`/admin/api/${api_version}/graphql.json`, base);
  const http = context.http({
    timeout_ms,
    allow_private,
    concurrency,
    longest_answer_bytes: LONGEST_ANSWER_BYTES,
  });
  const budget = createBudget(clock);
  const [configured] = secrets;
  if (configured === undefined) throw new Error(`The sink "${name}" needs a token or a client secret.`);
  const tokens = settings.client_id
    ? createTokenCache(
        clock,
        clientCredentials({
          http,
          clock,
          url: new URL('/admin/oauth/access_token', base),
          client_id: settings.client_id,
          secrets,
          form: 'urlencoded',
        }),
      )
    : null;
  const redact = (text: string) => createRedact([...secrets, ...(tokens?.known() ?? [])])(text);
  let drift: string | null = null;

  const tokenFor = async (): Promise<string> => {
    if (!tokens) return configured;
    const token = await tokens.get();
    if (token.ok) return token.value;
    const { outcome } = token;
    // The token address speaks of carriers; here it is the app that is refused.
    if (outcome.kind === 'failed' && outcome.exception_code !== 'egress_blocked')
      throw new Stopped({ ...outcome, exception_code: 'sink_unauthorized' });
    throw new Stopped(outcome.kind === 'unknown' ? retry(outcome.cause) : outcome);
  };

  const send = async (body: string): Promise<HttpResult> => {
    const call = (token: string) =>
      http.call({
        method: 'POST',
        url,
        headers: { 'content-type': 'application/json', 'x-shopify-access-token': token },
        body,
      });
    const token = await tokenFor();
    const result = await call(token);
    if (result.kind !== 'answer' || result.status !== 401) return result;
    // Nothing ran. A token that ended is fetched anew; of two that replace each other the older still counts.
    const [, former] = secrets;
    if (!tokens) return former === undefined ? result : call(former);
    tokens.drop(token);
    return call(await tokenFor());
  };

  const watchVersion = (answered: string | string[] | undefined) => {
    if (typeof answered !== 'string') return;
    const version = oneLine(redact(answered), 20);
    if (version === api_version) {
      drift = null;
    } else if (version !== drift) {
      drift = version;
      log.error(
        { sink: name, asked: api_version, answered: version },
        'Shopify answers with another version of its API than the one asked for',
      );
    }
  };

  const refusal = (errors: Errors): SinkOutcome => {
    const words = oneLine(redact(errors.map((error) => error.message).join(' ')), 500);
    const code = errors.map((error) => error.extensions?.code).find((found) => found !== undefined);
    const known = code !== undefined && Object.hasOwn(QUERY_ERRORS, code) ? QUERY_ERRORS[code] : undefined;
    const metadata = code === undefined ? {} : { shopify_code: oneLine(code, 80) };
    return failed(known ?? 'sink_rejected', words || 'Shopify refused the query.', metadata);
  };

  const byStatus = (
    document: Document<unknown>,
    result: Extract<HttpResult, { kind: 'answer' }>,
  ): Stopped => {
    const { status, headers, body } = result;
    const after = retryAfterMs(headers, clock.now());
    if (status === 429) return new Stopped(retry('Shopify asks for fewer calls.', after));
    if (status >= 500 || status === 408) {
      const cause = `Shopify answered ${String(status)}.`;
      return new Stopped(document.writes ? { kind: 'unknown', cause } : retry(cause, after));
    }
    const [code, sentence] = STATUSES[status] ?? ['sink_rejected', `Shopify answered ${String(status)}.`];
    const answer = result.complete ? readAnswer(body) : null;
    const said = answer ? errorsOf(answer).map((error) => error.message) : [];
    const words = oneLine(redact(said.join(' ')), 400);
    return new Stopped(
      failed(code, words === '' ? sentence : `${sentence} It says: ${words}`, { http_status: status }),
    );
  };

  /** The answer's data, or null when it was throttled and may be asked for again. */
  const read = <Data>(document: Document<Data>, result: HttpResult): { data: Data } | null => {
    if (result.kind === 'barred') throw new Stopped(failed('egress_blocked', result.cause));
    if (result.kind === 'unsent') throw new Stopped(retry(result.cause));
    if (result.kind === 'lost') throw new Stopped(lost(document, result.cause));
    watchVersion(result.headers['x-shopify-api-version']);
    const answer = result.complete ? readAnswer(result.body) : null;
    const errors = answer ? errorsOf(answer) : [];
    const throttle = answer?.extensions?.cost?.throttleStatus;
    if (throttle) budget.told(throttle);
    if (errors.some((error) => error.extensions?.code === 'THROTTLED')) return null;
    if (result.status < 200 || result.status > 299) throw byStatus(document, result);
    if (!answer)
      throw new Stopped(lost(document, 'The answer was a success, but not in the form that was agreed.'));
    // A mutation that has a result did run, even where a field of its answer may not be read.
    const ran = document.writes && Ran.safeParse(answer.data).success;
    if (errors.length > 0 && !ran) {
      const broken = errors.find((error) => BROKEN.has(error.extensions?.code ?? ''));
      if (broken) throw new Stopped(lost(document, 'Shopify broke down over it.'));
      throw new Stopped(refusal(errors));
    }
    const data = document.answer.safeParse(answer.data);
    if (data.success) return { data: data.data };
    if (document.writes)
      throw new Stopped({ kind: 'unknown', cause: 'The answer says nothing about the effect.' });
    throw new Stopped(
      failed('invalid_answer', `The answer to ${document.name} has another form than agreed.`),
    );
  };

  return {
    redact,
    drifted: () => drift,
    async ask(document, variables = {}) {
      const body = JSON.stringify({ query: document.text, operationName: document.name, variables });
      let cost = document.cost;
      for (let attempt = 1; attempt <= THROTTLED_TRIES; attempt += 1) {
        if (!(await budget.spend(cost, LONGEST_WAIT_MS))) break;
        const result = await send(body);
        const answer = read(document, result);
        if (answer) return answer.data;
        const told = result.kind === 'answer' ? readAnswer(result.body)?.extensions?.cost : undefined;
        cost = told?.requestedQueryCost ?? cost;
      }
      throw new Stopped(
        retry('The cost budget of the shop is used up just now.', Math.max(1_000, budget.wait(cost))),
      );
    },
    close: () => http.close(),
  };
}

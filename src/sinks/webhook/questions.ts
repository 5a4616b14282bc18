import { z } from 'zod';
import { type Clock, type Ids, toIso } from '../../clock.ts';
import { Amount, Currency } from '../../exports/money.ts';
import type { HttpClient } from '../http-client.ts';
import { classify, oneLine } from '../outcome.ts';
import type { Finding, PresentValues, PushRequest, SinkOutcome } from '../port.ts';
import { problemOf, troubled } from '../shared/problem.ts';
import type { Redact, Signer } from '../signing.ts';

export type QuestionDeps = { http: HttpClient; clock: Clock; ids: Ids; sign: Signer; redact: Redact };

type Answer = { ok: true; body: unknown } | { ok: false; problem: string; outcome: SinkOutcome };

const MOST_SKUS = 500;
const LONGEST_DETAIL = 300;

const Values = z.object({
  values: z.record(
    z.string(),
    z.object({
      price: Amount.optional(),
      compare_at: Amount.nullable().optional(),
      currency: Currency.optional(),
      stock: z.int().optional(),
    }),
  ),
});

const Done = z.object({ ok: z.boolean(), detail: z.string().optional() });

/** Asks something that changes nothing of what is sold, signed like a push; its `webhook-id` is fresh. */
async function ask(
  { http, clock, ids, sign, redact }: QuestionDeps,
  url: URL,
  operation: string,
  about: Readonly<Record<string, unknown>>,
): Promise<Answer> {
  const now = clock.now();
  const body = JSON.stringify({ type: operation, operation, timestamp: toIso(now), ...about });
  const headers = { ...sign(ids.uuid(), now, body), 'content-type': 'application/json' };
  const result = await http.call({ method: 'POST', url, headers, body });
  const outcome = classify(result, { now: clock.now(), redact });
  const problem = problemOf(outcome);
  if (problem !== null) return { ok: false, problem, outcome };
  const text = result.kind === 'answer' ? result.body.trim() : '';
  return { ok: true, body: text === '' ? {} : (JSON.parse(text) as unknown) };
}

/** Present values under the receiver's own SKUs, told back under ours. */
export async function readValues(
  deps: QuestionDeps,
  url: URL,
  skus: readonly string[],
  aliases: PushRequest['aliases'],
): Promise<PresentValues | { problem: string }> {
  const theirs = new Map(skus.map((sku) => [aliases[sku] ?? sku, sku]));
  const names = [...theirs.keys()];
  const present: Record<string, PresentValues[string]> = {};
  for (let from = 0; from < names.length; from += MOST_SKUS) {
    const answer = await ask(deps, url, 'values.read', { skus: names.slice(from, from + MOST_SKUS) });
    if (!answer.ok) return { problem: answer.problem };
    const read = Values.safeParse(answer.body);
    if (!read.success) {
      const at = read.error.issues[0]?.path.join('.') ?? 'values';
      return { problem: `The values told by the sink cannot be read: look at ${oneLine(at, 100)}.` };
    }
    for (const [name, { price, compare_at, currency, stock }] of Object.entries(read.data.values)) {
      const sku = theirs.get(name);
      if (sku === undefined) continue;
      present[sku] = {
        ...(price === undefined ? {} : { price }),
        ...(compare_at === undefined ? {} : { compare_at }),
        ...(currency === undefined ? {} : { currency }),
        ...(stock === undefined ? {} : { stock }),
      };
    }
  }
  return present;
}

async function step(
  deps: QuestionDeps,
  url: URL,
  operation: string,
  about: Readonly<Record<string, unknown>>,
): Promise<Finding> {
  const answer = await ask(deps, url, operation, about);
  if (!answer.ok) return troubled(operation, answer.outcome);
  const read = Done.safeParse(answer.body);
  const told = read.success && read.data.detail !== undefined ? deps.redact(read.data.detail) : '';
  const detail = told === '' ? null : oneLine(told, LONGEST_DETAIL);
  if (!read.success) {
    const problem = `${operation} was not answered with {"ok": true}.`;
    return { name: operation, problem, detail: null, level: 'passing' };
  }
  return { name: operation, problem: read.data.ok ? null : (detail ?? `${operation} was refused.`), detail };
}

/**
 * A sample of a push is written, read back and cleaned up, and a test order is made and cancelled. What
 * was begun is always cleaned up; what a step needs that failed is not tried. The sample is named by the
 * request's key, so that a repeated attempt cleans up what one that was cut off had left.
 */
export async function rehearse(
  deps: QuestionDeps,
  url: URL,
  request: PushRequest,
): Promise<readonly Finding[]> {
  const sample = { sample_id: request.key, rehearses: request.operation, export: request.export };
  const whole = { ...sample, data: request.body };
  const findings: Finding[] = [];
  const written = await step(deps, url, 'sample.write', whole);
  findings.push(written);
  if (written.problem === null) findings.push(await step(deps, url, 'sample.read', whole));
  findings.push(await step(deps, url, 'sample.clean', sample));
  const ordered = await step(deps, url, 'order.test', whole);
  findings.push(ordered);
  if (ordered.problem === null) findings.push(await step(deps, url, 'order.cancel', sample));
  return findings;
}

/** Whether the receiver takes our signature: nothing is done. */
export async function ping(deps: QuestionDeps, url: URL): Promise<readonly Finding[]> {
  const answer = await ask(deps, url, 'ping', {});
  if (answer.ok) return [{ name: 'ping', problem: null, detail: 'it takes our signature' }];
  const { outcome } = answer;
  const found = troubled('ping', outcome);
  const wrong = outcome.kind === 'failed' && outcome.exception_code === 'sink_unauthorized';
  const problem = `${answer.problem} Put the secret that both sides hold into the variable of its secret_env.`;
  return [wrong ? { ...found, problem } : found];
}

import { z } from 'zod';
import { defineSink, type SinkContext } from './define.ts';
import { checkUrl } from './egress.ts';
import type { HttpResult } from './http-client.ts';
import { classify } from './outcome.ts';
import type { Found, PushRequest, Sink, SinkOutcome } from './port.ts';
import { reach } from './reach.ts';
import { createRedact, createSigner } from './signing.ts';
import { ping, readValues, rehearse } from './webhook/questions.ts';

export const WebhookSettings = z
  .strictObject({
    url: z.string().min(1).max(2_000),
    /** Operations it takes; absent: all of exports. `task.open` and `task.close` only where they are named. */
    operations: z.array(z.string().min(1)).nonempty().optional(),
    /** For a whole call, the connection included. */
    timeout_ms: z.int().min(100).max(120_000).default(10_000),
    /** It lives on a private network: private and loopback addresses and plain http are allowed. */
    allow_private: z.boolean().default(false),
    /** Where the effect of a key can be looked up; `{key}` stands for the key. 404 means absent. */
    reconcile: z.strictObject({ url: z.string().min(1).max(2_000) }).optional(),
    /** Where present prices and stock are asked for (`values.read`). */
    values: z.strictObject({ url: z.string().min(1).max(2_000) }).optional(),
    /** It is a test system: samples and test orders may be sent to it (`sample.*`, `order.*`). */
    staging: z.boolean().default(false),
    /** It answers the operation `ping`, so that a check proves the secret and not just the address. */
    ping: z.boolean().default(false),
    /** Prices and promos of a later day are sent at once, because it begins them itself. */
    schedules: z.boolean().default(true),
    concurrency: z.int().min(1).max(256).default(4),
    rate_per_second: z.number().positive().max(100_000).optional(),
  })
  .superRefine((settings, report) => {
    const complain = (path: string[], problem: string) =>
      report.addIssue({ code: 'custom', path, message: problem });
    const target = checkUrl(settings.url, settings.allow_private);
    if (!target.ok) complain(['url'], target.problem);
    if (settings.values) {
      const values = checkUrl(settings.values.url, settings.allow_private);
      if (!values.ok) complain(['values', 'url'], values.problem);
    }
    if (!settings.reconcile) return;
    const path = ['reconcile', 'url'];
    const lookup = checkUrl(settings.reconcile.url, settings.allow_private);
    if (!lookup.ok) complain(path, lookup.problem);
    else if (!/^[^?#]*\/\/[^/]+\/.*\{key\}/u.test(settings.reconcile.url))
      complain(path, 'The path or query of the address must hold {key}.');
  });
export type WebhookSettings = z.infer<typeof WebhookSettings>;

/**
 * The body of a push, the same in every attempt:
 * `type` and `operation` name the operation (the first is where Standard Webhooks puts it),
 * `idempotency_key` is the `webhook-id`, `timestamp` is when the export occurred, `export` says which
 * export this is, how fresh its data is and who accepted it, `aliases` what the receiver itself calls
 * our SKUs (canonical), where it has names of its own, and `data` is what to apply.
 * The attempt is counted in the header `meshline-attempt`.
 */
function bodyOf(request: PushRequest): string {
  return JSON.stringify({
    type: request.operation,
    operation: request.operation,
    idempotency_key: request.key,
    timestamp: request.export.occurred_at,
    export: request.export,
    ...(Object.keys(request.aliases).length > 0 ? { aliases: request.aliases } : {}),
    data: request.body,
  });
}

/** The effect is there only when the far side shows something: an empty answer could mean either. */
function readLookup(result: HttpResult): Found {
  const unknown: Found = { kind: 'unknown' };
  if (result.kind !== 'answer' || !result.complete) return unknown;
  if (result.status === 404) return { kind: 'absent' };
  if (result.status < 200 || result.status > 299) return unknown;
  try {
    const shown = z.record(z.string(), z.json()).safeParse(JSON.parse(result.body));
    const there = shown.success && Object.keys(shown.data).length > 0;
    return there ? { kind: 'delivered', reference: null } : unknown;
  } catch {
    return unknown;
  }
}

const GONE: SinkOutcome = {
  kind: 'failed',
  exception_code: 'sink_gone',
  message: 'The sink said that its address is gone for good; correct its url and start Meshline again.',
  metadata: {},
};

/** Shorter words of an address are its own affair. */
const SECRET_LENGTH = 16;

function createWebhook(settings: WebhookSettings, context: SinkContext): Sink {
  const { name, secrets, clock, ids, log } = context;
  if (secrets.length === 0) throw new Error(`The sink "${name}" needs a secret to sign with.`);
  const { timeout_ms, allow_private, concurrency } = settings;
  const url = new URL(settings.url);
  const sign = createSigner(secrets);
  // Some systems are let in by what stands in their address.
  const inAddress = [...url.searchParams.values()].filter((each) => each.length >= SECRET_LENGTH);
  const redact = createRedact([...secrets, ...inAddress]);
  const http = context.http({ timeout_ms, allow_private, concurrency });
  const operations = settings.operations && new Set(settings.operations);
  const questions = { http, clock, ids, sign, redact };
  const values = settings.values && new URL(settings.values.url);
  let gone = false;

  return {
    name,
    limits: { concurrency, rate_per_second: settings.rate_per_second ?? null },
    idempotent: true,
    schedules: settings.schedules,
    accepts: (operation) => operations?.has(operation) ?? !operation.startsWith('task.'),
    async push(request) {
      if (gone) return GONE;
      const body = bodyOf(request);
      const headers = {
        ...sign(request.key, clock.now(), body),
        'content-type': 'application/json',
        'meshline-attempt': String(request.attempt),
      };
      const result = await http.call({ method: 'POST', url, headers, body });
      const outcome = classify(result, { now: clock.now(), redact });
      // Standard Webhooks: 410 disables. With an exception code of its own it is about this push alone.
      const closed = result.kind === 'answer' && result.status === 410;
      if (closed && outcome.kind === 'failed' && outcome.exception_code === 'sink_gone') {
        gone = true;
        log.warn({ sink: name }, 'A sink says it is gone; nothing more is sent to it');
      }
      return outcome;
    },
    async reconcile({ key }) {
      if (!settings.reconcile) return { kind: 'unknown' };
      const target = settings.reconcile.url.replaceAll('{key}', () => encodeURIComponent(key));
      const headers = sign(ids.uuid(), clock.now(), '');
      return readLookup(await http.call({ method: 'GET', url: new URL(target), headers, body: null }));
    },
    ...(values ? { read: (skus, aliases) => readValues(questions, values, skus, aliases) } : {}),
    ...(settings.staging ? { rehearse: (request) => rehearse(questions, url, request) } : {}),
    async probe() {
      if (settings.ping) return await ping(questions, url);
      const why = await reach(settings.url, allow_private);
      return [
        why === null
          ? { name: 'address', problem: null, detail: 'reached; with ping: true its secret is tried as well' }
          : { name: 'address', problem: `It cannot be reached: ${why}.`, detail: null, level: 'passing' },
      ];
    },
    close: () => http.close(),
  };
}

/** Any system that takes a signed POST: an OMS, a WMS, a 3PL, BI (Standard Webhooks 1.0). */
export const webhook = defineSink({ kind: 'webhook', settings: WebhookSettings, create: createWebhook });

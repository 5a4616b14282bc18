import { z } from 'zod';
import type { Clock, Ids } from '../clock.ts';
import type { Json } from '../exports/envelope.ts';
import { checkUrl, type Resolver, systemResolver } from './egress.ts';
import { createHttpClient, type HttpClient, type HttpResult } from './http-client.ts';
import { classify } from './outcome.ts';
import type { Refetcher, SinkOutcome } from './port.ts';
import { createRedact, createSigner, type Redact, type Signer } from './signing.ts';

/** A source that can be asked: its `refetch_url`, and the secrets it also signs its exports with. */
export type RefetchTarget = {
  name: string;
  url: string;
  secrets: readonly string[];
  allow_private: boolean;
};

export type RefetcherDeps = {
  targets: readonly RefetchTarget[];
  clock: Clock;
  ids: Ids;
  version: string;
  /** Takes a fresh export that came as the answer through intake, like any other of that source. */
  onAnswer: (source: string, raw: { [key: string]: Json }) => Promise<void>;
  resolve?: Resolver;
};

const TIMEOUT_MS = 10_000;
const CONCURRENCY = 2;

/** Only its shape as an export is looked at here; intake reads it. */
const AnsweredExport = z.record(z.string(), z.json()).refine((answer) => 'export_type' in answer);

function exportIn(result: HttpResult): { [key: string]: Json } | null {
  if (result.kind !== 'answer') return null;
  try {
    const read = AnsweredExport.safeParse(JSON.parse(result.body));
    return read.success ? read.data : null;
  } catch {
    return null;
  }
}

type Line = { url: URL; sign: Signer; redact: Redact; http: HttpClient };

/**
 * Asks by a signed POST of `{operation: "refetch", export_type, reference, groups}`. The source
 * answers with the fresh export, or with an empty success and sends it later. Throws when a
 * configured address cannot be called.
 */
export function createRefetcher(deps: RefetcherDeps): Refetcher & { close(): Promise<void> } {
  const { targets, clock, ids, version, onAnswer, resolve = systemResolver } = deps;
  const lines = new Map<string, Line>();
  for (const { name, url, secrets, allow_private } of targets) {
    const checked = checkUrl(url, allow_private);
    if (!checked.ok) throw new Error(`The refetch address of the source "${name}": ${checked.problem}`);
    const http = createHttpClient({
      clock,
      resolve,
      allow_private,
      timeout_ms: TIMEOUT_MS,
      concurrency: CONCURRENCY,
      user_agent: `meshline/${version}`,
    });
    lines.set(name, { url: checked.url, sign: createSigner(secrets), redact: createRedact(secrets), http });
  }

  return {
    async refetch(source, { export_id, export_type, reference, groups }): Promise<SinkOutcome> {
      const line = lines.get(source);
      if (!line)
        return {
          kind: 'failed',
          exception_code: 'unsupported_capability',
          message: `The source "${source}" has no refetch address.`,
          metadata: {},
        };
      const body = JSON.stringify({ operation: 'refetch', export_id, export_type, reference, groups });
      const headers = { ...line.sign(ids.uuid(), clock.now(), body), 'content-type': 'application/json' };
      const result = await line.http.call({ method: 'POST', url: line.url, headers, body });
      const outcome = classify(result, { now: clock.now(), redact: line.redact });
      const fresh = outcome.kind === 'delivered' ? exportIn(result) : null;
      if (fresh === null) return outcome;
      try {
        await onAnswer(source, fresh);
        return outcome;
      } catch {
        return { kind: 'retry', after_ms: null, cause: 'The fresh export could not be taken in.' };
      }
    },
    async close() {
      await Promise.all([...lines.values()].map(({ http }) => http.close()));
    },
  };
}

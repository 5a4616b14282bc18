import type { z } from 'zod';
import type { Clock, Ids } from '../clock.ts';
import type { Log } from '../log.ts';
import type { HttpClient, HttpOptions } from './http-client.ts';
import type { Sink } from './port.ts';

/** What a sink is given besides its settings. */
export type SinkContext = {
  name: string;
  /** Resolved from its `secret_env`; the first is the newest. */
  secrets: readonly string[];
  clock: Clock;
  ids: Ids;
  /** Opens the sink's own HTTP client, behind the egress guard; the sink closes it. */
  http(
    needs: Pick<HttpOptions, 'allow_private' | 'timeout_ms' | 'concurrency' | 'longest_answer_bytes'>,
  ): HttpClient;
  log: Log;
};

/** A kind of sink as the registry holds it. */
export type SinkKind = {
  kind: string;
  /** What its `secret_env` holds: a Standard Webhooks secret to sign with, or a token as the far side issued it. */
  secret: 'signing' | 'token';
  /** The `settings` of such a sink in the configuration. */
  settings: z.ZodType;
  /** Opens one sink of this kind. Throws a `ZodError` for settings that its schema refuses. */
  open(settings: unknown, context: SinkContext): Sink;
};

export function defineSink<Schema extends z.ZodType>(definition: {
  kind: string;
  secret?: 'signing' | 'token';
  settings: Schema;
  create: (settings: z.infer<Schema>, context: SinkContext) => Sink;
}): SinkKind {
  const { kind, secret = 'signing', settings, create } = definition;
  return { kind, secret, settings, open: (raw, context) => create(settings.parse(raw), context) };
}

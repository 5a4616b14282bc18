import type { IncomingHttpHeaders } from 'node:http';
import type { z } from 'zod';
import type { Clock } from '../clock.ts';
import type { Json } from '../exports/envelope.ts';
import type { Refusal } from '../exports/refusals.ts';
import type { HttpClient, HttpOptions } from '../sinks/http-client.ts';
import type { Finding } from '../sinks/port.ts';
import type { Fact, Understood } from './facts.ts';
import type { Body, Claim } from './port.ts';

/** What a source is given besides its settings. */
export type SourceContext = {
  name: string;
  /** Resolved from its `secret_env`; all of them count. */
  secrets: readonly string[];
  /** The same as keys of Standard Webhooks signatures; empty where a kind's secrets are none. */
  keys: readonly Buffer[];
  /** Resolved from its `api_token_env`; null when it names none. */
  api_token: string | null;
  clock: Clock;
  /** Opens an HTTP client of its own behind the egress guard; the source closes it. */
  http(
    needs: Pick<HttpOptions, 'allow_private' | 'timeout_ms' | 'concurrency' | 'longest_answer_bytes'>,
  ): HttpClient;
};

/**
 * What was fetched; `later` is worth another try, `failed` is not. Reasons are sentences. `refused`: the
 * token or its rights, so that only people can end it.
 */
export type Fetched<T> =
  | { kind: 'ok'; value: T }
  | { kind: 'later'; after_ms: number | null; reason: string; refused?: true }
  | { kind: 'failed'; reason: string };

/** Something a source was found to have changed. `id` is the same each time the same change is found. */
export type Pulled = { id: string; topic: string; understood: Understood };

/** Asked in pages for everything that changed at `since` or later, ms; `began_at` is when Meshline first asked. */
export type Stream = {
  name: string;
  pull(since: number, began_at: number): AsyncIterable<Fetched<{ items: readonly Pulled[]; mark: number }>>;
};

export interface Source {
  /** Checks the signature over the bytes as they came, and the time window where the scheme has one. */
  verify(headers: IncomingHttpHeaders, body: Buffer): Promise<Claim | Refusal>;
  /** The topic and instant of an event whose headers do not say, or why it cannot be read. */
  open(claim: Claim, body: Body): { topic: string; at: number } | { wrong: string };
  read(event: { topic: string; at: number; claim: Claim }, body: Body): Understood;
  /** Follows a pointer that `read` or a stream made. */
  fetch(pointer: Json): Promise<Fetched<readonly Fact[]>>;
  /** What it can be asked for; empty without an API token. */
  streams: readonly Stream[];
  /** Harmless calls with the API token: what is missing (scope, version, location). For `meshline check --sinks`. */
  probe?(): Promise<readonly Finding[]>;
  close(): Promise<void>;
}

/** How its facts are put into exports. */
export type Naming = {
  /** Channels of what it tells, when the rule names none. */
  channels: readonly string[];
  /** The platform's location ids as short names. */
  locations: Readonly<Record<string, string>>;
};

/** A kind of source as the registry holds it. */
export type SourceKind = {
  kind: string;
  /** What its `secret_env` holds: a Standard Webhooks secret, a secret of the platform's own, or nothing. */
  secret: 'signing' | 'other' | 'none';
  /** Whether it can be asked for what was missed. */
  reconciles: boolean;
  settings: z.ZodType;
  /** Throws a `ZodError` for settings that its schema refuses. */
  open(settings: unknown, context: SourceContext): Source;
  naming(settings: unknown): Naming;
  /** Faults of the settings that only other settings tell, as sentences by key. */
  check(settings: unknown): readonly { key: string; problem: string }[];
};

export function defineSource<Schema extends z.ZodType>(definition: {
  kind: string;
  secret: SourceKind['secret'];
  reconciles: boolean;
  settings: Schema;
  create: (settings: z.infer<Schema>, context: SourceContext) => Source;
  naming?: (settings: z.infer<Schema>) => Naming;
  check?: (settings: z.infer<Schema>) => readonly { key: string; problem: string }[];
}): SourceKind {
  const { kind, secret, reconciles, settings, create, naming, check } = definition;
  return {
    kind,
    secret,
    reconciles,
    settings,
    open: (raw, context) => create(settings.parse(raw), context),
    naming: (raw) => naming?.(settings.parse(raw)) ?? { channels: [kind], locations: {} },
    check: (raw) => check?.(settings.parse(raw)) ?? [],
  };
}

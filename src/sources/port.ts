import type { IncomingHttpHeaders } from 'node:http';
import type { Json } from '../exports/envelope.ts';
import type { Refusal } from '../exports/refusals.ts';

/** A JSON object as it came. */
export type Body = { [key: string]: Json };

/** What the headers of a genuine webhook say. */
export type Claim = {
  /** Of this delivery; the same in every retry. */
  id: string;
  /** Of what happened, however many deliveries tell of it; null when the scheme has none. */
  event: string | null;
  /** Null when the body says it. */
  topic: string | null;
  /** When it happened at the source, ms; null when only the body can say. */
  at: number | null;
};

/** What became of a webhook: it will be worked on, was taken before, or no rule wants it. */
export type HookOutcome = { outcome: 'noted' | 'repeat' | 'ignored' };

/** The door for webhooks, as the HTTP room sees it. */
export interface Hooks {
  /** Whether a source of this name takes webhooks. */
  has(source: string): boolean;
  /** Over the bytes as they came. Refused as `hook_not_genuine`, or `unavailable` while it cannot be checked. */
  verify(source: string, headers: IncomingHttpHeaders, body: Buffer): Promise<Claim | Refusal>;
  /** Resolves once it is durable. Refused as `bad_request` when it cannot be read, `replayed` under a used id. */
  take(source: string, claim: Claim, body: Body, bodyHash: string): Promise<HookOutcome | Refusal>;
  /** Events that wait to be worked on, and those that were given up. */
  backlog(): Promise<{ waiting: number; failed: number }>;
}

import type { Registry } from 'prom-client';
import type { Clock, Ids } from '../clock.ts';
import type { Brief } from '../exports/campaigns/brief.ts';
import type { CampaignCommitted } from '../exports/campaigns/events.ts';
import type { Catalog } from '../exports/define.ts';
import type { Json } from '../exports/envelope.ts';
import type { Refusal } from '../exports/refusals.ts';
import type { Logger } from '../log.ts';
import type { Hooks } from '../sources/port.ts';
import type { Committed, Delivery, IntakeResult, Ledger, LedgerReader } from '../store/port.ts';
import type { SlackAnswer, SlackDelivery } from './slack-events.ts';

/** One export as it came in. `fallback_key` stands in for an idempotency key that it lacks. */
export type Arrival = {
  source: string;
  raw: { [key: string]: Json };
  fallback_key: string;
  /** Under which id it came, when it came alone; a batch's is checked before its first line. */
  delivery?: Delivery;
  now: number;
};

/** A sink's later answer. `delivery` is the webhook-id it came under, the same for every repeat. */
export type SinkAnswer = {
  export_id: string;
  sink: string;
  exception_code: string;
  exception_metadata: { [key: string]: Json };
  delivery: string;
  now: number;
};

/** Who may sign, and who may read. Keys are those of Standard Webhooks; several during a rotation. */
export type SourceAccess = {
  keys: readonly Buffer[];
  tokens: readonly string[];
  /** Export types it may send. */
  types: readonly string[];
  scopes: readonly string[];
};

/** `attention`: somebody should look, and `runbook` says where to read on. Not ready is only what is not `ok`. */
export type HealthCheck = { name: string; ok: boolean; detail: string; attention?: true; runbook?: string };
export type Health = { ready: boolean; checks: readonly HealthCheck[] };

export type Limits = {
  /** Intake requests in flight at once; one more is answered with 429. */
  requests: number;
  /** Bytes of bodies in memory at once. */
  bytes: number;
  /** NDJSON requests in flight at once; each may fill `ndjson_bytes` of temporary disk. */
  batches: number;
  json_bytes: number;
  line_bytes: number;
  ndjson_bytes: number;
  /** Bytes of an NDJSON body kept in memory; the rest waits in a temporary file. */
  spool_bytes: number;
  /** How long a client may take to send its headers, and the whole request. */
  headers_ms: number;
  request_ms: number;
};

const KIB = 1024;
const MIB = 1024 * KIB;

export const LIMITS: Limits = {
  requests: 512,
  bytes: 64 * MIB,
  batches: 4,
  json_bytes: MIB,
  line_bytes: 256 * KIB,
  ndjson_bytes: 64 * MIB,
  spool_bytes: MIB,
  headers_ms: 10_000,
  request_ms: 60_000,
};

/** What the HTTP room needs of the others. */
export type WebDeps = {
  clock: Clock;
  ids: Ids;
  log: Logger;
  catalog: Catalog;
  reader: LedgerReader;
  firstSeen: Ledger['firstSeen'];
  receive(arrival: Arrival): Promise<IntakeResult>;
  raiseException(answer: SinkAnswer): Promise<Committed | Refusal>;
  /** A brief from a source: a new campaign, or the next version of one. */
  receiveBrief(source: string, campaignId: string, brief: Brief): Promise<CampaignCommitted | Refusal>;
  /** An outside tracker, by the name of its sink, says that a task is done. */
  closeTask(idOrKey: string, via: string): Promise<Committed | Refusal>;
  sources: ReadonlyMap<string, SourceAccess>;
  sinks: ReadonlyMap<string, { keys: readonly Buffer[] }>;
  /** Takes webhooks at `/v1/hooks/{source}`; absent where no source has any. */
  hooks?: Hooks;
  health(): Promise<Health>;
  metrics: Registry;
  /** Takes what Slack posts to `/slack/events`; absent in Socket Mode. */
  slack?: (delivery: SlackDelivery) => Promise<SlackAnswer>;
  limits?: Partial<Limits>;
};

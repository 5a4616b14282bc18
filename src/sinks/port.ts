import type { Json } from '../exports/envelope.ts';

/** What a sink is asked to do once. `key` is its idempotency key and never changes over retries. */
export type PushRequest = {
  key: string;
  sink: string;
  operation: string;
  body: { [key: string]: Json };
  attempt: number;
  /** This sink's own SKU by canonical SKU, where it has another than ours. */
  aliases: Readonly<Record<string, string>>;
  /**
   * Where an earlier attempt said to go on, and what it had told by then. Null at the beginning. Digits
   * alone count pieces that stand already: no other sink takes over then.
   */
  cursor: string | null;
  facts: Facts;
  /**
   * An earlier attempt may have taken effect: its answer was lost, or the process ended before it was
   * written down. The effect is looked for before anything is sent again.
   */
  unsettled?: boolean;
  export: {
    export_id: string;
    export_type: string;
    intent: string;
    campaign_id: string | null;
    revision: number;
    hash: string;
    occurred_at: string;
    refresh: Readonly<Record<string, { as_of: string; max_age_ms: number | null }>>;
    accepted_by: readonly { person: string | null; role: string | null; at: string }[];
  };
};

/**
 * What the far side told of the effect, kept with the export: `before` (values it held until then, by
 * canonical SKU), `cost`, `carrier`, `service`, `tracking_number`, `label_url`, `preview_url`.
 */
export type Facts = { readonly [key: string]: Json };

/**
 * R29: how an attempt can end. `unknown` was sent and its answer lost. `partial` has done some of a
 * long piece of work within its time: it goes on from `cursor`, and counts as no attempt.
 */
export type SinkOutcome =
  | { kind: 'delivered'; reference: string | null; facts?: Facts }
  | { kind: 'partial'; cursor: string; facts?: Facts }
  /** `deferred`: nothing was tried, because the sink is resting; it does not count as an attempt. */
  | { kind: 'retry'; after_ms: number | null; cause: string; deferred?: true }
  | { kind: 'failed'; exception_code: string; message: string; metadata: { [key: string]: Json } }
  | { kind: 'unknown'; cause: string };

/** How much a sink takes: pushes in flight at once, and pushes begun per second (null: as many as come). */
export type SinkLimits = { concurrency: number; rate_per_second: number | null };

/** What is found when the effect of an earlier attempt is looked for. */
export type Found =
  | { kind: 'delivered'; reference: string | null; facts?: Facts }
  | { kind: 'absent' }
  | { kind: 'unknown' };

/** Values as the far side holds them now, by canonical SKU; what it does not know is left out. */
export type PresentValues = Readonly<
  Record<string, { price?: string; compare_at?: string | null; currency?: string; stock?: number }>
>;

/**
 * One thing that was tried or looked at; `problem` is a sentence that says what to do, null when all is
 * well. A problem is in the way unless its level says that it passes by itself, or that it is only to be
 * known, such as a test system.
 */
export type Finding = {
  name: string;
  problem: string | null;
  detail: string | null;
  level?: 'passing' | 'notice';
};

/** A configured system on the far side. */
export interface Sink {
  readonly name: string;
  /** Names it also goes by: the carriers whose labels it makes. */
  readonly carriers?: readonly string[];
  readonly limits: SinkLimits;
  /** It takes a key only once, so that sending again after an unknown outcome is safe. */
  readonly idempotent: boolean;
  /** It keeps a schedule: what takes effect later may be sent at once. It is sent at its time otherwise. */
  readonly schedules?: boolean;
  /** Whether it takes this operation. */
  accepts(operation: string): boolean;
  push(request: PushRequest): Promise<SinkOutcome>;
  /** After an unknown outcome: whether the effect of this push is there. `unknown` when it cannot tell. */
  reconcile(request: PushRequest): Promise<Found>;
  /** Present values of these canonical SKUs, or a sentence that says why they cannot be had. */
  read?(
    skus: readonly string[],
    aliases: PushRequest['aliases'],
  ): Promise<PresentValues | { problem: string }>;
  /**
   * Safety checks of a staging system (R10): a sample of this push is written, read back and cleaned
   * up, and a test order is made and cancelled. One finding a step. The same `key` comes again after
   * an attempt that was cut off, so that what it left can be found and cleaned up.
   */
  rehearse?(request: PushRequest): Promise<readonly Finding[]>;
  /** What this push would cost, for carriers; null when it cannot tell. */
  quote?(request: PushRequest): Promise<{ amount: string; currency: string; service: string | null } | null>;
  /** A harmless authenticated call: what is missing (scope, version, location). For `meshline check --sinks`. */
  probe?(): Promise<readonly Finding[]>;
  close(): Promise<void>;
}

/** `retry_after_ms` is null unless the breaker is open; for how long and why, unless it is closed. */
export type BreakerState = {
  state: 'closed' | 'open' | 'half_open';
  failures: number;
  retry_after_ms: number | null;
  resting_ms: number | null;
  cause: string | null;
};

/** Makes single attempts; whoever calls it owns the timing between them. */
export interface Pusher {
  /** Never rejects: whatever goes wrong is an outcome. */
  push(request: PushRequest): Promise<SinkOutcome>;
  /** When an attempt of this key that was given up, and goes on, ends after all; null when there is none. */
  ends(key: string): Promise<void> | null;
  /** Null when no sink has this name. */
  limits(sink: string): SinkLimits | null;
  /** The sink itself, for what is no push: reading, quoting, rehearsing. */
  sink(name: string): Sink | null;
  breakerStates(): Readonly<Record<string, BreakerState>>;
  close(): Promise<void>;
}

/** Asks a source for fresh values; they come back through intake. */
export interface Refetcher {
  refetch(
    source: string,
    request: { export_id: string; export_type: string; reference: string; groups: readonly string[] },
  ): Promise<SinkOutcome>;
}

import type { Json } from '../exports/envelope.ts';

/** What a sink is asked to do once. `key` is its idempotency key and never changes over retries. */
export type PushRequest = {
  key: string;
  sink: string;
  operation: string;
  body: { [key: string]: Json };
  attempt: number;
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

/** R29: four ways an attempt can end. `unknown` was sent and its answer lost. */
export type SinkOutcome =
  | { kind: 'delivered'; reference: string | null }
  /** `deferred`: nothing was tried, because the sink is resting; it does not count as an attempt. */
  | { kind: 'retry'; after_ms: number | null; cause: string; deferred?: true }
  | { kind: 'failed'; exception_code: string; message: string; metadata: { [key: string]: Json } }
  | { kind: 'unknown'; cause: string };

/** How much a sink takes: pushes in flight at once, and pushes begun per second (null: as many as come). */
export type SinkLimits = { concurrency: number; rate_per_second: number | null };

/** A configured system on the far side. */
export interface Sink {
  readonly name: string;
  readonly limits: SinkLimits;
  /** It takes a key only once, so that sending again after an unknown outcome is safe. */
  readonly idempotent: boolean;
  /** Whether it takes this operation. */
  accepts(operation: string): boolean;
  push(request: PushRequest): Promise<SinkOutcome>;
  /** After an unknown outcome: whether the effect of this key is there. `unknown` when it cannot tell. */
  reconcile(key: string): Promise<'delivered' | 'absent' | 'unknown'>;
  close(): Promise<void>;
}

/** `retry_after_ms` is null unless the breaker is open. */
export type BreakerState = {
  state: 'closed' | 'open' | 'half_open';
  failures: number;
  retry_after_ms: number | null;
};

/** Makes single attempts; whoever calls it owns the timing between them. */
export interface Pusher {
  /** Never rejects: whatever goes wrong is an outcome. */
  push(request: PushRequest): Promise<SinkOutcome>;
  /** Null when no sink has this name. */
  limits(sink: string): SinkLimits | null;
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

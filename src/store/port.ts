import type { Decision } from '../exports/decide.ts';
import type { Effect } from '../exports/effects.ts';
import type { Json } from '../exports/envelope.ts';
import type { Event, Recorded } from '../exports/events.ts';
import type { Refusal } from '../exports/refusals.ts';
import type { Export } from '../exports/state.ts';
import type { Role, Status } from '../exports/words.ts';

export type Committed = {
  before: Export | null;
  after: Export;
  events: readonly Recorded[];
  answer: Refusal | null;
};

/** An outbox row that is due. `token` fences: a settlement with an older token changes nothing. */
export type OutboxRow = {
  key: string;
  export_id: string;
  /** The effect without its bookkeeping. */
  effect: Deferred;
  lane: string;
  priority: number;
  due_at: number;
  /** How often it has been claimed. */
  attempts: number;
  /**
   * True when an earlier attempt began and its end was never written down: its effect may exist.
   * Putting the row off does not settle that; only `done` does.
   */
  unsettled: boolean;
  token: number;
};

/** The effects that wait in the outbox; tasks and cancellations are done inside the transaction. */
export type Deferred = Exclude<Effect, { kind: 'open_task' } | { kind: 'close_tasks' } | { kind: 'cancel' }>;

/** How an attempt at an outbox row ended. `later` keeps the row; `done` removes it unless it was renewed meanwhile. */
export type Settlement = {
  key: string;
  token: number;
  result: { done: true } | { later: number; cause: string };
};

/** What intake must know inside the transaction that stores an export. */
export type IntakeView = {
  /** The first answer under this source and key, or null. */
  seen(source: string, key: string): { body_hash: string; answer: Json } | null;
  /** The open export (not terminal, not delivering) that sets exactly these subjects, or null. */
  openFor(subjects: readonly string[]): Export | null;
  /** The newest `occurred_at` of any export that sets this subject, quarantined ones apart. */
  newestFor(subject: string): { export_id: string; occurred_at: number } | null;
};

export type IntakeDecision = {
  /** The export that the events belong to: a new id, or the open one they revise. */
  export_id: string;
  events: readonly Event[];
  /** Remembered under the key and given again for a repeat. */
  remember: { source: string; key: string; body_hash: string; answer: (after: Export) => Json };
};

export type IntakeResult =
  | { kind: 'stored'; answer: Json; committed: Committed }
  | { kind: 'repeat'; answer: Json }
  | { kind: 'refused'; refusal: Refusal };

export type ExportFilter = {
  status?: Status;
  export_type?: string;
  owner?: string;
  source?: string;
  campaign_id?: string;
  /** Exclusive: exports older than this id (ids are time-ordered). */
  before?: string;
  limit: number;
};

/** A person's Slack account: team and user id together are the identity, never a name or an address. */
export type SlackLink = { person: string; team: string; user: string };

/** A delivery of a sender: the same id again must carry the same body. Remembered for `keep_ms`. */
export type Delivery = { scope: string; id: string; body_hash: string; keep_ms: number };

/** The compact row that lists show. */
export type ExportSummary = {
  id: string;
  status: Status;
  export_type: string | null;
  owner: string;
  campaign_id: string | null;
  source: string;
  received_at: number;
  due_at: number | null;
};

export type Task = {
  id: string;
  key: string;
  export_id: string;
  kind: string;
  role: Role;
  owner: string | null;
  title: string;
  state: 'open' | 'closed';
  opened_at: number;
  due_at: number;
  closed_at: number | null;
};

/** Where a message of ours stands in Slack. */
export type PostedMessage = {
  post_id: string;
  export_id: string;
  channel: string;
  ts: string;
  body_hash: string;
};

/** Reading needs no transaction. */
export interface LedgerReader {
  get(exportId: string): Promise<Export | null>;
  events(exportId: string): Promise<readonly Recorded[]>;
  list(filter: ExportFilter): Promise<readonly ExportSummary[]>;
  tasks(filter: {
    export_id?: string;
    owner?: string;
    state?: 'open' | 'closed';
    limit: number;
  }): Promise<readonly Task[]>;
  message(postId: string): Promise<PostedMessage | null>;
  slackLinks(): Promise<readonly SlackLink[]>;
  /** The newest export that set any of these subjects, quarantined ones apart. */
  newest(subjects: readonly string[]): Promise<{ export_id: string; occurred_at: number } | null>;
  /** Exports whose deadline has come, oldest first. */
  due(now: number, limit: number): Promise<readonly string[]>;
  /** Counts for health and metrics. */
  pulse(now: number): Promise<{
    open: number;
    outbox: number;
    oldest_due_ms: number;
    overdue_deadlines: number;
    tasks_open: number;
  }>;
}

/** The one way to change anything (DESIGN, "The ledger"). Promises resolve after COMMIT and its fsync. */
export interface Ledger extends LedgerReader {
  /**
   * Loads the export, runs `decide`, and commits its events, state, effects and settlement together.
   * `decide` is pure and may run again. A refusal commits nothing, except that a settlement given
   * with it still counts.
   */
  update(
    exportId: string,
    now: number,
    decide: (state: Export | null) => Decision,
    settle?: Settlement,
  ): Promise<Committed | Refusal>;
  /** The same for something that arrives: the key is looked up, and remembered with the answer, in the same transaction. */
  intake(
    now: number,
    key: { source: string; key: string; body_hash: string },
    decide: (view: IntakeView) => IntakeDecision | Refusal,
    /** Claimed in the same transaction; refused as `replayed` when it came before with another body. */
    delivery?: Delivery,
  ): Promise<IntakeResult>;
  /** Marks rows as being worked on until `now + leaseMs`; gives those that were still free. */
  claim(keys: readonly string[], now: number, leaseMs: number): Promise<readonly OutboxRow[]>;
  settle(settlement: Settlement): Promise<void>;
  /**
   * Free rows that fall due by `until`, earliest first, for the start and as a safety net. `lane`
   * narrows it; without one the limit is shared among the lanes, so that a long lane cannot hide another.
   */
  waiting(until: number, limit: number, lane?: string): Promise<readonly OutboxRow[]>;
  /** Keeps which Slack account a person was linked to. */
  saveSlackLink(link: SlackLink): Promise<void>;
  saveMessage(message: PostedMessage): Promise<void>;
  forgetMessage(postId: string): Promise<void>;
  /** True when this delivery id is new; remembered for `keepMs`. A repeat with the same body is `same`. */
  firstSeen(
    scope: string,
    id: string,
    bodyHash: string,
    now: number,
    keepMs: number,
  ): Promise<'new' | 'same' | 'other'>;
  /**
   * Called after each commit with the rows that it added, renewed or gave back and that are now free
   * to be claimed, and with the ids of the exports that changed.
   */
  onCommitted(
    listener: (
      rows: readonly Pick<OutboxRow, 'key' | 'lane' | 'priority' | 'due_at' | 'effect'>[],
      exports: readonly string[],
    ) => void,
  ): void;
  close(): Promise<void>;
}

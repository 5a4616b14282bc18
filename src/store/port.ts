import type { Campaign, CampaignStatus } from '../exports/campaigns/campaign.ts';
import type { CampaignDecision, Claimants } from '../exports/campaigns/decide.ts';
import type { CampaignCommitted, RecordedCampaignEvent } from '../exports/campaigns/events.ts';
import type { Alias, Kept, RecordedMapping } from '../exports/catalogue.ts';
import type { CatalogueDecision, CatalogueView } from '../exports/catalogue-decide.ts';
import type { Decision } from '../exports/decide.ts';
import type { Overlay, RecordedChange } from '../exports/directory.ts';
import type { DirectoryDecision } from '../exports/directory-decide.ts';
import type { Effect } from '../exports/effects.ts';
import type { Json } from '../exports/envelope.ts';
import type { Event, Recorded } from '../exports/events.ts';
import type { PersonId } from '../exports/ownership.ts';
import type { Refusal } from '../exports/refusals.ts';
import type { Export } from '../exports/state.ts';
import type { Surroundings } from '../exports/surroundings.ts';
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
  /** When that attempt began, UTC ms; null unless it is unsettled. */
  unsettled_since: number | null;
  token: number;
};

/** The effects that wait in the outbox; tasks and cancellations are done inside the transaction. */
export type Deferred = Exclude<
  Effect,
  { kind: 'open_task' } | { kind: 'close_tasks' } | { kind: 'close_task' } | { kind: 'cancel' }
>;

/** How an attempt at an outbox row ended. `later` keeps the row; `done` removes it unless it was renewed meanwhile. */
export type Settlement = {
  key: string;
  token: number;
  result: { done: true } | { later: number; cause: string };
};

/** What intake must know inside the transaction that stores an export. */
export type IntakeView = Surroundings & {
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
  /** A canonical SKU that its values name. */
  sku?: string;
  /** Exclusive: exports older than this id (ids are time-ordered). */
  before?: string;
  limit: number;
};

/** One committed change of the directory. */
export type DirectoryCommitted = { before: Overlay; after: Overlay; changes: readonly RecordedChange[] };

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
  /** Who closed it, or the tracker's name; null when its cause was settled. */
  closed_by: string | null;
};

/** One export on somebody's desk. */
export type DeskRow = { export_id: string; due_at: number };

/** Counted up to a limit that the caller gave. */
export type DeskCount = { all: number; late: number };

/** What waits in a channel's digest. */
export type DigestRow = { export_id: string; export_type: string; due_at: number };

export type DigestCount = { export_type: string; waiting: number; oldest_due_at: number };

/** Where a message of ours stands in Slack. */
export type PostedMessage = {
  post_id: string;
  export_id: string;
  channel: string;
  ts: string;
  body_hash: string;
};

/** A place in Slack; the whole channel without `ts`. */
export type Standing = { channel: string; ts: string | null };

/** `of` leaves those that this person owns or briefed: what needs somebody first, then the newest. */
export type CampaignFilter = { status?: CampaignStatus; of?: PersonId; limit: number };

/** The compact row that lists show. */
export type CampaignSummary = {
  id: string;
  status: CampaignStatus;
  owner: string;
  name: string;
  created_at: number;
};

/** An event's place in the chain and its hash, in hex: proof, outside the ledger, of all up to it. */
export type EventRecord = { seq: number; hash: string };

/** Reading needs no transaction. */
export interface LedgerReader {
  get(exportId: string): Promise<Export | null>;
  events(exportId: string): Promise<readonly Recorded[]>;
  /** The newest decision about the export, or its end, as it stood at this version. */
  record(exportId: string, version: number): Promise<EventRecord | null>;
  list(filter: ExportFilter): Promise<readonly ExportSummary[]>;
  tasks(filter: {
    export_id?: string;
    owner?: string;
    state?: 'open' | 'closed';
    role?: Role;
    limit: number;
  }): Promise<readonly Task[]>;
  task(idOrKey: string): Promise<Task | null>;
  /** What is on these desks (`Whose`) and not barred for the person, the most urgent first. */
  desk(who: readonly string[], person: string, limit: number): Promise<readonly DeskRow[]>;
  deskCount(who: readonly string[], person: string, now: number, most: number): Promise<DeskCount>;
  digestCounts(channel: string): Promise<readonly DigestCount[]>;
  digestRows(channel: string, limit: number, exportType?: string): Promise<readonly DigestRow[]>;
  /** Whose Home tab was opened at `at` or later. */
  homesSince(at: number): Promise<readonly string[]>;
  message(postId: string): Promise<PostedMessage | null>;
  /** The message of ours that stands there, or null. */
  messageAt(channel: string, ts: string): Promise<PostedMessage | null>;
  /** What has changed in the directory since meshline.yml, and how it came to that. */
  directory(): Promise<Overlay>;
  directoryChanges(): Promise<readonly RecordedChange[]>;
  /** What a system calls these canonical SKUs, where it has a name of its own. */
  aliases(system: string, skus: readonly string[]): Promise<Readonly<Record<string, Kept>>>;
  /** Every such name, ordered by system and SKU. */
  allAliases(): Promise<readonly (Alias & { at: number })[]>;
  /** Delivered previews that wait for stock of any of these canonical SKUs, oldest first. */
  previewsWaitingFor(skus: readonly string[]): Promise<readonly string[]>;
  /** The newest export that set any of these subjects, quarantined ones apart. */
  newest(subjects: readonly string[]): Promise<{ export_id: string; occurred_at: number } | null>;
  /**
   * Exports that were let go for any of these subjects with values newer than this one's; of two that were true
   * at the same instant, the one that came in later.
   */
  outAfter(
    subjects: readonly string[],
    than: { export_id: string; occurred_at: number },
  ): Promise<readonly string[]>;
  campaign(id: string): Promise<Campaign | null>;
  campaignEvents(id: string): Promise<readonly RecordedCampaignEvent[]>;
  /** The newest first. */
  campaigns(filter: CampaignFilter): Promise<readonly CampaignSummary[]>;
  /** Campaigns for which time alone has something to do. */
  campaignsDue(now: number, limit: number): Promise<readonly string[]>;
  /** Exports whose deadline has come, oldest first. */
  due(now: number, limit: number): Promise<readonly string[]>;
  /** Whether one of these outbox rows is being carried out at this moment. */
  underWay(keys: readonly string[], now: number): Promise<boolean>;
  /** Counts for health and metrics. */
  pulse(now: number): Promise<{
    open: number;
    outbox: number;
    oldest_due_ms: number;
    overdue_deadlines: number;
    tasks_open: number;
  }>;
  /** What else tells how the ledger is; cheap at any size. */
  vitals(now: number): Promise<LedgerVitals>;
}

/** A Slack workspace by its id, with its name as it was then. */
export type Workspace = { team: string; name: string };

/** Counts end at ten thousand. */
export type LedgerVitals = {
  /** Lanes of the outbox whose oldest row has come due, and how late it is. */
  lanes: readonly { lane: string; late_ms: number }[];
  /** How late the oldest deadline is; 0 when none is. */
  oldest_deadline_ms: number;
  /** Exports that wait for people, that wait in quarantine, and that are dead letters. */
  pending: number;
  quarantined: number;
  failed: number;
  /** Events of sources that wait, and that came within a week and were given up. */
  inbound: { waiting: number; failed: number };
};

/**
 * A verified event of a source. `event_key` is the same for every delivery that tells of the same
 * event; `work` is what must still be done, and holds no more than that needs.
 */
export type InboundEvent = {
  source: string;
  id: string;
  event_key: string;
  topic: string;
  body_hash: string;
  work: Json;
};

export type Noted = 'new' | 'same' | 'other';

export type InboundRow = {
  source: string;
  id: string;
  topic: string;
  received_at: number;
  /** How often it has failed so far. */
  attempts: number;
  work: Json;
};

export type InboundSettlement = {
  source: string;
  id: string;
  result:
    | { kind: 'done' }
    | { kind: 'later'; after_ms: number; reason: string }
    | { kind: 'failed'; reason: string };
};

export type InboundCounts = { waiting: number; failed: number };

/** What sources told, until its exports are made. Promises of writes resolve after COMMIT. */
export interface InboundLedger {
  note(event: InboundEvent, now: number): Promise<Noted>;
  settle(settlement: InboundSettlement, now: number): Promise<void>;
  /** Rows of a source that wait and have come due, the oldest first. */
  due(source: string, now: number, limit: number): Promise<readonly InboundRow[]>;
  counts(): Promise<InboundCounts>;
  /** How far a source has been asked for what was missed; null before the first time. */
  mark(source: string, stream: string): Promise<{ mark: number; began_at: number; asked_at: number } | null>;
  /** Notes what a source was asked for and how far that reached, together. Resolves with how many were new. */
  pulled(
    source: string,
    stream: string,
    events: readonly InboundEvent[],
    mark: number,
    now: number,
  ): Promise<number>;
}

/** The one way to change anything (DESIGN, "The ledger"). Promises resolve after COMMIT and its fsync. */
export interface Ledger extends LedgerReader {
  readonly inbound: InboundLedger;
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
  /** Pushes in the outbox whose attempt was cut off, or began after `since` (UTC ms): what they sent may still arrive. */
  begunSince(since: number): Promise<readonly OutboxRow[]>;
  /** The same as `update` for the directory, whose events are in the same chain. */
  changeDirectory(
    now: number,
    decide: (overlay: Overlay) => DirectoryDecision,
  ): Promise<DirectoryCommitted | Refusal>;
  /** The same as `update` for one campaign, whose events are in the same chain. */
  changeCampaign(
    id: string,
    now: number,
    decide: (campaign: Campaign | null, claimants: Claimants) => CampaignDecision,
    settle?: Settlement,
  ): Promise<CampaignCommitted | Refusal>;
  /** The same for what other systems call our SKUs. */
  changeCatalogue(
    now: number,
    decide: (names: CatalogueView) => CatalogueDecision,
  ): Promise<readonly RecordedMapping[] | Refusal>;
  homeOpened(person: string, at: number): Promise<void>;
  /** Moves waiting first cards of a channel into its digest; gives the keys that were moved. */
  collapse(channel: string, keys: readonly string[], now: number): Promise<readonly string[]>;
  /** Gives everything in the digest a card of its own; resolves with how many. */
  expandDigest(channel: string, now: number): Promise<number>;
  saveMessage(message: PostedMessage): Promise<void>;
  forgetMessage(postId: string): Promise<void>;
  /**
   * Slack shows it no more: cards and digests that stood there are forgotten, and put into the outbox again
   * while somebody needs them. Resolves with how many are.
   */
  lost(place: Standing, now: number): Promise<number>;
  /** Where cards of exports that wait for people stand, the newest first. */
  standing(limit: number): Promise<readonly Standing[]>;
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
      /** Desks that they were on or are on. */
      desks: readonly string[],
    ) => void,
  ): void;
  close(): Promise<void>;
}

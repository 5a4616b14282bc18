import type { Json } from '../exports/envelope.ts';
import type { Recorded } from '../exports/events.ts';
import type { Unmapped } from '../exports/mapping.ts';
import type { Directory, Person, PersonId } from '../exports/ownership.ts';
import type { Refusal } from '../exports/refusals.ts';
import type { Export } from '../exports/state.ts';
import type { Role } from '../exports/words.ts';
import type {
  Committed,
  DigestCount,
  EventRecord,
  ExportFilter,
  ExportSummary,
  OutboxRow,
  Task,
} from '../store/port.ts';
import type { MyCampaigns } from './campaigns/ports.ts';

/** How a Slack row ended. `later` was refused or failed and comes again; `gone` needs no more tries. */
export type SlackOutcome =
  | { kind: 'done' }
  | { kind: 'later'; after_ms: number; cause: string }
  | { kind: 'gone'; cause: string };

/** Slack as output; given one row, it renders from the ledger and sends. */
export interface Messenger {
  send(row: OutboxRow): Promise<SlackOutcome>;
}

/** One export with what a surface needs to draw it; `record` is of its decision, where that is shown. */
export type Shown = { state: Export; directory: Directory; now: number; record?: EventRecord | null };

/** Some of a list; `all` and `late` are counted up to a thousand. */
export type Section = { items: readonly Shown[]; all: number; late: number };

/** A person's day: everything App Home shows. `page` of `pages` of what waits for them, from 0. */
export type Day = {
  now: number;
  directory: Directory;
  page: number;
  pages: number;
  waiting: Section;
  /** In somebody else's place: as cover, as backup, by escalation. */
  covering: Section;
  requests: Section;
  locks: Section;
  tasks: readonly Task[];
  /** Those that the person owns or briefed. */
  campaigns: MyCampaigns;
  /** Types of which several may be accepted with one click. */
  together: readonly { export_type: string; n: number }[];
};

/** What became of several decisions made with one click; `left` need a look of their own. */
export type Together = {
  accepted: number;
  left: number;
  refused: readonly { why: string; n: number }[];
};

/** What a flooded channel has waiting: numbers by type, and one page of it. */
export type DigestPage = {
  counts: readonly DigestCount[];
  items: readonly Shown[];
  page: number;
  pages: number;
};

/** What is left to be mapped for an export: one page of it, and how many come after. */
export type MappingPage = { shown: Shown; system: string; page: readonly Unmapped[]; more: number };

/** What a search came to; `wrong` says what a word should have been. */
export type Found = { items: readonly Shown[]; more: boolean } | { wrong: string };

/** Who is on call, and what they were paged for and still waits. */
export type OnCallBoard = { directory: Directory; now: number; incidents: readonly Shown[] };

/**
 * What a person can do through a surface. Every method checks authority again, from the directory,
 * at this moment; refusals are values whose sentence the person gets.
 */
export interface Desk {
  /** The person behind a Slack account; linked by e-mail at the first meeting, by team and user id after that. Bots, guests and strangers are refused. */
  whoIs(slack: { team: string; user: string }): Promise<Person | Refusal>;
  show(exportId: string): Promise<Shown | Refusal>;
  history(exportId: string): Promise<readonly Recorded[]>;
  list(filter: ExportFilter): Promise<readonly ExportSummary[]>;
  /** Open exports that wait for this person, the most urgent first. */
  inbox(person: PersonId, limit: number): Promise<readonly Shown[]>;
  /** `seen` is the revision number on the card or modal the person acted on. */
  day(person: PersonId, page: number): Promise<Day>;
  /** The Home tab is open there from now on, and is kept up to date for a day. */
  homeOpened(person: PersonId): Promise<void>;
  digest(channel: string, page: number): Promise<DigestPage>;
  /** Gives what waits in a channel's digest cards of its own; for whoever may decide some of it. */
  expandDigest(channel: string, by: PersonId): Promise<number | Refusal>;
  /**
   * Accepts what is low in risk and of one type: what waits for the person, or in a channel's digest
   * when one is named. What came in or changed after `at` (ms), when they looked, is left.
   */
  acceptTogether(
    by: PersonId,
    which: { channel: string; export_type: string; at: number },
  ): Promise<Together>;
  tasks(person: PersonId): Promise<readonly Task[]>;
  closeTask(idOrKey: string, by: PersonId): Promise<Committed | Refusal>;
  onCall(): Promise<OnCallBoard>;
  /** Exports that fit all of the words; `me` in them is the person. */
  find(person: PersonId, words: string): Promise<Found>;
  /** The whole id, or the one recent export whose id ends so; null for none and for several. */
  idNamed(wanted: string): Promise<string | null>;
  /** One person by name, address or mention; null for nobody and for several. */
  personNamed(wanted: string, me: PersonId): Promise<PersonId | null>;
  accept(exportId: string, by: PersonId, seen: number, confirmStale: boolean): Promise<Committed | Refusal>;
  reject(exportId: string, by: PersonId, seen: number, reason: string): Promise<Committed | Refusal>;
  withdraw(exportId: string, by: PersonId, reason: string | null): Promise<Committed | Refusal>;
  redeliver(exportId: string, by: PersonId): Promise<Committed | Refusal>;
  /** Has the next carrier asked in the place of the one that refused. */
  useAlternate(exportId: string, by: PersonId, seen: number): Promise<Committed | Refusal>;
  resume(exportId: string, by: PersonId, note: string): Promise<Committed | Refusal>;
  /** Takes the SKUs that a system is short of out of a paused export; a new revision that its owners accept anew. */
  takeOut(exportId: string, by: PersonId, seen: number): Promise<Committed | Refusal>;
  /** Reads the repaired export again; refused with its problems while any is left (`no_owner` apart). */
  correct(exportId: string, by: PersonId, raw: { [key: string]: Json }): Promise<Committed | Refusal>;
  assignOwner(exportId: string, by: PersonId, owner: PersonId, role: Role): Promise<Committed | Refusal>;
  /** Holds the review for whoever may decide; `answer` says who holds it when somebody else does. */
  openReview(exportId: string, by: PersonId, takeOver: boolean): Promise<Committed | Refusal>;
  closeReview(exportId: string, by: PersonId): Promise<Committed | Refusal>;
  requestChanges(exportId: string, by: PersonId, seen: number, reason: string): Promise<Committed | Refusal>;
  /** Reads the edited export again, which stays with its owner; a new revision that everybody accepts anew. */
  edit(
    exportId: string,
    by: PersonId,
    seen: number,
    raw: { [key: string]: Json },
  ): Promise<Committed | Refusal>;
  /** Has what failed of the safety checks tried once more. */
  runChecksAgain(exportId: string, by: PersonId, seen: number): Promise<Committed | Refusal>;
  /** Lets this revision go on although its safety checks failed. */
  overrideChecks(exportId: string, by: PersonId, seen: number, reason: string): Promise<Committed | Refusal>;
  undo(exportId: string, by: PersonId): Promise<Committed | Refusal>;
  /** `stage` is the one that the person was looking at. */
  advanceRollout(exportId: string, by: PersonId, stage: number): Promise<Committed | Refusal>;
  holdRollout(exportId: string, by: PersonId, stage: number): Promise<Committed | Refusal>;
  /** Asks for the export that takes back what went out; it is issued right after. */
  rollBackRollout(exportId: string, by: PersonId): Promise<Committed | Refusal>;
  reassign(exportId: string, by: PersonId, to: PersonId, reason: string): Promise<Committed | Refusal>;
  comment(exportId: string, by: PersonId, text: string): Promise<Committed | Refusal>;
  acknowledge(exportId: string, by: PersonId): Promise<Committed | Refusal>;
  /** Which SKUs its sink could not place, for whoever may name them; with none left, the export goes on. */
  openMapping(exportId: string, by: PersonId): Promise<MappingPage | Committed | Refusal>;
  /** What the sink calls them, by canonical SKU: recorded, and then the next page, or the export goes on. */
  mapSkus(
    exportId: string,
    by: PersonId,
    names: Readonly<Record<string, string>>,
  ): Promise<MappingPage | Committed | Refusal>;
  /** The export whose card stands there; null when none does. */
  cardAt(channel: string, ts: string): Promise<string | null>;
}

import type { Json } from '../exports/envelope.ts';
import type { Recorded } from '../exports/events.ts';
import type { Directory, Person, PersonId } from '../exports/ownership.ts';
import type { Refusal } from '../exports/refusals.ts';
import type { Export } from '../exports/state.ts';
import type { Role } from '../exports/words.ts';
import type { Committed, ExportFilter, ExportSummary, OutboxRow } from '../store/port.ts';

/** How a Slack row ended. `later` was refused or failed and comes again; `gone` needs no more tries. */
export type SlackOutcome =
  | { kind: 'done' }
  | { kind: 'later'; after_ms: number; cause: string }
  | { kind: 'gone'; cause: string };

/** Slack as output; given one row, it renders from the ledger and sends. */
export interface Messenger {
  send(row: OutboxRow): Promise<SlackOutcome>;
}

/** One export with what a surface needs to draw it. */
export type Shown = { state: Export; directory: Directory; now: number };

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
  accept(exportId: string, by: PersonId, seen: number, confirmStale: boolean): Promise<Committed | Refusal>;
  reject(exportId: string, by: PersonId, seen: number, reason: string): Promise<Committed | Refusal>;
  withdraw(exportId: string, by: PersonId, reason: string | null): Promise<Committed | Refusal>;
  redeliver(exportId: string, by: PersonId): Promise<Committed | Refusal>;
  resume(exportId: string, by: PersonId, note: string): Promise<Committed | Refusal>;
  /** Reads the repaired export again; refused with its problems while any is left (`no_owner` apart). */
  correct(exportId: string, by: PersonId, raw: { [key: string]: Json }): Promise<Committed | Refusal>;
  assignOwner(exportId: string, by: PersonId, owner: PersonId, role: Role): Promise<Committed | Refusal>;
}

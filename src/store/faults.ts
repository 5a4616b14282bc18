/** Something that `verify` found wrong. */
export type Fault = {
  /** What is wrong, as a sentence. */
  what: string;
  /** Which row it is about. */
  where: string;
  /** What an operator does about it. */
  advice: string;
};

/** Takes down a fault. */
export type Found = (what: string, where: string, advice: string) => void;

export const RESTORE =
  'Stop Meshline, keep this file as evidence, and restore the newest backup that verifies.';
export const REBUILD =
  'The events themselves may be intact: keep this file, and restore the newest backup that verifies.';

/** An event's number and how its hash begins, in lower-case hex. */
export type NotedHash = { seq: number; begins: string };

/** Events after the first number up to the second; null is as far as they go. */
export type Stretch = { after: number | null; until: number | null };

/** Ids from the first on and below the second; null is no bound. */
export type IdRange = { from: string | null; below: string | null };

/** A part of verifying that needs no other; each is done on a snapshot of its own. */
export type VerifyPart =
  | { part: 'file' }
  | ({ part: 'chain'; noted: readonly NotedHash[] } & Stretch)
  | ({ part: 'replay' } & IdRange)
  | { part: 'others' };

/** What a part gives back. `head` is of the chain alone; a Buffer arrives from a thread as plain bytes. */
export type PartDone = {
  events: number;
  exports: number;
  head: { seq: number; hash: Uint8Array } | null;
  faults: readonly Fault[];
};

import type { Head } from './connection.ts';

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

/** The share of one verifying thread. */
export type VerifyTask =
  | { part: 'chain'; file: string; noted: readonly Head[] }
  | { part: 'replay'; file: string };

/** What its thread gives back; a Buffer arrives as plain bytes. */
export type ChainPart = { events: number; head: { seq: number; hash: Uint8Array } };
export type ReplayPart = { exports: number };

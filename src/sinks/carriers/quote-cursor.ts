import { MINUTE_MS } from '../../exports/words.ts';

/** How long a price stands between its quote and the purchase. */
const STANDS_MS = 10 * MINUTE_MS;

/**
 * A label is priced in one step and bought in the next, with the ledger's word between them: as long
 * as a push has no cursor nothing can have been bought, so that a crash until then leaves no doubt.
 */
export function quotedAt(now: number): string {
  return `quoted:${String(now)}`;
}

/** Whether the price that this cursor tells of may still be bought at; an older one is asked for again. */
export function quoteStands(cursor: string | null, now: number): boolean {
  const at = /^quoted:(\d{1,16})$/u.exec(cursor ?? '')?.[1];
  return at !== undefined && Math.abs(now - Number(at)) < STANDS_MS;
}

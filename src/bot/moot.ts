import { ANSWERS_PAGE } from '../exports/audience.ts';
import type { EventType, Recorded } from '../exports/events.ts';

/** The steps of the ladder, each louder than the one before. */
const LADDER: ReadonlySet<EventType> = new Set<EventType>(['reminded', 'escalated', 'paged']);

/**
 * True for a step of the ladder that nobody needs to hear of any more, because it comes late: what it asked
 * for was done, or the next one has been taken. Everything else that happened is told, however late.
 */
export function isMoot({ n, event }: Recorded, all: readonly Recorded[]): boolean {
  if (!LADDER.has(event.type)) return false;
  return all.some(
    (later) =>
      later.n > n &&
      (ANSWERS_PAGE.has(later.event.type) || (event.type === 'reminded' && LADDER.has(later.event.type))),
  );
}

import { fromIso } from '../clock.ts';
import type { Export, Push } from './state.ts';

/** When a push may take effect, ms; 0 when at once. */
export function startsAt({ operation }: Pick<Push, 'operation'>): number {
  return operation.not_before === undefined ? 0 : fromIso(operation.not_before);
}

/** Whether it has lost its sense by now, and nothing of it can stand anywhere. */
export function isTooLate({ operation, status, cursor }: Push, now: number): boolean {
  if (operation.not_after === undefined || status === 'unknown' || cursor !== null) return false;
  return fromIso(operation.not_after) <= now;
}

/** The first instant at which something is sent; null unless everything still waits for its time. */
export function scheduledFor(state: Pick<Export, 'status' | 'pushes'>, now: number): number | null {
  if (state.status !== 'delivering' || state.pushes.length === 0) return null;
  const waits = state.pushes.every(
    (push) =>
      push.status === 'waiting' && push.attempts === 0 && push.cursor === null && startsAt(push) > now,
  );
  return waits ? Math.min(...state.pushes.map(startsAt)) : null;
}

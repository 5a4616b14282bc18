import type { Recorded } from './events.ts';
import { evolve } from './evolve.ts';
import type { Export, Push } from './state.ts';

/** Codes of a push that failed although part of it, or all of it, may have taken effect. */
const HALF_DONE: ReadonlySet<string> = new Set(['partial_failure', 'outcome_unknown']);

function mayStand({ status, cursor, exception_code }: Push): boolean {
  if (status === 'delivered' || status === 'unknown' || cursor !== null) return true;
  return status === 'failed' && exception_code !== null && HALF_DONE.has(exception_code);
}

/** Whether something of it stands at a system, or may do so as far as anybody knows. */
export function mayBeOut({ pushes }: Pick<Export, 'pushes'>): boolean {
  return pushes.some(mayStand);
}

/** Whether something of it ever stood at a system, or may have done so. */
export function everOut(id: string, history: readonly Recorded[]): boolean {
  let state: Export | null = null;
  return history.some(({ event, at }) => {
    state = evolve(state, event, at, id);
    return mayBeOut(state);
  });
}

import type { Context } from './commands.ts';
import { duration } from './freshness.ts';
import type { PersonId } from './ownership.ts';
import { type Refusal, refuse } from './refusals.ts';
import type { Export } from './state.ts';

/** A review that somebody else holds open, as a refusal; null when the way is free. */
export function heldByAnother(state: Export, by: PersonId, context: Context): Refusal | null {
  const { lock } = state;
  if (!lock || lock.by === by || lock.until <= context.now) return null;
  const who = context.directory.people.get(lock.by)?.name ?? 'Somebody';
  return refuse('locked', { who, left: duration(lock.until - context.now) });
}

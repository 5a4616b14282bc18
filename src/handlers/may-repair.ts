import type { PersonId } from '../exports/ownership.ts';
import { isRefusal, type Refusal } from '../exports/refusals.ts';
import type { Shown } from '../flow/ports.ts';
import type { HandlerDeps } from './deps.ts';

/**
 * The export, for someone who may repair it now; else why not. An empty correction changes nothing:
 * `still_invalid` says that everything else would have held.
 */
export async function mayRepair(
  deps: HandlerDeps,
  exportId: string,
  person: PersonId,
): Promise<Shown | Refusal> {
  const outcome = await deps.desk.correct(exportId, person, {});
  if (isRefusal(outcome) && outcome.refused !== 'still_invalid') return outcome;
  return deps.desk.show(exportId);
}

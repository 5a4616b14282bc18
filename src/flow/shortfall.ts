import { decide } from '../exports/decide.ts';
import type { PersonId } from '../exports/ownership.ts';
import { read } from '../exports/receive.ts';
import { type Refusal, refuse } from '../exports/refusals.ts';
import { heldOver, withoutShort } from '../exports/shortfall.ts';
import type { Export } from '../exports/state.ts';
import type { Committed } from '../store/port.ts';
import { contextOf, type Flow, readingOf } from './settings.ts';

/** Takes the SKUs that a system is short of out of the values as they stand, and reads the rest again. */
export async function takeOut(
  flow: Flow,
  exportId: string,
  by: PersonId,
  seen: number,
): Promise<Committed | Refusal> {
  const known = await flow.ledger.get(exportId);
  if (!known) return refuse('not_found', { export_id: exportId });
  const held = heldOver(exportId, await flow.ledger.events(exportId));
  const reading = readingOf(flow, known.source.name);
  const repaired = (state: Export | null) => {
    const rest = state ? withoutShort(state, flow.catalog, held) : null;
    if (!state || !rest || 'why' in rest) return null;
    const { route, revision } = state;
    const whose = { owner_id: route.owner, owner_role: route.role };
    const {
      envelope: _,
      nobody_left: __,
      ...facts
    } = read(rest.raw, reading, (revision?.number ?? 0) + 1, whose);
    return facts;
  };
  return flow.ledger.update(exportId, flow.clock.now(), (state) =>
    decide(state, { do: 'take_out', by, seen, held, repaired: repaired(state) }, contextOf(flow)),
  );
}

import { decideCatalogue } from '../exports/catalogue-decide.ts';
import { decide } from '../exports/decide.ts';
import { mappingTrouble, unmapped, unplacedSkus } from '../exports/mapping.ts';
import type { PersonId } from '../exports/ownership.ts';
import { isRefusal, type Refusal, refuse } from '../exports/refusals.ts';
import type { Export } from '../exports/state.ts';
import type { Committed } from '../store/port.ts';
import type { MappingPage } from './ports.ts';
import { contextOf, type Flow } from './settings.ts';

/** Inputs of one page of the form. */
export const MAPPING_PAGE = 20;

async function pageOf(flow: Flow, state: Export): Promise<MappingPage | null> {
  const trouble = mappingTrouble(state);
  if (!trouble) return null;
  const aliases = await flow.ledger.aliases(trouble.sink, unplacedSkus(state));
  const left = unmapped(state, aliases);
  const shown = { state, directory: flow.settings().directory, now: flow.clock.now() };
  const page = left.slice(0, MAPPING_PAGE);
  return { shown, system: trouble.sink, page, more: left.length - page.length };
}

/** What somebody who may map SKUs is asked; with nothing left to ask, the export goes on. */
export async function openMapping(
  flow: Flow,
  exportId: string,
  by: PersonId,
): Promise<MappingPage | Committed | Refusal> {
  const state = await flow.ledger.get(exportId);
  if (!state) return refuse('not_found', { export_id: exportId });
  const may = decide(state, { do: 'continue_mapped', by }, contextOf(flow));
  if (isRefusal(may) && may.refused !== 'stale_refused') return may;
  const found = await pageOf(flow, state);
  return found && found.page.length > 0 ? found : goOn(flow, exportId, by);
}

/** Records the names by canonical SKU; then asks for the next page, or lets the export go on. */
export async function mapSkus(
  flow: Flow,
  exportId: string,
  by: PersonId,
  names: Readonly<Record<string, string>>,
): Promise<MappingPage | Committed | Refusal> {
  const state = await flow.ledger.get(exportId);
  if (!state) return refuse('not_found', { export_id: exportId });
  const trouble = mappingTrouble(state);
  if (!trouble) return refuse('not_waiting', { status: state.status, verb: 'map SKUs for' });
  const { directory, sinks } = flow.settings();
  const systems = new Set(sinks.map(({ name }) => name));
  const aliases = Object.entries(names).map(([sku, alias]) => ({ system: trouble.sink, sku, alias }));
  const recorded = await flow.ledger.changeCatalogue(flow.clock.now(), (view) =>
    decideCatalogue(view, { do: 'map_skus', by, aliases }, { directory, systems }),
  );
  return isRefusal(recorded) ? recorded : openMapping(flow, exportId, by);
}

function goOn(flow: Flow, exportId: string, by: PersonId): Promise<Committed | Refusal> {
  return flow.ledger.update(exportId, flow.clock.now(), (state) =>
    decide(state, { do: 'continue_mapped', by }, contextOf(flow)),
  );
}

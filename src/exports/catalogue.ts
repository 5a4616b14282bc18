import type { PersonId } from './ownership.ts';

/** The stream of the ledger under which the names of SKUs at other systems are kept; no export has this id. */
export const CATALOGUE = 'catalogue';

/** One SKU of ours (canonical) and what one system calls it, exactly as that system writes it. */
export type Alias = { system: string; sku: string; alias: string };

/** Who did it; null for an operator at the machine. */
type By = { by: PersonId | null };

/** What has happened to the names. Stored for good. */
export type CatalogueEvent =
  | ({ type: 'sku_mapped' } & Alias & By)
  | ({ type: 'sku_unmapped'; system: string; sku: string } & By)
  | ({ type: 'skus_imported'; aliases: readonly Alias[] } & By);

export type RecordedMapping = { export_id: typeof CATALOGUE; n: number; at: number; event: CatalogueEvent };

/** What one event sets: null where the system has no name of its own for the SKU any more. */
export type AliasChange = { system: string; sku: string; alias: string | null };

export function changesOf(event: CatalogueEvent): readonly AliasChange[] {
  switch (event.type) {
    case 'sku_mapped': {
      const { system, sku, alias } = event;
      return [{ system, sku, alias }];
    }
    case 'sku_unmapped':
      return [{ system: event.system, sku: event.sku, alias: null }];
    case 'skus_imported':
      return event.aliases;
  }
}

/** What a system calls a SKU, and since when (UTC ms). */
export type Kept = { alias: string; at: number };

/** Every name there is, by system and SKU; see `keyOf`. */
export type Catalogue = ReadonlyMap<string, Alias & { at: number }>;

/** A system's name has no blank in it, so no two pairs share a key. */
export const keyOf = (system: string, sku: string): string => `${system} ${sku}`;

/** The names after one event. Total and pure. */
export function evolveCatalogue(before: Catalogue, event: CatalogueEvent, at: number): Catalogue {
  return apply(new Map(before), event, at);
}

/** The names that a list of events makes. */
export function replayCatalogue(events: Iterable<{ at: number; event: CatalogueEvent }>): Catalogue {
  const names = new Map<string, Alias & { at: number }>();
  for (const { at, event } of events) apply(names, event, at);
  return names;
}

function apply(names: Map<string, Alias & { at: number }>, event: CatalogueEvent, at: number): Catalogue {
  for (const { system, sku, alias } of changesOf(event)) {
    if (alias === null) names.delete(keyOf(system, sku));
    else names.set(keyOf(system, sku), { system, sku, alias, at });
  }
  return names;
}

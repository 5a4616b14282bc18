import type { Alias, CatalogueEvent } from './catalogue.ts';
import { activeOf, operators } from './directory-authority.ts';
import { identifier } from './fields.ts';
import { names } from './gates.ts';
import { canonicalSku } from './identifiers.ts';
import type { Directory, PersonId } from './ownership.ts';
import { type Refusal, refuse } from './refusals.ts';

/** What somebody wants the systems' names to be, in the imperative; all of it or nothing. */
export type CatalogueCommand =
  | { do: 'map_skus'; by: PersonId; aliases: readonly Alias[] }
  /** By an operator at the machine; an empty name takes back what stood. `faultsOf` reports all that is wrong. */
  | { do: 'import_skus'; aliases: readonly Alias[] };

export type CatalogueDecision = { events: readonly CatalogueEvent[] } | Refusal;

/** What a decision may look at: the names as they are in the transaction, and who there is. */
export type CatalogueView = {
  aliasOf(system: string, sku: string): string | null;
  /** The canonical SKU that a system knows under this name. */
  skuBehind(system: string, alias: string): string | null;
};

export type CatalogueContext = { directory: Directory; systems: ReadonlySet<string> };

/** Who may say what other systems call a SKU: merchandising, and whoever runs Meshline. */
export function mayMapSkus(directory: Directory): readonly PersonId[] {
  return activeOf(directory, [
    ...(directory.roles.get('merchandising')?.members ?? []),
    ...operators(directory),
  ]);
}

const OurSku = identifier('SKU', 80);
const TheirSku = identifier('SKU of the other system', 255);

/** The one place where names of SKUs are decided. Pure: it may run again and gives the same. */
export function decideCatalogue(
  view: CatalogueView,
  command: CatalogueCommand,
  context: CatalogueContext,
): CatalogueDecision {
  if ('by' in command) {
    const no = notAllowed(command.by, context.directory);
    if (no) return no;
  }
  switch (command.do) {
    case 'map_skus': {
      const wanted = command.aliases.map(canonical);
      const empty = wanted.find(({ alias }) => alias === '');
      if (empty) return refuse('alias_unusable', { ...empty, alias: empty.sku, why: 'Its name is empty.' });
      const [fault] = faultsOf(view, wanted, context.systems);
      if (fault) return fault.refusal;
      // A name that stands already is said again: whoever stopped for it looks when it was last said.
      return { events: wanted.map((alias) => ({ type: 'sku_mapped', ...alias, by: command.by })) };
    }
    case 'import_skus': {
      const wanted = command.aliases.map(canonical);
      const [fault] = faultsOf(view, wanted, context.systems);
      if (fault) return fault.refusal;
      const aliases = changed(view, wanted).filter(({ alias }) => alias !== '');
      const dropped = wanted.filter(
        ({ alias, system, sku }) => alias === '' && view.aliasOf(system, sku) !== null,
      );
      const events: CatalogueEvent[] = dropped.map(({ system, sku }) => {
        return { type: 'sku_unmapped', system, sku, by: null };
      });
      if (aliases.length > 0) events.push({ type: 'skus_imported', aliases, by: null });
      return { events };
    }
  }
}

function notAllowed(by: PersonId, directory: Directory): Refusal | null {
  const person = directory.people.get(by);
  if (!person) return refuse('unknown_person');
  if (!person.active) return refuse('inactive_person');
  const allowed = mayMapSkus(directory);
  if (allowed.includes(by)) return null;
  return refuse('not_yours_to_change', { what: 'map SKUs', allowed: names(allowed, directory) });
}

export function canonical({ system, sku, alias }: Alias): Alias {
  return { system, sku: canonicalSku(sku), alias: alias.trim() };
}

const pair = (system: string, name: string) => JSON.stringify([system, name]);

/**
 * Everything that is wrong with these names together with those that stay, by its place in the list.
 * A name that one of them gives up is free for another.
 */
export function faultsOf(
  view: CatalogueView,
  wanted: readonly Alias[],
  systems: ReadonlySet<string>,
): readonly { index: number; refusal: Refusal }[] {
  const givenUp = new Set(wanted.map(({ system, sku }) => pair(system, sku)));
  const bySku = new Map<string, number>();
  const byAlias = new Map<string, Alias>();
  return wanted.flatMap((each, index) => {
    const refusal = unusable(each, systems) ?? taken(each);
    return refusal ? [{ index, refusal }] : [];
  });

  function taken(each: Alias): Refusal | null {
    const { system, sku, alias } = each;
    if (bySku.has(pair(system, sku))) {
      return refuse('alias_unusable', {
        alias,
        sku,
        system,
        why: `${sku} is there twice. Keep one of the two.`,
      });
    }
    bySku.set(pair(system, sku), bySku.size);
    if (alias === '') return null;
    const holder = view.skuBehind(system, alias);
    const stays = holder !== null && holder !== sku && !givenUp.has(pair(system, holder)) ? holder : null;
    const other = byAlias.get(pair(system, alias))?.sku ?? stays;
    if (other !== null && other !== undefined && other !== sku) {
      return refuse('alias_taken', { alias, sku, system, other });
    }
    byAlias.set(pair(system, alias), each);
    return null;
  }
}

function unusable({ system, sku, alias }: Alias, systems: ReadonlySet<string>): Refusal | null {
  if (!systems.has(system)) {
    const known = [...systems].join(', ');
    const why = `there is no sink with this name. Known: ${known === '' ? 'none' : known}.`;
    return refuse('alias_unusable', { alias, sku, system, why });
  }
  const problem = OurSku.safeParse(sku).error ?? (alias === '' ? undefined : TheirSku.safeParse(alias).error);
  const why = problem?.issues[0]?.message;
  return why === undefined
    ? null
    : refuse('alias_unusable', { alias: alias === '' ? sku : alias, sku, system, why });
}

/** Without those that are so already. */
function changed(view: CatalogueView, wanted: readonly Alias[]): readonly Alias[] {
  return wanted.filter(({ system, sku, alias }) => view.aliasOf(system, sku) !== alias);
}

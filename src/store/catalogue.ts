import {
  type Alias,
  CATALOGUE,
  type CatalogueEvent,
  changesOf,
  type Kept,
  type RecordedMapping,
} from '../exports/catalogue.ts';
import type { CatalogueDecision, CatalogueView } from '../exports/catalogue-decide.ts';
import { isRefusal, type Refusal } from '../exports/refusals.ts';
import type { Connection, Tx } from './connection.ts';
import type { Tables } from './updates.ts';

type AliasRow = Alias & { at: number };

export type CatalogueTable = CatalogueView & {
  /** What a system calls these canonical SKUs; those it has no name for are left out. */
  aliases(system: string, skus: readonly string[]): Record<string, Kept>;
  /** Every name, ordered by system and SKU. */
  all(): readonly AliasRow[];
  changes(): Iterable<RecordedMapping>;
  /** How many events there are. */
  version(): number;
  set(tx: Tx, events: readonly CatalogueEvent[], at: number): void;
};

/** What other systems call our SKUs: the events are in the chain, the present names in a table. */
export function catalogueOver(connection: Connection): CatalogueTable {
  const bySku = connection.one<{ alias: string }>('SELECT alias FROM aliases WHERE system = ? AND sku = ?');
  const byAlias = connection.one<{ sku: string }>('SELECT sku FROM aliases WHERE system = ? AND alias = ?');
  const some = connection.all<AliasRow>(
    'SELECT system, sku, alias, at FROM aliases WHERE system = ? AND sku IN (SELECT value FROM json_each(?))',
  );
  const every = connection.all<AliasRow>('SELECT system, sku, alias, at FROM aliases ORDER BY system, sku');
  const events = connection.iterate<{ n: number; at: number; data: string }>(
    'SELECT n, at, data FROM events WHERE export_id = ? ORDER BY n',
  );
  const last = connection.one<{ n: number | null }>('SELECT max(n) AS n FROM events WHERE export_id = ?');
  const drop = connection.write('DELETE FROM aliases WHERE system = ? AND sku = ?');
  const add = connection.write('INSERT INTO aliases (system, sku, alias, at) VALUES (?, ?, ?, ?)');
  return {
    aliasOf: (system, sku) => bySku(system, sku)?.alias ?? null,
    skuBehind: (system, alias) => byAlias(system, alias)?.sku ?? null,
    aliases: (system, skus) =>
      Object.fromEntries(
        some(system, JSON.stringify(skus)).map(({ sku, alias, at }) => [sku, { alias, at }]),
      ),
    all: () => every(),
    *changes() {
      for (const { n, at, data } of events(CATALOGUE)) {
        yield { export_id: CATALOGUE, n, at, event: JSON.parse(data) as CatalogueEvent };
      }
    },
    version: () => last(CATALOGUE)?.n ?? 0,
    set(tx, all, at) {
      const changes = all.flatMap(changesOf);
      // @NOTE Two SKUs may trade names, so the old ones go first: no name is ever held twice.
      for (const { system, sku } of changes) drop(tx, system, sku);
      const latest = new Map(changes.map((each) => [JSON.stringify([each.system, each.sku]), each]));
      for (const { system, sku, alias } of latest.values()) {
        if (alias !== null) add(tx, system, sku, alias, at);
      }
    },
  };
}

/** One decision about the names of SKUs, with its events and the names they make. */
export function changeCatalogue(
  tx: Tx,
  { chain }: Pick<Tables, 'chain'>,
  table: CatalogueTable,
  now: number,
  decide: (view: CatalogueView) => CatalogueDecision,
): readonly RecordedMapping[] | Refusal {
  const decision = decide(table);
  if (isRefusal(decision)) return decision;
  const before = table.version();
  const changes = decision.events.map(
    (event, index): RecordedMapping => ({ export_id: CATALOGUE, n: before + index + 1, at: now, event }),
  );
  for (const change of changes) chain.append(tx, change);
  table.set(tx, decision.events, now);
  return changes;
}

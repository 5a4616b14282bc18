import { isDeepStrictEqual } from 'node:util';
import { type Alias, CATALOGUE, replayCatalogue } from '../exports/catalogue.ts';
import { catalogueOver } from './catalogue.ts';
import type { Connection } from './connection.ts';
import { type Found, REBUILD, RESTORE } from './faults.ts';

type Name = Alias & { at: number };

const placed = ({ system, sku }: Alias) => JSON.stringify([system, sku]);
const sorted = (names: readonly Name[]) => names.toSorted((a, b) => (placed(a) < placed(b) ? -1 : 1));

/** Makes the names of SKUs at other systems again from their events, and compares. */
export function verifyCatalogue(connection: Connection, found: Found): void {
  const table = catalogueOver(connection);
  try {
    const changes = [...table.changes()];
    if (changes.some(({ n }, index) => n !== index + 1)) {
      found('The events of the catalogue are not in order', CATALOGUE, RESTORE);
    }
    const made = [...replayCatalogue(changes).values()];
    if (!isDeepStrictEqual(sorted(table.all()), sorted(made))) {
      found('The names of SKUs at other systems are not what their events make', 'aliases', REBUILD);
    }
  } catch (error) {
    found(`The catalogue cannot be replayed (${(error as Error).message})`, CATALOGUE, RESTORE);
  }
}

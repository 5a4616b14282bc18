import { awaitedSkus } from '../exports/preview.ts';
import type { Export } from '../exports/state.ts';
import type { Connection, Tx } from './connection.ts';

export type Previews = {
  /** Brings the index from one state to the next; writes only what differs. */
  move(tx: Tx, before: Export | null, after: Export): void;
  /** Those of these canonical SKUs that a preview waits for. */
  awaited(skus: readonly string[]): readonly string[];
  /** The previews that wait for any of these, oldest first. */
  waitingFor(skus: readonly string[]): readonly string[];
};

/** Which delivered previews wait for stock, so that other stock movements cost one look each. */
export function previewsOver(connection: Connection): Previews {
  const add = connection.write('INSERT INTO previews (sku, export_id) VALUES (?, ?) ON CONFLICT DO NOTHING');
  const drop = connection.write('DELETE FROM previews WHERE sku = ? AND export_id = ?');
  const any = connection.one('SELECT 1 FROM previews LIMIT 1');
  const skusOf = connection.all<{ sku: string }>(
    'SELECT DISTINCT sku FROM previews WHERE sku IN (SELECT value FROM json_each(?)) ORDER BY sku',
  );
  const exportsOf = connection.all<{ export_id: string }>(
    'SELECT DISTINCT export_id FROM previews WHERE sku IN (SELECT value FROM json_each(?)) ORDER BY export_id',
  );
  return {
    move(tx, before, after) {
      const old = new Set(before === null ? [] : awaitedSkus(before));
      const now = new Set(awaitedSkus(after));
      for (const sku of old.difference(now)) drop(tx, sku, after.id);
      for (const sku of now.difference(old)) add(tx, sku, after.id);
    },
    awaited: (skus) => (any() ? skusOf(JSON.stringify(skus)).map(({ sku }) => sku) : []),
    waitingFor: (skus) => exportsOf(JSON.stringify(skus)).map(({ export_id }) => export_id),
  };
}

import type { Export } from '../exports/state.ts';
import { type Promo, promoOf, type Surroundings } from '../exports/surroundings.ts';
import type { Connection, Tx } from './connection.ts';

export type Promos = {
  on: Surroundings['promosOn'];
  move(tx: Tx, before: Export | null, after: Export): void;
};

/** More promos at one time on one SKU help nobody to decide. */
const MOST = 20;
const NAMED = 3;

/** Promos by the time in which their prices are out. */
export function promosOver(connection: Connection): Promos {
  const put = connection.write(`INSERT INTO promos (export_id, subject, name, starts_at, ends_at)
  VALUES (?, ?, ?, ?, ?)
  ON CONFLICT (export_id) DO UPDATE SET subject = excluded.subject, name = excluded.name,
    starts_at = excluded.starts_at, ends_at = excluded.ends_at`);
  const drop = connection.write('DELETE FROM promos WHERE export_id = ?');
  // CROSS JOIN keeps the order: one seek a SKU that was asked for, and none after the first that is met.
  const during = connection.all<Promo>(
    `SELECT export_id, subject, name, starts_at, ends_at FROM promos
     WHERE ends_at > ? AND starts_at < ? AND EXISTS (
       SELECT 1 FROM json_each(?) CROSS JOIN skus ON skus.sku = json_each.value AND skus.export_id = promos.export_id
     ) ORDER BY export_id DESC LIMIT ?`,
  );
  const both = connection.all<{ sku: string }>(
    'SELECT skus.sku AS sku FROM json_each(?) CROSS JOIN skus ON skus.sku = json_each.value AND skus.export_id = ?',
  );
  return {
    on(skus, { starts_at, ends_at }) {
      const asked = JSON.stringify(skus);
      return during(starts_at, ends_at, asked, MOST).flatMap((promo) => {
        const met = both(asked, promo.export_id).map(({ sku }) => sku);
        return met.length === 0 ? [] : [{ ...promo, skus: met.slice(0, NAMED), n: met.length }];
      });
    },
    move(tx, before, after) {
      const was = before === null ? null : promoOf(before);
      const is = promoOf(after);
      if (is) {
        if (JSON.stringify(was) !== JSON.stringify(is))
          put(tx, is.export_id, is.subject, is.name, is.starts_at, is.ends_at);
      } else if (was) drop(tx, after.id);
    },
  };
}

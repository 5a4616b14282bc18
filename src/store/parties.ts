import type { PersonId } from '../exports/ownership.ts';
import { type Party, partiesOf } from '../exports/parties.ts';
import { skusOf } from '../exports/skus.ts';
import type { Export } from '../exports/state.ts';
import type { Connection, Tx } from './connection.ts';
import type { DeskCount, DeskRow } from './port.ts';

export type PartyRow = { who: string; due_at: number; export_id: string; but: string };

export type Parties = {
  /** Brings the desks and the SKU index from one state to the next; writes only what differs. */
  move(tx: Tx, before: Export | null, after: Export): void;
  /** The first `limit` rows of these desks together, in order of `due_at`, each export once. */
  desk(who: readonly string[], person: PersonId, limit: number): DeskRow[];
  /** How many, counted up to `most`. */
  count(who: readonly string[], person: PersonId, now: number, most: number): DeskCount;
};

export function rowsOf(state: Export): PartyRow[] {
  return partiesOf(state).map(({ who, due_at, but }: Party) => ({
    who,
    due_at,
    export_id: state.id,
    but: but.join(' '),
  }));
}

const idOf = ({ who, due_at, but }: PartyRow) => `${who} ${due_at} ${but}`;

export function partiesOver(connection: Connection): Parties {
  const add = connection.write(
    'INSERT INTO parties (who, due_at, export_id, but) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET but = excluded.but',
  );
  const drop = connection.write('DELETE FROM parties WHERE who = ? AND due_at = ? AND export_id = ?');
  const addSku = connection.write('INSERT INTO skus (sku, export_id) VALUES (?, ?) ON CONFLICT DO NOTHING');
  const dropSku = connection.write('DELETE FROM skus WHERE sku = ? AND export_id = ?');
  const first = connection.all<DeskRow>(
    'SELECT export_id, due_at FROM parties WHERE who = ? AND instr(but, ?) = 0 ORDER BY due_at, export_id LIMIT ?',
  );
  const counted = connection.one<{ n: number }>(`SELECT count(*) AS n FROM (
    SELECT DISTINCT export_id FROM parties
    WHERE who IN (SELECT value FROM json_each(?)) AND due_at <= ? AND instr(but, ?) = 0 LIMIT ?)`);

  return {
    move(tx, before, after) {
      const old = before === null ? [] : rowsOf(before);
      const now = rowsOf(after);
      const kept = new Set(now.map(idOf));
      const had = new Set(old.map(idOf));
      for (const row of old) if (!kept.has(idOf(row))) drop(tx, row.who, row.due_at, row.export_id);
      for (const row of now) if (!had.has(idOf(row))) add(tx, row.who, row.due_at, row.export_id, row.but);
      tx.desks.push(...old.map((row) => row.who), ...now.map((row) => row.who));
      moveSkus(tx, before, after);
    },
    desk(who, person, limit) {
      const rows = who.flatMap((each) => first(each, person, limit));
      const each = new Map(rows.map((row): [string, DeskRow] => [row.export_id, row]));
      return [...each.values()]
        .sort((a, b) => a.due_at - b.due_at || (a.export_id < b.export_id ? -1 : 1))
        .slice(0, limit);
    },
    count(who, person, now, most) {
      const keys = JSON.stringify(who);
      const all = counted(keys, Number.MAX_SAFE_INTEGER, person, most)?.n ?? 0;
      return { all, late: counted(keys, now, person, most)?.n ?? 0 };
    },
  };

  function moveSkus(tx: Tx, before: Export | null, after: Export) {
    if (before?.revision?.hash === after.revision?.hash) return;
    const old = new Set(before === null ? [] : skusOf(before));
    const now = new Set(skusOf(after));
    for (const sku of old.difference(now)) dropSku(tx, sku, after.id);
    for (const sku of now.difference(old)) addSku(tx, sku, after.id);
  }
}

import { isDeepStrictEqual } from 'node:util';
import type { Event } from '../exports/events.ts';
import { evolve } from '../exports/evolve.ts';
import { awaitedSkus } from '../exports/preview.ts';
import { skusOf } from '../exports/skus.ts';
import type { Export } from '../exports/state.ts';
import { type Promo, promoOf } from '../exports/surroundings.ts';
import type { Connection } from './connection.ts';
import { type Found, type IdRange, REBUILD, RESTORE } from './faults.ts';
import { type PartyRow, rowsOf } from './parties.ts';
import { type Projection, parseState, projectionOf } from './rows.ts';
import { headMove, outMove, type SubjectHead } from './subjects.ts';

/** An event as [n, at, type, data]. */
type History = readonly [number, number, string, Event][];

/** A row of `exports` and the whole history of it as one text: a row for each event takes twice as long. */
const ROWS = `SELECT id, status, type, owner, source, campaign_id, open_key, received_at, due_at, version, state, (
    SELECT group_concat('[' || n || ',' || at || ',' || json_quote(type) || ',' || data || ']', ',' ORDER BY n)
    FROM events WHERE export_id = exports.id
  ) AS history
  FROM exports`;

/** Makes every export of the range again from its events and compares; gives how many there are. */
export function verifyReplay(connection: Connection, { from, below }: IdRange, found: Found): number {
  const within = (id: string) => `${id} >= ? AND (? IS NULL OR ${id} < ?)`;
  const bounds = [from ?? '', below, below];
  const rows = connection.iterate<Projection & { id: string; history: string | null }>(
    `${ROWS} WHERE ${within('id')} ORDER BY id`,
  );
  const headOf = connection.one<SubjectHead>(
    'SELECT export_id, occurred_at FROM subject_heads WHERE subject = ?',
  );
  const partyOf = connection.one<PartyRow>(
    'SELECT but FROM parties WHERE who = ? AND due_at = ? AND export_id = ?',
  );
  const skuOf = connection.one('SELECT 1 FROM skus WHERE sku = ? AND export_id = ?');
  const awaitedBy = connection.one('SELECT 1 FROM previews WHERE sku = ? AND export_id = ?');
  const promoAt = connection.one<Promo>(
    'SELECT export_id, subject, name, starts_at, ends_at FROM promos WHERE export_id = ?',
  );
  const outOf = connection.one(
    'SELECT 1 FROM subject_outs WHERE subject = ? AND occurred_at = ? AND export_id = ?',
  );
  let exports = 0;
  let outs = 0;
  let running = 0;
  let heads = 0;
  let desks = 0;
  let named = 0;
  let awaited = 0;
  for (const { id, history, ...row } of rows(...bounds)) {
    exports += 1;
    const made = replayOne(id, history ?? '', found);
    if (made === null) continue;
    compare(row, made.state, found);
    const [parties, skus] = [rowsOf(made.state), skusOf(made.state)];
    desks += parties.length;
    named += skus.length;
    if (parties.some((each) => partyOf(each.who, each.due_at, id)?.but !== each.but)) {
      found('The export is missing from a desk it belongs on', `export ${id}`, REBUILD);
    }
    if (skus.some((sku) => !skuOf(sku, id)))
      found('The export cannot be found by one of its SKUs', `export ${id}`, REBUILD);
    const waits = awaitedSkus(made.state);
    awaited += waits.length;
    if (waits.some((sku) => !awaitedBy(sku, id)))
      found('The preview does not wait for the stock of one of its SKUs', `export ${id}`, REBUILD);
    const promo = promoOf(made.state);
    if (promo !== null) {
      running += 1;
      if (!isDeepStrictEqual(promoAt(id), promo))
        found('The promo is not noted as it is', `export ${id}`, REBUILD);
    }
    for (const [at, subjects] of made.outs) {
      outs += subjects.size;
      for (const subject of subjects)
        if (!outOf(subject, at, id))
          found('An export that went out is not noted', `subject ${subject}`, REBUILD);
    }
    for (const [subject, at] of made.newest) {
      const head = headOf(subject);
      if (!head || head.occurred_at < at) {
        found('A newer value is not noted for its subject', `subject ${subject}`, REBUILD);
      } else if (head.export_id === id && head.occurred_at === at) heads += 1;
    }
  }
  const count = (table: 'subject_heads' | 'subject_outs' | 'parties' | 'skus' | 'previews' | 'promos') =>
    connection.one<{ n: number }>(`SELECT count(*) AS n FROM ${table} WHERE ${within('export_id')}`)(
      ...bounds,
    )?.n ?? 0;
  const noted = count('subject_heads');
  if (noted > heads) {
    found(`${noted - heads} subjects name a newest value that no export brought`, 'subject_heads', REBUILD);
  }
  if (count('subject_outs') > outs)
    found('Exports are noted as out that were never let go', 'subject_outs', REBUILD);
  if (count('parties') > desks) found('Exports are on desks they do not belong on', 'parties', REBUILD);
  if (count('promos') > running) found('Promos are noted that run no more', 'promos', REBUILD);
  if (count('skus') > named) found('SKUs name exports that do not hold them', 'skus', REBUILD);
  if (count('previews') > awaited)
    found('Previews wait for stock that they do not need', 'previews', REBUILD);
  return exports;
}

/** The state, the newest instant that the export brought for each subject, and when it was let go for which. */
function replayOne(id: string, history: string, found: Found) {
  const newest = new Map<string, number>();
  const outs = new Map<number, Set<string>>();
  let state: Export | null = null;
  try {
    for (const [n, at, type, event] of JSON.parse(`[${history}]`) as History) {
      state = evolve(state, event, at, id);
      if (state.version !== n || event.type !== type) {
        found('The events of the export are not in order', `event ${n} of ${id}`, RESTORE);
      }
      const out = outMove(event, state);
      if (out) outs.set(out.at, new Set([...(outs.get(out.at) ?? []), ...out.subjects]));
      const move = headMove(event, state);
      if (move === null) continue;
      for (const subject of move.subjects)
        newest.set(subject, Math.max(move.at, newest.get(subject) ?? move.at));
    }
  } catch (error) {
    found(`The events cannot be replayed (${(error as Error).message})`, `export ${id}`, RESTORE);
    return null;
  }
  if (state !== null) return { state, newest, outs };
  found('The export has no events', `export ${id}`, RESTORE);
  return null;
}

function compare({ state: kept, ...columns }: Projection, made: Export, found: Found): void {
  const { state: replayed, ...expected } = projectionOf(made);
  if (kept !== replayed && !isSameState(kept, replayed)) {
    found('The stored state is not what its events make', `export ${made.id}`, REBUILD);
  }
  if (!isDeepStrictEqual(columns, expected)) {
    found('The columns of the export are not what its events make', `export ${made.id}`, REBUILD);
  }
}

/** Equal as values: the order of keys is no difference. */
function isSameState(kept: string, replayed: string): boolean {
  try {
    return isDeepStrictEqual(parseState(kept), parseState(replayed));
  } catch {
    return false;
  }
}

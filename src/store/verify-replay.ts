import { isDeepStrictEqual } from 'node:util';
import { CATALOGUE } from '../exports/catalogue.ts';
import { DIRECTORY, replayDirectory } from '../exports/directory.ts';
import type { Event } from '../exports/events.ts';
import { evolve } from '../exports/evolve.ts';
import { awaitedSkus } from '../exports/preview.ts';
import { skusOf } from '../exports/skus.ts';
import type { Export } from '../exports/state.ts';
import { type Promo, promoOf } from '../exports/surroundings.ts';
import type { EventRow } from './chain.ts';
import type { Connection } from './connection.ts';
import { directoryOver } from './directory.ts';
import { type Found, REBUILD, RESTORE } from './faults.ts';
import { type PartyRow, rowsOf } from './parties.ts';
import { type Projection, parseState, projectionOf } from './rows.ts';
import { headMove, type SubjectHead } from './subjects.ts';
import { verifyCampaigns } from './verify-campaigns.ts';
import { verifyCatalogue } from './verify-catalogue.ts';

type History = Pick<EventRow, 'n' | 'at' | 'type' | 'data'>;

/** Makes every export again from its events and compares; gives how many there are. */
export function verifyReplay(connection: Connection, found: Found): number {
  const rows = connection.iterate<Projection & { id: string }>(
    'SELECT id, status, type, owner, source, campaign_id, open_key, received_at, due_at, version, state FROM exports ORDER BY id',
  );
  const history = connection.all<History>(
    'SELECT n, at, type, data FROM events WHERE export_id = ? ORDER BY n',
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
  let exports = 0;
  let running = 0;
  let heads = 0;
  let desks = 0;
  let named = 0;
  let awaited = 0;
  for (const { id, ...row } of rows()) {
    exports += 1;
    const made = replayOne(id, history(id), found);
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
    running += promo === null ? 0 : 1;
    if (!isDeepStrictEqual(promoAt(id) ?? null, promo))
      found('The promo is not noted as it is', `export ${id}`, REBUILD);
    for (const [subject, at] of made.newest) {
      const head = headOf(subject);
      if (!head || head.occurred_at < at) {
        found('A newer value is not noted for its subject', `subject ${subject}`, REBUILD);
      } else if (head.export_id === id && head.occurred_at === at) heads += 1;
    }
  }
  const noted = connection.one<{ n: number }>('SELECT count(*) AS n FROM subject_heads')()?.n ?? 0;
  if (noted > heads) {
    found(`${noted - heads} subjects name a newest value that no export brought`, 'subject_heads', REBUILD);
  }
  const count = (table: 'parties' | 'skus' | 'previews' | 'promos') =>
    connection.one<{ n: number }>(`SELECT count(*) AS n FROM ${table}`)()?.n ?? 0;
  if (count('parties') > desks) found('Exports are on desks they do not belong on', 'parties', REBUILD);
  if (count('promos') > running) found('Promos are noted that run no more', 'promos', REBUILD);
  if (count('skus') > named) found('SKUs name exports that do not hold them', 'skus', REBUILD);
  if (count('previews') > awaited)
    found('Previews wait for stock that they do not need', 'previews', REBUILD);
  verifyDirectory(connection, found);
  verifyCatalogue(connection, found);
  verifyCampaigns(connection, found);
  checkReferences(connection, found);
  return exports;
}

/** The state, and the newest instant that the export brought for each subject. */
function replayOne(id: string, events: readonly History[], found: Found) {
  const newest = new Map<string, number>();
  let state: Export | null = null;
  try {
    for (const { n, at, type, data } of events) {
      const event = JSON.parse(data) as Event;
      state = evolve(state, event, at, id);
      if (state.version !== n || event.type !== type) {
        found('The events of the export are not in order', `event ${n} of ${id}`, RESTORE);
      }
      const move = headMove(event, state);
      if (move === null) continue;
      for (const subject of move.subjects)
        newest.set(subject, Math.max(move.at, newest.get(subject) ?? move.at));
    }
  } catch (error) {
    found(`The events cannot be replayed (${(error as Error).message})`, `export ${id}`, RESTORE);
    return null;
  }
  if (state !== null) return { state, newest };
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

function verifyDirectory(connection: Connection, found: Found): void {
  const row = directoryOver(connection);
  try {
    const changes = row.changes();
    if (changes.some(({ n }, index) => n !== index + 1)) {
      found('The events of the directory are not in order', DIRECTORY, RESTORE);
    }
    if (!isDeepStrictEqual(row.overlay(), replayDirectory(changes))) {
      found('The stored directory is not what its events make', DIRECTORY, REBUILD);
    }
  } catch (error) {
    found(`The directory cannot be replayed (${(error as Error).message})`, DIRECTORY, RESTORE);
  }
}

function checkReferences(connection: Connection, found: Found): void {
  for (const table of ['events', 'outbox', 'tasks', 'idempotency', 'messages', 'digests']) {
    const strays = connection.all<{ export_id: string }>(
      `SELECT DISTINCT export_id FROM ${table} WHERE export_id NOT IN (SELECT id FROM exports) AND export_id NOT IN (SELECT 'campaign:' || id FROM campaigns) AND export_id NOT IN ('${DIRECTORY}', '${CATALOGUE}') LIMIT 20`,
    );
    const advice = table === 'events' ? REBUILD : RESTORE;
    for (const { export_id } of strays()) {
      found(`Rows of ${table} belong to no export`, `export ${export_id}`, advice);
    }
  }
}

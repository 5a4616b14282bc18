import Database from 'better-sqlite3';
import type { Campaign } from '../../../src/exports/campaigns/campaign.ts';
import { replayCampaign } from '../../../src/exports/campaigns/evolve.ts';
import { CATALOGUE } from '../../../src/exports/catalogue.ts';
import { DIRECTORY, replayDirectory } from '../../../src/exports/directory.ts';
import type { Event } from '../../../src/exports/events.ts';
import { evolve } from '../../../src/exports/evolve.ts';
import type { Export } from '../../../src/exports/state.ts';
import { campaignsOver } from '../../../src/store/campaigns.ts';
import { catalogueOver } from '../../../src/store/catalogue.ts';
import { chained, type EventRow, GENESIS } from '../../../src/store/chain.ts';
import { connect, type Tx } from '../../../src/store/connection.ts';
import { directoryOver } from '../../../src/store/directory.ts';
import { partiesOver } from '../../../src/store/parties.ts';
import { previewsOver } from '../../../src/store/previews.ts';
import { promosOver } from '../../../src/store/promos.ts';
import { rowsOver } from '../../../src/store/rows.ts';
import { subjectsOver } from '../../../src/store/subjects.ts';

export type Sql = Database.Database;

/** Opens the ledger as somebody who can write the file and knows how Meshline does it. */
export function breakIn<T>(file: string, use: (db: Sql) => T): T {
  const db = new Database(file);
  try {
    db.pragma('synchronous = OFF');
    return db.transaction(() => use(db))();
  } finally {
    db.close();
  }
}

export function eventsIn(db: Sql): EventRow[] {
  return db.prepare<[], EventRow>('SELECT * FROM events ORDER BY seq').all();
}

/** Puts these events in the place of all, numbered and chained anew, so that the chain is whole in itself. */
export function forgeChain(db: Sql, events: readonly EventRow[]): void {
  const put = db.prepare(
    'INSERT INTO events (seq, export_id, n, at, type, data, hash) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  const last = new Map<string, number>();
  let hash = GENESIS.hash;
  db.exec('DELETE FROM events');
  for (const [index, { export_id, at, type, data }] of events.entries()) {
    const n = (last.get(export_id) ?? 0) + 1;
    last.set(export_id, n);
    hash = chained(hash, { seq: index + 1, export_id, n, at, data });
    put.run(index + 1, export_id, n, at, type, data, hash);
  }
}

/** Makes everything that is shown again from the events as they are now, so that it agrees with them. */
export function forgeProjections(db: Sql): void {
  const made = [
    'exports',
    'subject_heads',
    'subject_outs',
    'parties',
    'skus',
    'previews',
    'promos',
    'directory',
  ];
  for (const table of [...made, 'campaigns', 'claims', 'aliases']) db.exec(`DELETE FROM ${table}`);
  const connection = connect(db);
  const tx = { announced: [], exports: [], desks: [], tally: { open: 0 } } as unknown as Tx;
  const [rows, subjects, parties] = [rowsOver(connection), subjectsOver(connection), partiesOver(connection)];
  const [promos, previews] = [promosOver(connection), previewsOver(connection)];
  const states = new Map<string, Export>();
  const campaigns = new Set<string>();
  for (const { export_id: id, at, data } of eventsIn(db)) {
    if (id === DIRECTORY || id === CATALOGUE) continue;
    if (id.startsWith('campaign:')) {
      campaigns.add(id.slice('campaign:'.length));
      continue;
    }
    const event = JSON.parse(data) as Event;
    const after = evolve(states.get(id) ?? null, event, at, id);
    subjects.move(tx, event, after);
    states.set(id, after);
  }
  for (const state of states.values()) {
    rows.save(tx, null, state);
    parties.move(tx, null, state);
    promos.move(tx, null, state);
    previews.move(tx, null, state);
  }
  const directory = directoryOver(connection);
  directory.save(tx, replayDirectory(directory.changes()));
  const catalogue = catalogueOver(connection);
  const changes = Array.from(catalogue.changes());
  for (const { at, event } of changes) catalogue.set(tx, [event], at);
  const table = campaignsOver(connection);
  for (const id of campaigns) {
    const campaign: Campaign | null = replayCampaign(id, table.events(id));
    if (campaign) table.save(tx, null, campaign);
  }
  const known = [...states.keys(), DIRECTORY, CATALOGUE, ...[...campaigns].map((id) => `campaign:${id}`)];
  for (const each of ['outbox', 'tasks', 'idempotency', 'messages', 'digests'])
    db.prepare(`DELETE FROM ${each} WHERE export_id NOT IN (SELECT value FROM json_each(?))`).run(
      JSON.stringify(known),
    );
}

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type Leaf = { path: (string | number)[]; value: Json };

function leavesOf(value: Json, path: (string | number)[] = []): Leaf[] {
  if (typeof value !== 'object' || value === null) return [{ path, value }];
  return Object.entries(value).flatMap(([key, each]) => leavesOf(each, [...path, key]));
}

/** The same text with one value in it changed; which, and to what, `pick` says. */
export function changeOne(
  text: string,
  pick: <T>(from: readonly [T, ...T[]]) => T,
  among: (path: string) => boolean = () => true,
): string {
  const whole = JSON.parse(text) as Json;
  const [first, ...rest] = leavesOf(whole).filter(({ path }) => among(path.join('.')));
  if (!first) return text.replace(/\}$/, `${text === '{}' ? '' : ','}"x":1}`);
  const { path, value } = pick([first, ...rest]);
  const other: Json =
    typeof value === 'number'
      ? value + pick([1, -1, 60_000, 86_400_000])
      : typeof value === 'boolean'
        ? !value
        : typeof value === 'string'
          ? pick([`${value} `, `x${value}`, value === '' ? 'y' : ''])
          : 'somebody';
  const holder = path
    .slice(0, -1)
    .reduce<Json>((at, key) => (at as Record<string, Json>)[key] ?? null, whole);
  (holder as Record<string, Json>)[path.at(-1) ?? ''] = other;
  return JSON.stringify(whole);
}

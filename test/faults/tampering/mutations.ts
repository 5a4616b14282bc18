import type { EventRow } from '../../../src/store/chain.ts';
import { chained } from '../../../src/store/chain.ts';
import type { Chance } from '../town/chance.ts';
import { changeOne, eventsIn, forgeChain, forgeProjections, type Sql } from './attacker.ts';

/**
 * What somebody does to a ledger. `alone` says that `verify` must find it with nothing but the file;
 * the others are whole in themselves, and may take a head that was noted elsewhere.
 */
export type Mutation = {
  name: string;
  alone: boolean;
  /** False when there is nothing of the kind to change. */
  apply(db: Sql, random: Chance): boolean;
};

type Edit = (events: EventRow[], random: Chance) => EventRow[];

const PEOPLE = ['5b0c1a3e-6f0d-4a53-9c1e-0d7a52f4a101', '5b0c1a3e-6f0d-4a53-9c1e-0d7a52f4a105'];

function oneOf<T>(random: Chance, from: readonly T[]): T {
  const [first, ...rest] = from;
  if (first === undefined) throw new Error('There is nothing to choose from.');
  return random.pick([first, ...rest]);
}

/** Any but the last, so that one comes after it. */
const before = (events: readonly EventRow[], random: Chance) => random.between(0, events.length - 2);

const body: Edit = (events, random) => {
  const at = random.between(0, events.length - 1);
  return events.map((row, n) => (n === at ? { ...row, data: changeOne(row.data, random.pick) } : row));
};

const signer: Edit = (events, random) => {
  const signed = events.filter(({ type }) => type === 'acceptance_recorded' || type === 'rejected');
  const chosen = oneOf(random, signed);
  const { by } = acceptanceOf(chosen.data);
  const other = oneOf(
    random,
    PEOPLE.filter((id) => id !== by),
  );
  return events.map((row) => (row === chosen ? { ...row, data: row.data.replaceAll(by, other) } : row));
};

/** Who decided, wherever the event says it. */
function acceptanceOf(data: string): { by: string } {
  const event = JSON.parse(data) as { by?: string; acceptance?: { by: string } };
  return { by: event.acceptance?.by ?? event.by ?? '' };
}

const redate: Edit = (events, random) => {
  const at = random.between(0, events.length - 1);
  const by = random.pick([1, -1, 3_600_000, -86_400_000]);
  return events.map((row, n) => (n === at ? { ...row, at: row.at + by } : row));
};

const cutEnd: Edit = (events, random) => events.slice(0, random.between(1, events.length - 1));
const cutBeginning: Edit = (events, random) => events.slice(random.between(1, events.length - 1));
const cutMiddle: Edit = (events, random) => {
  const from = random.between(0, events.length - 2);
  const until = random.between(from + 1, Math.min(events.length - 1, from + 20));
  return events.filter((_, n) => n < from || n >= until);
};

/** The last event of an export, so that the rest of it still makes sense. */
const dropLast: Edit = (events, random) => {
  const chosen = oneOf(random, events);
  const last = events.findLast(({ export_id }) => export_id === chosen.export_id);
  return events.filter((row) => row !== last);
};

const dropExport: Edit = (events, random) => {
  const { export_id } = oneOf(random, events);
  return events.filter((row) => row.export_id !== export_id);
};

const reorder: Edit = (events, random) => {
  const from = before(events, random);
  const to = random.between(from + 1, events.length - 1);
  const moved = [...events];
  moved.splice(to, 0, ...moved.splice(from, 1));
  return moved;
};

const trade: Edit = (events, random) => {
  const one = before(events, random);
  const other = random.between(one + 1, events.length - 1);
  return events.map((row, n) => events[n === one ? other : n === other ? one : n] ?? row);
};

const insert: Edit = (events, random) => {
  const at = random.between(0, events.length - 1);
  const copy = events[at];
  const forged = ['acknowledged', 'commented', 'reminded'].includes(copy?.type ?? '')
    ? copy
    : copy && { ...copy, type: 'commented', data: `{"type":"commented","by":"${PEOPLE[0]}","text":"Fine."}` };
  return forged ? events.toSpliced(at + 1, 0, forged) : events;
};

/** All that happened to one export is said of another, and the other way round. */
const swapExports: Edit = (events, random) => {
  const ids = [...new Set(events.map(({ export_id }) => export_id))];
  const one = oneOf(random, ids);
  const other = oneOf(
    random,
    ids.filter((id) => id !== one),
  );
  const swapped = new Map([
    [one, other],
    [other, one],
  ]);
  return events.map((row) => ({ ...row, export_id: swapped.get(row.export_id) ?? row.export_id }));
};

const EDITS: Readonly<Record<string, Edit>> = {
  'a body edited': body,
  'another person decided': signer,
  'another date': redate,
  'the end cut': cutEnd,
  'the beginning cut': cutBeginning,
  'a piece cut out': cutMiddle,
  'the last event of an export dropped': dropLast,
  'an export dropped': dropExport,
  'an event moved': reorder,
  'two events traded places': trade,
  'an event put in': insert,
  'two exports swapped': swapExports,
};

/** Rows as the edit leaves them, each keeping the hash it had. */
function store(
  db: Sql,
  events: readonly EventRow[],
  hashOf: (row: EventRow, before: Buffer) => Buffer,
): void {
  const put = db.prepare(
    'INSERT INTO events (seq, export_id, n, at, type, data, hash) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  const n = new Map<string, number>();
  let last = Buffer.alloc(32);
  db.exec('DELETE FROM events');
  for (const [index, row] of events.entries()) {
    const count = (n.get(row.export_id) ?? 0) + 1;
    n.set(row.export_id, count);
    const numbered = { ...row, seq: index + 1, n: count };
    last = Buffer.from(hashOf(numbered, last));
    put.run(numbered.seq, row.export_id, count, row.at, row.type, row.data, last);
  }
}

/** Each edit in four hands, from the clumsy one to the one who leaves a ledger that is whole in itself. */
const ofEvents: Mutation[] = Object.entries(EDITS).flatMap(([name, edit]): Mutation[] => [
  {
    name: `${name}, hashes left`,
    // The end cut by one who renumbers nothing leaves a whole chain; what is shown tells.
    alone: true,
    apply(db, random) {
      store(db, edit(eventsIn(db), random), (row) => row.hash);
      return true;
    },
  },
  {
    name: `${name}, its own hash made anew`,
    alone: false,
    apply(db, random) {
      const was = new Map(eventsIn(db).map((row) => [row.hash.toString('hex'), row]));
      store(db, edit(eventsIn(db), random), (row, last) => {
        const { hash, ...old } = was.get(row.hash.toString('hex')) ?? row;
        const { hash: _, ...now } = row;
        return JSON.stringify(old) === JSON.stringify(now) ? hash : chained(last, row);
      });
      return true;
    },
  },
  {
    name: `${name}, the whole chain made anew`,
    alone: false,
    apply(db, random) {
      forgeChain(db, edit(eventsIn(db), random));
      return true;
    },
  },
  {
    name: `${name}, the chain and all that is shown made anew`,
    alone: false,
    apply(db, random) {
      forgeChain(db, edit(eventsIn(db), random));
      try {
        forgeProjections(db);
      } catch {
        // What makes no sense as a history cannot be shown either, and stays as it was.
      }
      return true;
    },
  },
]);

/** What names one row of a table. */
const KEYS = {
  exports: 'id',
  events: 'seq',
  subject_heads: 'subject',
  subject_outs: "subject || ' ' || occurred_at || ' ' || export_id",
  parties: "who || ' ' || due_at || ' ' || export_id",
  skus: "sku || ' ' || export_id",
  promos: 'export_id',
  previews: "sku || ' ' || export_id",
  directory: 'id',
  campaigns: 'id',
  claims: 'value',
  aliases: 'sku',
} as const;
type Table = keyof typeof KEYS;

/** One row where it stands; `?` is its key. */
function inPlace(
  name: string,
  table: Table,
  change: string | ((row: never, random: Chance) => string),
): Mutation {
  return {
    name: `${table}: ${name}`,
    alone: true,
    apply(db, random) {
      const key = `(${KEYS[table]})`;
      const rows = db.prepare<[], Record<string, unknown>>(`SELECT ${key} AS key, * FROM ${table}`).all();
      if (rows.length === 0) return false;
      const row = oneOf(random, rows);
      const what = typeof change === 'string' ? change : change(row as never, random);
      const sql = what.startsWith('DELETE') ? `${what} FROM ${table}` : `UPDATE ${table} SET ${what}`;
      db.prepare(`${sql} WHERE ${key} = ?`).run(row['key']);
      return true;
    },
  };
}

const literal = (text: string) => `'${text.replaceAll("'", "''")}'`;
const other = (value: unknown, from: readonly string[]) => from.find((each) => each !== value) ?? '';
const changedState = (row: { state: string }, random: Chance) =>
  `state = ${literal(changeOne(row.state, random.pick))}`;
const drop = (table: Table) => inPlace('a row dropped', table, 'DELETE');

const STATUSES = ['delivered', 'pending', 'rejected'];

/** What is shown says something else than the events. */
const ofProjections: Mutation[] = [
  inPlace('state changed', 'exports', changedState),
  inPlace('status changed, in the state too', 'exports', (row: { status: string; state: string }) => {
    const status = other(row.status, STATUSES);
    const state = JSON.stringify({ ...(JSON.parse(row.state) as object), status });
    return `status = ${literal(status)}, state = ${literal(state)}`;
  }),
  inPlace(
    'status changed',
    'exports',
    (row: { status: string }) => `status = '${other(row.status, STATUSES)}'`,
  ),
  inPlace('acceptances changed', 'exports', (row: { state: string }) => {
    const state = JSON.parse(row.state) as { acceptances: { by: string }[] };
    const acceptances =
      state.acceptances.length === 0 ? [{ by: PEOPLE[0], at: 1 }] : state.acceptances.toSpliced(0, 1);
    return `state = ${literal(JSON.stringify({ ...state, acceptances }))}`;
  }),
  inPlace('owner changed', 'exports', (row: { owner: string }) => `owner = '${other(row.owner, PEOPLE)}'`),
  inPlace('type changed', 'exports', "type = coalesce(type, '') || 'x'"),
  inPlace('source changed', 'exports', "source = source || 'x'"),
  inPlace('campaign changed', 'exports', "campaign_id = coalesce(campaign_id, '') || 'x'"),
  inPlace('open_key changed', 'exports', 'open_key = randomblob(32)'),
  inPlace('received_at changed', 'exports', 'received_at = received_at - 60000'),
  inPlace('due_at changed', 'exports', 'due_at = coalesce(due_at, 0) + 60000'),
  inPlace('version changed', 'exports', 'version = version + 1'),
  inPlace('id changed', 'exports', "id = id || 'x'"),
  drop('exports'),
  inPlace('type changed', 'events', "type = type || 'x'"),
  {
    name: 'events: type changed, of no export',
    alone: true,
    apply(db, random) {
      const others = eventsIn(db).filter(({ export_id }) =>
        /^(directory|catalogue|campaign:)/.test(export_id),
      );
      const { seq } = oneOf(random, others);
      db.prepare("UPDATE events SET type = 'x' WHERE seq = ?").run(seq);
      return true;
    },
  },
  inPlace('n changed', 'events', 'n = n + 1000'),
  inPlace('at changed', 'events', 'at = at + 1'),
  inPlace('seq changed', 'events', 'seq = seq - 1000000'),
  inPlace('hash changed', 'events', 'hash = randomblob(32)'),
  inPlace('export changed', 'events', "export_id = export_id || 'x'"),
  drop('events'),
  inPlace('moved back', 'subject_heads', 'occurred_at = occurred_at - 1'),
  inPlace('moved on', 'subject_heads', 'occurred_at = occurred_at + 1'),
  inPlace('another export', 'subject_heads', "export_id = export_id || 'x'"),
  drop('subject_heads'),
  inPlace('moved back', 'subject_outs', 'occurred_at = occurred_at - 1'),
  drop('subject_outs'),
  inPlace('another desk', 'parties', "who = who || 'x'"),
  inPlace('another time', 'parties', 'due_at = due_at + 1'),
  inPlace('another exception', 'parties', "but = but || ' x'"),
  drop('parties'),
  inPlace('another name', 'skus', "sku = sku || 'X'"),
  drop('skus'),
  inPlace('ends later', 'promos', 'ends_at = ends_at + 1'),
  inPlace('another name', 'promos', "name = name || 'x'"),
  drop('promos'),
  inPlace('another name', 'previews', "sku = sku || 'X'"),
  drop('previews'),
  inPlace('state changed', 'directory', changedState),
  drop('directory'),
  inPlace('state changed', 'campaigns', changedState),
  inPlace('owner changed', 'campaigns', (row: { owner: string }) => `owner = '${other(row.owner, PEOPLE)}'`),
  drop('campaigns'),
  inPlace('another keyword', 'claims', "value = value || 'x'"),
  drop('claims'),
  inPlace('another alias', 'aliases', "alias = alias || 'x'"),
  inPlace('another time', 'aliases', 'at = at + 1'),
  drop('aliases'),
];

export const MUTATIONS: readonly Mutation[] = [...ofEvents, ...ofProjections];

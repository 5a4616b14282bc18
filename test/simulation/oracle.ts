import { isDeepStrictEqual } from 'node:util';
import Database from 'better-sqlite3';
import type { Event } from '../../src/exports/events.ts';
import { evolve } from '../../src/exports/evolve.ts';
import { hashOf, revisionHash } from '../../src/exports/hash.ts';
import type { Export } from '../../src/exports/state.ts';
import type { Status } from '../../src/exports/words.ts';
import type { PushRequest } from '../../src/sinks/port.ts';
import { type Fail, Promises } from './promises.ts';

type EventRow = { seq: number; export_id: string; n: number; at: number; data: string };

const OPEN: ReadonlySet<Status> = new Set<Status>([
  'quarantined',
  'pending',
  'accepted',
  'delivering',
  'paused',
  'failed',
]);

/**
 * Reads every commit through a connection of its own, makes each export again from its events, and
 * holds it against what is promised. It believes nothing that a process says.
 */
export class Oracle {
  readonly states = new Map<string, Export>();
  readonly open = new Set<string>();
  readonly #db: Database.Database;
  readonly #promises: Promises;
  readonly #fail: Fail;
  readonly #events: Database.Statement<[number], EventRow>;
  readonly #stored: Database.Statement<[string], { state: string; due_at: number | null }>;
  readonly #due: Database.Statement<[number], { id: string; version: number }>;
  readonly #soonest: Database.Statement<[number], { at: number | null }>;
  readonly #shown: Database.Statement<[string], { body_hash: string }>;
  #seq = 0;
  #acts = new Map<string, Set<string>>();
  /** Exports of ours that acknowledged something. */
  readonly acknowledged = new Map<string, string>();

  constructor(file: string, fail: Fail) {
    this.#db = new Database(file, { readonly: true });
    this.#fail = fail;
    this.#promises = new Promises(fail);
    this.#events = this.#db.prepare(
      'SELECT seq, export_id, n, at, data FROM events WHERE seq > ? ORDER BY seq',
    );
    this.#stored = this.#db.prepare('SELECT state, due_at FROM exports WHERE id = ?');
    this.#due = this.#db.prepare('SELECT id, version FROM exports WHERE due_at <= ?');
    this.#soonest = this.#db.prepare('SELECT min(due_at) AS at FROM exports WHERE due_at > ?');
    this.#shown = this.#db.prepare('SELECT body_hash FROM messages WHERE post_id = ?');
  }

  /** Takes in what was committed since. */
  check(): void {
    const changed = new Set<string>();
    for (const row of this.#events.all(this.#seq)) {
      this.#seq = row.seq;
      const event = JSON.parse(row.data) as Event;
      if (!isOfExport(row.export_id)) continue;
      const before = this.states.get(row.export_id) ?? null;
      const after = evolve(before, event, row.at, row.export_id);
      this.#promises.happened(before, after, event, row.at);
      this.states.set(row.export_id, after);
      if (OPEN.has(after.status)) this.open.add(row.export_id);
      else this.open.delete(row.export_id);
      changed.add(row.export_id);
    }
    for (const id of changed) {
      const stored = this.#stored.get(id);
      if (
        !stored ||
        !isDeepStrictEqual(JSON.parse(stored.state), JSON.parse(JSON.stringify(this.states.get(id))))
      )
        this.#fail('the stored state is what its events make', id);
    }
  }

  /** What a 2xx answer named must be there, now and after every crash. */
  checkAcknowledged(ids: Iterable<string> = this.acknowledged.keys()): void {
    for (const id of ids) {
      if (!this.#stored.get(id))
        this.#fail('nothing acknowledged is lost', `${id} was acknowledged and is not in the ledger`);
    }
  }

  /** A request arrives at a sink; `effect`: it is carried out now. */
  arrives(
    sink: { name: string; dedupes: boolean },
    request: PushRequest,
    effect: boolean,
    times: number,
  ): void {
    this.check();
    const state = this.states.get(request.export.export_id);
    const push = state?.pushes.find((each) => each.key === request.key);
    const was = this.#promises.keys(request.export.export_id).has(request.key);
    const who = `${request.key} at ${sink.name}`;
    if (!state || (!push && !was)) {
      this.#fail('a push keeps its key', `${who} is no key of a push of ${request.export.export_id}`);
      return;
    }
    const { hash, revision } = request.export;
    if (!this.#promises.mayLeave(state.id, revision, hash))
      this.#fail('nothing is pushed without its acceptances', `${who}: r${revision} ${hash.slice(0, 8)}`);
    const now = state.revision;
    if (now?.number === revision) {
      const { export_type, intent, campaign_id, payload } = now;
      if (revisionHash({ export_type, intent, campaign_id, payload }) !== hash)
        this.#fail('what was accepted is what reaches the sink', `${who} carries another hash`);
    }
    if (push && !isDeepStrictEqual(push.operation.body, request.body))
      this.#fail('what was accepted is what reaches the sink', `${who} carries other values`);
    if (!effect) return;
    const allowed = 1 + this.#promises.askedAgain(state.id, request.key);
    if (times + 1 > allowed)
      this.#fail(
        'an effect happens at most once',
        `${who} took effect ${times + 1} times, ${allowed} allowed`,
      );
    const values = this.#promises.values(state.id);
    const act = `${sink.name} ${state.id} v${values} ${request.operation} ${hashOf(request.body)}`;
    const keys = this.#acts.get(act) ?? new Set();
    keys.add(request.key);
    this.#acts.set(act, keys);
    if (keys.size > 1 + this.#promises.reports(state.id, sink.name))
      this.#fail('an effect happens at most once', `${act} under ${[...keys].join(' and ')}`);
  }

  /** Exports whose deadline has passed, with their versions. */
  overdue(now: number): Map<string, number> {
    return new Map(this.#due.all(now).map(({ id, version }) => [id, version]));
  }

  /** When the next deadline comes, UTC ms. */
  soonest(now: number): number | null {
    return this.#soonest.get(now)?.at ?? null;
  }

  bodyHash(post_id: string): string | null {
    return this.#shown.get(post_id)?.body_hash ?? null;
  }

  /** What happened to one export, a line an event. */
  history(id: string): readonly string[] {
    return this.all<EventRow>('SELECT seq, export_id, n, at, data FROM events ORDER BY seq')
      .filter((row) => row.export_id === id)
      .map(({ n, at, data }) => `${n} ${new Date(at).toISOString()} ${data.slice(0, 400)}`);
  }

  all<Row>(sql: string): Row[] {
    return this.#db.prepare<[], Row>(sql).all();
  }

  close(): void {
    this.#db.close();
  }
}

function isOfExport(id: string): boolean {
  return /^[0-9a-f]{8}-/.test(id);
}

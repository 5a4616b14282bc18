import { hash } from 'node:crypto';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { VerifyPart } from '../../../src/store/faults.ts';
import { openLedger, RestoreUnfinished, restoreLedger } from '../../../src/store/index.ts';
import { lockLedger } from '../../../src/store/lock.ts';
import { openDatabase, openForReading } from '../../../src/store/open.ts';
import { restoringName } from '../../../src/store/restore.ts';
import { verifyPart } from '../../../src/store/verify-parts.ts';
import { walIsDamaged } from '../../../src/store/wal-check.ts';
import { countingIds, ManualClock } from '../../support/manual-clock.ts';
import type { Image } from './disk.ts';
import { place } from './images.ts';

/** `lost`: what was acknowledged and is not there. `broken`: what is not whole, or does not open. */
export type Verdict = { lost: string[]; broken: string[] };

/** What stands in a ledger, and what is wrong with it whatever was acknowledged. */
type Whole = { broken: string[]; head: number; rows: Rows };

const LEDGER = 'data/meshline.db';
const COPY = 'data/copy.db';
const LOCK = `${LEDGER}-lock`;

type Level = 'full' | 'normal';

const open = async (file: string, synchronous: Level = 'full') =>
  (await openLedger({ file, clock: new ManualClock(), ids: countingIds(), synchronous })).close();

/**
 * Looks at the images of one recording, in a folder of its own. On each of them SQLite recovers for real.
 * The rest (Meshline's opening, the chain, the replay) is a function of the bytes that SQLite recovered,
 * so it is done once for each that are different, and so are the lock's files.
 */
export class Survivors {
  readonly #top: string;
  readonly #level: Level;
  readonly #ledgers = new Map<string, Whole>();
  readonly #copies = new Map<string, Whole>();
  readonly #restores = new Map<string, Verdict>();
  readonly #locks = new Set<string>();

  constructor(top: string, level: Level = 'full') {
    this.#top = top;
    this.#level = level;
  }

  /** Opens the ledger that the power cut left, and holds it against the lines acknowledged before. */
  async examine(image: Image, acknowledged: readonly string[]): Promise<Verdict> {
    if (!image.files.has(LEDGER) && acknowledged.length > 0) return { lost: [...acknowledged], broken: [] };
    try {
      if (!image.files.has(LEDGER)) return await this.#began(image);
      const { broken, head, rows } = await this.#recovered(image);
      const lost = acknowledged.filter((line) => !line.startsWith('copied ') && !stands(line, rows));
      const verdict = { lost, broken: [...broken] };
      for (const line of acknowledged) {
        const [what, seq] = line.split(' ');
        if (what === 'copied') this.#lookAtCopy(image, Number(seq), head, verdict);
      }
      return verdict;
    } catch (error) {
      return { lost: [], broken: [`The ledger does not open: ${(error as Error).message}`] };
    }
  }

  /** The same for what restoring.ts was doing when the power was cut, and for what it is told to do then. */
  async examineRestore(image: Image, said: readonly string[]): Promise<Verdict> {
    const file = join(this.#top, LEDGER);
    place(image, this.#top);
    try {
      await open(file);
    } catch (error) {
      if (!(error instanceof RestoreUnfinished)) return { lost: [], broken: [(error as Error).message] };
      if (!existsSync(file)) return this.#restoredAgain(image, said);
      rmSync(restoringName(file));
      await open(file);
    }
    return this.#afterRestore(said);
  }

  /** A restore begins by removing the copy that was not finished, so only the rest makes a difference. */
  async #restoredAgain(image: Image, said: readonly string[]): Promise<Verdict> {
    const names = [...image.files.keys()].filter((name) => !name.startsWith(restoringName(LEDGER))).sort();
    const key = [...said, ...names, digest(names.map((name) => image.files.get(name) ?? null))].join();
    const known = this.#restores.get(key);
    if (known) return known;
    const file = join(this.#top, LEDGER);
    const verdict = await restoreLedger(join(this.#top, 'data', 'backup.db'), file, 'again').then(
      async () => {
        await open(file);
        return this.#afterRestore(said);
      },
      (error: Error) => ({ lost: [], broken: [error.message] }),
    );
    this.#restores.set(key, verdict);
    return verdict;
  }

  #afterRestore(said: readonly string[]): Verdict {
    const file = join(this.#top, LEDGER);
    const verdict: Verdict = { lost: [], broken: [] };
    const exportsIn = (ledger: string) => {
      const { rows, broken } = this.#whole(ledger, this.#ledgers);
      verdict.broken.push(...broken);
      return rows.exports.size;
    };
    const there = exportsIn(file);
    const done = said.includes('restored');
    if (there !== 2 && (done || there !== 4)) verdict.broken.push(`The ledger holds ${there} exports`);
    if (done && exportsIn(`${file}.before-restore-T`) !== 4) verdict.lost.push('the ledger that was there');
    return verdict;
  }

  /** Before anything was acknowledged there may be no ledger yet; then one is begun. */
  async #began(image: Image): Promise<Verdict> {
    place(image, this.#top);
    await open(join(this.#top, LEDGER), this.#level);
    return { lost: [], broken: [] };
  }

  async #recovered(image: Image): Promise<Whole> {
    const file = join(this.#top, LEDGER);
    place(image, this.#top);
    const lock = digest([LOCK, `${LOCK}-journal`].map((name) => image.files.get(name) ?? null));
    if (!this.#locks.has(lock)) lockLedger(file).release();
    this.#locks.add(lock);
    if (this.#level === 'full' && walIsDamaged(`${file}-wal`))
      throw new Error('its log is taken for damaged');
    openDatabase(file).close();
    const recovered = digest([readFileSync(file)]);
    const known = this.#ledgers.get(recovered);
    if (known) return known;
    place(image, this.#top);
    await open(file, this.#level);
    const whole = wholeOf(file);
    this.#ledgers.set(recovered, whole);
    return whole;
  }

  #lookAtCopy(image: Image, seq: number, head: number, verdict: Verdict): void {
    const bytes = image.files.get(COPY);
    if (!bytes) {
      verdict.lost.push(`the backup up to event ${seq}`);
      return;
    }
    const { head: copied, broken } = this.#whole(join(this.#top, COPY), this.#copies);
    verdict.broken.push(...broken);
    if (copied !== seq) verdict.broken.push(`The backup ends at event ${copied} instead of ${seq}`);
    if (copied > head) verdict.lost.push(`events ${head + 1} to ${copied}, which the backup has`);
  }

  #whole(file: string, known: Map<string, Whole>): Whole {
    const bytes = digest(
      ['', '-wal'].map((end) => (existsSync(file + end) ? readFileSync(file + end) : null)),
    );
    const whole = known.get(bytes) ?? wholeOf(file);
    known.set(bytes, whole);
    return whole;
  }
}

const digest = (parts: readonly (Buffer | null)[]) =>
  parts.map((part) => (part === null ? '' : hash('sha1', part, 'base64'))).join();

const PARTS: readonly VerifyPart[] = [
  { part: 'file' },
  { part: 'chain', noted: [], after: null, until: null },
  { part: 'replay', from: null, below: null },
  { part: 'others' },
];

/** The same as `verify`, without its threads: those take longer to start than all the rest. */
function wholeOf(file: string): Whole {
  const db = openForReading(file);
  try {
    const done = PARTS.map((part) => verifyPart(file, part));
    const broken = done.flatMap(({ faults }) => faults.map(({ what, where }) => `${where}: ${what}`));
    const head = done.find((part) => part.head !== null)?.head?.seq ?? 0;
    const rows = rowsOf(db);
    for (const [id, status] of rows.exports) {
      const half = whatIsHalf(id, status, rows);
      if (half !== null) broken.push(half);
    }
    return { broken, head, rows };
  } finally {
    db.close();
  }
}

type Rows = {
  /** Status by id. */
  exports: ReadonlyMap<string, string>;
  /** How often each outbox row was claimed, by its key. */
  outbox: ReadonlyMap<string, number>;
  /** Exports whose answer is remembered. */
  keys: ReadonlySet<string>;
};

function rowsOf(db: Database.Database): Rows {
  const exports = db.prepare<[], { id: string; status: string }>('SELECT id, status FROM exports').all();
  const outbox = db.prepare<[], { key: string; attempts: number }>('SELECT key, attempts FROM outbox').all();
  const keys = db.prepare<[], { export_id: string }>('SELECT export_id FROM idempotency').all();
  return {
    exports: new Map(exports.map(({ id, status }) => [id, status])),
    outbox: new Map(outbox.map(({ key, attempts }) => [key, attempts])),
    keys: new Set(keys.map(({ export_id }) => export_id)),
  };
}

const cardOf = (id: string) => `card:${id}:C0MERCH`;
const pushOf = (id: string) => `push:${id}:shop`;

function whatIsHalf(id: string, status: string, { outbox, keys }: Rows): string | null {
  if (!keys.has(id)) return `${id} is stored without the answer to its sender`;
  if (!outbox.has(cardOf(id))) return `${id} has no card in the outbox`;
  if (outbox.has(pushOf(id)) !== (status === 'delivering'))
    return `${id} is ${status} and its push disagrees`;
  return null;
}

function stands(line: string, { exports, outbox }: Rows): boolean {
  const [what = '', id = ''] = line.split(' ');
  const status = exports.get(id);
  switch (what) {
    case 'received':
      return status !== undefined;
    case 'accepted':
      return status === 'delivering' || status === 'delivered';
    case 'claimed':
      return status === 'delivered' || (outbox.get(pushOf(id)) ?? 0) > 0;
    case 'delivered':
      return status === 'delivered';
  }
  throw new Error(`The workload acknowledged something unknown: ${what}.`);
}

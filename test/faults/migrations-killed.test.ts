import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { run } from '../../src/cli/run.ts';
import { backupFile, LedgerTooNew, openLedger, restoreLedger, verifyFile } from '../../src/store/index.ts';
import { migrate } from '../../src/store/migrate.ts';
import { reportProof } from '../proof/report.ts';
import { SCALE, scaled } from '../proof/scale.ts';
import { delivering } from '../support/events.ts';
import { countingIds, ManualClock, T0 } from '../support/manual-clock.ts';
import { take } from '../unit/store/ledger.ts';
import { ALL, contentsOf, type Migration, RELEASED } from './migrating/future.ts';
import { chance } from './town/chance.ts';

const random = chance();
const clock = new ManualClock();
let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'meshline-migrating-'));
  process.stdout.write(`Killing migrations with seed ${random.seed}.\n`);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let folders = 0;
function place(): string {
  const made = join(folder, String((folders += 1)));
  mkdirSync(made);
  return made;
}

/** A folder of these migrations; one of them may end the process before the statement with that number. */
function written(migrations: readonly Migration[], deadly?: { name: string; at: number }): string {
  const dir = place();
  for (const { name, statements } of migrations) {
    const text = deadly?.name === name ? statements.toSpliced(deadly.at, 0, 'SELECT die();\n') : statements;
    writeFileSync(join(dir, name), text.join(''));
  }
  return dir;
}

function migrated(file: string, dir: string): void {
  const db = new Database(file);
  try {
    migrate(db, dir, clock);
  } finally {
    db.close();
  }
}

/** A ledger of the released schema with work in it, closed. */
async function worked(): Promise<string> {
  const file = join(place(), 'meshline.db');
  const ids = countingIds();
  const ledger = await openLedger({ file, clock, ids });
  for (let n = 0; n < 30; n += 1) {
    const id = ids.uuid();
    await take(ledger, id);
    if (n % 2 === 0) await ledger.update(id, T0, () => ({ events: delivering(id) }));
    await ledger.saveMessage({
      post_id: `card:${id}:C1`,
      export_id: id,
      channel: 'C1',
      ts: `${n}.1`,
      body_hash: 'b',
    });
  }
  await ledger.close();
  return file;
}

/** The ledger after each number of migrations, with what it then holds. */
async function stages(): Promise<{ file: string; contents: string }[]> {
  const empty = join(place(), 'meshline.db');
  new Database(empty).close();
  const data = await worked();
  return ALL.map((_, n) => n + 1).reduce(
    (found, count) => {
      const file = join(place(), 'meshline.db');
      copyFileSync(count <= RELEASED ? empty : data, file);
      migrated(file, written(ALL.slice(0, count)));
      return [
        ...found,
        { file: count === RELEASED ? data : file, contents: contentsOf(count === RELEASED ? data : file) },
      ];
    },
    [{ file: empty, contents: contentsOf(empty) }],
  );
}

/** Runs the migrations in a process of its own; `afterMs` kills it from outside. Gives the signal that ended it. */
async function migrateApart(file: string, dir: string, afterMs?: number): Promise<string | null> {
  const script = fileURLToPath(new URL('./migrating/migrate.ts', import.meta.url));
  const child = spawn(process.execPath, [script, file, dir], { stdio: ['ignore', 'pipe', 'ignore'] });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const ended = once(child, 'exit');
  if (afterMs !== undefined) {
    await Promise.race([once(child.stdout, 'data'), ended]);
    await pause(afterMs);
    child.kill('SIGKILL');
  }
  await ended;
  return child.signalCode;
}

const POINTS = ALL.flatMap(({ name, statements }, n) =>
  Array.from({ length: statements.length + 1 }, (_, at) => ({ name, n, at })),
);

describe('a process killed within a migration', () => {
  it('leaves the old schema and its data, never something between', { timeout: 600_000 }, async () => {
    const before = await stages();
    const complete = before.at(-1);
    const every = scaled({ short: 12, quick: 2, full: 1 });
    const points = POINTS.filter((_, n) => (n + random.seed) % every === 0);
    const wrong: string[] = [];
    for (const { name, n, at } of points) {
      const file = join(place(), 'meshline.db');
      const from = before[n];
      if (!from || !complete) throw new Error('There is no such stage.');
      copyFileSync(from.file, file);
      const signal = await migrateApart(file, written(ALL, { name, at }));
      if (signal !== 'SIGKILL') wrong.push(`${name} ${at}: it ended by ${String(signal)}`);
      if (contentsOf(file) !== from.contents) wrong.push(`${name} ${at}: something between is left`);
      migrated(file, written(ALL));
      const whole = n < RELEASED ? null : complete.contents;
      if (whole !== null && contentsOf(file) !== whole)
        wrong.push(`${name} ${at}: it does not come to the end`);
    }
    reportProof('migration', { tries: points.length, lost: 0, doubled: 0, wrong: wrong.length });
    expect(wrong).toEqual([]);
  });

  it('leaves a schema that some migration ends with, whenever it is killed', {
    timeout: 600_000,
  }, async () => {
    const before = await stages();
    const known = before.slice(RELEASED).map(({ contents }) => contents);
    const kills = scaled({ short: 3, quick: 20, full: 60 });
    const [start, wrong] = [before[RELEASED]?.file ?? '', [] as string[]];
    const seen = new Set<number>();
    const dir = written(ALL);
    for (let n = 0; n < kills; n += 1) {
      const file = join(place(), 'meshline.db');
      copyFileSync(start, file);
      await migrateApart(file, dir, random.between(0, 250));
      const stage = known.indexOf(contentsOf(file));
      seen.add(stage);
      if (stage === -1) wrong.push(`kill ${n}: something between is left`);
      migrated(file, dir);
      if (contentsOf(file) !== known.at(-1)) wrong.push(`kill ${n}: it does not come to the end`);
    }
    process.stdout.write(
      `${kills} kills at any moment left stages ${[...seen].toSorted((a, b) => a - b).join(', ')}.\n`,
    );
    reportProof('migration', { tries: kills, lost: 0, doubled: 0, wrong: wrong.length });
    expect(wrong).toEqual([]);
  });
});

/** Later versions that this one can still read, and ones that it cannot. */
const LATER: readonly { sql: string; breaking: boolean }[] = [
  { sql: 'ALTER TABLE exports ADD COLUMN region TEXT;\n', breaking: false },
  { sql: 'ALTER TABLE events ADD COLUMN origin TEXT;\n', breaking: false },
  { sql: 'ALTER TABLE outbox ADD COLUMN size INTEGER NOT NULL DEFAULT 0;\n', breaking: false },
  {
    sql: 'CREATE TABLE regions (id TEXT PRIMARY KEY) STRICT;\nINSERT INTO regions SELECT id FROM exports;\n',
    breaking: false,
  },
  { sql: 'CREATE INDEX exports_by_source ON exports (source, id);\n', breaking: false },
  { sql: '-- breaking\nDROP TABLE messages;\n', breaking: true },
  { sql: '-- breaking\nALTER TABLE exports RENAME COLUMN owner TO owned_by;\n', breaking: true },
];

const PLAIN = LATER.filter(({ breaking }) => !breaking).length;

describe('the version before', () => {
  const chosen = LATER.filter(
    ({ breaking }, n) => SCALE !== 'short' || breaking || n === random.seed % PLAIN,
  );
  it.each(chosen)('reads, or refuses in a sentence and leaves alone: $sql', async ({ sql, breaking }) => {
    const file = await worked();
    migrated(file, written([...ALL.slice(0, RELEASED), { name: '9001_later.sql', statements: [sql] }]));
    const before = contentsOf(file);
    const wrong: string[] = [];
    const said: string[] = [];
    const say = (line: string) => said.push(line);
    const cli = (...args: string[]) =>
      run(args, { env: { MESHLINE_DB: file }, out: say, err: say, input: async () => Buffer.alloc(0) });
    if (breaking) {
      const refused: unknown = await openLedger({ file, clock, ids: countingIds() }).catch(
        (error: unknown) => error,
      );
      if (!(refused instanceof LedgerTooNew)) wrong.push('it was opened');
      if (!/newer version/.test(String(refused))) wrong.push(`it says: ${String(refused)}`);
      const away = join(place(), 'meshline.db');
      const restored = await restoreLedger(file, away, 'test').then(
        () => 'it was restored',
        () => null,
      );
      if (restored !== null || existsSync(away)) wrong.push('a backup of it was restored');
      if (contentsOf(file) !== before) wrong.push('it was changed');
    } else {
      const ledger = await openLedger({ file, clock, ids: countingIds() });
      await take(ledger, '7f1f6d3e-0000-4000-8000-000000000001');
      await ledger.update('7f1f6d3e-0000-4000-8000-000000000001', T0, (state) => ({
        events: delivering(state?.id ?? ''),
      }));
      if ((await ledger.verify(ledger.head())).faults.length > 0) wrong.push('it does not verify');
      await ledger.close();
      if ((await cli('verify')) !== 0) wrong.push(said.join(' '));
      const copy = join(place(), 'copy.db');
      await backupFile(file, copy);
      await restoreLedger(copy, join(place(), 'meshline.db'), 'test');
      migrated(file, written([...ALL.slice(0, RELEASED), { name: '9001_later.sql', statements: [sql] }]));
      if ((await verifyFile(file)).faults.length > 0) wrong.push('the newer version finds faults');
    }
    reportProof('migration', { tries: 1, lost: 0, doubled: 0, wrong: wrong.length });
    expect(wrong).toEqual([]);
  });
});

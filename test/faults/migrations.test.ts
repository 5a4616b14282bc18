import { cpSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { LedgerTooNew, MigrationMismatch } from '../../src/store/errors.ts';
import { dumpSchema, MIGRATIONS, migrate } from '../../src/store/migrate.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { folder } from '../unit/store/ledger.ts';

const clock = new ManualClock();

function open(file = join(folder(), 'meshline.db')): Database.Database {
  const db = new Database(file);
  onTestFinished(() => {
    db.close();
  });
  return db;
}

/** A copy of the project's migrations that a test may add to. */
function copied(extra: Record<string, string> = {}): string {
  const dir = join(folder(), 'migrations');
  cpSync(MIGRATIONS, dir, { recursive: true });
  for (const [name, sql] of Object.entries(extra)) writeFileSync(join(dir, name), sql);
  return dir;
}

const NEXT = { '9001_next.sql': 'ALTER TABLE tasks ADD COLUMN note TEXT;\n' };
const BREAKING = { '9001_next.sql': '-- breaking\nDROP TABLE messages;\n' };

describe('migrations', () => {
  it('make the schema that is dumped beside them', async () => {
    const db = open();
    migrate(db, MIGRATIONS, clock);
    await expect(dumpSchema(db)).toMatchFileSnapshot(join(MIGRATIONS, 'schema.sql'));
  });

  it('run once each', () => {
    const db = open();
    const names = readdirSync(MIGRATIONS).filter((name) => /^\d/.test(name));
    expect(migrate(db, MIGRATIONS, clock)).toEqual(names);
    expect(migrate(db, MIGRATIONS, clock)).toEqual([]);
    expect(migrate(db, copied(NEXT), clock)).toEqual(['9001_next.sql']);
  });

  it('leave nothing of one that fails', () => {
    const db = open();
    migrate(db, MIGRATIONS, clock);
    const before = dumpSchema(db);
    const dir = copied({ '9001_next.sql': 'CREATE TABLE extra (a);\nINSERT INTO nowhere VALUES (1);\n' });
    expect(() => migrate(db, dir, clock)).toThrow('no such table: nowhere');
    expect(dumpSchema(db)).toBe(before);
    expect(migrate(db, copied(NEXT), clock)).toEqual(['9001_next.sql']);
  });

  it('let older code work with a newer database unless a migration is breaking', () => {
    const plain = open();
    migrate(plain, copied(NEXT), clock);
    expect(migrate(plain, MIGRATIONS, clock)).toEqual([]);
    const broken = open();
    migrate(broken, copied(BREAKING), clock);
    expect(() => migrate(broken, MIGRATIONS, clock)).toThrow(LedgerTooNew);
    expect(() => migrate(broken, MIGRATIONS, clock)).toThrow('Run that newer version');
  });

  it('refuse a file that was changed, lost, or slipped in after it should have run', () => {
    const db = open();
    const dir = copied({ ...NEXT, '9003_last.sql': 'CREATE TABLE last (a);\n' });
    migrate(db, dir, clock);
    writeFileSync(join(dir, '9001_next.sql'), '-- nothing\n');
    expect(() => migrate(db, dir, clock)).toThrow(MigrationMismatch);
    expect(() => migrate(db, dir, clock)).toThrow('was changed after the ledger ran it');
    rmSync(join(dir, '9001_next.sql'));
    expect(() => migrate(db, dir, clock)).toThrow('missing here');
    writeFileSync(join(dir, '9001_next.sql'), NEXT['9001_next.sql']);
    writeFileSync(join(dir, '9002_late.sql'), 'CREATE TABLE late (a);\n');
    expect(() => migrate(db, dir, clock)).toThrow('9002_late.sql was never run');
  });
});

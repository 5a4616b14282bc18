import { writeSync } from 'node:fs';
import Database from 'better-sqlite3';
import { systemClock } from '../../../src/clock.ts';
import { migrate } from '../../../src/store/migrate.ts';

/** Runs the migrations of a folder, which end the process where they say `SELECT die()`: `FILE DIR`. */
const [file = '', dir = ''] = process.argv.slice(2);
const db = new Database(file);
db.pragma('journal_mode = WAL');
db.pragma('synchronous = FULL');
db.function('die', () => {
  process.kill(process.pid, 'SIGKILL');
  return 0;
});
writeSync(1, 'begun\n');
migrate(db, dir, systemClock);
db.close();

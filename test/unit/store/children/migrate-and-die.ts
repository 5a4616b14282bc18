import Database from 'better-sqlite3';
import { systemClock } from '../../../../src/clock.ts';
import { migrate } from '../../../../src/store/migrate.ts';

/** Runs the migrations of a folder, which end the process where they say `SELECT die()`: `FILE DIR`. */
const db = new Database(process.argv[2]);
db.pragma('journal_mode = WAL');
db.function('die', () => {
  process.kill(process.pid, 'SIGKILL');
  return 0;
});
migrate(db, process.argv[3] ?? '', systemClock);
